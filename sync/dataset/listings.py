"""DefiLlama's revenue page of one day: its names as protocols, its sums as claims about them."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from models.vocabulary import ClaimStatus, Confidence, EntityKind, Metric, ProtocolKind
from sync.dataset.record import OURS, BadRecord, amount, moment, ours
from sync.dataset.statements import Dated
from sync.dataset.tables import Table
from sync.facts import ClaimFact, ProtocolFact, Ref

DAYS = {"D1": 1, "D7": 7, "D30": 30, "D365": 365}
# The columns that say who a row is about.
IDENTITY = {"slug", "name", "defillama", "category", "chains"}
# The column that isn't a sum over a number of days.
SINCE_EVER = "ALL"


def listed_protocols(table: Table, known: frozenset[str]) -> Iterator[ProtocolFact]:
    """A protocol for each row whose slug isn't `known`: a name, and what the page says of it."""
    for place, cells in table.rows():
        slug = _cell(place, cells, "slug")
        if slug in known:
            continue
        category = cells.get("category")
        chains = cells["chains"].split("; ") if "chains" in cells else []
        yield ProtocolFact(
            refs=tuple(_refs(slug, cells.get("defillama"))),
            slug=slug,
            name=_cell(place, cells, "name"),
            kind=ProtocolKind.CHAIN if category == "Chain" else ProtocolKind.PROTOCOL,
            chains=tuple(ours(EntityKind.CHAIN, chain) for chain in chains) or None,
            category=category,
        )


def _refs(slug: str, defillama: str | None) -> Iterator[Ref]:
    yield Ref(EntityKind.PROTOCOL, OURS, slug)
    if defillama:
        yield Ref(EntityKind.PROTOCOL, "defillama", defillama)


def listed_totals(table: Table) -> Iterator[Dated]:
    """A claim for each figure: columns are a metric, or a metric and the days of a sum (of REVENUE if bare)."""
    recorded = moment(table.required("recorded"))
    for place, cells in table.rows():
        slug = _cell(place, cells, "slug")
        for column in [name for name in cells if name not in IDENTITY]:
            try:
                yield Dated(recorded, _claim(table, slug, column, amount(cells[column])))
            except (KeyError, ValueError) as error:
                raise BadRecord(place, f"{column}: {error}") from error


def _claim(table: Table, slug: str, column: str, value: Decimal) -> ClaimFact:
    metric, window = _meaning(column)
    through = date.fromisoformat(table.required("through"))
    return ClaimFact(
        ref=f"{table.name.removesuffix('.csv')}:{slug}:{column.replace(' ', ':')}",
        subject=ours(EntityKind.PROTOCOL, slug),
        topic=f"{slug}:{metric.name}:{window or 'now'}:{through}",
        predicate=_predicate(metric, window),
        value=format(value, "f"),
        source=table.required("source"),
        status=ClaimStatus.UNVERIFIED,
        confidence=Confidence.MEDIUM,
        unit="USD",
        valid_from_day=through - timedelta(days=DAYS[window] - 1) if window in DAYS else None,
        valid_to_day=through if window else None,
        stated_as_of=table.required("recorded"),
        source_url=table.required("origin"),
    )


def _meaning(column: str) -> tuple[Metric, str | None]:
    first, _, window = column.partition(" ")
    if first in DAYS or first == SINCE_EVER:
        return Metric.REVENUE, first
    if window and window not in DAYS:
        raise ValueError(f"no such window: {window}")
    return Metric[first], window or None


def _predicate(metric: Metric, window: str | None) -> str:
    name = metric.name.lower().replace("_", " ")
    if window is None:
        return name
    return f"{name} since ever" if window == SINCE_EVER else f"{name} over {DAYS[window]} days"


def _cell(place: str, cells: dict[str, str], column: str) -> str:
    if column not in cells:
        raise BadRecord(place, f"no {column}")
    return cells[column]
