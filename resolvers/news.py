"""The newest epoch, told to everyone who waits for the next."""

import asyncio


class News:
    """One number for all subscribers of a process.

    Nothing is queued for anyone: who reads slowly finds out later, and reads from the store what it missed.
    """

    def __init__(self) -> None:
        self.newest = 0
        self._moved = asyncio.Event()

    def tell(self, epoch: int) -> None:
        """An epoch is published; an older one than the newest is no news."""
        if epoch > self.newest:
            self.newest = epoch
            self._moved.set()
            self._moved = asyncio.Event()

    async def after(self, epoch: int) -> int:
        """The newest epoch as soon as it is newer than that one."""
        while self.newest <= epoch:
            await self._moved.wait()
        return self.newest
