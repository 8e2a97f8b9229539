"""What is published of organisations and rights: new, changed, unchanged, withdrawn, refused, and read as it was."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models import (
    capital_raise,
    holding,
    rejected_fact,
    risk,
    role,
    share_count,
    token_rights,
    treasury_transaction,
    unlock,
    value_layer,
)
from models.store import Store
from models.versioned import Versioned
from models.vocabulary import (
    Confidence,
    FeeSwitch,
    Metric,
    RaiseKind,
    RaiseStatus,
    RightState,
    RiskKind,
    TreasuryTransactionKind,
    ValueLayerKind,
)
from sync.facts import (
    HoldingFact,
    OrganisationFact,
    RaiseFact,
    RightsFact,
    RiskFact,
    RoleFact,
    SharesFact,
    TreasuryTransactionFact,
    UnlockFact,
    ValueLayerFact,
)
from tests.builders import (
    SOURCE,
    Fact,
    claim_fact,
    days_ago,
    facts,
    organisation_ref,
    protocol_fact,
    protocol_ref,
    published,
    revenue,
    token_fact,
    token_ref,
)
from tests.sync.reading import rows_of, said

WHO = organisation_ref("forward")
SOL = token_ref("sol")
HIGH = Confidence.HIGH
DAY = days_ago(3)
NAMED: list[Fact] = [
    OrganisationFact((WHO,), "forward", "Forward", "TREASURY_COMPANY", "FORD"),
    token_fact("sol"),
    protocol_fact("aave"),
]
HOLDING = HoldingFact(WHO, SOL, DAY, Decimal("6822000.5"), SOURCE, HIGH, cost_usd=Decimal(1_580_000_000))
# A fact of each kind, and what of it changes.
KINDS: list[tuple[Versioned, Any, dict[str, Any]]] = [
    (role, RoleFact("chair", WHO, "Kyle Samani", "Chairman", SOURCE, HIGH), {"to_day": date(2026, 1, 1)}),
    (
        capital_raise,
        RaiseFact("pipe", WHO, RaiseKind.PIPE, RaiseStatus.ANNOUNCED, SOURCE, HIGH, amount_usd=Decimal(5)),
        {"status": RaiseStatus.CLOSED},
    ),
    (holding, HOLDING, {"cost_usd": Decimal(1_582_704_000)}),
    (
        treasury_transaction,
        TreasuryTransactionFact("tx", WHO, SOL, DAY, TreasuryTransactionKind.PURCHASE, Decimal(5), SOURCE, HIGH),
        {"usd": Decimal("0.5")},
    ),
    (share_count, SharesFact(WHO, DAY, SOURCE, realized=Decimal(100)), {"maximum": Decimal(200)}),
    (
        token_rights,
        RightsFact(protocol_ref("aave"), SOURCE, fee_switch=FeeSwitch.ON),
        {"burns": RightState.YES},
    ),
    (unlock, UnlockFact("next", SOL, days_ago(-30), Decimal(5), "Team", SOURCE, HIGH), {"observed": True}),
    (
        value_layer,
        ValueLayerFact(protocol_ref("aave"), ValueLayerKind.INTEREST, SOURCE, HIGH),
        {"note": "Said so."},
    ),
    (risk, RiskFact(protocol_ref("aave"), RiskKind.DILUTION, ("one",), SOURCE), {"topics": ("one", "two")}),
]
names = pytest.mark.parametrize(("table", "fact", "change"), KINDS, ids=[each[0].every_version.name for each in KINDS])


@names
async def test_a_fact_is_new_then_unchanged_then_changed_then_gone(
    store: Store, table: Versioned, fact: Any, change: dict[str, Any]
) -> None:
    await published(store, *NAMED, fact)
    again = await published(store, *NAMED, fact)
    changed = await published(store, fact._replace(**change))
    gone = await published(store, fact._replace(**change, withdrawn=True))

    assert (again.epoch, changed.epoch, gone.epoch) == (None, 2, 3)
    assert changed.counts[SOURCE].restated >= 1
    assert gone.counts[SOURCE].withdrawn >= 1
    [first], [second], last = [await rows_of(store, table, epoch) for epoch in (1, 2, 3)]
    assert {name for name in first if first[name] != second[name]} == set(change)
    assert last == []


@names
async def test_a_fact_about_nobody_is_refused_with_its_reason(
    store: Store, table: Versioned, fact: Any, change: dict[str, Any]
) -> None:
    await published(store, fact, claim_fact("kept", "known"), protocol_fact("known"))

    assert await rows_of(store, table) == []
    async with store.readers.connect() as connection:
        [reason] = (await connection.scalars(rejected_fact.select().with_only_columns(rejected_fact.c.reason))).all()
    assert reason.startswith("unknown ")


async def test_a_holding_is_a_day_of_a_series_by_token(store: Store) -> None:
    await published(store, *NAMED, HOLDING)

    assert await said(store) == {("forward", Metric.TREASURY_HOLDING): {DAY: 6_822_000_500}}
    await published(store, HOLDING._replace(amount=Decimal(7_000_000)))
    assert (await said(store))["forward", Metric.TREASURY_HOLDING] == {DAY: 7_000_000_000}
    await published(store, HOLDING._replace(withdrawn=True))
    assert await said(store) == {}


async def test_an_amount_the_store_cannot_chart_is_kept_and_said_to_be_left_out(store: Store) -> None:
    await published(store, *NAMED, HOLDING._replace(amount=Decimal(10) ** 17))

    [row] = await rows_of(store, holding)
    assert row["amount"] == Decimal(10) ** 17
    assert await said(store) == {}


async def test_two_sources_say_different_holdings_of_a_day(store: Store) -> None:
    await published(store, *NAMED, HOLDING, HOLDING._replace(source="other", amount=Decimal(5)))

    assert {row["amount"] for row in await rows_of(store, holding)} == {Decimal("6822000.5"), Decimal(5)}


def test_every_kind_of_fact_is_counted_once() -> None:
    days = revenue("aave", {1: 5, 2: 6})
    whole = facts(protocol_fact("aave"), token_fact("sol"), HoldingFact(WHO, SOL, DAY, Decimal(1), SOURCE, HIGH), days)

    assert whole.count() == 1 + 1 + 1 + 2


def test_joined_refreshes_hold_every_kind_of_fact() -> None:
    one, other = facts(HOLDING), facts(*(fact for _, fact, _ in KINDS), complete=frozenset({"x"}))

    both = one.joined(other)

    assert both.holdings == [HOLDING, HOLDING]
    assert (len(both.unlocks), len(both.risks), both.complete) == (1, 1, frozenset({"x"}))
    assert replace(both, holdings=[HOLDING], sources=[], complete=frozenset()) == replace(
        other, sources=[], complete=frozenset()
    )
