"""A row of an upstream's answer: tolerant of what varies, strict about what is relied on."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from sync.errors import Unintelligible


def _text(value: Any) -> Any:
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _by_key(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


# Upstreams leave out, null and empty these at will.
MaybeText = Annotated[str | None, BeforeValidator(_text)]
ByKey = Annotated[dict[str, Any], BeforeValidator(_by_key)]
# A number as it was written: int, or str where it has a point. Whether it is one at all is seen where it is kept.
Number = int | str
# What was no row, and why.
Refused = list[tuple[str, str]]


# Unix seconds of the year 9000: what is above is no time in seconds.
LATEST = 221_845_392_000


def day_of_seconds(seconds: Any) -> date:
    """The UTC day of unix seconds; raises ValueError for what is none."""
    if type(seconds) is not int or not 0 <= seconds < LATEST:
        raise ValueError(f"no time in seconds: {str(seconds)[:60]}")
    return datetime.fromtimestamp(seconds, UTC).date()


class Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


R = TypeVar("R", bound=Row)


def rows(model: type[R], values: Iterable[Any], refused: Refused) -> Iterator[R]:
    """Each value as a row; one that is none goes to `refused` with its reason. None and {} say nothing."""
    for value in values:
        if not value:
            continue
        try:
            yield model.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"])) or "row"
            refused.append((str(value)[:200], f"{place}: {first['msg']}"))


def listed(model: type[R], body: Any, what: str, refused: Refused) -> list[R]:
    """A list of rows; raises Unintelligible for what is no list, and where no row of several is one."""
    if not isinstance(body, list):
        raise Unintelligible(f"is not a list of {what}")
    before = len(refused)
    found = list(rows(model, body, refused))
    if any(body) and not found:
        raise Unintelligible(f"holds no {what} in its {len(body)} rows, the first fails at {refused[before][1]}")
    return found
