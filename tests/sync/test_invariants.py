"""A policy or an entry that breaks what has to hold is refused with its reason, and the rest is published."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from models import ledger, policy
from models.epoch import rejected_fact
from models.store import Store
from models.vocabulary import LedgerKind, Metric, PolicyBasis, PolicyStatus
from tests.builders import NOON, SOURCE, Fact, chain_fact, chain_ref, entry_fact, policy_fact, protocol_fact, published
from tests.sync.reading import rows_of

OLD_END, NEW_START = date(2025, 8, 30), date(2025, 8, 31)


def shares(*percents: str) -> tuple[dict[str, Any], ...]:
    return tuple({"recipient": "fund", "mechanism": "BUYBACK_HOLD", "percent": percent} for percent in percents)


async def refused(store: Store) -> list[tuple[str, str]]:
    """(ref, reason) of everything that was refused, in order."""
    columns = rejected_fact.c.fact, rejected_fact.c.reason
    async with store.readers.connect() as connection:
        rows = (await connection.execute(select(*columns).order_by(rejected_fact.c.rejected_fact_id))).all()
    return [(fact["ref"], reason) for fact, reason in rows]


async def refs(store: Store) -> set[object]:
    return {row["ref"] for row in await rows_of(store, policy)}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"rules": shares("60", "50")}, "the rules share out 110 % of the base"),
        (
            {"rules": shares("60")},
            "the rules share out 60 % of the base, and the note doesn't say that no more is stated",
        ),
        ({"rules": shares("110", "-10")}, "a rule of less than nothing"),
        (
            {"effective_from": NEW_START, "effective_to": OLD_END},
            "it ends on 2025-08-30, before it begins on 2025-08-31",
        ),
    ],
    ids=["too much", "too little", "negative", "backwards"],
)
async def test_a_policy_that_is_wrong_by_itself_is_refused(store: Store, fields: dict[str, Any], reason: str) -> None:
    await published(store, protocol_fact("dex"), policy_fact("sound", "dex"), policy_fact("wrong", "dex", **fields))

    assert await refs(store) == {"sound"}
    assert await refused(store) == [("wrong", reason)]


async def test_what_is_not_stated_may_be_left_out_where_the_note_says_so(store: Store) -> None:
    said = policy_fact("known", "dex", rules=shares("14.5"), note="14.5 % of the base is stated.")
    formula = policy_fact("formula", "dex", basis=PolicyBasis.FORMULA, rules=shares("30"), scope_product="auto-burn")

    await published(store, protocol_fact("dex"), said, formula)

    assert await refs(store) == {"known", "formula"}
    assert await refused(store) == []


def pair(**second: Any) -> list[Fact]:
    first = policy_fact("first", "dex", effective_from=date(2025, 1, 1), effective_to=OLD_END)
    return [protocol_fact("dex"), chain_fact("base"), first, policy_fact("second", "dex", **second)]


@pytest.mark.parametrize(
    "second",
    [
        {"effective_from": NEW_START},
        {"effective_from": OLD_END, "base": Metric.FEES},
        {"effective_from": OLD_END, "scope_chain": chain_ref("base")},
        {"effective_from": OLD_END, "scope_product": "spot"},
        {"effective_from": OLD_END, "status": PolicyStatus.PROPOSED},
        {"effective_to": date(2026, 1, 1)},
    ],
    ids=["after", "base", "chain", "product", "proposed", "start unknown"],
)
async def test_policies_of_other_days_bases_or_scopes_do_not_meet(store: Store, second: dict[str, Any]) -> None:
    await published(store, *pair(**second))

    assert await refs(store) == {"first", "second"}


@pytest.mark.parametrize("status", [PolicyStatus.ACTIVE, PolicyStatus.ENDED])
async def test_two_policies_may_not_share_out_one_base_on_one_day(store: Store, status: PolicyStatus) -> None:
    await published(store, *pair(effective_from=OLD_END, status=status))

    assert await refs(store) == {"first"}
    assert await refused(store) == [("second", "it holds on days on which first shares out the same base")]


async def test_a_policy_known_before_is_not_overlapped_unless_it_is_ended(store: Store) -> None:
    old = policy_fact("old", "dex", effective_from=date(2025, 1, 1))
    new = policy_fact("new", "dex", effective_from=NEW_START)
    await published(store, protocol_fact("dex"), old, recorded_at=NOON.replace(day=1))

    await published(store, new, protocol_fact("other"), recorded_at=NOON.replace(day=2))
    alone = await refs(store)
    await published(store, new, old._replace(effective_to=OLD_END), recorded_at=NOON.replace(day=3))

    assert alone == {"old"}
    assert await refs(store) == {"old", "new"}


async def test_what_follows_a_refused_ending_is_refused_too(store: Store) -> None:
    old = policy_fact("old", "dex", effective_from=date(2025, 1, 1))
    await published(store, protocol_fact("dex"), old, recorded_at=NOON.replace(day=1))

    wrong = old._replace(effective_to=OLD_END, rules=shares("120"))
    new = policy_fact("new", "dex", effective_from=NEW_START)
    await published(store, new, wrong, protocol_fact("other"), recorded_at=NOON.replace(day=2))

    assert [(row["ref"], row["effective_to"]) for row in await rows_of(store, policy)] == [("old", None)]
    assert [ref for ref, _ in await refused(store)] == ["old", "new"]


async def test_refusals_count_for_the_source_that_stated_them(store: Store) -> None:
    await published(store, protocol_fact("dex"), policy_fact("wrong", "dex", rules=shares("1")))

    async with store.readers.connect() as connection:
        sources = (await connection.scalars(select(rejected_fact.c.source))).all()
    assert sources == [SOURCE]


def bought(tokens: int) -> Fact:
    return entry_fact("bought", "dex", tokens=Decimal(tokens))


def burned(ref: str, tokens: int, kind: LedgerKind = LedgerKind.BURN) -> Fact:
    return entry_fact(ref, "dex", kind, tokens=Decimal(tokens), origin_ref="bought")


async def test_no_more_tokens_are_disposed_of_than_were_bought(store: Store) -> None:
    facts = bought(100), burned("first", 60), burned("second", 50), burned("third", 40, LedgerKind.LOCK)

    await published(store, protocol_fact("dex"), *facts, recorded_at=NOON)

    assert {row["ref"] for row in await rows_of(store, ledger)} == {"bought", "first", "third"}
    assert await refused(store) == [("second", "disposes of 50 tokens; 40 are left of bought")]


async def test_what_was_disposed_of_before_is_gone(store: Store) -> None:
    await published(store, protocol_fact("dex"), bought(100), burned("first", 60), recorded_at=NOON)

    await published(store, burned("second", 50), recorded_at=NOON.replace(hour=13))
    await published(store, burned("first", 50), burned("second", 50), recorded_at=NOON.replace(hour=14))

    assert {row["ref"]: row["tokens"] for row in await rows_of(store, ledger)} == {
        "bought": 100,
        "first": 50,
        "second": 50,
    }
    assert await refused(store) == [("second", "disposes of 50 tokens; 40 are left of bought")]


@pytest.mark.parametrize("name", ["tokens", "usd", "price_usd"])
async def test_an_amount_is_never_negative(store: Store, name: str) -> None:
    amounts: dict[str, Any] = {name: Decimal(-1)}
    wrong = entry_fact("wrong", "dex", **amounts)

    await published(store, protocol_fact("dex"), bought(1), wrong, recorded_at=NOON)

    assert {row["ref"] for row in await rows_of(store, ledger)} == {"bought"}
    assert await refused(store) == [
        ("wrong", f"{name} is negative: what goes the other way is another kind of entry"),
    ]
