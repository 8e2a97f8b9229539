"""Unlocks by day: what a schedule that counts on says of each."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from models.vocabulary import Metric
from sync.errors import Unintelligible
from sync.sources import emissions
from sync.sources.emissions import parse_schedule, parse_tokens, unlocked
from sync.upstream import Upstreams
from tests.standin.elsewhere import Elsewhere, llama
from tests.standin.server import Fault, Standin, serving
from tests.sync.asking import AT_ONCE, USUAL, amounts, asked, at

NOW = datetime(2026, 8, 10, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
WORLD = Elsewhere(TODAY)


def upstreams(standin: Standin) -> Upstreams:
    return Upstreams(patience=AT_ONCE, defillama_pro=at(standin, USUAL.defillama_pro, key="s3cret"))


async def test_unlocks_are_what_the_schedule_grew_by_until_yesterday() -> None:
    with serving(partial(llama, WORLD)) as standin:
        reading = await asked(emissions.SOURCE, upstreams(standin), NOW, ["hyperliquid", "bitcoin"])

    first, *others = WORLD.days[:-1]
    found = amounts(reading.facts, "hyperliquid", Metric.UNLOCKS)
    assert reading.troubles == []
    assert found == {first: 1_000, **dict.fromkeys(others, Decimal("10.5"))}
    assert amounts(reading.facts, "hyperliquid", Metric.CIRCULATING_SUPPLY) == {TODAY: 333_928_180}
    assert amounts(reading.facts, "hyperliquid", Metric.MAX_SUPPLY) == {TODAY: 1_000_000_000}


async def test_tokens_the_store_does_not_know_are_not_asked_for() -> None:
    with serving(partial(llama, WORLD)) as standin:
        reading = await asked(emissions.SOURCE, upstreams(standin), NOW, ["bitcoin"])

    assert (standin.asked, reading.facts.series) == (["/api/emissions"], [])


async def test_more_in_circulation_than_there_can_be_is_refused() -> None:
    with serving(lambda path, question: '[{"gecko_id": "x", "circSupply": 1e9, "maxSupply": 5}]') as standin:
        standin.fail(Fault.NOT_FOUND, where="/api/emission/")
        reading = await asked(emissions.SOURCE, upstreams(standin), NOW, ["x"])

    assert [refusal.reason for refusal in reading.facts.rejected] == ["more circulates than there can be"]
    assert reading.facts.series == []


async def test_a_token_that_is_listed_and_not_documented_has_supplies_alone() -> None:
    with serving(partial(llama, WORLD)) as standin:
        standin.fail(Fault.NOT_FOUND, where="/api/emission/")
        reading = await asked(emissions.SOURCE, upstreams(standin), NOW, ["hyperliquid"])

    assert reading.troubles == []
    assert amounts(reading.facts, "hyperliquid", Metric.UNLOCKS) == {}


def days(*values: int | None) -> dict[date, Decimal]:
    return {TODAY + timedelta(days=ahead): Decimal(value) for ahead, value in enumerate(values) if value is not None}


def test_a_day_that_a_recipient_lacks_is_unknown_and_so_is_the_next() -> None:
    found = dict(unlocked({"team": days(1, 2, 3, 4, 6), "users": days(10, None, 30, 40, 50)}))

    assert found == {TODAY: 11, TODAY + timedelta(days=3): 11, TODAY + timedelta(days=4): 12}


def test_an_empty_schedule_unlocks_nothing() -> None:
    assert (list(unlocked({})), list(unlocked({"team": {}}))) == ([], [])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": "{"},
        {"body": {"documentedData": {}}},
        {"body": {"documentedData": {"data": [{"label": "x"}]}}},
        {"body": {"documentedData": {"data": [{"label": "x", "data": [{"timestamp": "y"}]}]}}},
        {"body": {"documentedData": {"data": [{"label": "x", "data": [{"timestamp": 1, "unlocked": "NaN"}]}]}}},
    ],
)
def test_what_is_no_schedule_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_schedule(body)


@pytest.mark.parametrize("body", [{}, "text", [{"gecko_id": "x", "circSupply": []}]])
def test_what_lists_no_tokens_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_tokens(body)
