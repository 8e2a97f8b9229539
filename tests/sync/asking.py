"""Ask one source alone, and look at what it states."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from models.metric import MEASURES
from models.vocabulary import Metric
from sync.client import Client
from sync.facts import Facts
from sync.pool import connected
from sync.source import Ask, Reading, Source
from sync.upstream import Host, Patience, Upstreams
from tests.standin.server import Standin

AT_ONCE = Patience(attempts=3, first=timedelta(0), longest=timedelta(0), jitter=timedelta(0))
USUAL = Upstreams()


def at(standin: Standin, host: Host, **changes: object) -> Host:
    """A host as it is set up, but where the stand-in is and as fast as it can be."""
    return replace(host, url=standin.url, per_minute=10_000_000, timeout=timedelta(seconds=20), **changes)  # type: ignore[arg-type]


async def asked(
    source: Source, upstreams: Upstreams, now: datetime, coins: Iterable[str] = (), since: date | None = None
) -> Reading:
    """What a source states when nothing is remembered."""
    async with connected(replace(upstreams, patience=AT_ONCE), lambda: now) as pool:
        reading = await source.fetch(Client(pool, source.name), Ask(now.date(), since, frozenset(coins)))
    assert reading is not None
    return reading


def amounts(facts: Facts, value: str, metric: Metric, stream: str = "") -> dict[date, Decimal]:
    """What is stated about a subject by day; nothing for a series that is not there."""
    (*found,) = (
        series
        for series in facts.series
        if (series.key.subject.value, series.key.metric, series.key.stream) == (value, metric, stream)
    )
    return {
        date.fromordinal(day): MEASURES[metric].value(whole)
        for series in found
        for day, whole in zip(series.days, series.values, strict=True)
    }
