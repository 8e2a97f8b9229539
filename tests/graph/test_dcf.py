"""Discounted cash flow over the API: the caller's assumptions, our inputs with their days, and what is refused."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import Disposition, LedgerKind, Metric
from tests.builders import NOON, Fact, daily, days_ago, entry_fact, protocol_fact, published, token_fact, token_ref
from tests.graph.asking import asked, refused
from tests.graph.world import span

SCENARIO = {"growthPath": ["0.10", "0.10"], "terminalGrowth": "0.02", "discountRate": "0.25", "cashFlow": "REVENUE"}
QUERY = """query ($slug: String!, $input: DcfInput!) { dcf(protocol: $slug, input: $input) { protocol { slug }
    valuePerToken state reason presentValueUsd terminalShare impliedGrowth impliedGrowthState
    yearly { year cashFlowUsd discountFactor presentUsd tokens }
    sensitivity { discountRate terminalGrowth valuePerToken }
    inputs { name value state unit asOf } disclaimer } }"""


def perpetual(*more: Fact) -> list[Fact]:
    """A protocol that earns 1 dollar a day, shared by at most 1,000 tokens at 2 dollars."""
    token = token_ref("perp")
    return [
        token_fact("perp"),
        protocol_fact("perp", token="perp"),
        daily("perp", Metric.REVENUE, span(400, 1)),
        daily(token, Metric.PRICE, span(30, 2)),
        daily(token, Metric.TOTAL_SUPPLY, {days_ago(1): 800}),
        daily(token, Metric.MAX_SUPPLY, {days_ago(90): 1000}),
        *more,
    ]


async def valued(store: Store, slug: str = "perp", **changed: Any) -> Any:
    return (await asked(store, QUERY, slug=slug, input={**SCENARIO, **changed}))["dcf"]


async def test_the_value_is_that_of_the_formula(store: Store) -> None:
    await published(store, *perpetual(), recorded_at=NOON)

    found = await valued(store)

    flows = [Decimal("401.5"), Decimal("441.65")]
    present = flows[0] / Decimal("1.25") + flows[1] / Decimal("1.5625")
    terminal = flows[1] * Decimal("1.02") / Decimal("0.23") / Decimal("1.5625")
    assert found["state"] == "OK"
    assert Decimal(found["presentValueUsd"]) == pytest.approx(present + terminal)
    assert Decimal(found["valuePerToken"]) == pytest.approx((present + terminal) / 1000)
    assert Decimal(found["terminalShare"]) == pytest.approx(terminal / (present + terminal))
    assert [Decimal(year["cashFlowUsd"]) for year in found["yearly"]] == flows
    assert len(found["sensitivity"]) == 15
    assert "not a forecast" in found["disclaimer"]


async def test_every_input_is_told_with_its_day(sqlite_store: Store) -> None:
    await published(sqlite_store, *perpetual(), recorded_at=NOON)

    found = await valued(sqlite_store)

    assert [(each["name"], Decimal(each["value"]), each["asOf"]) for each in found["inputs"]] == [
        ("REVENUE a year, TTM", Decimal(365), str(days_ago(1))),
        ("SUPPLY, FULLY_DILUTED", Decimal(1000), str(days_ago(90))),
        ("PRICE", Decimal(2), str(days_ago(1))),
        ("MAX_SUPPLY", Decimal(1000), str(days_ago(90))),
    ]


async def test_growth_that_the_price_implies_leads_to_the_price(sqlite_store: Store) -> None:
    await published(sqlite_store, *perpetual(), recorded_at=NOON)
    implied = (await valued(sqlite_store))["impliedGrowth"]

    found = await valued(sqlite_store, growthPath=[implied, implied])

    assert Decimal(found["valuePerToken"]) == pytest.approx(Decimal(2), rel=Decimal("1e-6"))


async def test_a_discount_that_is_not_above_growth_is_refused_with_its_code(store: Store) -> None:
    await published(store, *perpetual(), recorded_at=NOON)

    code, message = await refused(store, QUERY, slug="perp", input={**SCENARIO, "terminalGrowth": "0.25"})

    assert code == "DISCOUNT_NOT_ABOVE_GROWTH"
    assert message == "the discount rate 0.25 must exceed the terminal growth 0.25"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"growthPath": []}, "BAD_GROWTH_PATH"),
        ({"growthPath": ["0.1"] * 51}, "BAD_GROWTH_PATH"),
        ({"growthPath": ["-1"]}, "RATE_OUT_OF_RANGE"),
        ({"discountRate": "101"}, "RATE_OUT_OF_RANGE"),
        ({"cashFlow": "PRICE"}, "BAD_USER_INPUT"),
        ({"cashFlow": "EMISSIONS"}, "BAD_USER_INPUT"),
    ],
)
async def test_a_scenario_without_a_value_is_refused(
    sqlite_store: Store, changed: dict[str, Any], expected: str
) -> None:
    await published(sqlite_store, *perpetual(), recorded_at=NOON)

    code, _ = await refused(sqlite_store, QUERY, slug="perp", input={**SCENARIO, **changed})

    assert code == expected


async def test_emissions_that_nobody_reports_are_not_taken_for_none(sqlite_store: Store) -> None:
    await published(sqlite_store, *perpetual(), recorded_at=NOON)

    diluted = await valued(sqlite_store, supplyBasis="TOTAL")
    undiluted = await valued(sqlite_store, supplyBasis="TOTAL", includeEmissions=False)

    assert (diluted["valuePerToken"], diluted["state"]) == (None, "NOT_REPORTED")
    assert undiluted["state"] == "OK"


async def test_emissions_share_out_the_flows_of_later_years(sqlite_store: Store) -> None:
    emitted = daily(token_ref("perp"), Metric.EMISSIONS, span(365, Decimal("0.2")))
    await published(sqlite_store, *perpetual(emitted), recorded_at=NOON)

    found = await valued(sqlite_store, supplyBasis="TOTAL")

    assert [Decimal(year["tokens"]) for year in found["yearly"]] == [873, 946]


async def test_outstanding_tokens_are_those_not_bought_back(sqlite_store: Store) -> None:
    bought = entry_fact(
        "buy",
        "perp",
        LedgerKind.PURCHASE,
        at=NOON - timedelta(days=3),
        token=token_ref("perp"),
        tokens=Decimal(100),
        disposition=Disposition.HELD,
    )
    await published(sqlite_store, *perpetual(bought), recorded_at=NOON)

    found = await valued(sqlite_store, supplyBasis="OUTSTANDING", includeEmissions=False)

    assert Decimal(found["inputs"][1]["value"]) == 700
    assert [Decimal(year["tokens"]) for year in found["yearly"]] == [700, 700]


async def test_a_protocol_without_a_token_has_no_value_per_token(sqlite_store: Store) -> None:
    await published(sqlite_store, protocol_fact("bare"), daily("bare", Metric.REVENUE, span(400, 1)), recorded_at=NOON)

    found = await valued(sqlite_store, "bare")

    assert (found["valuePerToken"], found["state"]) == (None, "NO_TOKEN")


async def test_a_loss_is_not_discounted(sqlite_store: Store) -> None:
    facts = [token_fact("loss"), protocol_fact("loss", token="loss"), daily("loss", Metric.REVENUE, span(400, -1))]
    supply = daily(token_ref("loss"), Metric.MAX_SUPPLY, {days_ago(1): 1000})
    await published(sqlite_store, *facts, supply, recorded_at=NOON)

    found = await valued(sqlite_store, "loss")

    assert (found["state"], found["reason"]) == (
        "NOT_APPLICABLE",
        "The cash flow is not positive, so there is nothing to discount.",
    )


async def test_an_unknown_protocol_is_null(sqlite_store: Store) -> None:
    await published(sqlite_store, *perpetual(), recorded_at=NOON)

    assert await valued(sqlite_store, "nobody") is None
