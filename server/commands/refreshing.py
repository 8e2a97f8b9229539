"""Syncs again and again: with what is planned written down, and beside a server in a process of its own."""

import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog

from models.store import Store
from server.commands.failure import EXPECTED, sentence_of
from server.settings import Settings
from sync import pipeline
from sync.report import note_next

log = structlog.get_logger("server.refreshing")


async def repeat(store: Store, once: Callable[[], Awaitable[object]], every: timedelta) -> None:
    """Run `once` every so often, and let readers of the store know when it is next."""

    async def planned(wait: timedelta) -> None:
        try:
            await note_next(store, datetime.now(UTC) + wait)
        except EXPECTED as error:
            log.warning("the next sync can't be written down", error=sentence_of(error))

    await pipeline.repeat(once, every, planned=planned)


@contextmanager
def refreshing(settings: Settings, every: timedelta | None) -> Generator[None, None, None]:
    """Within, a process beside this one syncs every so often, at once for the first time; None does nothing.

    Two in one interpreter would take turns: while one parses, the other does not answer. Enter it before anything is
    set in the environment for this process alone.
    """
    if every is None:
        yield
        return
    beside = _Beside(every)
    watching = threading.Thread(target=beside.watch, name="sync")
    watching.start()
    try:
        yield
    finally:
        beside.end(settings.shutdown_seconds)
        watching.join()


class _Beside:
    """A process that syncs, begun again should it ever end by itself."""

    def __init__(self, every: timedelta) -> None:
        self.every = every
        self._ending = threading.Event()
        self._process = self._begun()

    def watch(self) -> None:
        """Until the end is told."""
        while not self._ending.is_set():
            code = self._process.wait()
            if not self._ending.is_set():
                log.error("the syncs beside this server ended, and begin again when the next is due", code=code)
            if not self._ending.wait(self.every.total_seconds()):
                self._process = self._begun()

    def end(self, seconds: float) -> None:
        """Stop it at the next point where it waits, or after so many seconds anywhere: a sync may end anywhere."""
        self._ending.set()
        process = self._process
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()

    def _begun(self) -> "subprocess.Popen[bytes]":
        """Out of reach of a terminal's interrupt: it ends with its standard input."""
        command = (sys.executable, "-m", "server.commands.beside", str(self.every.total_seconds()))
        return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 our own module
