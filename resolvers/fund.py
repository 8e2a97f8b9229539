"""Exchange-traded funds, and the organisations behind funds and treasuries."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import FromClause, select

from models.fund import fund, organisation
from models.store import Reader
from models.vocabulary import EntityKind
from resolvers.argument import After, Before, First, Last
from resolvers.batching import many_each
from resolvers.connection import CountedPage, Slice, counted_page, slice_of
from resolvers.declare import ID, Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.external_id import OURS, Name, numbers_by_name
from resolvers.identity import global_id, identity_of
from resolvers.subject import Subject
from resolvers.token import TokenRow, tokens_by_id

FUND = "Fund"
ORGANISATION = "Organisation"
# Names of this system are tickers of shares, as the exchange writes them.
TICKER = "ticker"


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """`kind` in words, for example treasury company; `ticker` of its shares, where they are listed."""

    number: int
    slug: str
    name: str
    ticker: str | None
    kind: str

    @property
    def id(self) -> str:
        return global_id(ORGANISATION, self.number)

    @property
    def subject(self) -> Subject:
        return Subject(EntityKind.ORGANISATION, self.number)


@dataclass(frozen=True, slots=True)
class FundRow:
    """`fee_percent` a year of what it holds; `underlying_id` the token it holds."""

    number: int
    slug: str
    ticker: str
    name: str
    issuer_id: int | None
    underlying_id: int
    fee_percent: Decimal | None

    @property
    def id(self) -> str:
        return global_id(FUND, self.number)

    @property
    def fee_pct(self) -> Decimal | None:
        return self.fee_percent

    @property
    def subject(self) -> Subject:
        return Subject(EntityKind.FUND, self.number)


@dataclass(unsafe_hash=True)
class FundBy:
    """How to look a fund up."""

    slug: str | None = None
    id: ID | None = None


@dataclass(unsafe_hash=True)
class OrganisationBy:
    """How to look an organisation up."""

    slug: str | None = None
    ticker: str | None = None
    id: ID | None = None


def fund_columns(live: FromClause) -> list[Any]:
    names = ("fund_id", "slug", "ticker", "name", "issuer_id", "underlying_id", "fee_percent")
    return [live.c[name] for name in names]


def _organisations(live: FromClause) -> list[Any]:
    return [live.c[name] for name in ("organisation_id", "slug", "name", "ticker", "kind")]


async def funds_by_id(reader: Reader, ids: Sequence[int]) -> list[FundRow | None]:
    """One statement."""
    live = reader.live(fund)
    rows = await reader.rows(select(*fund_columns(live)).where(reader.among(live.c.fund_id, ids)))
    found = {row[0]: FundRow(*row) for row in rows}
    return [found.get(id_) for id_ in ids]


async def organisations_by_id(reader: Reader, ids: Sequence[int]) -> list[OrganisationRow | None]:
    """One statement."""
    live = reader.live(organisation)
    rows = await reader.rows(select(*_organisations(live)).where(reader.among(live.c.organisation_id, ids)))
    found = {row[0]: OrganisationRow(*row) for row in rows}
    return [found.get(id_) for id_ in ids]


async def funds_by_name(reader: Reader, names: Sequence[Name]) -> list[FundRow | None]:
    """Three statements at most."""
    known = await numbers_by_name(reader, EntityKind.FUND, names)
    found = dict(zip(known, await funds_by_id(reader, list(known.values())), strict=True))
    return [found.get(name) for name in names]


async def organisations_by_name(reader: Reader, names: Sequence[Name]) -> list[OrganisationRow | None]:
    """Three statements at most. Of several under one ticker the one the store knew first is meant."""
    tickers = [name for name in names if isinstance(name, tuple) and name[0] == TICKER]
    known = await numbers_by_name(reader, EntityKind.ORGANISATION, [name for name in names if name not in tickers])
    known |= await _by_ticker(reader, tickers)
    found = dict(zip(known, await organisations_by_id(reader, list(known.values())), strict=True))
    return [found.get(name) for name in names]


async def _by_ticker(reader: Reader, names: Sequence[tuple[str, str]]) -> dict[Name, int]:
    if not names:
        return {}
    live = reader.live(organisation)
    query = select(live.c.ticker, live.c.organisation_id).where(live.c.ticker.in_([ticker for _, ticker in names]))
    rows = await reader.rows(query.order_by(live.c.organisation_id.desc()))
    return {(TICKER, ticker): id_ for ticker, id_ in rows}


async def fund_pages(reader: Reader, parts: Sequence[Slice]) -> list[CountedPage[FundRow]]:
    """Funds by ticker. One statement."""
    live = reader.live(fund)
    rows = await reader.rows(select(*fund_columns(live)).order_by(live.c.ticker, live.c.fund_id))
    return [counted_page([FundRow(*row) for row in rows], part, reader.epoch) for part in parts]


async def organisation_pages(reader: Reader, parts: Sequence[Slice]) -> list[CountedPage[OrganisationRow]]:
    """Organisations by name. One statement."""
    live = reader.live(organisation)
    rows = await reader.rows(select(*_organisations(live)).order_by(live.c.name, live.c.organisation_id))
    return [counted_page([OrganisationRow(*row) for row in rows], part, reader.epoch) for part in parts]


async def funds_by_underlying(reader: Reader, ids: Sequence[int]) -> list[list[FundRow]]:
    """The funds that hold each token, by ticker. One statement."""
    live = reader.live(fund)
    query = (
        select(*fund_columns(live))
        .where(reader.among(live.c.underlying_id, ids))
        .order_by(live.c.ticker, live.c.fund_id)
    )
    rows = [FundRow(*row) for row in await reader.rows(query)]
    return many_each(ids, ((row.underlying_id, row) for row in rows))


@batched(funds_by_name, at=True)
def resolve_fund(by: Annotated[FundBy, argument('What to look it up by, for example {slug: "ibit"}.')]) -> Name:
    if by.slug is not None:
        return OURS, by.slug
    if by.id is not None:
        return identity_of(by.id, FUND).number
    raise BadInput("say what to look the fund up by")


@batched(organisations_by_name, at=True)
def resolve_organisation(
    by: Annotated[OrganisationBy, argument('What to look it up by, for example {slug: "forward-industries"}.')],
) -> Name:
    if by.slug is not None:
        return OURS, by.slug
    if by.ticker is not None:
        return TICKER, by.ticker.upper()
    if by.id is not None:
        return identity_of(by.id, ORGANISATION).number
    raise BadInput("say what to look the organisation up by")


@batched(fund_pages, at=True)
def resolve_funds(first: First = None, after: After = None, last: Last = None, before: Before = None) -> Slice:
    return slice_of(first, after, last, before)


@batched(organisation_pages, at=True)
def resolve_organisations(first: First = None, after: After = None, last: Last = None, before: Before = None) -> Slice:
    return slice_of(first, after, last, before)


@batched(organisations_by_id)
def resolve_issuer(row: Parent[FundRow]) -> int | None:
    return row.issuer_id


@batched(tokens_by_id)
def resolve_underlying(row: Parent[FundRow]) -> int:
    return row.underlying_id


@batched(funds_by_underlying)
def resolve_funds_of_token(row: Parent[TokenRow]) -> int:
    return row.number
