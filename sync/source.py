"""What every upstream offers the pipeline: a source is a value."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

from sync.client import Client
from sync.facts import Facts


@dataclass(frozen=True, slots=True)
class Ask:
    """What a run wants of a source. `today`: the current UTC day, which no source knows whole.

    `since`: facts by day of earlier days are not wanted; None wants them all. `coins`: the CoinGecko ids of the tokens
    that the store knows.
    """

    today: date
    since: date | None = None
    coins: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reading:
    """What a source states, and in a sentence each what it could not read of the rest."""

    facts: Facts
    troubles: list[str] = field(default_factory=list)


# Reads everything and returns what it states, or None when no answer differs from the last run's. Raises SourceError.
Fetch: TypeAlias = Callable[[Client, Ask], Awaitable[Reading | None]]


@dataclass(frozen=True, slots=True)
class Source:
    """`terms`: where its terms of use stand. `cadence`: how often it has something new.

    `needs_key`: the hosts in `Upstreams` of which it needs the key of one at least; without any it is skipped.
    """

    name: str
    home: str
    terms: str
    cadence: timedelta
    fetch: Fetch
    needs_key: tuple[str, ...] = ()
