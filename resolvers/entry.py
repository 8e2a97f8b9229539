"""Entries of the ledger: what each records, what it came from, and what followed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import FromClause, select

from models.base import EXACT
from models.ledger import ledger
from models.store import Reader
from models.vocabulary import Confidence, Disposition, FundingSource, LedgerKind, MechanismKind, ObservationMethod
from resolvers.attestation import Attestation
from resolvers.batching import many_each
from resolvers.chain import chains_by_id
from resolvers.declare import Parent, batched
from resolvers.identity import global_id
from resolvers.policy import policies_by_ref
from resolvers.protocol import protocols_by_id
from resolvers.source import sources_by_id
from resolvers.token import TokenAmount, tokens_by_id

TYPE = "LedgerEntry"
COLUMNS = (
    *("entry_id", "ref", "protocol_id", "token_id", "kind", "mechanism", "at", "window_start", "window_end"),
    *("tokens", "usd", "price_usd", "trades", "funding", "disposition", "disposition_at", "origin_ref", "policy_ref"),
    *("topic", "tx_hash", "chain_id", "wallet", "method", "confidence", "source_id", "source_url", "note"),
)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """`tokens` in whole tokens, `usd` and `price_usd` as of the event; None where not known."""

    number: int
    ref: str
    protocol_id: int
    token_id: int | None
    kind: LedgerKind
    mechanism: MechanismKind
    occurred_at: datetime
    window_start: date | None
    window_end: date | None
    tokens: Decimal | None
    usd: Decimal | None
    price_usd: Decimal | None
    trades: int | None
    funding: FundingSource
    disposition: Disposition
    disposition_at: datetime | None
    origin_ref: str | None
    policy_ref: str | None
    topic: str | None
    tx_hash: str | None
    chain_id: int | None
    wallet: str | None
    method: ObservationMethod
    confidence: Confidence
    source_id: int
    source_url: str | None
    note: str | None

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def spent_usd(self) -> Decimal | None:
        return self.usd

    @property
    def amount(self) -> TokenAmount | None:
        """None where it says no tokens."""
        if self.tokens is None or self.token_id is None:
            return None
        priced_at = self.occurred_at if self.price_usd is not None else None
        return TokenAmount(self.token_id, self.tokens, self.usd, self.price_usd, priced_at)

    @property
    def average_price_usd(self) -> Decimal | None:
        """Dollars per token of the whole entry, to 18 places; None unless both are known."""
        if self.usd is None or not self.tokens:
            return None
        return (self.usd / self.tokens).quantize(Decimal(1).scaleb(-18), context=EXACT).normalize(EXACT)

    @property
    def provenance(self) -> Attestation:
        return Attestation(self.method, self.confidence, self.source_id, self.source_url, self.topic)


def columns(live: FromClause) -> list[Any]:
    """In the order of EntryRow."""
    return [live.c[name] for name in COLUMNS]


async def entries_by_id(reader: Reader, ids: Sequence[int]) -> list[EntryRow | None]:
    """One statement."""
    live = reader.live(ledger)
    rows = await reader.rows(select(*columns(live)).where(reader.among(live.c.entry_id, ids)))
    found = {row[0]: EntryRow(*row) for row in rows}
    return [found.get(id_) for id_ in ids]


async def entries_by_ref(reader: Reader, refs: Sequence[str]) -> list[EntryRow | None]:
    """One statement."""
    live = reader.live(ledger)
    rows = [EntryRow(*row) for row in await reader.rows(select(*columns(live)).where(live.c.ref.in_(list(refs))))]
    found = {row.ref: row for row in rows}
    return [found.get(ref) for ref in refs]


async def entries_by_origin(reader: Reader, refs: Sequence[str]) -> list[list[EntryRow]]:
    """What became of the tokens of each entry, the oldest first. One statement."""
    live = reader.live(ledger)
    query = select(*columns(live)).where(live.c.origin_ref.in_(list(refs))).order_by(live.c.at, live.c.entry_id)
    rows = [EntryRow(*row) for row in await reader.rows(query)]
    return many_each(refs, ((row.origin_ref, row) for row in rows if row.origin_ref is not None))


@batched(protocols_by_id)
def resolve_protocol_of_entry(row: Parent[EntryRow]) -> int:
    return row.protocol_id


@batched(tokens_by_id)
def resolve_token_of_entry(row: Parent[EntryRow]) -> int | None:
    return row.token_id


@batched(chains_by_id)
def resolve_chain_of_entry(row: Parent[EntryRow]) -> int | None:
    return row.chain_id


@batched(sources_by_id)
def resolve_source_of_entry(row: Parent[EntryRow]) -> int:
    return row.source_id


@batched(policies_by_ref)
def resolve_policy_of_entry(row: Parent[EntryRow]) -> str | None:
    return row.policy_ref


@batched(entries_by_ref)
def resolve_origin(row: Parent[EntryRow]) -> str | None:
    return row.origin_ref


@batched(entries_by_origin)
def resolve_followed_by(row: Parent[EntryRow]) -> str:
    return row.ref
