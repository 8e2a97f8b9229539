"""Alerts: what of an epoch meets a rule, in an order that holds, from any place on."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import update

from models.epoch import Pin, epoch
from models.store import Store
from models.vocabulary import LedgerKind, Metric, MetricState, Window
from resolvers.alert import AlertRow, alerts_after, alerts_until
from resolvers.alert_place import known_up_to, place_of
from resolvers.alert_rule import MOST_RULES, AlertOp, AlertRule
from resolvers.caller import Caller
from resolvers.change import CursorPruned
from resolvers.context import Context
from resolvers.errors import ApiError, KeyNeeded
from tests.builders import (
    daily,
    days_ago,
    entry_fact,
    facts,
    policy_fact,
    protocol_fact,
    published,
    revenue,
    token_fact,
    token_ref,
)

ENTRIES = AlertRule(AlertOp.NEW_LEDGER_ENTRY)
POLICIES = AlertRule(AlertOp.POLICY_CHANGED)
RESTATED = AlertRule(AlertOp.RESTATED)
ABOVE = AlertRule(AlertOp.CROSSES_ABOVE, metric=Metric.REVENUE, window=Window.D1, threshold=Decimal(100))
BELOW = replace(ABOVE, op=AlertOp.CROSSES_BELOW)
BY_HALF = replace(ABOVE, op=AlertOp.CHANGES_BY_PCT, threshold=Decimal(50))
STALE = AlertRule(AlertOp.STALE, metric=Metric.PRICE, window=Window.D7)


async def told(store: Store, *rules: AlertRule, known: int = 1, after: str | None = None) -> list[AlertRow]:
    """What meets the rules since an epoch, or an alert."""
    pin = await store.resolve()
    place = known_up_to(known) if after is None else place_of(after)
    return [alert async for alert in alerts_until(Context(store, pin), rules, place, pin.epoch)]


async def test_a_new_entry_is_told_that_is_of_the_kinds_and_the_size(store: Store) -> None:
    await published(store, protocol_fact("one"), protocol_fact("two"))
    await published(
        store,
        entry_fact("a", "one", LedgerKind.BURN, usd=Decimal(500)),
        entry_fact("b", "one", LedgerKind.BURN, usd=Decimal(5)),
        entry_fact("c", "two", LedgerKind.PURCHASE, usd=Decimal(700)),
        entry_fact("d", "two", LedgerKind.BURN),
    )

    large = await told(store, replace(ENTRIES, ledger_kind=[LedgerKind.BURN], min_usd=Decimal(500)))
    second = await told(store, replace(ENTRIES, protocol="two"))

    assert [alert.entry.ref for alert in large if alert.entry] == ["a"]
    assert [alert.entry.ref for alert in second if alert.entry] == ["c", "d"]


async def test_an_entry_that_is_stated_again_is_no_news(store: Store) -> None:
    await published(store, protocol_fact("one"), entry_fact("a", "one", usd=Decimal(1)))
    await published(store, entry_fact("a", "one", usd=Decimal(2)))

    assert await told(store, ENTRIES) == []


async def test_a_policy_is_told_as_it_comes_and_as_it_goes(store: Store) -> None:
    await published(store, protocol_fact("one"), protocol_fact("two"))
    await published(store, policy_fact("one:all", "one"))
    await published(store, policy_fact("one:all", "one", withdrawn=True))

    alerts = await told(store, replace(POLICIES, protocol="one"))

    assert [(alert.epoch, alert.change and alert.change.kind.name) for alert in alerts] == [
        (2, "POLICY_CHANGED"),
        (3, "DELETED"),
    ]
    assert len({alert.protocol_id for alert in alerts}) == 1
    assert await told(store, replace(POLICIES, protocol="two")) == []


async def test_restated_days_are_told_of_the_metric_that_is_meant(store: Store) -> None:
    fees = {days_ago(2): 9}
    await published(store, protocol_fact("one"), revenue("one", {2: 1}), daily("one", Metric.FEES, fees))
    await published(store, revenue("one", {2: 5, 1: 3}), daily("one", Metric.FEES, {days_ago(1): 9}))

    alerts = await told(store, RESTATED, replace(RESTATED, metric=Metric.FEES), replace(RESTATED, protocol="one"))

    assert [alert.rule for alert in alerts] == [0, 2]


async def test_the_price_of_a_protocol_is_that_of_its_token(store: Store) -> None:
    prices = {days_ago(1): 3}
    await published(
        store, token_fact("coin"), protocol_fact("one", token="coin"), daily(token_ref("coin"), Metric.PRICE, prices)
    )
    await published(store, daily(token_ref("coin"), Metric.PRICE, {days_ago(1): 4}))

    [alert] = await told(store, replace(RESTATED, protocol="one", metric=Metric.PRICE))

    assert alert.change is not None
    assert alert.change.is_series


@pytest.mark.parametrize(
    ("rule", "before", "after", "met"),
    [
        (ABOVE, 100, 101, True),
        (ABOVE, 101, 150, False),
        (ABOVE, 50, 100, False),
        (BELOW, 100, 99, True),
        (BELOW, 99, 50, False),
        (BELOW, 150, 100, False),
        (BY_HALF, 100, 150, True),
        (BY_HALF, 100, 50, True),
        (BY_HALF, 100, 149, False),
        (BY_HALF, 0, 10, False),
    ],
)
async def test_a_value_crosses_only_from_the_other_side(
    store: Store, rule: AlertRule, before: int, after: int, met: bool
) -> None:
    await published(store, protocol_fact("one"), revenue("one", {2: before}))
    await published(store, revenue("one", {1: after}))

    alerts = await told(store, rule)

    values = [(alert.before, alert.value.value) for alert in alerts if alert.value]
    assert values == [(Decimal(before), Decimal(after))] * met


async def test_a_window_that_fills_up_crosses_nothing(store: Store) -> None:
    await published(store, protocol_fact("one"), revenue("one", {2: 60}))
    await published(store, revenue("one", {1: 60}))

    assert await told(store, replace(ABOVE, window=Window.D7)) == []


async def test_of_all_protocols_those_are_told_that_cross(store: Store) -> None:
    await published(store, protocol_fact("one"), protocol_fact("two"), revenue("one", {2: 1}), revenue("two", {2: 1}))
    await published(store, revenue("one", {1: 1}), revenue("two", {1: 200}))

    [alert] = await told(store, ABOVE)
    [same] = await told(store, replace(ABOVE, protocol="two"))

    assert alert.protocol_id == same.protocol_id
    assert await told(store, replace(ABOVE, protocol="one")) == []


async def test_a_value_becomes_stale_once(store: Store) -> None:
    old, new = token_ref("old"), token_ref("new")
    await published(
        store,
        token_fact("old"),
        token_fact("new"),
        protocol_fact("one", token="old"),
        daily(old, Metric.PRICE, {days_ago(7): 1}),
        daily(new, Metric.PRICE, {days_ago(7): 1}),
    )
    for ago in (3, 2):
        await published(store, daily(new, Metric.PRICE, {days_ago(ago): 1}))

    alerts = await told(store, replace(STALE, protocol="one"))

    assert [(alert.epoch, alert.value and alert.value.state) for alert in alerts] == [(2, MetricState.STALE)]


async def eventful(store: Store) -> None:
    """Two epochs after the first, with several alerts each."""
    await published(store, protocol_fact("one"), revenue("one", {3: 10}))
    entries = [entry_fact(ref, "one", usd=Decimal(1)) for ref in "abc"]
    await published(store, policy_fact("one:all", "one"), *entries, revenue("one", {3: 11, 2: 200}))
    await published(store, *(entry_fact(ref, "one", usd=Decimal(1)) for ref in "abcd"), revenue("one", {1: 300}))


OF_REVENUE = replace(RESTATED, metric=Metric.REVENUE)
EVERY = (ENTRIES, POLICIES, OF_REVENUE, ABOVE, ENTRIES, BY_HALF)


async def test_alerts_go_by_epoch_and_then_as_the_feed_does(store: Store) -> None:
    await eventful(store)

    alerts = await told(store, *EVERY)

    assert [(alert.epoch, alert.rule) for alert in alerts] == [
        *[(2, 1), *[(2, 0), (2, 4)] * 3, (2, 2), (2, 3), (2, 5)],
        *[(3, 0), (3, 4), (3, 5)],
    ]
    assert [alert.place for alert in alerts] == sorted({alert.place for alert in alerts})


async def test_from_any_alert_on_exactly_what_followed_is_told(store: Store) -> None:
    await eventful(store)
    alerts = await told(store, *EVERY)

    rests = [[each.seq for each in await told(store, *EVERY, after=alert.seq)] for alert in alerts]

    assert rests == [[alert.seq for alert in alerts[place + 1 :]] for place in range(len(alerts))]


async def test_the_first_epoch_is_told_without_values(store: Store) -> None:
    await published(store, protocol_fact("one"), entry_fact("a", "one"), revenue("one", {1: 500}))

    alerts = await told(store, ENTRIES, ABOVE, known=0)

    assert [alert.rule for alert in alerts] == [0]


async def test_who_was_told_of_a_pruned_epoch_is_refused(store: Store) -> None:
    await eventful(store)
    first, *_ = await told(store, *EVERY)
    async with store.writer.begin() as connection:
        await connection.execute(update(epoch).where(epoch.c.epoch == 2).values(retained=False))

    with pytest.raises(CursorPruned):
        await told(store, *EVERY, after=first.seq)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([], "there must be 1 to"),
        ([ENTRIES] * (MOST_RULES + 1), "there must be 1 to"),
        ([replace(ABOVE, metric=None)], "a rule CROSSES_ABOVE needs `metric`"),
        ([replace(BELOW, threshold=None)], "a rule CROSSES_BELOW needs `threshold`"),
        ([replace(STALE, threshold=Decimal(1))], "a rule STALE takes no `threshold`"),
        ([replace(POLICIES, min_usd=Decimal(1))], "a rule POLICY_CHANGED takes no `minUsd`"),
        ([replace(RESTATED, ledger_kind=[LedgerKind.BURN])], "a rule RESTATED takes no `ledgerKind`"),
        ([replace(BY_HALF, threshold=Decimal(0))], "a percentage above 0"),
        ([replace(ENTRIES, protocol="nobody")], 'there is no protocol "nobody"'),
    ],
)
async def test_rules_that_make_no_sense_are_refused(store: Store, rules: list[AlertRule], message: str) -> None:
    await published(store, facts(protocol_fact("one")))

    with pytest.raises(ApiError, match=message):
        await anext(alerts_after(Context(store, Pin(1)), rules, None))


async def test_the_values_of_every_protocol_are_told_to_callers_with_a_key(store: Store) -> None:
    await published(store, protocol_fact("one"), revenue("one", {2: 60}))
    await published(store, revenue("one", {1: 150}))
    since, stranger = known_up_to(1).cursor, Caller("address:203.0.113.1")

    named = await anext(alerts_after(Context(store, Pin(2), caller=stranger), [replace(ABOVE, protocol="one")], since))
    by_key = await anext(
        alerts_after(Context(store, Pin(2), caller=replace(stranger, tier="standard")), [ABOVE], since)
    )

    assert named.protocol_id == by_key.protocol_id
    with pytest.raises(KeyNeeded):
        await anext(alerts_after(Context(store, Pin(2), caller=stranger), [ABOVE], since))


@pytest.mark.parametrize("cursor", ["nonsense", "WzIsMiwyMSwx", "WzIsMiwyMSwxLCJhIl0"])
async def test_what_is_no_seq_is_refused(store: Store, cursor: str) -> None:
    await published(store, protocol_fact("one"))

    with pytest.raises(ApiError, match=r"cursor|seq"):
        await anext(alerts_after(Context(store, Pin(1)), [ENTRIES], cursor))


async def test_looking_is_paid_for_by_the_epoch_whether_a_rule_is_met_or_not(store: Store) -> None:
    """For each epoch a point for each kind of happening, and one for ten values begun."""
    names = [f"p{number}" for number in range(11)]
    await published(store, *(protocol_fact(name) for name in names))
    for day in (3, 2):
        await published(store, revenue("p0", {day: 1}))
    paid: list[int] = []

    async def pay(points: int) -> None:
        paid.append(points)

    async def looked(*rules: AlertRule, known: int = 1) -> list[AlertRow]:
        context = Context(store, await store.resolve(), pay=pay)
        return [alert async for alert in alerts_until(context, rules, known_up_to(known), context.pin.epoch)]

    assert await looked(ENTRIES, replace(ENTRIES, protocol="p1"), POLICIES) == []
    assert await looked(ABOVE) == []
    assert await looked(replace(ABOVE, protocol="p0"), ENTRIES) == []
    assert await looked(ENTRIES, known=3) == []
    assert paid == [2 * 2, 2 * 2, 2 * (1 + 1)]
