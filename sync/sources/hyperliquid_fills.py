"""What the Assistance Fund bought: fills as they are answered, folded into purchases by day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple

from pydantic import Field

from models.vocabulary import (
    Confidence,
    Disposition,
    EntityKind,
    FundingSource,
    LedgerKind,
    MechanismKind,
    ObservationMethod,
)
from sync.errors import SourceError, Unintelligible
from sync.facts import LedgerFact, Ref
from sync.sources.row import MaybeText, Refused, Row, rows

NAME = "hyperliquid"
FUND = "0xfefefefefefefefefefefefefefefefefefefefe"
PROTOCOL = Ref(EntityKind.PROTOCOL, "defillama", "parent#hyperliquid")
HYPE = Ref(EntityKind.TOKEN, "coingecko", "hyperliquid")
CHAIN = Ref(EntityKind.CHAIN, "defillama", "Hyperliquid L1")
URL = "https://api.hyperliquid.xyz/info"
# The stable coins HYPE trades against on spot. What is paid in one of them is taken at par.
USD_LIKE = frozenset({"USDC", "USDT0", "USDH", "USDE", "USDHL", "FEUSD", "USR"})
# The share of what the exchange keeps that goes to the fund was raised with this day (dimension-adapters,
# helpers/hyperliquid.ts: ts > 1756512000); the refs are those of the bundled policies.
RAISED = date(2025, 8, 31)
# All there ever was of it; and how far no price of a day is from its others. What is beyond is a slip of the unit.
SUPPLY, SPIKE = 1_000_000_000, 10
MICRO = Decimal("0.000001")
# An answer holds so many fills at most, and older than the newest so many none can be had.
PAGE, WINDOW = 2_000, 10_000


class Fill(Row):
    """A trade of the fund. Recordings of 2023 lack `tid`; `hash` alone is not unique."""

    coin: str
    # In dollars or in another coin; larger ones would not add up exactly.
    px: Decimal = Field(gt=0, lt=10**9)
    sz: Decimal = Field(gt=0)
    side: str
    time: int
    tid: int | None = None
    oid: int | None = None
    hash: MaybeText = None
    start_position: MaybeText = Field(None, validation_alias="startPosition")

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.tid,) if self.tid is not None else (self.time, self.oid, self.hash, self.start_position, self.sz)

    @property
    def day(self) -> date:
        return day_of(self.time)


@dataclass(slots=True)
class Page:
    """One answer: its fills, the rows that are none with their days, and the latest moment in it."""

    fills: list[Fill]
    spoilt: dict[date, tuple[str, str]]
    length: int
    last: int


class Whole(NamedTuple):
    """Days of which every fill was read: from `first` on, before `end`."""

    first: date
    end: date


@dataclass(slots=True)
class Fills:
    """Every fill from a moment on, each once. `broken`: why those after the last are missing."""

    by_identity: dict[tuple[object, ...], Fill] = field(default_factory=dict)
    spoilt: dict[date, tuple[str, str]] = field(default_factory=dict)
    unread: int = 0
    broken: SourceError | None = None

    def take(self, page: Page) -> bool:
        """Add a page; whether anything in it is new."""
        before = len(self.by_identity)
        self.by_identity |= {fill.identity: fill for fill in page.fills}
        self.spoilt |= page.spoilt
        self.unread += page.length - len(page.fills)
        return len(self.by_identity) > before

    def whole(self, start: date, today: date) -> Whole:
        """The days all of whose fills are here, when they were asked for from the beginning of `start` on."""
        known = [fill.day for fill in self.by_identity.values()]
        end = max(known, default=start) if self.broken else today
        # As many as are kept: there may have been more before. Of a reading that broke off nobody knows.
        cut = self.broken is not None or len(self.by_identity) + self.unread >= WINDOW
        first = min(known, default=end) + timedelta(days=1) if cut else start
        return Whole(first, max(first, end))


@dataclass(slots=True)
class Bought:
    """The purchases of whole days, and what was left out: (day, reason, what was read of it)."""

    entries: list[LedgerFact] = field(default_factory=list)
    left_out: list[tuple[date, str, str]] = field(default_factory=list)


def day_of(milliseconds: int) -> date:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).date()


def parse_fills(body: Any, first: int = 0, last: int = 10**14) -> Page:
    """An answer to userFills or userFillsByTime, all of it between two moments.

    A row that is none spoils its day: the sum would lack it.
    """
    if not isinstance(body, list):
        raise Unintelligible("is not a list of fills")
    spoilt: dict[date, tuple[str, str]] = {}
    fills: list[Fill] = []
    for raw in body:
        if not isinstance(raw, dict) or type(raw.get("time")) is not int or not first <= raw["time"] <= last:
            raise Unintelligible(f"has a fill without a time, or of another than was asked for: {str(raw)[:200]}")
        refused: Refused = []
        fills += rows(Fill, [raw], refused)
        spoilt |= {day_of(raw["time"]): each for each in refused}
    return Page(fills, spoilt, len(body), max((raw["time"] for raw in body), default=0))


def bought(fills: Fills, quotes: Mapping[str, str], whole: Whole) -> Bought:
    """Purchases of HYPE by day and, apart from those in dollars, by what was paid with.

    `quotes`: the quote token of every pair whose base is HYPE. A day of which a part is missing makes no entry: it
    would be less than what was bought.
    """
    result = Bought()
    found: defaultdict[tuple[date, str], list[Fill]] = defaultdict(list)
    for fill in fills.by_identity.values():
        if fill.coin not in quotes or fill.day >= whole.end:
            continue
        quote = quotes[fill.coin]
        found[fill.day, "" if quote in USD_LIKE else quote].append(fill)
    for (day, quote), trades in sorted(found.items()):
        reason = _unsound(day, trades, fills, whole)
        if reason:
            result.left_out.append((day, reason, _in_words(trades)))
        else:
            result.entries.append(_entry(day, quote, trades))
    return result


def _unsound(day: date, trades: list[Fill], fills: Fills, whole: Whole) -> str | None:
    if day < whole.first:
        return "only a part of the day's fills could be read"
    if day in fills.spoilt:
        return "a fill of the day can't be read: " + ", ".join(fills.spoilt[day])
    if any(fill.side != "B" for fill in trades):
        return "the fund sold on this day, and is known to buy only"
    usual = median(fill.px for fill in trades)
    if sum(fill.sz for fill in trades) > SUPPLY or any(fill.px > SPIKE * usual for fill in trades):
        return "more than there is, or a price ten times the day's"
    return None


def _in_words(trades: list[Fill]) -> str:
    return f"{len(trades)} fills, {sum(fill.sz for fill in trades)} HYPE"


def _entry(day: date, quote: str, trades: list[Fill]) -> LedgerFact:
    trades = sorted(trades, key=lambda fill: (fill.time, fill.tid or 0))
    tokens = sum((fill.sz for fill in trades), Decimal())
    usd = None if quote else sum((fill.px * fill.sz for fill in trades), Decimal()).quantize(MICRO)
    return LedgerFact(
        ref=f"{NAME}:af:{day}" + (f":{quote}" if quote else ""),
        protocol=PROTOCOL,
        kind=LedgerKind.PURCHASE,
        mechanism=MechanismKind.BUYBACK_HOLD,
        at=datetime.fromtimestamp(trades[-1].time // 1000, UTC),
        source=NAME,
        method=ObservationMethod.FIRST_PARTY_API,
        confidence=Confidence.HIGH,
        token=HYPE,
        window_start=day,
        window_end=day,
        tokens=tokens,
        usd=usd,
        price_usd=None if usd is None else (usd / tokens).quantize(MICRO),
        trades=len(trades),
        first_trade=_name(trades[0]),
        last_trade=_name(trades[-1]),
        funding=FundingSource.PERIOD_REVENUE,
        disposition=Disposition.HELD,
        policy_ref="hyperliquid:99" if day >= RAISED else "hyperliquid:97",
        chain=CHAIN,
        wallet=FUND,
        source_url=URL,
        note=f"Paid in {quote}: what that came to in dollars is not known." if quote else None,
    )


def _name(fill: Fill) -> str:
    return str(fill.tid if fill.tid is not None else fill.hash)
