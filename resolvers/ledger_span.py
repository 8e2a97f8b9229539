"""What the ledger knows only as a sum over several days: it belongs to no day, and so to no series."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, not_, select

from models.ledger import METRICS, ledger, of_one_day
from models.statement import Draft, prepared
from models.store import Reader
from models.vocabulary import LedgerKind, Metric
from resolvers.subject import Cell

KINDS = {metric: kind for kind, metric in METRICS.items()}
_CLAIMED = "sums that sources claim, if any, are in `claims`."
NOTHING = {
    Metric.BUYBACK_EXECUTED: f"The ledger has no purchases; {_CLAIMED}",
    Metric.BURNED: f"The ledger has no burns; {_CLAIMED}",
    Metric.DISTRIBUTED: f"The ledger has no distributions; {_CLAIMED}",
}


class LedgerSpan(NamedTuple):
    """Dollars of an entry, from its first day to its last."""

    first: date
    last: date
    usd: Decimal

    def touches(self, first: date, last: date) -> bool:
        return self.first <= last and self.last >= first


async def ledger_spans(reader: Reader, cells: Iterable[Cell]) -> dict[Cell, list[LedgerSpan]]:
    """Those of each cell that is made of a protocol's ledger. One statement; none where there is no such cell."""
    asked = [cell for cell in cells if cell.metric in KINDS and cell.rolled_up and not cell.summed]
    if not asked:
        return {}
    found: dict[tuple[int, LedgerKind], list[LedgerSpan]] = {}
    for protocol_id, kind, *span in await reader.run(_spans, protocols=[cell.entity_id for cell in asked]):
        found.setdefault((protocol_id, kind), []).append(LedgerSpan(*span))
    return {cell: found.get((cell.entity_id, KINDS[cell.metric]), []) for cell in asked}


@prepared
def _spans(draft: Draft) -> Select[Any]:
    live = draft.live(ledger)
    return (
        select(live.c.protocol_id, live.c.kind, live.c.window_start, live.c.window_end, live.c.usd)
        .where(draft.among(live.c.protocol_id, "protocols"), live.c.usd.is_not(None), not_(of_one_day(live.c)))
        .order_by(live.c.window_start, live.c.window_end)
    )


def sentence(spans: Sequence[LedgerSpan]) -> str:
    """What there is besides the days, for at least one."""
    total = sum((span.usd for span in spans), Decimal(0))
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    if len(spans) == 1:
        return f"The ledger knows {total:,.0f} USD only as a sum over {first} to {last}."
    return f"The ledger knows {total:,.0f} USD only as {len(spans)} sums over days from {first} to {last}."
