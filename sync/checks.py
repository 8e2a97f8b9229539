"""What is wrong with a number, before it is believed: pure, with a reason that is kept beside what was refused.

A check must never refuse what is true: each threshold says where it comes from.
"""

from array import array
from collections.abc import Iterator
from datetime import date
from statistics import median
from typing import NamedTuple

from models.metric import MEASURES
from models.vocabulary import Metric
from sync.facts import Facts, Rejected, SeriesFact

# DefiLlama publishes nothing above (cron-task/dimensions.ts); no protocol or network ever came near it in a day.
LARGEST_USD_A_DAY = 200_000_000_000
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

    index: int
    reason: str


def examined(facts: Facts, today: date, since: date | None = None) -> Facts:
    """The facts less what fails a check, which is in `rejected` with its reason; days before `since` are left out."""
    kept, rejected, seen = [], list(facts.rejected), set()
    for series in facts.series:
        if series.key in seen:
            rejected.append(_rejected(series, None, "the same series is stated twice"))
            continue
        seen.add(series.key)
        refused = {refusal.index: refusal.reason for refusal in refusals(series, today)}
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


def _days(series: SeriesFact, today: date) -> Iterator[Refusal]:
    # A stock may be read today; of a flow today is not over.
    first_refused = today.toordinal() + (0 if MEASURES[series.key.metric].flow else 1)
    seen: set[int] = set()
    for index, day in enumerate(series.days):
        if day >= first_refused:
            yield Refusal(index, "the day is not over yet")
        elif day in seen:
            yield Refusal(index, "the day is stated twice")
        seen.add(day)


def _signs(series: SeriesFact) -> Iterator[Refusal]:
    if series.key.metric not in MAY_BE_NEGATIVE:
        for index, value in enumerate(series.values):
            if value < 0:
                yield Refusal(index, "negative, and this metric has no reason to be")


def _sizes(series: SeriesFact) -> Iterator[Refusal]:
    if not _is_usd(series):
        return
    dollar = 10 ** MEASURES[series.key.metric].decimals
    recent = sorted(zip(series.days, series.values, strict=True))[-USUAL_DAYS:]
    if len(recent) == USUAL_DAYS and median(value for _, value in recent) > LARGEST_USUAL_USD * dollar:
        reason = "usually above a billion dollars a day: the unit must be another"
        yield from (Refusal(index, reason) for index in range(len(series.values)))
    elif _counts(recent_values(series)):
        reason = f"rises {COUNTER_DAYS} days in a row: a counter, not what a day came to"
        yield from (Refusal(index, reason) for index in range(len(series.values)))
    for index, value in enumerate(series.values):
        if abs(value) > LARGEST_USD_A_DAY * dollar:
            yield Refusal(index, "above 200 billion dollars in a day")


def recent_values(series: SeriesFact) -> list[int]:
    """The values of the last days that would show a counter, oldest first."""
    pairs = sorted(zip(series.days, series.values, strict=True))
    return [value for _, value in pairs[-COUNTER_DAYS - 1 :]]


def _counts(values: list[int]) -> bool:
    if len(values) <= COUNTER_DAYS or values[0] <= 0:
        return False
    rises = all(before < after for before, after in zip(values, values[1:], strict=False))
    return rises and values[-1] >= COUNTER_GROWTH * values[0]


def _spikes(series: SeriesFact) -> Iterator[Refusal]:
    """A day a thousandfold the largest of the week around it, where that week was busy.

    On the newest day a true leap looks the same: it is refused until the next day confirms it, a gap of a day
    rather than a wrong total.
    """
    base = SPIKE_BASE_USD * 10 ** MEASURES[series.key.metric].decimals
    if not series.values or max(map(abs, series.values)) <= SPIKE * base or not _is_usd(series):
        return
    by_day = dict(zip(series.days, series.values, strict=True))
    for index, (day, value) in enumerate(zip(series.days, series.values, strict=True)):
        if abs(value) <= SPIKE * base:
            continue
        around = [abs(by_day[near]) for near in _week(day) if near in by_day]
        if len(around) >= SPIKE_DAYS // 2 and base <= max(around) < abs(value) / SPIKE:
            yield Refusal(index, "a thousandfold the days around it")


def _week(day: int) -> Iterator[int]:
    yield from range(day - SPIKE_DAYS, day)
    yield from range(day + 1, day + SPIKE_DAYS + 1)


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
