"""Draining: from SIGTERM on the server says it isn't ready, sends its callers away, and goes on answering a while."""

import asyncio
import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class Draining:
    """Whether this process was told to end. `announced` is set then, for what would go on for ever."""

    def __init__(self) -> None:
        self.begun = False
        self.announced = asyncio.Event()

    @contextmanager
    def on_sigterm(self, seconds: float) -> Generator[None, None, None]:
        """Within, SIGTERM begins the drain, and reaches the handler that was there `seconds` later.

        A second one reaches it at once. Call it inside the running loop, on the main thread.
        """
        loop, ending = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

        def end(number: int, frame: FrameType | None) -> None:
            if callable(ending):
                ending(number, frame)

        def begin(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.announced.set)
            if self.begun or not seconds:
                self.begun = True
                end(number, frame)
            else:
                self.begun = True
                loop.call_soon_threadsafe(loop.call_later, seconds, end, number, None)

        signal.signal(signal.SIGTERM, begin)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, ending)
