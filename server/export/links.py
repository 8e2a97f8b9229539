"""Addresses of files that need no key: signed, and good for a while."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

ROUTE = "/exports/{job:int}/{number:int}"


def now_utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Links:
    """Signs with the secret that each job has of its own, and the pepper of this server's keys.

    So nothing has to be configured for several machines, and no address outlives its job.
    """

    pepper: str
    seconds: int
    public_url: str | None = None
    clock: Callable[[], datetime] = now_utc

    def url(self, reached: str, job: int, number: int, secret: str) -> str:
        """The address of a file from now on; relative where nobody said how this server is reached."""
        expires = int(self.clock().timestamp()) + self.seconds
        signature = self.signature(job, number, expires, secret)
        return f"{self.public_url or reached}/exports/{job}/{number}?expires={expires}&signature={signature}"

    def signature(self, job: int, number: int, expires: int, secret: str) -> str:
        """Hex of an HMAC-SHA-256."""
        key = hmac.digest(self.pepper.encode(), secret.encode(), sha256)
        return hmac.new(key, f"{job}/{number}?{expires}".encode(), sha256).hexdigest()

    def is_over(self, expires: int) -> bool:
        return expires <= self.clock().timestamp()
