"""What policies promised, what the ledger has of it, and what was reported: set against each other."""

import shutil
from collections.abc import AsyncGenerator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import LedgerKind, Metric, PolicyBasis, PolicyStatus
from tests.builders import (
    NOON,
    Fact,
    chain_fact,
    chain_ref,
    daily,
    days_ago,
    entry_fact,
    policy_fact,
    protocol_fact,
    published,
)
from tests.conftest import Recording
from tests.graph.asking import asked, refused
from tests.graph.world import span

FIGURE = "{ usd state reason observedDays expectedDays }"
EXECUTION = f"""query ($from: Date!, $to: Date!, $kind: LedgerKind! = PURCHASE) {{
  protocol(by: {{slug: "dex"}}) {{ policyExecution(from: $from, to: $to, kind: $kind) {{
    promises {{ policy {{ ref }} first last percent base {{ usd state }} promised {{ usd state }} }}
    promised {FIGURE} executed {FIGURE} reported {FIGURE}
    againstPromised {{ usd ratio state }} againstReported {{ usd ratio state }} }} }} }}"""


def rule(percent: str | None = None, mechanism: str = "BUYBACK_HOLD", **more: str) -> dict[str, Any]:
    return {"recipient": "fund", "mechanism": mechanism, "percent": percent, **more}


async def execution(store: Store, *facts: Fact, days: int = 4, **variables: Any) -> dict[str, Any]:
    """Of the last so many days."""
    await published(store, protocol_fact("dex"), *facts, recorded_at=NOON)
    asked_for = {"from": str(days_ago(days)), "to": str(days_ago(1)), **variables}
    found: dict[str, Any] = (await asked(store, EXECUTION, **asked_for))["protocol"]["policyExecution"]
    return found


def figure(usd: str | None, state: str, days: int, reason: str | None = None, of: int = 4) -> dict[str, Any]:
    return {"usd": usd, "state": state, "reason": reason, "observedDays": days, "expectedDays": of}


def bought(ago: int, usd: int | None, **fields: Any) -> Fact:
    amount = None if usd is None else Decimal(usd)
    return entry_fact(f"buy-{ago}", "dex", at=NOON - timedelta(days=ago), usd=amount, **fields)


async def test_each_day_is_promised_by_the_policy_in_force_that_day(store: Store) -> None:
    rest = rule("3", "LP_SHARE"), rule("1", "LP_SHARE")
    found = await execution(
        store,
        policy_fact("old", "dex", effective_to=days_ago(3), rules=(rule("97"), rest[0])),
        policy_fact("new", "dex", effective_from=days_ago(2), rules=(rule("99"), rest[1])),
        policy_fact("plan", "dex", effective_from=days_ago(4), status=PolicyStatus.PROPOSED),
        daily("dex", Metric.REVENUE, span(10, 100)),
        daily("dex", Metric.HOLDERS_REVENUE, span(10, 95)),
        *(bought(ago, 90) for ago in range(1, 5)),
    )

    base = {"usd": "200.000000", "state": "OK"}
    assert [(each["policy"]["ref"], each["percent"], each["first"], each["last"]) for each in found["promises"]] == [
        ("old", "97", "2026-07-06", "2026-07-07"),
        ("new", "99", "2026-07-08", "2026-07-09"),
    ]
    assert [each["base"] for each in found["promises"]] == [base, base]
    assert [Decimal(each["promised"]["usd"]) for each in found["promises"]] == [194, 198]
    assert [Decimal(found[name].pop("usd")) for name in ("promised", "reported")] == [392, 380]
    known = {"state": "OK", "reason": None, "observedDays": 4, "expectedDays": 4}
    assert found["promised"] == found["reported"] == known
    assert found["executed"] == figure("360.000000", "OK", 4)
    assert Decimal(found["againstPromised"]["usd"]) == -32
    assert Decimal(found["againstReported"]["usd"]) == -20
    assert Decimal(found["againstReported"]["ratio"]) == Decimal(360) / Decimal(380)


@pytest.mark.parametrize(
    ("policy", "state", "reason"),
    [
        ({"scope_product": "v2"}, "NOT_REPORTED", "No source splits off the base of one: Revenue."),
        ({"base": Metric.FEES}, "NOT_REPORTED", "No source reports fees of these days."),
        (
            {"basis": PolicyBasis.DISCRETIONARY, "rules": (rule(),)},
            "NOT_REPORTED",
            "one leaves open how much: its basis is discretionary.",
        ),
        ({"status": PolicyStatus.PROPOSED}, "NOT_REPORTED", "No policy is on record for these days."),
        ({"effective_from": days_ago(0)}, "NOT_REPORTED", "No policy is on record for these days."),
    ],
    ids=["product", "base unknown", "discretionary", "proposed", "later"],
)
async def test_a_promise_that_can_not_be_reckoned_says_why(
    store: Store, policy: dict[str, Any], state: str, reason: str
) -> None:
    found = await execution(store, policy_fact("one", "dex", **policy), daily("dex", Metric.REVENUE, span(10, 100)))

    assert found["promised"] == figure(None, state, 0, reason)
    assert found["againstPromised"]["usd"] is None


