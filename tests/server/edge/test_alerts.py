"""Alerts over a real socket: a publish in another process sets them off, and nothing is lost with a connection."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.store import Store
from models.vocabulary import LedgerKind
from tests.answering import QUERIES, document, variables
from tests.builders import entry_fact, protocol_fact, published, revenue
from tests.server.edge.conftest import Edge
from tests.server.edge.test_sockets import heard, introduced, say
from tests.server.edge.test_subscriptions import event, product

RULES: list[dict[str, Any]] = [
    {"op": "NEW_LEDGER_ENTRY", "ledgerKind": ["PURCHASE"], "minUsd": "250000"},
    {"op": "CROSSES_ABOVE", "metric": "REVENUE", "window": "D1", "threshold": "100"},
]
LIVE = QUERIES / "LiveAlerts.graphql"


async def told_from(socket: Any, rules: list[dict[str, Any]], resume: str | None = None) -> None:
    """Subscribe, and wait until a question asked after it is answered: then the server has begun."""
    payload = {"query": document(LIVE), "variables": {"rules": rules, "resume": resume}}
    await say(socket, {"id": "1", "type": "subscribe", "payload": payload})
    if resume is None:
        await say(socket, {"id": "after", "type": "subscribe", "payload": {"query": "{ __typename }"}})
        assert (await heard(socket))["id"] == "after"
        assert (await heard(socket))["type"] == "complete"


async def alert(socket: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await event(socket))["alerts"]
    return found


async def test_the_document_of_alerts_tells_what_meets_its_rules(
    store: Store, published_url: str, tmp_path: Path
) -> None:
    await published(store, revenue("one", {2: 60}))
    async with product(published_url, tmp_path) as edge, introduced(edge) as socket:
        await told_from(socket, RULES)
        entries = [entry_fact("a", "one", usd=Decimal(300_000)), entry_fact("b", "one", usd=Decimal(5))]
        await published(store, protocol_fact("one"), *entries, revenue("one", {1: 150}))
        bought, crossed = [await alert(socket) for _ in range(2)]

    assert (bought["op"], bought["rule"], bought["protocol"]) == ("NEW_LEDGER_ENTRY", 0, {"slug": "one"})
    assert bought["entry"]["kind"] == LedgerKind.PURCHASE.name
    assert Decimal(bought["entry"]["spentUsd"]) == 300_000
    assert (crossed["op"], crossed["rule"], crossed["protocol"]) == ("CROSSES_ABOVE", 1, {"slug": "one"})
    assert crossed["value"] == {"key": "REVENUE", "window": "D1", "value": "150.000000", "state": "OK"}
    assert Decimal(crossed["before"]) == 60


async def test_alerts_that_were_missed_are_told_after_the_last_that_was_seen(
    store: Store, published_url: str, tmp_path: Path
) -> None:
    async with product(published_url, tmp_path) as edge:
        async with introduced(edge) as socket:
            await told_from(socket, RULES)
            await published(store, *(entry_fact(ref, "one", usd=Decimal(300_000)) for ref in "ab"))
            seen = await alert(socket)
        await published(store, *(entry_fact(ref, "one", usd=Decimal(400_000)) for ref in "cd"))
        await published(store, entry_fact("e", "one", usd=Decimal(500_000)))
        async with introduced(edge) as socket:
            await told_from(socket, RULES, seen["seq"])
            missed = [await alert(socket) for _ in range(4)]

    amounts = [Decimal(each["entry"]["spentUsd"]) / 1000 for each in (seen, *missed)]
    assert amounts == [300, 300, 400, 400, 500]
    assert len({each["seq"] for each in (seen, *missed)}) == 5


async def test_the_variables_of_the_document_are_rules_that_are_taken(
    store: Store, published_url: str, tmp_path: Path
) -> None:
    given = variables(LIVE)
    await published(store, protocol_fact("one"), protocol_fact("hyperliquid"))
    async with product(published_url, tmp_path) as edge, introduced(edge) as socket:
        await told_from(socket, given["rules"])
        await published(store, entry_fact("a", "one", usd=Decimal(300_000)))
        bought = await alert(socket)

    assert bought["op"] == "NEW_LEDGER_ENTRY"


async def refusal(edge: Edge, rules: list[dict[str, Any]]) -> list[tuple[str, str]]:
    async with introduced(edge) as socket:
        payload = {"query": document(LIVE), "variables": {"rules": rules}}
        await say(socket, {"id": "1", "type": "subscribe", "payload": payload})
        async with asyncio.timeout(10):
            message = await heard(socket)
    assert message["type"] == "error"
    return [(error["extensions"]["code"], error["message"]) for error in message["payload"]]


async def test_a_rule_about_an_unknown_protocol_is_refused(published_url: str, tmp_path: Path) -> None:
    async with product(published_url, tmp_path) as edge:
        refused = await refusal(edge, [{"op": "POLICY_CHANGED", "protocol": "nobody"}])

    assert refused == [("BAD_USER_INPUT", 'there is no protocol "nobody"')]
