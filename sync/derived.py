"""Series that this store derives from its own ledger: dollars bought back, burned and distributed by day."""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from models.base import whole
from models.keys import among
from models.ledger import METRICS, ledger, of_one_day
from models.publication import Publication
from models.versioned import FOREVER
from models.vocabulary import EntityKind, Interval, Metric
from sync.entities import LEDGER_SOURCE
from sync.facts import Ref, SeriesFact, SeriesKey
from sync.identify import STORE
from sync.observation import Identity, Wanted


async def ledger_series(publication: Publication, sources: Mapping[str, int]) -> dict[Identity, Wanted]:
    """The series of every protocol whose ledger this publication changes, whole.

    A day without an entry of known dollars is unknown, and so is how a sum over several days is spread over them.
    The ledger must be applied.
    """
    protocols = await _touched(publication)
    sums = await _dollars_by_day(publication, protocols) if protocols else {}
    wanted = {}
    for protocol_id in protocols:
        for metric in METRICS.values():
            days = sums.get((protocol_id, metric), {})
            key = SeriesKey(Ref(EntityKind.PROTOCOL, "", str(protocol_id)), metric, LEDGER_SOURCE.slug)
            fact = SeriesFact(key, array("i", sorted(days)), array("q", [days[day] for day in sorted(days)]))
            identity = (protocol_id, metric, 0, "", sources[LEDGER_SOURCE.slug], Interval.DAY)
            wanted[identity] = Wanted(fact, STORE, whole=True)
    return wanted


async def _touched(publication: Publication) -> list[int]:
    """Protocols with an entry that begins or ends with this publication."""
    table = ledger.every_version.c
    changed = (table.valid_from == publication.epoch) | (table.valid_to == publication.epoch)
    async with publication.transaction() as connection:
        return sorted(await connection.scalars(select(table.protocol_id).where(changed).distinct()))


async def _dollars_by_day(
    publication: Publication, protocols: Sequence[int]
) -> dict[tuple[int, Metric], dict[int, int]]:
    table = ledger.every_version.c
    query = select(table.protocol_id, table.kind, table.at, whole(table.usd)).where(
        among(publication.dialect, table.protocol_id, protocols),
        table.valid_to == FOREVER,
        table.kind.in_(sorted(METRICS)),
        table.usd.is_not(None),
        of_one_day(table),
    )
    sums: defaultdict[tuple[int, Metric], dict[int, int]] = defaultdict(dict)
    async with publication.transaction() as connection:
        for protocol_id, kind, at, micro in await connection.execute(query):
            days, day = sums[protocol_id, METRICS[kind]], at.date().toordinal()
            days[day] = days.get(day, 0) + micro
    return sums
