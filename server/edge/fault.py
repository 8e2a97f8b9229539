"""Requests that end before GraphQL begins: an HTTP status, a code and a sentence."""

from collections.abc import Mapping


class Fault(Exception):
    """Answered with its status and one error; `headers` go with it."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


def unavailable() -> Fault:
    return Fault(503, "UNAVAILABLE", "The store can't be reached.", {"retry-after": "10"})


def bad_request(message: str) -> Fault:
    return Fault(400, "BAD_REQUEST", message)
