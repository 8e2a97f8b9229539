"""DefiLlama's answers as compact values: pure, and exact to the digit written."""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from models.metric import MEASURES, Measure
from models.vocabulary import Metric
from sync.errors import Unintelligible
from sync.sources.collected import number
from sync.sources.defillama_models import ListingRow, Profile, ProtocolRow
from sync.sources.defillama_words import chain_name
from sync.sources.row import Refused, rows

DAY = 86_400
# A chart may be ahead of our clock, by no more than clocks and days of other places are.
AHEAD = 2
# A price further from midnight says nothing of the close.
NEAR = DAY // 4
EPOCH = date(1970, 1, 1).toordinal()
# Whole numbers below this are within the range of every metric: no need to look closer.
SMALL = 10**8
USD = MEASURES[Metric.FEES]
PRICE = MEASURES[Metric.PRICE]


class BadValue(NamedTuple):
    day: int
    raw: str
    reason: str


@dataclass(slots=True)
class Points:
    """Values by day (an ordinal), exact integers in the scale of their metric; `bad` are those that are no numbers."""

    days: "array[int]" = field(default_factory=lambda: array("i"))
    values: "array[int]" = field(default_factory=lambda: array("q"))
    bad: list[BadValue] = field(default_factory=list)

    def add(self, day: int, raw: Any, measure: Measure = USD) -> None:
        """Take a value as it was written. None is a gap, not a number."""
        if raw is None:
            return
        try:
            self.values.append(exact(raw, measure))
        except (ArithmeticError, ValueError):
            self.bad.append(BadValue(day, str(raw)[:100], "not a number that can be kept"))
        else:
            self.days.append(day)


def exact(raw: Any, measure: Measure) -> int:
    """The integer kept for a number as it was written; raises ArithmeticError or ValueError for what is none."""
    if type(raw) is int and abs(raw) < SMALL:
        return int(raw * 10**measure.decimals)
    return measure.scaled(number(raw))


@dataclass(slots=True)
class Overview:
    """An answer of /overview/fees: its listings, a chart per listing name, and the chains that can be asked for."""

    chains: list[str]
    listings: list[ListingRow]
    charts: dict[str, Points]
    refused: Refused


@dataclass(slots=True)
class Summary:
    """An answer of /summary/fees: one protocol's chart, and one per chain."""

    total: Points
    by_chain: dict[str, Points]


def parse_overview(body: Any, today: date = date.max) -> Overview:
    """An answer with `totalDataChartBreakdown`, [[seconds, {name: usd}], …]. Totals in it are not relied on."""
    listed = _list(body, "protocols")
    refused: Refused = []
    charts: defaultdict[str, Points] = defaultdict(Points)
    for day, by_name in _days(_list(body, "totalDataChartBreakdown"), today):
        for name, raw in _mapping(by_name):
            charts[name].add(day, raw)
    chains = [chain for chain in _maybe_list(body, "allChains") if isinstance(chain, str)]
    return Overview(chains, list(rows(ListingRow, listed, refused)), dict(charts), refused)


def parse_summary(body: Any, today: date = date.max) -> Summary:
    """An answer with `totalDataChart` and a breakdown [[seconds, {chain: {child: usd}}], …]."""
    total = Points()
    for day, raw in _days(_list(body, "totalDataChart"), today):
        total.add(day, raw)
    by_chain: defaultdict[str, Points] = defaultdict(Points)
    for day, chains in _days(_maybe_list(body, "totalDataChartBreakdown"), today):
        for chain, children in _mapping(chains):
            _add_sum(by_chain[chain_name(chain)], day, children)
    return Summary(total, dict(by_chain))


def _add_sum(points: Points, day: int, children: Any) -> None:
    """The sum of what the children took on a chain; no number when one of them has none."""
    parts = Points()
    for _, raw in _mapping(children):
        parts.add(day, raw)
    points.bad += parts.bad
    if parts.days and not parts.bad:
        try:
            points.values.append(sum(parts.values))
        except OverflowError:
            points.bad.append(BadValue(day, str(children)[:100], "more than can be kept"))
        else:
            points.days.append(day)


def parse_profile(body: Any) -> Profile:
    """What /summary/fees tells of a protocol besides its numbers."""
    refused: Refused = []
    profiles = list(rows(Profile, [body], refused)) if isinstance(body, dict) else []
    if not profiles or not (profiles[0].id or profiles[0].name):
        raise Unintelligible("describes no protocol")
    return profiles[0]


class Directory(NamedTuple):
    """The rows of /protocols by id, and those that are none."""

    rows: dict[str, ProtocolRow]
    refused: Refused


def parse_protocols(body: Any) -> Directory:
    """The answer of /protocols."""
    if not isinstance(body, list):
        raise Unintelligible("is not a list of protocols")
    refused: Refused = []
    found: dict[str, ProtocolRow] = {}
    for row in rows(ProtocolRow, body, refused):
        if row.id in found:
            refused.append((row.id, "id: stated twice"))
        found.setdefault(row.id, row)
    if not found:
        raise Unintelligible("holds no protocol")
    return Directory(found, refused)


def parse_prices(body: Any, today: date = date.max) -> dict[str, Points]:
    """An answer of /chart, by coin: the price nearest to midnight closes the day before it.

    Coins that are not known are left out without a word.
    """
    coins = body.get("coins") if isinstance(body, dict) else None
    if not isinstance(coins, dict):
        raise Unintelligible("holds no coins")
    return {coin: _closes(chart, today) for coin, chart in coins.items() if isinstance(chart, dict)}


def _closes(chart: dict[str, Any], today: date) -> Points:
    nearest: dict[int, tuple[int, Any]] = {}
    for point in _maybe_list(chart, "prices"):
        seconds = point.get("timestamp") if isinstance(point, dict) else None
        if type(seconds) is not int:
            continue
        _day(seconds, today)
        midnight, distance = _midnight(seconds)
        if distance > NEAR:
            continue
        if midnight not in nearest or distance < nearest[midnight][0]:
            nearest[midnight] = distance, point.get("price")
    points = Points()
    for midnight in sorted(nearest):
        points.add(EPOCH + midnight - 1, nearest[midnight][1], PRICE)
    return points


def _midnight(seconds: int) -> tuple[int, int]:
    """The nearest midnight, in days since 1970, and how far it is."""
    midnight = (seconds + DAY // 2) // DAY
    return midnight, abs(seconds - midnight * DAY)


def _list(body: Any, name: str) -> list[Any]:
    found = body.get(name) if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise Unintelligible(f"holds no {name}")
    return found


def _maybe_list(body: dict[str, Any], name: str) -> list[Any]:
    """A list that may be left out or null."""
    return _list(body, name) if body.get(name) else []


def _days(chart: list[Any], today: date) -> Iterator[tuple[int, Any]]:
    """(day, what is said of it) of [[unix seconds, …], …]; raises Unintelligible for days far ahead of `today`."""
    for point in chart:
        match point:
            case [int() | str() as seconds, said]:
                yield _day(seconds, today), said
            case _:
                raise Unintelligible(f"has a chart point that is no pair of time and value: {str(point)[:60]}")


def _day(seconds: int | str, today: date) -> int:
    try:
        day = EPOCH + int(seconds) // DAY
    except ValueError as error:
        raise Unintelligible(f"has a chart point without a time: {seconds}") from error
    if day < EPOCH:
        raise Unintelligible(f"has a chart point of before there was time: {seconds}")
    if day > today.toordinal() + AHEAD:
        raise Unintelligible(f"has a chart whose times lie in the future, such as {seconds} seconds")
    return day


def _mapping(said: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(said, dict):
        yield from said.items()
