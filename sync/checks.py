"""What is wrong with a number, before it is believed: pure, with a reason that is kept beside what was refused.

A check must never refuse what is true: each threshold says where it comes from.
"""

from array import array
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from models.metric import MEASURES
from models.vocabulary import Metric
from sync.facts import Facts, Rejected, SeriesFact
from sync.slip import LEAP, alike, far

# DefiLlama publishes nothing above (cron-task/dimensions.ts); no protocol or network ever came near it in a day.
LARGEST_USD_A_DAY = 200_000_000_000
# The funds of bitcoin never took in two billion dollars in a day, nor gave back as much.
LARGEST_FUND_FLOW = 20_000_000_000
# The busiest day of the largest earner known, Ethereum in May 2022, was about 230 million dollars. Half of a month
# above a billion means cents or millionths.
LARGEST_USUAL_USD = 1_000_000_000
USUAL_DAYS = 30
# DefiLlama itself withholds a day five times above the days around it unless it is known to be true, so five is too
# strict. A thousandfold is a slip of the unit. Only where the days around are busy: burns and buybacks come in lumps,
# and one large day among empty ones is how they look.
SPIKE = 1_000
SPIKE_DAYS = 7
SPIKE_BASE_USD = 1_000
# Daily amounts fall back at least every weekend. Sixty rises in a row that treble are a counter that was never
# differenced, as hypurrscan's fees are.
COUNTER_DAYS = 60
COUNTER_GROWTH = 3

# dimension-adapters' GUIDELINES (allowNegativeValue): a loss makes fees and what is derived of them negative.
# Redemptions make a fund's flow negative, and losses its price never. What holders received can't be taken back.
MAY_BE_NEGATIVE = frozenset(
    {
        Metric.FEES,
        Metric.USER_FEES,
        Metric.SUPPLY_SIDE_REVENUE,
        Metric.REVENUE,
        Metric.PROTOCOL_REVENUE,
        Metric.FUND_NET_FLOW,
    }
)


class Refusal(NamedTuple):
    """The position of a value in its series, and why it is refused."""

    place: int
    reason: str


def examined(facts: Facts, today: date, since: date | None = None) -> Facts:
    """The facts less what fails a check, which is in `rejected` with its reason; days before `since` are left out."""
    kept, rejected, seen = [], list(facts.rejected), set()
    for series in facts.series:
        if series.key in seen:
            rejected.append(_rejected(series, None, "the same series is stated twice"))
            continue
        seen.add(series.key)
        refused = {refusal.place: refusal.reason for refusal in refusals(series, today)}
        rejected += [_rejected(series, index, reason) for index, reason in refused.items()]
        sound = _without(series, refused, since)
        if sound.days or sound.withdrawn:
            kept.append(sound)
    return _with(facts, kept, rejected)


def refusals(series: SeriesFact, today: date) -> Iterator[Refusal]:
    """What is refused of a series, and why; one value may be refused for several reasons."""
    yield from _days(series, today)
    yield from _signs(series)
    if MEASURES[series.key.metric].flow:
        yield from _sizes(series)
        yield from _spikes(series)
    else:
        yield from _lone(series)


def _days(series: SeriesFact, today: date) -> Iterator[Refusal]:
    # A stock may be read today; of a flow today is not over.
    first_refused = today.toordinal() + (0 if MEASURES[series.key.metric].flow else 1)
    if series.days and max(series.days) < first_refused and len(set(series.days)) == len(series.days):
        return
    seen: set[int] = set()
    for place, day in enumerate(series.days):
        if day >= first_refused:
            yield Refusal(place, "the day is not over yet")
        elif day in seen:
            yield Refusal(place, "the day is stated twice")
        seen.add(day)


def _signs(series: SeriesFact) -> Iterator[Refusal]:
    if series.key.metric in MAY_BE_NEGATIVE or not series.values or min(series.values) >= 0:
        return
    for place, value in enumerate(series.values):
        if value < 0:
            yield Refusal(place, "negative, and this metric has no reason to be")


