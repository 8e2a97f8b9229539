"""Which pages may call: their origins, as browsers name them."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

EXPOSED = ("ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID")
TAKEN = ("Authorization", "Content-Type", "GraphQL-Require-Preflight", "If-None-Match", "X-API-Key", "X-Request-ID")
APOLLO = (
    "Apollo-Require-Preflight",
    "X-Apollo-Operation-Name",
    "Apollographql-Client-Name",
    "Apollographql-Client-Version",
)
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Origins:
    """`*` is any. There are no cookies, so that a page can send nothing its user did not give it."""

    allowed: Sequence[str]

    def allow(self, origin: str | None) -> bool:
        """Whether a page of that origin may open a socket; a program that names none may."""
        return origin is None or "*" in self.allowed or origin in self.allowed

    def around(self, app: ASGIApp) -> ASGIApp:
        """`app` with the answers to a browser's questions before it lets a page call."""
        return CORSMiddleware(
            app,
            allow_origins=list(self.allowed),
            allow_methods=["GET", "POST"],
            allow_headers=[*TAKEN, *APOLLO],
            expose_headers=EXPOSED,
            max_age=DAY,
        )
