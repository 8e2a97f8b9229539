"""What the ledger knows only as a sum over several days, or in tokens alone: it is in no series of dollars by day."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, not_, or_, select

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
    Metric.UNLOCKS: "No source reports unlocks by day; those of a schedule, if any, are in `unlocks` of the token.",
    Metric.TREASURY_HOLDING: "No holding of one token is on record; several don't add up, and are series by STREAM.",
}


class LedgerSpan(NamedTuple):
    """An entry from its first day to its last; `usd` is None where tokens alone are known."""

    first: date
    last: date
    usd: Decimal | None
    tokens: Decimal | None = None

    def touches(self, first: date, last: date) -> bool:
        return self.first <= last and self.last >= first


async def ledger_spans(reader: Reader, cells: Iterable[Cell]) -> dict[Cell, list[LedgerSpan]]:
    """Those of each cell that is made of a protocol's ledger. One statement; none where there is no such cell."""
    asked = [cell for cell in cells if cell.metric in KINDS and cell.rolled_up and not cell.summed]
    if not asked:
        return {}
    found: dict[tuple[int, LedgerKind], list[LedgerSpan]] = {}
    for row in await reader.run(_spans, protocols=[cell.entity_id for cell in asked]):
        day = row.at.date()
        span = LedgerSpan(row.window_start or day, row.window_end or day, row.usd, row.tokens)
        found.setdefault((row.protocol_id, row.kind), []).append(span)
    return {cell: found.get((cell.entity_id, KINDS[cell.metric]), []) for cell in asked}


@prepared
def _spans(draft: Draft) -> Select[Any]:
    live = draft.live(ledger)
    names = ("protocol_id", "kind", "at", "window_start", "window_end", "usd", "tokens")
    return (
        select(*(live.c[name] for name in names))
        .where(draft.among(live.c.protocol_id, "protocols"), or_(live.c.usd.is_(None), not_(of_one_day(live.c))))
        .order_by(live.c.at, live.c.entry_id)
    )


def sentence(spans: Sequence[LedgerSpan]) -> str:
    """What there is besides the days, for at least one."""
    priced = [span for span in spans if span.usd is not None]
    return " ".join(filter(None, (_in_dollars(priced), _in_tokens([span for span in spans if span.usd is None]))))


def _in_dollars(spans: Sequence[LedgerSpan]) -> str:
    if not spans:
        return ""
    total = sum((span.usd for span in spans if span.usd is not None), Decimal(0))
    if len(spans) == 1:
        return f"The ledger knows {total:,.0f} USD only as a sum over {_days(spans)}."
    return f"The ledger knows {total:,.0f} USD only as {len(spans)} sums over days from {_days(spans)}."


def _in_tokens(spans: Sequence[LedgerSpan]) -> str:
    if not spans:
        return ""
    total = sum((span.tokens for span in spans if span.tokens is not None), Decimal(0))
    return f"The ledger knows {total:,.0f} tokens of {_days(spans)} without what they were worth."


def _days(spans: Sequence[LedgerSpan]) -> str:
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    return f"{first}" if first == last else f"{first} to {last}"
