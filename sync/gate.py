"""The last look before a refresh becomes visible: does it change more than a refresh should?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from models.entity import external_id
from models.observation import series
from models.pack import Year
from models.publication import Publication
from models.source import source
from models.versioned import FOREVER
from sync.counts import Counts
from sync.identify import OWN
from sync.observation import packs_of

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
    known = {row.series_id: row for row in await _series_of(publication, complete)} if complete else {}
    missing = [id_ for id_, row in known.items() if id_ not in mentioned and row.subject_id not in withdrawn]
    packs = await packs_of(publication, missing)
    lost = [known[id_] for id_ in missing if _has_values(packs.get(id_, {}))]
    reasons = [f"series vanished: {row.value} {row.metric.name} of {row.slug}" for row in lost]
    more = len(reasons) - MOST_LINES
    return reasons if more <= 0 else [*reasons[:MOST_LINES], f"series vanished: {more} more"]


def _has_values(packs: Mapping[int, bytes]) -> bool:
    """Whether anything is left: all of it may have been taken away."""
    return any(any(Year.unpacked(year, packed).known()) for year, packed in packs.items())


async def _series_of(publication: Publication, sources: frozenset[str]) -> Sequence[Any]:
    """The series of some sources known before this publication, each with its source's slug and its subject's."""
    one, said, named = series.every_version.c, source.every_version.c, external_id.every_version.c
    by = and_(said.source_id == one.source_id, said.valid_to == FOREVER)
    about = and_(named.entity_id == one.subject_id, named.system == OWN)
    current = and_(named.valid_to == FOREVER, named.last_day.is_(None))
    query = (
        select(one.series_id, one.subject_id, one.metric, named.value, said.slug)
        .select_from(series.every_version)
        .join(source.every_version, by)
        .join(external_id.every_version, and_(about, current))
        .where(said.slug.in_(sorted(sources)), one.since <= publication.base)
        .order_by(named.value, one.metric)
    )
    async with publication.transaction() as connection:
        return (await connection.execute(query)).all()
