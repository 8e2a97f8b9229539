"""What organisations hold: the newest holding of each token, what it cost, what it is worth, and their mNAV."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from sqlalchemy import select

from models.base import EXACT
from models.metric import MEASURES
from models.observation import pack, series
from models.pack import Year
from models.source import source
from models.store import Reader
from models.treasury import holding
from models.vocabulary import Confidence, Interval, Metric, Unit
from resolvers.attestation import Attestation
from resolvers.batching import many_each
from resolvers.declare import Parent, argument, batched
from resolvers.figure import Figure, figure_of, outcome_of
from resolvers.fund import OrganisationRow
from resolvers.mnav import NO_SHARES, MnavKey, mnav_of, mnavs, shares_of
from resolvers.source import SourceRow, source_columns
from resolvers.token import TokenRow, tokens
from resolvers.worth import Valued, Worth, share_of_supply, valued_tokens, worth_of
from valuation.outcome import Outcome, State, contributed
from valuation.treasury import ShareBasis, Shares

MEASURE = MEASURES[Metric.TREASURY_HOLDING]


@dataclass(frozen=True, slots=True)
class DeployedRow:
    """A part of a holding that is put to work; `amount` in whole tokens."""

    strategy: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class HoldingSaid:
    """What one source last said of a holding; `amount` in whole tokens."""

    amount: Decimal
    as_of: date
    source: SourceRow


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """`symbol`: the token's, or what the source calls one that is not known here.

    `cost_usd`: what was paid for all of it, where it is known.
    """

    token: TokenRow | None
    symbol: str
    amount: Decimal
    as_of: date
    source: SourceRow
    cost_usd: Decimal | None
    stated_usd: Decimal | None
    deployed: tuple[DeployedRow, ...]
    confidence: Confidence | None
    source_url: str | None
    note: str | None
    statements: tuple[HoldingSaid, ...]
    market: Figure
    share_of_supply: Figure

    @property
    def cost_basis_usd(self) -> Decimal | None:
        return self.cost_usd

    @property
    def market_usd(self) -> Decimal | None:
        return self.market.value

    @property
    def provenance(self) -> Attestation | None:
        """None of a feed, of which no one judged how far it can be relied on."""
        if self.confidence is None:
            return None
        return Attestation(None, self.confidence, self.source.number, self.source_url, None)


@dataclass(frozen=True, slots=True)
class TreasuryRow:
    """`worth` of all holdings; `shares` and their price as of `counted_on`."""

    holdings: list[HoldingRow]
    worth: Figure
    shares: Shares
    share_price: Outcome
    counted_on: date | None


async def treasuries_by_organisation(reader: Reader, ids: Sequence[int]) -> list[TreasuryRow]:
    """The newest holding of each token, by what it is called. Four statements and those of `metric_values`."""
    said = await _said(reader, ids)
    called = await _tokens_by_slug(reader, {name for _, name in said})
    details = await _details(reader, ids)
    valued = await valued_tokens(reader, [row.number for row in called.values()])
    rows = (
        (id_, _row(name, called.get(name), some, details[id_], valued)) for (id_, name), some in sorted(said.items())
    )
    held = many_each(ids, rows)
    shares = await shares_of(reader, ids)
    return [TreasuryRow(mine, _total(mine), *shares.get(id_, NO_SHARES)) for id_, mine in zip(ids, held, strict=True)]


async def _said(reader: Reader, ids: Sequence[int]) -> dict[tuple[int, str], list[HoldingSaid]]:
    """What each source last said, by organisation and name of the token, the preferred one first."""
    live, packed, sources = reader.live(series), reader.live(pack), reader.live(source)
    query = (
        select(live.c.subject_id, live.c.stream, packed.c.year, packed.c.days, *source_columns(sources))
        .join(packed, packed.c.series_id == live.c.series_id)
        .join(sources, sources.c.source_id == live.c.source_id)
        .where(reader.among(live.c.subject_id, ids), live.c.metric == Metric.TREASURY_HOLDING)
        .where(live.c.interval == Interval.DAY, live.c.stream != "")
        .order_by(sources.c.precedence, sources.c.source_id, packed.c.year)
    )
    through = (reader.pin.day or date.max).toordinal()
    found: dict[tuple[int, str], dict[SourceRow, HoldingSaid]] = {}
    for id_, name, year, days, *columns in await reader.rows(query):
        known = [(day, value) for day, value, _ in Year.unpacked(year, days).known() if day <= through]
        if known:
            day, value = known[-1]
            newest = HoldingSaid(MEASURE.value(value).normalize(EXACT), date.fromordinal(day), SourceRow(*columns))
            found.setdefault((id_, name), {})[newest.source] = newest
    return {key: list(some.values()) for key, some in found.items()}


def _row(
    name: str, token: TokenRow | None, said: Sequence[HoldingSaid], details: Sequence[Any], valued: Valued
) -> HoldingRow:
    """Of several sources the one with the newest day counts; of those the preferred one, which comes first."""
    token_id = token.number if token else None
    as_of = max(each.as_of for each in said)
    chosen = next(each for each in said if each.as_of == as_of)
    told = [each for each in details if each.token_id == token_id and each.day == as_of]
    own = next((each for each in told if each.source_id == chosen.source.number), None)
    amount = own.amount if own else chosen.amount
    stated = next((each.value_usd for each in told if each.value_usd is not None), None)
    return HoldingRow(
        token=token,
        symbol=token.symbol if token else name,
        amount=amount,
        as_of=as_of,
        source=chosen.source,
        cost_usd=next((each.cost_usd for each in told if each.cost_usd is not None), None),
        stated_usd=stated,
        deployed=tuple(DeployedRow(each["strategy"], Decimal(each["amount"])) for each in _deployed(told)),
        confidence=own.confidence if own else None,
        source_url=own.source_url if own else None,
        note=" ".join(each.note for each in told if each.note) or None,
        statements=tuple(said),
        market=worth_of(Worth(token_id, amount, stated, as_of), valued),
        share_of_supply=share_of_supply(token_id, amount, valued),
    )


def _deployed(told: Sequence[Any]) -> Sequence[dict[str, str]]:
    return next((each.deployed for each in told if each.deployed), ())


async def _tokens_by_slug(reader: Reader, slugs: set[str]) -> dict[str, TokenRow]:
    query = tokens(reader)
    rows = await reader.rows(query.where(query.selected_columns.slug.in_(sorted(slugs))))
    return {row.slug: TokenRow(*row) for row in rows}


async def _details(reader: Reader, ids: Sequence[int]) -> defaultdict[int, list[Any]]:
    """What is said of holdings besides their amounts, by organisation, the preferred source's first."""
    live, sources = reader.live(holding), reader.live(source)
    query = (
        select(live)
        .join(sources, sources.c.source_id == live.c.source_id)
        .where(reader.among(live.c.organisation_id, ids))
        .order_by(sources.c.precedence, sources.c.source_id)
    )
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in await reader.rows(query):
        found[row.organisation_id].append(row)
    return found


