"""Ethereum's days as growthepie counts them, from either of its files."""

from collections.abc import Generator
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest

from models.vocabulary import Metric
from sync.errors import Unintelligible
from sync.sources import ethereum_activity
from sync.sources.ethereum_activity import parse_fundamentals, parse_history
from sync.upstream import Upstreams
from tests.standin.elsewhere import Elsewhere, growthepie
from tests.standin.server import Fault, Standin, serving
from tests.sync.asking import AT_ONCE, USUAL, amounts, asked, at

NOW = datetime(2026, 8, 10, 9, 30, tzinfo=UTC)
MILLISECONDS = 1_785_542_400_000  # 2026-08-01


@pytest.fixture
def world() -> Elsewhere:
    return Elsewhere(NOW.date())


@pytest.fixture
def standin(world: Elsewhere) -> Generator[Standin, None, None]:
    with serving(partial(growthepie, world)) as standin:
        yield standin


def upstreams(standin: Standin) -> Upstreams:
    return Upstreams(growthepie=at(standin, USUAL.growthepie), patience=AT_ONCE)


@pytest.mark.parametrize("history", [True, False])
async def test_whole_days_of_ethereum_are_taken_from_either_file(
    standin: Standin, world: Elsewhere, history: bool
) -> None:
    world.history = history

    reading = await asked(ethereum_activity.SOURCE, upstreams(standin), NOW)

    for key, metric in (("txcount", Metric.TRANSACTIONS), ("daa", Metric.ACTIVE_USERS)):
        said = amounts(reading.facts, "Ethereum", metric)
        assert said == {day: world.count(key, day) for day in world.days[:-1]}
    assert (reading.troubles, [chain.slug for chain in reading.facts.chains]) == ([], ["ethereum"])


async def test_a_file_that_does_not_come_leaves_the_other(standin: Standin) -> None:
    standin.fail(Fault.HTML, times=100, where="daa")

    reading = await asked(ethereum_activity.SOURCE, upstreams(standin), NOW)

    assert len(reading.troubles) == 1
    assert amounts(reading.facts, "Ethereum", Metric.TRANSACTIONS)
    assert amounts(reading.facts, "Ethereum", Metric.ACTIVE_USERS) == {}


def history(types: list[str], *rows: Any) -> Any:
    return {"details": {"timeseries": {"daily": {"types": types, "data": list(rows)}}}}


def test_columns_are_found_by_their_names() -> None:
    assert parse_history(history(["value", "unix"], [5, MILLISECONDS], ["6.5", MILLISECONDS + 86_400_000])) == [
        (date(2026, 8, 1), 5),
        (date(2026, 8, 2), "6.5"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        history(["value"], [1]),
        history(["unix", "usd"], [MILLISECONDS, 1]),
        history(["unix", "value"], [MILLISECONDS]),
        history(["unix", "value"], ["soon", 1]),
        history(["unix", "value"], 7),
    ],
)
def test_what_is_no_history_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_history(body)


def test_a_value_without_its_day_is_kept_apart() -> None:
    row = {"metric_key": "daa", "origin_key": "ethereum", "date": "2026-08-01", "value": 1}

    rows, refused = parse_fundamentals([row, {**row, "date": None}])

    assert (len(rows), len(refused)) == (1, 1)
