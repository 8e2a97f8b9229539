"""Organisations: who leads them, what they raised, and what moved their treasuries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from sqlalchemy import FromClause, select

from models.fund import fund
from models.store import Reader
from models.treasury import capital_raise, role, treasury_transaction
from models.vocabulary import Confidence, RaiseKind, RaiseStatus, TreasuryTransactionKind
from resolvers.argument import After, Before, First, Last
from resolvers.batching import many_each
from resolvers.claim import claims_by_topic
from resolvers.connection import CountedPage, Slice, counted_page, slice_of
from resolvers.declare import Parent, argument, batched
from resolvers.fund import FundRow, OrganisationRow, fund_columns
from resolvers.source import sources_by_id
from resolvers.token import tokens_by_id


@dataclass(frozen=True, slots=True)
class RoleRow:
    """`to_day` is the last day; None while it lasts, or where nobody said."""

    person: str
    title: str
    from_day: date | None
    to_day: date | None
    confidence: Confidence
    source_id: int
    source_url: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class RaiseRow:
    """`at_most`: the amount is what may be raised, not what was."""

    ref: str
    kind: RaiseKind
    status: RaiseStatus
    amount_usd: Decimal | None
    at_most: bool
    agreed_on: date | None
    announced_on: date | None
    closed_on: date | None
    investors: list[str]
    purpose: str | None
    topic: str | None
    confidence: Confidence
    source_id: int
    source_url: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """`amount` in whole tokens, negative for what went out; `balance_after` what was held then."""

    number: int
    organisation_id: int
    token_id: int
    day: date
    kind: TreasuryTransactionKind
    amount: Decimal
    usd: Decimal | None
    balance_after: Decimal | None
    confidence: Confidence
    source_id: int
    source_url: str | None
    note: str | None


class Activity(NamedTuple):
    """What moved a treasury on some days."""

    organisation_id: int
    first: date | None
    last: date | None
    part: Slice

    def admits(self, row: TransactionRow) -> bool:
        return (self.first or date.min) <= row.day <= (self.last or date.max)


SAID = ("confidence", "source_id", "source_url", "note")


def _columns(live: FromClause, *names: str) -> list[Any]:
    return [live.c[name] for name in (*names, *SAID)]


async def roles_by_organisation(reader: Reader, ids: Sequence[int]) -> list[list[RoleRow]]:
    """The offices of each, the longest held first, those of unknown beginning before all. One statement."""
    live = reader.live(role)
    mine = reader.among(live.c.organisation_id, ids)
    query = select(live.c.organisation_id, *_columns(live, "person", "title", "from_day", "to_day")).where(mine)
    rows = [(id_, RoleRow(*rest)) for id_, *rest in await reader.rows(query.order_by(live.c.ref))]
    rows.sort(key=lambda row: row[1].from_day or date.min)
    return many_each(ids, rows)


async def raises_by_organisation(reader: Reader, ids: Sequence[int]) -> list[list[RaiseRow]]:
    """The raises of each, the newest first. One statement."""
    live = reader.live(capital_raise)
    names = ("ref", "kind", "status", "amount_usd", "at_most", "agreed_on", "announced_on", "closed_on")
    columns = _columns(live, *names, "investors", "purpose", "topic")
    query = select(live.c.organisation_id, *columns).where(reader.among(live.c.organisation_id, ids))
    rows = [(id_, RaiseRow(*rest)) for id_, *rest in await reader.rows(query.order_by(live.c.ref))]
    rows.sort(key=lambda row: row[1].announced_on or date.min, reverse=True)
    return many_each(ids, rows)


async def activities(reader: Reader, keys: Sequence[Activity]) -> list[CountedPage[TransactionRow]]:
    """What moved each treasury, the newest first. One statement."""
    live, ids = reader.live(treasury_transaction), [key.organisation_id for key in keys]
    names = ("transaction_id", "organisation_id", "token_id", "day", "kind", "amount", "usd", "balance_after")
    query = select(*_columns(live, *names)).where(reader.among(live.c.organisation_id, ids))
    newest_first = query.order_by(live.c.day.desc(), live.c.transaction_id.desc())
    rows = [TransactionRow(*row) for row in await reader.rows(newest_first)]
    mine = many_each(ids, ((row.organisation_id, row) for row in rows))
    return [
        counted_page([row for row in own if key.admits(row)], key.part, reader.epoch)
        for key, own in zip(keys, mine, strict=True)
    ]


async def funds_by_issuer(reader: Reader, ids: Sequence[int]) -> list[list[FundRow]]:
    """The funds each issues, by ticker. One statement."""
    live = reader.live(fund)
    query = select(*fund_columns(live)).where(reader.among(live.c.issuer_id, ids))
    rows = [FundRow(*row) for row in await reader.rows(query.order_by(live.c.ticker, live.c.fund_id))]
    return many_each(ids, ((row.issuer_id, row) for row in rows if row.issuer_id is not None))


@batched(roles_by_organisation)
def resolve_people(row: Parent[OrganisationRow]) -> int:
    return row.number


@batched(raises_by_organisation)
def resolve_raises(row: Parent[OrganisationRow]) -> int:
    return row.number


@batched(activities)
def resolve_activity(
    row: Parent[OrganisationRow],
    from_: Annotated[date | None, argument("On this UTC day or later.", name="from")] = None,
    to: Annotated[date | None, argument("On this UTC day or earlier.")] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Activity:
    return Activity(row.number, from_, to, slice_of(first, after, last, before))


@batched(funds_by_issuer)
def resolve_funds_of_issuer(row: Parent[OrganisationRow]) -> int:
    return row.number


@batched(claims_by_topic)
def resolve_claims_of_raise(row: Parent[RaiseRow]) -> str:
    return row.topic or ""


@batched(sources_by_id)
def resolve_source_of_role(row: Parent[RoleRow]) -> int:
    return row.source_id


@batched(sources_by_id)
def resolve_source_of_raise(row: Parent[RaiseRow]) -> int:
    return row.source_id


@batched(sources_by_id)
def resolve_source_of_transaction(row: Parent[TransactionRow]) -> int:
    return row.source_id


@batched(tokens_by_id)
def resolve_token_of_transaction(row: Parent[TransactionRow]) -> int:
    return row.token_id
