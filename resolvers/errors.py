"""What this API refuses, said so that a stranger can act on it."""

from dataclasses import dataclass


class ApiError(Exception):
    """A refusal whose message and `code` are for the client; every other error is masked."""

    code = "BAD_USER_INPUT"


class BadInput(ApiError):
    """An argument that is well-typed and still makes no sense."""


class BadId(ApiError):
    """A global id this API did not issue."""


class BadCursor(ApiError):
    """A cursor this API did not issue, or one of another list or epoch."""


class KeyNeeded(ApiError):
    """Work that is done only for those who can be told to stop: the owners of API keys."""

    code = "UNAUTHENTICATED"


class ScopeMissing(ApiError):
    """The key was given out for other things."""

    code = "FORBIDDEN"


@dataclass(frozen=True, slots=True)
class UserError:
    """Why a mutation did not do what it was asked for; `path` leads to the part of its input, None for no one part."""

    code: str
    message: str
    path: tuple[str, ...] | None = None
