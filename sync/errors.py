"""What can go wrong between us and an upstream, each said in a sentence a stranger can act on.

SourceError
    NotFound             the upstream does not know what was asked for: asking again is no use
    Refused              it does not want to answer us: a bad key, a plan that lacks it, a redirect
    OutOfTime            the run was over before it was read
    Passing              it may be well the next time
        Unreachable      no whole answer: refused, timed out, cut off
        Busy             too many requests, or the upstream is failing
        Unintelligible   an answer, and not one that can be understood
"""


class SourceError(Exception):
    """A source can't be read."""


class NotFound(SourceError):
    """The upstream has no such thing."""


class Refused(SourceError):
    """The upstream will not answer this to us."""


class OutOfTime(SourceError):
    """The run was over first."""


class Passing(SourceError):
    """May be well the next time it is asked. `wait`: the seconds the upstream told us to wait."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Unreachable(Passing):
    """No whole answer came."""


class Busy(Passing):
    """The upstream turned the request away for now."""


class Unintelligible(Passing):
    """An answer came that says nothing we understand."""
