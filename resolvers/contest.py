"""Where another source contradicts the one that is answered, about the very days of the answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Select, select

from models.base import EXACT
from models.metric import MEASURES, Measure
from models.observation import series
from models.pack import MISSING
from models.quality import disagreeing, quality_issue
from models.statement import Draft, prepared
from models.store import Reader
from models.vocabulary import Metric, Unit
from models.window import Days
from resolvers.history import History, Known, histories_of, known_series
from resolvers.moment import Moment
from resolvers.source import sources_by_id
from resolvers.stored import Asked, Stored
from resolvers.subject import Cell
from valuation.outcome import Outcome
from valuation.rivalry import contested

UNITS = {Unit.USD: "USD", Unit.USD_PER_TOKEN: "USD", Unit.TOKEN: "tokens", Unit.COUNT: "in all"}
# Above this nobody reads the digits after the point.
WHOLE = 1000

Place: TypeAlias = tuple[int, Metric, int, str]
"""An entity, a metric, a chain (0 for all) and a stream ('' for all)."""


@dataclass(frozen=True, slots=True)
class Rival:
    """What a source says of the days that it and the answered one both know, in the unit of the metric."""

    ours: Decimal
    theirs: Decimal
    remark: str

    def beside(self, outcome: Outcome) -> Outcome:
        """The outcome, disputed where the two are too far apart."""
        return contested(outcome, self.ours, self.theirs, self.remark)


class Spoken(NamedTuple):
    """A series, its days, and the name of its source."""

    series: Known
    history: History
    source: str


async def rivals_of(reader: Reader, stored: Mapping[Asked, Stored], moment: Moment) -> dict[Asked, list[Rival]]:
    """Of each answer whose series is known to be contradicted: what the others say of its days.

    A publish opens an issue where sources disagree. Three statements where such a series is asked, and one more the
    first time at an epoch with such issues; none at others.
    """
    asked = await _contested(reader, stored)
    if not asked:
        return {}
    known = await known_series(reader, [cell for cell, _ in asked])
    days = await histories_of(reader, [each.series_id for each in known])
    said_by = await sources_by_id(reader, [each.source_id for each in known])
    spoken = [
        Spoken(each, days[each.series_id], source.name)
        for each, source in zip(known, said_by, strict=True)
        if source is not None
    ]
    return {each: list(_rivals(each, stored[each], spoken, moment)) for each in asked}


async def _contested(reader: Reader, stored: Mapping[Asked, Stored]) -> list[Asked]:
    """The answers that come from a place where sources disagree."""
    if not (await reader.announcement()).contested:
        return []
    places: set[Place] = {(row[0], row[1], row[2], row[3]) for row in await reader.standing(_disagreements)}
    single = (asked for asked, known in stored.items() if known.series_id and known.value is not None)
    return [asked for asked in single if _place(asked[0]) in places]


@prepared
def _disagreements(draft: Draft) -> Select[Any]:
    """The places of series that an open issue says another source contradicts."""
    issues, lines = draft.live(quality_issue), draft.live(series)
    return (
        select(lines.c.subject_id, lines.c.metric, lines.c.chain_id, lines.c.stream)
        .join(issues, issues.c.scope == lines.c.series_id)
        .where(disagreeing(issues))
        .distinct()
    )


def _place(cell: Cell) -> Place:
    return cell.entity_id, cell.metric, cell.chain_id, cell.stream


def _rivals(asked: Asked, answered: Stored, spoken: Sequence[Spoken], moment: Moment) -> Iterable[Rival]:
    (cell, window), measure = asked, MEASURES[asked[0].metric]
    mine = {each.series.series_id: each for each in spoken if each.series.place == _place(cell)}
    own = mine.pop(answered.series_id, None)
    if own is None:
        return
    end = moment.end(cell.metric)
    days = moment.window(cell.metric, window) or Days(min(answered.first_day, end), end)
    for other in mine.values():
        found = _flow(measure, own, other, days) if measure.flow else _stock(measure, own, other, days)
        if found is not None:
            yield found


def _flow(measure: Measure, own: Spoken, other: Spoken, days: Days) -> Rival | None:
    """The sums over the days that both know."""
    both = (each.history.days(days.first, days.count)[0] for each in (own, other))
    pairs = [pair for pair in zip(*both, strict=True) if MISSING not in pair]
    if not pairs:
        return None
    ours, theirs = (measure.value(sum(values)) for values in zip(*pairs, strict=True))
    shared = "the day" if len(pairs) == 1 else f"the {len(pairs)} days"
    words = (other.source, _amount(measure, theirs), own.source, _amount(measure, ours))
    return Rival(ours, theirs, "{} has {} and {} {} for {} that both know.".format(*words, shared))


def _stock(measure: Measure, own: Spoken, other: Spoken, days: Days) -> Rival | None:
    """Both values of the day that is answered."""
    values = own.history.days(days.first, days.count)[0]
    place = next((n for n in range(days.count - 1, -1, -1) if values[n] != MISSING), None)
    if place is None:
        return None
    day = date.fromordinal(days.first.toordinal() + place)
    said = other.history.over(day, day, flow=False).value
    if said is None:
        return None
    ours, theirs = measure.value(values[place]), measure.value(said)
    words = (other.source, _amount(measure, theirs), own.source, _amount(measure, ours))
    return Rival(ours, theirs, "{} has {} and {} {} for {}.".format(*words, day))


def _amount(measure: Measure, value: Decimal) -> str:
    """Whole where that says enough."""
    number = f"{value:,.0f}" if abs(value) >= WHOLE else f"{value.normalize(EXACT):f}"
    return f"{number} {UNITS[measure.unit]}"