def _total(holdings: Sequence[HoldingRow]) -> Figure:
    """All holdings together; unknown as soon as the worth of one is."""
    parts = [row.market for row in holdings]
    if not parts:
        return figure_of(Outcome(None, State.NOT_REPORTED, "No holding is on record."), Unit.USD)
    total = contributed([outcome_of(part) for part in parts])
    oldest = min((part.as_of for part in parts if part.as_of is not None), default=None)
    return figure_of(total, Unit.USD, oldest, tuple(each for part in parts for each in part.inputs))


async def holdings_by_organisation(reader: Reader, ids: Sequence[int]) -> list[list[HoldingRow]]:
    """The statements of `treasuries_by_organisation`."""
    return [treasury.holdings for treasury in await treasuries_by_organisation(reader, ids)]


async def mnavs_by_organisation(reader: Reader, keys: Sequence[tuple[int, ShareBasis]]) -> list[Figure]:
    """The statements of `treasuries_by_organisation`."""
    treasuries = await treasuries_by_organisation(reader, [id_ for id_, _ in keys])
    return [
        mnav_of(MnavKey(row.shares.by(basis), row.share_price, row.worth, row.counted_on))
        for row, (_, basis) in zip(treasuries, keys, strict=True)
    ]


@batched(treasuries_by_organisation)
def resolve_treasury(row: Parent[OrganisationRow]) -> int:
    return row.number


@batched(holdings_by_organisation)
def resolve_holdings(row: Parent[OrganisationRow]) -> int:
    return row.number


OfShares: TypeAlias = Annotated[ShareBasis, argument("Which shares are counted.")]


@batched(mnavs_by_organisation)
def resolve_mnav_of_organisation(
    row: Parent[OrganisationRow], shares: OfShares = ShareBasis.REALIZED
) -> tuple[int, ShareBasis]:
    return row.number, shares


@batched(mnavs)
def resolve_mnav(row: Parent[TreasuryRow], shares: OfShares = ShareBasis.REALIZED) -> MnavKey:
    return MnavKey(row.shares.by(shares), row.share_price, row.worth, row.counted_on)