def _sizes(series: SeriesFact) -> Iterator[Refusal]:
    if not _is_usd(series):
        return
    dollar = 10 ** MEASURES[series.key.metric].decimals
    newest = [series.values[place] for place in sorted(range(len(series.days)), key=series.days.__getitem__)]
    reason = _wrong_unit(newest, dollar) or _counter(newest[-COUNTER_DAYS - 1 :])
    if reason:
        yield from (Refusal(place, reason) for place in range(len(series.values)))
        return
    largest = LARGEST_FUND_FLOW if series.key.metric is Metric.FUND_NET_FLOW else LARGEST_USD_A_DAY
    for place, value in enumerate(series.values):
        if abs(value) > largest * dollar:
            yield Refusal(place, f"above {largest // 10**9} billion dollars in a day")


def _wrong_unit(values: list[int], dollar: int) -> str | None:
    if len(values) < USUAL_DAYS or median(values[-USUAL_DAYS:]) <= LARGEST_USUAL_USD * dollar:
        return None
    return "usually above a billion dollars a day: the unit must be another"


def _counter(values: list[int]) -> str | None:
    if len(values) <= COUNTER_DAYS or values[0] <= 0 or values[-1] < COUNTER_GROWTH * values[0]:
        return None
    if not all(before < after for before, after in pairwise(values)):
        return None
    return f"rises {COUNTER_DAYS} days in a row: a counter, not what a day came to"


def _spikes(series: SeriesFact) -> Iterator[Refusal]:
    """A day a thousandfold the largest of the week around it, where that week was busy.

    On the newest day a true leap looks the same: it is refused until the next day confirms it, a gap of a day
    rather than a wrong total.
    """
    base = SPIKE_BASE_USD * 10 ** MEASURES[series.key.metric].decimals
    if not series.values or max(map(abs, series.values)) <= SPIKE * base or not _is_steady(series):
        return
    by_day = dict(zip(series.days, series.values, strict=True))
    for place, (day, value) in enumerate(zip(series.days, series.values, strict=True)):
        if abs(value) <= SPIKE * base:
            continue
        around = [abs(by_day[near]) for near in _week(day) if near in by_day]
        if len(around) >= SPIKE_DAYS // 2 and base <= max(around) < abs(value) / SPIKE:
            yield Refusal(place, "a thousandfold the days around it")


def _lone(series: SeriesFact) -> Iterator[Refusal]:
    """A day of a stock a thousandfold, or a thousandth, of the days before and after, which say the same."""
    if not series.values or max(series.values) < LEAP * min(filter(None, map(abs, series.values)), default=1):
        return
    places = sorted(range(len(series.days)), key=series.days.__getitem__)
    for before, place, after in zip(places, places[1:], places[2:], strict=False):
        sides = series.values[before], series.values[after]
        if far(sides[0], series.values[place]) and alike(*sides):
            yield Refusal(place, "a thousandfold of the days around it, or a thousandth")


def _week(day: int) -> Iterator[int]:
    yield from range(day - SPIKE_DAYS, day)
    yield from range(day + 1, day + SPIKE_DAYS + 1)


def _is_steady(series: SeriesFact) -> bool:
    """Transactions of a network do not come in lumps either; unlocks of tokens do."""
    return _is_usd(series) or series.key.metric is Metric.TRANSACTIONS


def _is_usd(series: SeriesFact) -> bool:
    return MEASURES[series.key.metric].unit.name == "USD"


def _without(series: SeriesFact, refused: dict[int, str], since: date | None) -> SeriesFact:
    first = since.toordinal() if since else 0
    if not refused and not first:
        return series
    indexes = [i for i, day in enumerate(series.days) if i not in refused and day >= first]
    days = array("i", (series.days[i] for i in indexes))
    return SeriesFact(series.key, days, array("q", (series.values[i] for i in indexes)), series.withdrawn)


def _rejected(series: SeriesFact, index: int | None, reason: str) -> Rejected:
    key = series.key
    fact = {"subject": "/".join((key.subject.system, key.subject.value)), "metric": key.metric.name}
    if key.chain is not None:
        fact["chain"] = key.chain.value
    if index is not None:
        fact["day"] = date.fromordinal(series.days[index]).isoformat()
        fact["value"] = format(MEASURES[key.metric].value(series.values[index]), "f")
    return Rejected(key.source, reason, fact)


def _with(facts: Facts, series: list[SeriesFact], rejected: list[Rejected]) -> Facts:
    facts.series, facts.rejected = series, rejected
    return facts
