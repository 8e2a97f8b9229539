"""The last look before a refresh becomes visible: does it change more than a refresh should?"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select

from models.entity import external_id
from models.observation import pack, series
from models.publication import Publication
from models.source import source
from models.versioned import FOREVER
from sync.counts import Counts
from sync.identify import OWN

# More lines than a person reads say no more.
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Gate:
    """Refuses a refresh that restates more than `share` of the rows it names that were known.

    Tables with no more than `few` changed rows pass: half of two rows is no sign of trouble.
    """

    share: float = 0.2
    few: int = 100


class GateRefused(Exception):
    """The refresh looks wrong; the message says why, one reason per line."""


def changed_too_much(gate: Gate, counts: Mapping[str, Counts]) -> list[str]:
    reasons = []
    for table, count in counts.items():
        changed = count.restated + count.withdrawn
        if changed > gate.few and changed > gate.share * count.known:
            reasons.append(f"{table}: {changed} of {count.known} known rows change")
    return reasons


async def vanished(
    publication: Publication, complete: frozenset[str], mentioned: set[int], withdrawn: set[int]
) -> list[str]:
    """Series of publishers read whole that the refresh does not mention any more; those of what it withdraws may go."""
    if not complete:
        return []
    known, said, year, named = (
        series.every_version.c,
        source.every_version.c,
        pack.every_version.c,
        external_id.every_version.c,
    )
    query = (
        select(known.series_id, known.subject_id, named.value, known.metric, said.slug)
        .join(source.every_version, (said.source_id == known.source_id) & (said.valid_to == FOREVER))
        .join(
            external_id.every_version,
            (named.entity_id == known.subject_id)
            & (named.system == OWN)
            & (named.valid_to == FOREVER)
            & named.last_day.is_(None),
        )
        .where(said.slug.in_(sorted(complete)), known.since <= publication.base)
        .where(exists().where(year.series_id == known.series_id, year.valid_to == FOREVER))
        .order_by(named.value, known.metric)
    )
    async with publication.transaction() as connection:
        rows = (await connection.execute(query)).all()
    missing = {row.series_id: row for row in rows if row.series_id not in mentioned and row.subject_id not in withdrawn}
    reasons = [f"series vanished: {row.value} {row.metric.name} of {row.slug}" for row in missing.values()]
    more = len(reasons) - MOST_LINES
    return reasons if more <= 0 else [*reasons[:MOST_LINES], f"series vanished: {more} more"]
