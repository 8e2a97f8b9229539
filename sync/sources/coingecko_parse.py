"""CoinGecko's answers as rows and points: pure, and exact to the digit written."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import Field, field_validator

from sync.errors import Unintelligible
from sync.sources.collected import number
from sync.sources.row import LATEST, MaybeText, Number, Refused, Row, listed

DAY = 86_400_000
# Points by day are at 00:00 UTC, by the hour or finer a few minutes off. What is further away is no close.
NEAR = 10 * 60_000
EPOCH = date(1970, 1, 1)
TENFOLD = 10
# A time that is written with a point.
MILLISECONDS = r"[0-9]{1,14}(\.[0-9]*)?"


class MarketRow(Row):
    """A row of /coins/markets; anything but the id may be null. A `max_supply` of null says that there is no cap."""

    id: str = Field(min_length=1)
    current_price: Number | None = None
    market_cap: Number | None = None
    fully_diluted_valuation: Number | None = None
    circulating_supply: Number | None = None
    total_supply: Number | None = None
    max_supply: Number | None = None
    last_updated: datetime | None = None

    @field_validator("last_updated")
    @classmethod
    def _in_utc(cls, moment: datetime | None) -> datetime | None:
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("no moment of UTC") from error

    @property
    def day(self) -> date | None:
        """The UTC day that the row tells of."""
        return self.last_updated.date() if self.last_updated else None

    @property
    def doubt(self) -> str | None:
        """Why the row can't be: a cap is the price times a supply, give or take when each was looked at."""
        supplies = [_known(supply) for supply in (self.circulating_supply, self.total_supply, self.max_supply)]
        price, circulating = _known(self.current_price), supplies[0]
        if not _near(_known(self.market_cap), price, [circulating]):
            return "the market cap is not the price times the supply"
        if not _near(_known(self.fully_diluted_valuation), price, supplies[1:]):
            return "the fully diluted value is not the price times a supply"
        return None


def _known(raw: Any) -> Decimal | None:
    """A number above zero: 0 says that it is not known, and what is no number is refused where it is kept."""
    try:
        value = number(raw)
    except (ArithmeticError, ValueError):
        return None
    return value if value > 0 else None


def _near(cap: Decimal | None, price: Decimal | None, supplies: list[Decimal | None]) -> bool:
    """Whether a cap is within tenfold of the price times one of the supplies, as far as they are known."""
    known = [supply for supply in supplies if supply]
    if cap is None or price is None or not known:
        return True
    return any(cap / TENFOLD < price * supply < cap * TENFOLD for supply in known)


class HolderRow(Row):
    """A row of a public treasury. What was paid is 0 where it is not known."""

    name: str = Field(min_length=1)
    symbol: MaybeText = None
    country: MaybeText = None
    total_holdings: Number | None = None
    total_entry_value_usd: Number | None = None
    total_current_value_usd: Number | None = None


class Read(NamedTuple):
    """The rows of an answer, and what was none."""

    rows: list[Any]
    refused: Refused


class Chart(NamedTuple):
    """What the closes of the days were, as they were written."""

    prices: dict[date, Any]
    market_caps: dict[date, Any]


def parse_markets(body: Any) -> Read:
    """An answer of /coins/markets. Coins that are not known are left out without a word."""
    refused: Refused = []
    return Read(listed(MarketRow, body, "markets", refused), refused)


def parse_chart(body: Any) -> Chart:
    """An answer of /coins/{id}/market_chart: [[milliseconds, value], …].

    What was at 00:00 UTC closes the day before; the last point is of now and closes nothing.
    """
    if not isinstance(body, dict) or not isinstance(body.get("prices"), list):
        raise Unintelligible("holds no prices")
    caps = body.get("market_caps") or []
    if not isinstance(caps, list):
        raise Unintelligible("holds market caps that are no list")
    return Chart(_closes(body["prices"]), _closes(caps))


def parse_holders(body: Any) -> Read:
    """An answer of /companies/public_treasury/{coin}, or of /governments/…."""
    found = _holders(body) if isinstance(body, dict) else None
    if found is None:
        raise Unintelligible("holds no companies and no governments")
    refused: Refused = []
    return Read(listed(HolderRow, found, "holders", refused), refused)


def _holders(body: Mapping[str, Any]) -> Any:
    return body.get("companies", body.get("governments"))


def _closes(points: list[Any]) -> dict[date, Any]:
    """The value nearest to each midnight, by the day it closes. 0 and null say that it is not known."""
    nearest: dict[int, tuple[int, Any]] = {}
    for point in points:
        moment, value = _point(point)
        midnight = (moment + DAY // 2) // DAY
        distance = abs(moment - midnight * DAY)
        if distance <= NEAR and (midnight not in nearest or distance < nearest[midnight][0]):
            nearest[midnight] = distance, value
    closes = {EPOCH + timedelta(days=midnight - 1): value for midnight, (_, value) in sorted(nearest.items())}
    return {day: value for day, value in closes.items() if value not in (None, 0, "0", "0.0")}


def _point(point: Any) -> tuple[int, Any]:
    match point:
        case [int() as moment, value] if 0 <= moment < LATEST * 1000:
            return moment, value
        case [str() as moment, value] if re.fullmatch(MILLISECONDS, moment):
            return int(moment.split(".")[0]), value
        case _:
            raise Unintelligible(f"has a point that is no pair of time and value: {str(point)[:60]}")
