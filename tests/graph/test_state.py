"""Every state that a value can have is reached, over stored windows and over those of a past day alike."""

from collections.abc import Sequence
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import MechanismKind, Metric, MetricState, ProtocolKind, SectorKey
from tests.builders import (
    NOON,
    Fact,
    daily,
    days_ago,
    policy_fact,
    protocol_fact,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.conftest import Recording
from tests.graph.asking import asked
from tests.graph.world import span

BEFORE = NOON.replace(hour=11)
PERPS = (SectorKey.PERPS,)
VALUE = "{ value state reason }"
YESTERDAY = {"day": str(days_ago(1))}


def world() -> list[Fact]:
    hype = token_ref("hype")
    creators = {"recipient": "creators", "mechanism": MechanismKind.CREATOR_REVENUE_SHARE.name, "percent": "100"}
    return [
        source_fact("rival", precedence=20),
        token_fact("hype"),
        token_fact("old"),
        protocol_fact("dex", token="hype", sectors=PERPS),
        protocol_fact("old", token="old", sectors=(SectorKey.LAUNCHPAD,)),
        protocol_fact("young", sectors=PERPS),
        protocol_fact("sharing", sectors=PERPS),
        protocol_fact("chain", kind=ProtocolKind.CHAIN),
        policy_fact("sharing/creators", "sharing", rules=(creators,)),
        daily("dex", Metric.FEES, span(400, 120)),
        daily("dex", Metric.REVENUE, span(400, 100)),
        daily("dex", Metric.REVENUE, span(100, 90), source="rival"),
        daily("dex", Metric.HOLDERS_REVENUE, span(20, 97)),
        daily("young", Metric.REVENUE, span(40, 7)),
        daily("young", Metric.FEES, span(40, 0)),
        daily("sharing", Metric.REVENUE, span(40, -7)),
        daily("sharing", Metric.HOLDERS_REVENUE, span(40, 1)),
        daily(hype, Metric.PRICE, span(30, 40)),
        daily(hype, Metric.PRICE, span(30, 41), source="rival"),
        daily(hype, Metric.MARKET_CAP, span(30, 4000)),
        daily(hype, Metric.MARKET_CAP, span(30, 4400), source="rival"),
        daily(token_ref("old"), Metric.PRICE, span(10, 2, ago=8)),
    ]


# (protocol, metric, window): state and sentence.
STATES: dict[tuple[str, str, str], tuple[str, str | None]] = {
    ("dex", "FEES", "D30"): ("OK", None),
    ("dex", "PRICE", "D30"): ("OK", None),
    ("dex", "HOLDERS_REVENUE", "D30"): ("PARTIAL", "20 of 30 days are known."),
    ("young", "ARR", "D30"): ("ESTIMATED", "Scaled from 40 observed days to 365."),
    ("dex", "REVENUE", "D30"): (
        "DISPUTED",
        "Rival has 2,700 USD and Upstream 3,000 USD for the 30 days that both know.",
    ),
    ("dex", "REVENUE", "D365"): ("OK", None),
    ("dex", "TAKE_RATE", "D30"): (
        "DISPUTED",
        "Rival has 2,700 USD and Upstream 3,000 USD for the 30 days that both know.",
    ),
    ("dex", "MARKET_CAP", "D30"): ("DISPUTED", f"Rival has 4,400 USD and Upstream 4,000 USD for {days_ago(1)}."),
    ("old", "PRICE", "D30"): ("STALE", f"The last known day is {days_ago(8)}."),
    ("old", "FEES", "D30"): ("WITHDRAWN", "Every number that was stated of it was taken back."),
    ("old", "TAKE_RATE", "D30"): ("NOT_REPORTED", "No source reports revenue."),
    ("old", "PF", "D30"): ("NOT_REPORTED", "No source reports circulating supply."),
    ("old", "CREATOR_REVENUE", "D30"): ("NOT_REPORTED", "No source reports creator revenue."),
    ("sharing", "CREATOR_REVENUE", "D30"): ("NOT_REPORTED", "No source reports creator revenue."),
    ("dex", "CREATOR_REVENUE", "D30"): (
        "NOT_APPLICABLE",
        "No slot for creators is on record: it is of PERPS, and no policy gives them a share.",
    ),
    ("dex", "REV", "D30"): ("NOT_APPLICABLE", "Only a chain has it: it is what users pay for their transactions."),
    ("chain", "REV", "D30"): ("NOT_REPORTED", "No source reports real economic value."),
    ("dex", "INCENTIVES", "D30"): ("NOT_REPORTED", "No source reports incentives."),
    ("young", "GROWTH_YOY", "D30"): ("INSUFFICIENT_HISTORY", f"The first known day is {days_ago(40)}."),
    ("young", "TAKE_RATE", "D30"): ("ZERO_DENOMINATOR", "The denominator, fees, is zero."),
    ("sharing", "PAYOUT_RATIO", "D30"): ("NEGATIVE_DENOMINATOR", "The denominator, revenue, is negative."),
    ("young", "PRICE", "D30"): ("NO_TOKEN", "There is no token, so there is no price."),
}


async def open_world(store: Store) -> None:
    """What "old" had stated of its fees is taken back with the second publish."""
    await published(store, *world(), daily("old", Metric.FEES, span(30, 5)), recorded_at=BEFORE)
    gone = daily("old", Metric.FEES, {}, withdrawn=[days_ago(n) for n in range(1, 31)])
    await published(store, *world(), gone, recorded_at=NOON)


async def values(store: Store, at: Any = None) -> dict[tuple[str, str, str], Any]:
    """What is answered to every key of STATES."""
    fields = "\n".join(
        f'v{n}: protocol(by: {{slug: "{slug}"}}, at: $at) {{ metric(key: {key}, window: {window}) {VALUE} }}'
        for n, (slug, key, window) in enumerate(STATES)
    )
    data = await asked(store, f"query ($at: AsOf) {{ {fields} }}", at=at)
    return {place: data[f"v{n}"]["metric"] for n, place in enumerate(STATES)}


@pytest.mark.parametrize("at", [None, YESTERDAY], ids=["rolled up", "by day"])
async def test_every_state_is_reached_and_says_why(store: Store, at: Any) -> None:
    await open_world(store)

    found = await values(store, at)

    assert {place: (value["state"], value["reason"]) for place, value in found.items()} == STATES
    assert {value["state"] for value in found.values()} == {state.name for state in MetricState}


async def test_only_what_is_known_has_a_value(sqlite_store: Store) -> None:
    await open_world(sqlite_store)

    found = await values(sqlite_store)

    known = {"OK", "PARTIAL", "ESTIMATED", "DISPUTED", "STALE"}
    assert [place for place, value in found.items() if (value["value"] is not None) != (value["state"] in known)] == []


async def test_what_was_taken_back_is_there_before_that(sqlite_store: Store) -> None:
    await open_world(sqlite_store)
    query = 'query ($at: AsOf) { protocol(by: {slug: "old"}, at: $at) { fees(window: ALL) { value state } } }'

    answers = [await asked(sqlite_store, query, at=at) for at in ({"epoch": 1}, {"epoch": 2})]

    assert [each["protocol"]["fees"] for each in answers] == [
        {"value": "150.000000", "state": "OK"},
        {"value": None, "state": "WITHDRAWN"},
    ]


async def test_disagreements_cost_three_statements_however_many_are_asked(
    sqlite_store: Store, statements: Recording
) -> None:
    await open_world(sqlite_store)

    async def counted(keys: Sequence[str]) -> int:
        query = f'{{ protocol(by: {{slug: "dex"}}) {{ metrics(keys: [{", ".join(keys)}]) {{ value }} }} }}'
        with statements(sqlite_store.readers) as seen:
            await asked(sqlite_store, query)
        return len(seen)

    await counted(["FEES"])
    undisputed = await counted(["FEES"])

    assert await counted(["REVENUE"]) == await counted(["REVENUE", "MARKET_CAP", "FEES"]) == undisputed + 3