@pytest.mark.parametrize(
    ("policy", "usd", "state"),
    [
        ({"base_partial": True}, "400", "ESTIMATED"),
        ({"scope_chain": chain_ref("base")}, "120", "OK"),
        ({"basis": PolicyBasis.FIXED_BUDGET, "rules": (rule(budget_usd_per_year="36500"),)}, "400", "ESTIMATED"),
        ({"rules": (rule("100", "TREASURY_RETENTION"),)}, "0", "OK"),
        ({"status": PolicyStatus.PAUSED, "rules": (rule("0"),), "note": "0 % of the base"}, "0", "OK"),
        ({"effective_from": days_ago(2)}, "200", "PARTIAL"),
    ],
    ids=["part", "chain", "budget", "treasury", "paused", "half of the days"],
)
async def test_a_promise_is_as_good_as_what_is_known_of_its_base(
    store: Store, policy: dict[str, Any], usd: str, state: str
) -> None:
    found = await execution(
        store,
        chain_fact("base"),
        policy_fact("one", "dex", **policy),
        daily("dex", Metric.REVENUE, span(10, 100)),
        daily("dex", Metric.REVENUE, span(10, 30), chain="base"),
    )

    assert (Decimal(found["promised"]["usd"]), found["promised"]["state"]) == (Decimal(usd), state)


async def test_a_day_without_an_entry_is_not_a_day_without_a_purchase(store: Store) -> None:
    window = {"window_start": days_ago(4), "window_end": days_ago(3)}
    quarter = bought(2, 999, window_start=date(2026, 4, 1), window_end=days_ago(2))

    found = await execution(store, bought(3, 50, **window), bought(1, None), quarter)

    reason = (
        "1 entries say no dollars. Entries that reach beyond these days are left out: 1. Entries are of 3 of 4 days."
    )
    assert found["executed"] == figure("50.000000", "PARTIAL", 3, reason)
    assert found["reported"] == figure(None, "NOT_REPORTED", 0, "No source reports holders' revenue of these days.")


async def test_a_few_days_are_not_set_against_many(store: Store) -> None:
    found = await execution(store, bought(1, 50), daily("dex", Metric.HOLDERS_REVENUE, span(10, 95)))

    assert found["executed"]["observedDays"] == 1
    assert found["againstReported"] == {"usd": None, "ratio": None, "state": "NOT_REPORTED"}


async def test_burns_and_distributions_are_promised_by_mechanisms_of_their_own(store: Store) -> None:
    rules = rule("40", "DIRECT_REVENUE_SHARE"), rule("35", "FEE_BURN"), rule("25")
    facts = policy_fact("one", "dex", rules=rules), daily("dex", Metric.REVENUE, span(10, 100))

    promised = {}
    for kind in ("PURCHASE", "BURN", "DISTRIBUTION"):
        found = await execution(store, *facts, kind=kind)
        promised[kind] = Decimal(found["promised"]["usd"])

    assert promised == {"PURCHASE": 100, "BURN": 140, "DISTRIBUTION": 160}


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"kind": "LOCK"}, "policies promise PURCHASE, BURN, DISTRIBUTION; not LOCK"),
        ({"from": "2026-07-09", "to": "2026-07-08"}, "`to` must be on or after `from`, by fewer than 3660 days"),
        ({"from": "1990-01-01"}, "`to` must be on or after `from`, by fewer than 3660 days"),
    ],
    ids=["kind", "backwards", "long"],
)
async def test_what_can_not_be_asked_is_refused(sqlite_store: Store, variables: dict[str, str], message: str) -> None:
    await published(sqlite_store, protocol_fact("dex"), recorded_at=NOON)
    days = {"from": "2026-07-01", "to": "2026-07-08"}

    assert await refused(sqlite_store, EXECUTION, **{**days, **variables}) == ("BAD_USER_INPUT", message)


MARKET = """{ market { policyExecution(from: "2026-07-06", to: "2026-07-09") {
    promised { usd state } executed { usd state } reported { usd state } againstPromised { usd state }
    againstReported { usd ratio state } protocols { protocol { slug } executed { usd } promised { usd } } } } }"""


