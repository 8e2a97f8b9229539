"""The last look before a refresh becomes visible: does it change more than a refresh should?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select

from models.entity import external_id
from models.epoch import SUCCESSES, rejected_fact, sync_run
from models.keys import among
from models.observation import pack, series
from models.pack import Year
from models.publication import Publication
from models.source import source
from models.token import chain
from models.versioned import FOREVER
from sync.counts import Counts
from sync.identify import OWN
from sync.observation import packs_of
from sync.recorded import newest_recording

# More lines than a person reads say no more.
MOST_LINES = 20
# The reason kept with a series whose publisher stopped to mention it.
VANISHED = "the series vanished"


@dataclass(frozen=True, slots=True)
class Gate:
    """Refuses a source that restates more than `share` of the rows it names that were known.

    Tables with no more than `few` changed rows pass: half of two rows is no sign of trouble. In the same way it
    refuses one of which more than `gone_share` of the series of a publisher read whole, and more than `gone_few` of
    them, are gone at once: upstreams drop a listing now and then, and half of them only by mistake.
    """

    share: float = 0.2
    few: int = 100
    gone_share: float = 0.02
    gone_few: int = 5


class GateRefused(Exception):
    """All of the refresh looks wrong; the message is one line, with the first reason and the way past it."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"nothing was published, --accept would: {first_of(reasons)}")


def first_of(reasons: Sequence[str]) -> str:
    return reasons[0] + (f", and {len(reasons) - 1} more" if len(reasons) > 1 else "")


def changed_too_much(gate: Gate, counts: Mapping[str, Counts]) -> list[str]:
    reasons = []
    for table, count in counts.items():
        changed = count.restated + count.withdrawn
        if changed > gate.few and changed > gate.share * count.known:
            reasons.append(f"{table}: {changed} of {count.known} known rows change")
    return reasons


@dataclass(frozen=True, slots=True)
class Vanished:
    """The series of a publisher that it does not mention any more, of `known`; their rows stay."""

    publisher: str
    known: int
    series: Sequence[Any]

    def doubts(self, gate: Gate) -> list[str]:
        """A line for each series if there are too many, up to a few."""
        if len(self.series) <= max(gate.gone_few, gate.gone_share * self.known):
            return []
        return [f"{len(self.series)} of {self.known} series vanished: {line}" for line in self._lines()]

    def trouble(self) -> str:
        """All in one line."""
        return f"series vanished and are kept as they were: {', '.join(self._lines())}"

    def refusals(self, epoch: int) -> list[tuple[str, str, dict[str, str]]]:
        """What is kept of them as (source, reason, fact), to be told once. `epoch`: where they are missing first."""
        return [(self.publisher, VANISHED, _named(row) | {"epoch": str(epoch)}) for row in self.series]

    def _lines(self) -> list[str]:
        lines = [_sentence(row) for row in self.series]
        more = len(lines) - MOST_LINES
        return lines if more <= 0 else [*lines[:MOST_LINES], f"{more} more"]


async def vanished(
    publication: Publication, complete: frozenset[str], mentioned: set[int], withdrawn: set[int]
) -> list[Vanished]:
    """What is newly gone of publishers read whole; that of what the refresh withdraws may go, and is not told of."""
    if not complete:
        return []
    known = await _series_of(publication, complete)
    missing = [row for row in known if row.series_id not in mentioned and row.subject_id not in withdrawn]
    alive = await _alive(publication, [row.series_id for row in missing])
    found = []
    for publisher in sorted(complete):
        lost = [row for row in missing if row.slug == publisher and row.series_id in alive]
        if lost:
            found.append(Vanished(publisher, sum(row.slug == publisher for row in known), lost))
    return found


async def _alive(publication: Publication, series_ids: Sequence[int]) -> set[int]:
    """Those with a value left, all may have been taken away, that a live refresh changed since they were last told of.

    What was only ever recorded is not expected of a live source.
    """
    told, recorded = await _told(publication), await newest_recording(publication)
    packs, written = await packs_of(publication, series_ids), await _written(publication, series_ids)
    return {
        id_
        for id_ in series_ids
        if _has_values(packs.get(id_, {})) and written[id_] >= max(told.get(id_, 0), recorded + 1)
    }


async def _told(publication: Publication) -> dict[int, int]:
    """Series that were found missing by a run that ended well: the last epoch they were missing from first."""
    query = select(rejected_fact.c.fact).join(sync_run, sync_run.c.sync_run_id == rejected_fact.c.sync_run_id)
    query = query.where(rejected_fact.c.reason == VANISHED, sync_run.c.status.in_(SUCCESSES))
    async with publication.transaction() as connection:
        facts = (await connection.scalars(query.order_by(rejected_fact.c.rejected_fact_id))).all()
    return {int(fact["series"]): int(fact["epoch"]) for fact in facts}


async def _written(publication: Publication, series_ids: Sequence[int]) -> dict[int, int]:
    """The last epoch that changed each series: one that returns is not gone any more."""
    table = pack.every_version.c
    query = select(table.series_id, func.max(table.valid_from)).where(
        among(publication.dialect, table.series_id, series_ids), table.valid_to == FOREVER
    )
    async with publication.transaction() as connection:
        rows = await connection.execute(query.group_by(table.series_id))
        return {id_: written for id_, written in rows}  # noqa: C416


def _sentence(row: Any) -> str:
    return f"{row.value} {row.metric.name}" + (f" on {row.chain}" if row.chain else "") + f" of {row.slug}"


def _named(row: Any) -> dict[str, str]:
    fact = {"series": str(row.series_id), "subject": f"{OWN}/{row.value}", "metric": row.metric.name}
    return fact | ({"chain": row.chain} if row.chain else {})


def _has_values(packs: Mapping[int, bytes]) -> bool:
    """Whether anything is left: all of it may have been taken away."""
    return any(any(Year.unpacked(year, packed).known()) for year, packed in packs.items())


async def _series_of(publication: Publication, sources: frozenset[str]) -> Sequence[Any]:
    """The series of some sources known before, each with the slugs of its source, subject and chain."""
    one, said, named = series.every_version.c, source.every_version.c, external_id.every_version.c
    place = chain.every_version.c
    by = and_(said.source_id == one.source_id, said.valid_to == FOREVER)
    about = and_(named.entity_id == one.subject_id, named.system == OWN)
    current = and_(named.valid_to == FOREVER, named.last_day.is_(None))
    columns = (one.series_id, one.subject_id, one.metric, named.value, said.slug, place.slug.label("chain"))
    query = (
        select(*columns)
        .select_from(series.every_version)
        .join(source.every_version, by)
        .join(external_id.every_version, and_(about, current))
        .outerjoin(chain.every_version, and_(place.chain_id == one.chain_id, place.valid_to == FOREVER))
        .where(said.slug.in_(sorted(sources)), one.since <= publication.base)
        .order_by(named.value, one.metric, one.series_id)
    )
    async with publication.transaction() as connection:
        return (await connection.execute(query)).all()
