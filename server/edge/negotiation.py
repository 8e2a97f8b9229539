"""Which media type an answer has, by what the caller accepts and how much it likes each."""

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from server.edge.fault import Fault


class Media(Enum):
    """What an answer can be."""

    JSON = "application/json"
    RESPONSE = "application/graphql-response+json"
    EVENTS = "text/event-stream"


@lru_cache(maxsize=256)
def negotiated(accept: str | None) -> Media:
    """The media type of an answer that is not a stream by need; raises Fault 406. Nothing said means JSON.

    Events only when they are liked better than JSON: many clients list them on every query, and can't read them.
    """
    if accept is None or not accept.strip():
        return Media.JSON
    ranges = _ranges(accept)
    weights = {media: _weight(media, ranges) for media in Media}
    best = max((Media.JSON, Media.RESPONSE), key=lambda media: weights[media])
    if weights[Media.EVENTS][0] > weights[best][0]:
        best = Media.EVENTS
    if weights[best][0] <= 0:
        raise Fault(406, "NOT_ACCEPTABLE", f"Answers are {', '.join(media.value for media in Media)}.")
    return best


def accepts_events(accept: str | None) -> bool:
    """Whether a stream of events may be the answer, if only as a last choice."""
    return accept is not None and _weight(Media.EVENTS, _ranges(accept))[0] > 0


def weighed(accepted: str) -> list[tuple[str, float]]:
    """Each name of a list such as that of `Accept-Encoding`, in small letters, with its weight."""
    return [found for part in accepted.split(",") if (found := _weighed(part))]


def _ranges(accept: str) -> list[tuple[str, float]]:
    return [(name, weight) for name, weight in weighed(accept) if "/" in name]


def _weight(media: Media, ranges: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """The weight of the most specific range that covers it, then how early that stands in the list."""
    family = media.value.partition("/")[0] + "/*"
    for name in (media.value, family, "*/*"):
        for place, (found, weight) in enumerate(ranges):
            if found == name:
                return weight, (-place if weight else 0)
    return 0, 0


def _weighed(part: str) -> tuple[str, float] | None:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            weight = _quality(value.strip())
        elif key.strip() == "charset" and value.strip().strip('"') != "utf-8":
            return None
    return (name, weight) if name else None


def _quality(text: str) -> float:
    """Of 0 to 1; what can't be read counts as nothing."""
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
