"""What the ledger took out of a token's supply: bought, burned, held back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from models.base import EXACT
from models.ledger import ledger
from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Disposition, LedgerKind, MechanismKind, Metric
from models.window import Days
from resolvers.batching import many_each
from resolvers.history import History
from valuation.outcome import ZERO, Outcome, State

KINDS = (LedgerKind.PURCHASE, LedgerKind.BURN, LedgerKind.BURN_RECOGNITION)
# Bought tokens that went to somebody are back in the float.
RETURNED = frozenset({Disposition.DISTRIBUTED, Disposition.LP, Disposition.SOLD})


class Deed(NamedTuple):
    """An entry of the ledger; `tokens` of None: it does not say how many."""

    token_id: int
    kind: LedgerKind
    mechanism: MechanismKind
    disposition: Disposition
    at: datetime
    window_start: date | None
    tokens: Decimal | None

    @property
    def last(self) -> date:
        return self.at.date()

    @property
    def first(self) -> date:
        return self.window_start or self.last

    @property
    def removes(self) -> bool:
        """Whether it takes tokens out of the float. A burn of what was bought before takes no more out."""
        if self.kind is LedgerKind.PURCHASE:
            return self.disposition not in RETURNED
        return self.kind is LedgerKind.BURN and self.mechanism is not MechanismKind.BUYBACK_BURN


@dataclass(frozen=True, slots=True)
class Deeds:
    """The entries of one token. `reserve`: what its protocol holds of it, where that was read and is stated."""

    entries: Sequence[Deed] = ()
    reserve: History | None = None

    def removed(self, days: Days) -> Outcome:
        """Tokens bought and kept from the float, or burned without having been bought, in some days."""
        touching = [
            each for each in self.entries if each.removes and each.first <= days.last >= days.first <= each.last
        ]
        inside = [each for each in touching if days.first <= each.first and each.last <= days.last]
        total = _total(inside, "The ledger knows of nothing taken out of the float in these days.")
        if total.value is None or len(inside) == len(touching):
            return total
        return Outcome(total.value, State.PARTIAL, "Entries that begin or end outside of these days are left out.")

    def burned(self, through: date) -> Outcome:
        """Tokens burned on-chain up to a day."""
        return _total(self._by(through, lambda each: each.kind is LedgerKind.BURN), "The ledger knows of no burn.")

    def held(self, through: date) -> Outcome:
        """Tokens bought and still held up to a day: all of them as stated, else those that the ledger knows of.

        None where it knows of none, as an estimate.
        """
        stated = self.reserve.over(date.min, through, flow=False).value if self.reserve else None
        if stated is not None:
            return Outcome(MEASURES[Metric.TREASURY_HOLDING].value(stated))
        kept = self._by(through, lambda each: each.kind is LedgerKind.PURCHASE and each.disposition is Disposition.HELD)
        return _or_none(kept, "The ledger knows of no bought tokens that are still held.")

    def recognised(self, through: date) -> Outcome:
        """Tokens that are treated as burned up to a day; none where the ledger knows of none, as an estimate."""
        kept = self._by(through, lambda each: each.kind is LedgerKind.BURN_RECOGNITION)
        return _or_none(kept, "The ledger knows of no tokens that are treated as burned.")

    def _by(self, through: date, wanted: Callable[[Deed], bool]) -> list[Deed]:
        return [each for each in self.entries if each.last <= through and wanted(each)]


async def deeds_of(reader: Reader, token_ids: Iterable[int]) -> dict[int, Deeds]:
    """The entries of each token. One statement; none for no tokens."""
    ids = list(dict.fromkeys(token_ids))
    if not ids:
        return {}
    live = reader.live(ledger)
    names = ("token_id", "kind", "mechanism", "disposition", "at", "window_start", "tokens")
    query = select(*(live.c[name] for name in names)).where(
        reader.among(live.c.token_id, ids), reader.among(live.c.kind, KINDS)
    )
    rows = [Deed(*row) for row in await reader.rows(query)]
    return dict(zip(ids, map(Deeds, many_each(ids, ((row.token_id, row) for row in rows))), strict=True))


def _or_none(entries: Sequence[Deed], reason: str) -> Outcome:
    return _total(entries, reason) if entries else Outcome(ZERO, State.ESTIMATED, reason)


def _total(entries: Sequence[Deed], nothing: str) -> Outcome:
    known = [each.tokens for each in entries if each.tokens is not None]
    if not known:
        return Outcome(None, State.NOT_REPORTED, nothing)
    total = ZERO
    for amount in known:
        total = EXACT.add(total, amount)
    if len(known) == len(entries):
        return Outcome(total)
    return Outcome(total, State.PARTIAL, f"{len(known)} of {len(entries)} entries say how many tokens.")