def firm(slug: str, earned: int | None, spent: int | None, passed_on: int | None = None) -> list[Fact]:
    facts: list[Fact] = [protocol_fact(slug), policy_fact(f"{slug}/all", slug)]
    if earned is not None:
        facts.append(daily(slug, Metric.REVENUE, span(10, earned)))
    if passed_on is not None:
        facts.append(daily(slug, Metric.HOLDERS_REVENUE, span(10, passed_on)))
    if spent is not None:
        facts += [
            entry_fact(f"{slug}-{ago}", slug, LedgerKind.PURCHASE, at=NOON - timedelta(days=ago), usd=Decimal(spent))
            for ago in range(1, 5)
        ]
    return facts


async def test_the_market_compares_only_protocols_of_which_both_are_known(store: Store) -> None:
    firms = [*firm("a", 100, 80, 90), *firm("b", 50, 60), *firm("c", 1000, None), *firm("d", None, 5, 5)]
    await published(store, *firms, protocol_fact("idle"), recorded_at=NOON)

    found = (await asked(store, MARKET))["market"]["policyExecution"]

    assert [each["protocol"]["slug"] for each in found["protocols"]] == ["a", "b", "d", "c"]
    sums = [found[name] for name in ("promised", "executed", "reported")]
    assert [Decimal(each["usd"]) for each in sums] == [4600, 580, 380]
    assert {each["state"] for each in sums} == {"PARTIAL"}
    assert (found["againstPromised"]["usd"], found["againstPromised"]["state"]) == ("-40.000000", "OK")
    assert Decimal(found["againstReported"]["usd"]) == -40


async def test_the_number_of_statements_does_not_depend_on_that_of_protocols(
    store: Store, statements: Recording
) -> None:
    each = """{ protocols(first: 100) { nodes { policyExecution(from: "2026-07-06", to: "2026-07-09") {
        promised { usd } executed { usd } reported { usd } promises { policy { ref } } protocol { slug } } } } }"""
    counts = []
    for size in (1, 20):
        await published(store, *(fact for n in range(size) for fact in firm(f"p{n}", 3, 2, 1)), recorded_at=NOON)
        with statements(store.readers) as seen:
            await asked(store, MARKET)
            await asked(store, each)
        counts.append(len(seen))

    assert counts[0] == counts[1]


@pytest.fixture(scope="module")
async def bundled(sqlite_bundled: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Store, None]:
    store = Store(f"sqlite+aiosqlite:///{shutil.copy(sqlite_bundled, tmp_path_factory.mktemp('bundled') / 'store.db')}")
    yield store
    await store.close()


async def test_hyperliquid_promised_97_percent_until_the_end_of_august_2025_and_99_since(bundled: Store) -> None:
    data = await asked(
        bundled,
        """{ protocol(by: {slug: "hyperliquid"}) {
             before: policyOn(date: "2025-08-30") { sumsTo rules { percent } }
             after: policyOn(date: "2025-08-31") { sumsTo rules { percent } } } }""",
    )

    assert data["protocol"] == {
        "before": {"sumsTo": "100", "rules": [{"percent": "97"}, {"percent": "3"}]},
        "after": {"sumsTo": "100", "rules": [{"percent": "99"}, {"percent": "1"}]},
    }


async def test_hyperliquid_bought_three_quarters_of_what_three_days_reported(bundled: Store) -> None:
    """By hand: 1,355,612 + 1,718,111 + 1,356,448.79049 bought; 1,799,439 + 2,329,330 + 1,816,261 reported."""
    data = await asked(
        bundled,
        """{ protocol(by: {slug: "hyperliquid"}) { policyExecution(from: "2026-02-10", to: "2026-02-12") {
             executed { usd state observedDays } reported { usd state observedDays }
             againstReported { usd state ratio } promised { usd state } promises { policy { ref } percent } } } }""",
    )

    found = data["protocol"]["policyExecution"]
    ratio = Decimal(found["againstReported"].pop("ratio"))
    assert ratio.quantize(Decimal("0.0001")) == Decimal("0.7452")
    assert found["executed"] == {"usd": "4430171.790490", "state": "OK", "observedDays": 3}
    assert found["reported"] == {"usd": "5945030.000000", "state": "OK", "observedDays": 3}
    assert found["againstReported"] == {"usd": "-1514858.209510", "state": "OK"}
    assert found["promises"] == [{"policy": {"ref": "hyperliquid:99"}, "percent": "99"}]
    # 99 % of fees of 6,607,589, of which the base is a part.
    assert found["promised"] == {"usd": "6541513.110000", "state": "ESTIMATED"}


async def test_every_policy_of_the_bundled_data_keeps_to_what_has_to_hold(bundled: Store) -> None:
    data = await asked(bundled, "{ policies(first: 1) { totalCount } }")

    assert data["policies"]["totalCount"] == 81
