"""What is remembered of the answers of earlier runs."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import NamedTuple


class Known(NamedTuple):
    """What is remembered of an answer."""

    etag: str | None
    last_modified: str | None
    sha256: str
    fetched_at: datetime


class Memory:
    """The answers of earlier runs: what identifies each, and its compressed body, read only when asked for."""

    def __init__(self, known: Mapping[str, Known], body: Callable[[str], Awaitable[bytes]]) -> None:
        self.known = known
        self.body = body


async def _no_body(address: str) -> bytes:
    raise KeyError(address)


FRESH = Memory({}, _no_body)
