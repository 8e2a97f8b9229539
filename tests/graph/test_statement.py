"""Income statements over the API: periods, lines by stream, and whether they add up."""

from typing import Any

from models.store import Store
from models.vocabulary import Metric
from tests.builders import NOON, daily, protocol_fact, published
from tests.graph.asking import asked, refused
from tests.graph.world import span

FIELDS = """periodStart periodEnd complete lines { key value state reason derived byStream { label value state } }
    identities { name expected actual difference holds note tolerancePct }"""


async def statement(store: Store, arguments: str = "") -> Any:
    query = f'{{ protocol(by: {{slug: "dex"}}) {{ statement{arguments} {{ {FIELDS} }} }} }}'
    return (await asked(store, query))["protocol"]["statement"]


async def open_books(store: Store, *, supply_side: int = 70, holders: int = 20) -> None:
    """Fees of 100 a day, 30 of it revenue, 10 of that for the treasury."""
    await published(
        store,
        protocol_fact("dex"),
        daily("dex", Metric.FEES, span(400, 100)),
        daily("dex", Metric.FEES, span(400, 60), stream="swaps"),
        daily("dex", Metric.SUPPLY_SIDE_REVENUE, span(400, supply_side)),
        daily("dex", Metric.REVENUE, span(400, 30)),
        daily("dex", Metric.PROTOCOL_REVENUE, span(400, 10)),
        daily("dex", Metric.HOLDERS_REVENUE, span(400, holders)),
        recorded_at=NOON,
    )


async def test_a_quarter_has_its_lines_and_they_add_up(store: Store) -> None:
    await open_books(store)

    found = (await statement(store))[-1]

    assert (found["periodStart"], found["periodEnd"], found["complete"]) == ("2026-04-01", "2026-06-30", True)
    assert {line["key"]: line["value"] for line in found["lines"]} == {
        "FEES": "9100.000000",
        "SUPPLY_SIDE_REVENUE": "6370.000000",
        "REVENUE": "2730.000000",
        "PROTOCOL_REVENUE": "910.000000",
        "HOLDERS_REVENUE": "1820.000000",
        "INCENTIVES": None,
        "EARNINGS": None,
    }
    assert [check["holds"] for check in found["identities"]] == [True, True]
    assert found["lines"][0]["byStream"] == [{"label": "swaps", "value": "5460.000000", "state": "OK"}]


async def test_the_last_complete_periods_come_with_the_newest_last(sqlite_store: Store) -> None:
    await open_books(sqlite_store)

    found = await statement(sqlite_store, "(interval: MONTH, periods: 3)")

    assert [each["periodStart"] for each in found] == ["2026-04-01", "2026-05-01", "2026-06-01"]


async def test_a_period_that_has_not_ended_is_shown_when_asked_for(sqlite_store: Store) -> None:
    await open_books(sqlite_store)

    [found] = await statement(sqlite_store, "(interval: YEAR, periods: 1, includeCurrent: true)")

    assert (found["periodEnd"], found["complete"]) == ("2026-12-31", False)
    assert found["lines"][0] | {"byStream": []} == {
        "key": "FEES",
        "value": "19000.000000",
        "state": "OK",
        "reason": None,
        "derived": False,
        "byStream": [],
    }


async def test_fees_that_are_not_the_sum_of_their_parts_do_not_hold(sqlite_store: Store) -> None:
    await open_books(sqlite_store, supply_side=71)

    [found] = await statement(sqlite_store, "(periods: 1)")

    assert found["identities"][0] == {
        "name": "FEES = REVENUE + SUPPLY_SIDE_REVENUE",
        "expected": "9100.000000",
        "actual": "9191.000000",
        "difference": "91.000000",
        "holds": False,
        "note": None,
        "tolerancePct": "0.01",
    }


async def test_the_split_of_revenue_is_not_judged_over_a_month(sqlite_store: Store) -> None:
    await open_books(sqlite_store, holders=25)

    [month] = await statement(sqlite_store, "(interval: MONTH, periods: 1)")
    [quarter] = await statement(sqlite_store, "(interval: QUARTER, periods: 1)")

    assert month["identities"][1]["holds"] is None
    assert month["identities"][1]["difference"] == "150.000000"
    assert "checked over 90 days" in month["identities"][1]["note"]
    assert quarter["identities"][1]["holds"] is False


async def test_revenue_that_nobody_reports_is_fees_less_the_supply_side(sqlite_store: Store) -> None:
    fees, supply = daily("dex", Metric.FEES, span(400, 100)), daily("dex", Metric.SUPPLY_SIDE_REVENUE, span(400, 70))
    await published(sqlite_store, protocol_fact("dex"), fees, supply, recorded_at=NOON)

    [found] = await statement(sqlite_store, "(periods: 1)")

    revenue = found["lines"][2]
    assert (revenue["key"], revenue["value"], revenue["derived"]) == ("REVENUE", "2730.000000", True)


async def test_a_line_with_missing_days_is_partial_and_is_not_judged(sqlite_store: Store) -> None:
    await published(
        sqlite_store,
        protocol_fact("dex"),
        daily("dex", Metric.FEES, span(400, 100)),
        daily("dex", Metric.SUPPLY_SIDE_REVENUE, span(400, 70)),
        daily("dex", Metric.REVENUE, span(50, 30)),
        recorded_at=NOON,
    )

    [found] = await statement(sqlite_store, "(periods: 1)")

    assert (found["lines"][2]["state"], found["lines"][2]["reason"]) == ("PARTIAL", "41 of 91 days are known.")
    assert found["identities"][0]["holds"] is None


async def test_periods_that_make_no_statement_are_refused(sqlite_store: Store) -> None:
    await open_books(sqlite_store)

    for arguments in ("(interval: WEEK)", "(periods: 0)", "(periods: 41)"):
        query = f'{{ protocol(by: {{slug: "dex"}}) {{ statement{arguments} {{ periodStart }} }} }}'
        assert (await refused(sqlite_store, query))[0] == "BAD_USER_INPUT"
