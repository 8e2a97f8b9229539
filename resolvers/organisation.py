"""Organisations: who leads them, what they raised, and what moved their treasuries."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from sqlalchemy import FromClause, Select, select

from models.fund import fund
from models.source import source
from models.store import Reader
from models.treasury import capital_raise, role, treasury_transaction
from models.versioned import Versioned
from models.vocabulary import Confidence, RaiseKind, RaiseStatus, TreasuryTransactionKind
from resolvers.argument import After, Before, First, Last
from resolvers.batching import many_each
from resolvers.claim import claims_by_topic
from resolvers.connection import CountedPage, Slice, counted_page, slice_of
from resolvers.declare import Parent, argument, batched
from resolvers.fund import FundRow, OrganisationRow, fund_columns
from resolvers.source import SourceRow, source_columns
from resolvers.token import tokens_by_id

SOURCE_COLUMNS = len(fields(SourceRow))


@dataclass(frozen=True, slots=True)
class RoleRow:
    """`to_day` is the last day; None while it lasts, or where nobody said."""

    person: str
    title: str
    from_day: date | None
    to_day: date | None
    confidence: Confidence
    source_url: str | None
    note: str | None
    source: SourceRow


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
    source_url: str | None
    note: str | None
    source: SourceRow


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """`amount` in whole tokens, negative for what went out; `balance_after` what was held then."""

    number: int
    token_id: int
    day: date
    kind: TreasuryTransactionKind
    amount: Decimal
    usd: Decimal | None
    balance_after: Decimal | None
    confidence: Confidence
    source_url: str | None
    note: str | None
    source: SourceRow


class Activity(NamedTuple):
    """What moved a treasury on some days."""

    organisation_id: int
    first: date | None
    last: date | None
    part: Slice

    def admits(self, row: TransactionRow) -> bool:
        return (self.first or date.min) <= row.day <= (self.last or date.max)


def _said(reader: Reader, table: Versioned, *names: str) -> tuple[FromClause, Select[Any]]:
    """What is said of organisations, in the columns of a row, its source's last; and the table."""
    live, sources = reader.live(table), reader.live(source)
    columns = [live.c[name] for name in ("organisation_id", *names, "confidence", "source_url", "note")]
    query = select(*columns, *source_columns(sources)).join(sources, sources.c.source_id == live.c.source_id)
    return live, query


def _sourced(columns: Sequence[Any]) -> list[Any]:
    """The columns of a row, those of its source as one."""
    return [*columns[:-SOURCE_COLUMNS], SourceRow(*columns[-SOURCE_COLUMNS:])]


async def roles_by_organisation(reader: Reader, ids: Sequence[int]) -> list[list[RoleRow]]:
    """The offices of each, the longest held first, those of unknown beginning before all. One statement."""
    live, query = _said(reader, role, "person", "title", "from_day", "to_day")
    mine = query.where(reader.among(live.c.organisation_id, ids)).order_by(live.c.ref)
    rows = [(id_, RoleRow(*_sourced(rest))) for id_, *rest in await reader.rows(mine)]
    rows.sort(key=lambda row: row[1].from_day or date.min)
    return many_each(ids, rows)


async def raises_by_organisation(reader: Reader, ids: Sequence[int]) -> list[list[RaiseRow]]:
    """The raises of each, the newest first. One statement."""
    names = ("ref", "kind", "status", "amount_usd", "at_most", "agreed_on", "announced_on", "closed_on")
    live, query = _said(reader, capital_raise, *names, "investors", "purpose", "topic")
    mine = query.where(reader.among(live.c.organisation_id, ids)).order_by(live.c.ref)
    rows = [(id_, RaiseRow(*_sourced(rest))) for id_, *rest in await reader.rows(mine)]
    rows.sort(key=lambda row: row[1].announced_on or date.min, reverse=True)
    return many_each(ids, rows)


async def activities(reader: Reader, keys: Sequence[Activity]) -> list[CountedPage[TransactionRow]]:
    """What moved each treasury, the newest first. One statement."""
    ids = [key.organisation_id for key in keys]
    names = ("transaction_id", "token_id", "day", "kind", "amount", "usd", "balance_after")
    live, query = _said(reader, treasury_transaction, *names)
    newest_first = query.order_by(live.c.day.desc(), live.c.transaction_id.desc())
    found = await reader.rows(newest_first.where(reader.among(live.c.organisation_id, ids)))
    rows = [(id_, TransactionRow(*_sourced(rest))) for id_, *rest in found]
    mine = many_each(ids, rows)
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


@batched(tokens_by_id)
def resolve_token_of_transaction(row: Parent[TransactionRow]) -> int:
    return row.token_id
