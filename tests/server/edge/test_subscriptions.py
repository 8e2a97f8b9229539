"""Subscriptions of the served schema: a publish in another process reaches them, and nothing is lost in between."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.store import Store
from models.vocabulary import LedgerKind
from tests.builders import entry_fact, protocol_fact, published
from tests.server.edge.conftest import Edge
from tests.server.edge.node import CLIENTS, require_packages, with_node
from tests.server.edge.test_sockets import heard, introduced, say
from tests.server.processes import serving

CHANGES = "subscription { changes%s { seq kind type epoch node { id } } }"


@asynccontextmanager
async def product(url: str, folder: Path) -> AsyncGenerator[Edge, None]:
    async with serving(url, cwd=folder) as server, httpx.AsyncClient() as http:
        yield Edge(server.url, http)


async def subscribed(socket: Any, query: str, id_: str = "1") -> None:
    """Subscribe, and wait until a question asked after it is answered: then the server has begun."""
    await say(socket, {"id": id_, "type": "subscribe", "payload": {"query": query}})
    await say(socket, {"id": "after", "type": "subscribe", "payload": {"query": "{ __typename }"}})
    assert (await heard(socket))["id"] == "after"
    assert (await heard(socket))["type"] == "complete"


async def event(socket: Any) -> Any:
    message = await heard(socket)
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    return message["payload"]["data"]


async def test_an_epoch_published_elsewhere_is_told(store: Store, published_url: str, tmp_path: Path) -> None:
    query = "subscription { epochPublished { number stats { table what count } } }"
    async with product(published_url, tmp_path) as edge, introduced(edge) as socket:
        await subscribed(socket, query)
        for slug in ("two", "three"):
            await published(store, protocol_fact("one"), protocol_fact(slug))
        events = [await event(socket) for _ in range(2)]

    assert [each["epochPublished"]["number"] for each in events] == [2, 3]


async def test_new_entries_are_told_that_meet_the_filter(store: Store, published_url: str, tmp_path: Path) -> None:
    query = 'subscription { ledgerEntryAdded(where: {kind: [BURN], minUsd: "100"}) { kind usd protocol { slug } } }'
    stated = [
        entry_fact("a", "one", LedgerKind.BURN, usd=Decimal(500)),
        entry_fact("b", "one", LedgerKind.BURN, usd=Decimal(5)),
        entry_fact("c", "one", LedgerKind.PURCHASE, usd=Decimal(500)),
    ]
    async with product(published_url, tmp_path) as edge, introduced(edge) as socket:
        await subscribed(socket, query)
        await published(store, protocol_fact("one"), *stated)
        first = await event(socket)
        await published(store, protocol_fact("one"), *stated, entry_fact("d", "one", LedgerKind.BURN, usd=Decimal(900)))
        second = await event(socket)

    assert [each["ledgerEntryAdded"]["protocol"]["slug"] for each in (first, second)] == ["one", "one"]
    assert [float(each["ledgerEntryAdded"]["usd"]) for each in (first, second)] == [500, 900]


async def test_changes_go_on_where_a_lost_connection_was(store: Store, published_url: str, tmp_path: Path) -> None:
    async with product(published_url, tmp_path) as edge:
        async with introduced(edge) as socket:
            await subscribed(socket, CHANGES % "(types: [PROTOCOL])")
            await published(store, protocol_fact("one"), protocol_fact("two"))
            seen = await event(socket)
        for slug in ("three", "four", "five"):
            await published(store, *(protocol_fact(each) for each in ("one", "two", "three", slug)))
        resume = f'(types: [PROTOCOL], resumeAfter: "{seen["changes"]["seq"]}")'
        async with introduced(edge) as socket:
            await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": CHANGES % resume}})
            missed = [(await event(socket))["changes"] for _ in range(3)]

    assert (seen["changes"]["kind"], seen["changes"]["epoch"]) == ("CREATED", 2)
    assert [(each["kind"], each["epoch"]) for each in missed] == [("CREATED", 3), ("CREATED", 4), ("CREATED", 5)]


async def test_a_place_that_is_none_is_refused(published_url: str, tmp_path: Path) -> None:
    async with product(published_url, tmp_path) as edge, introduced(edge) as socket:
        query = CHANGES % '(resumeAfter: "nonsense")'
        await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": query}})
        refused = await heard(socket)

    assert refused["type"] == "error"
    assert [error["extensions"]["code"] for error in refused["payload"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("transport", ["ws", "sse"])
async def test_the_clients_of_the_protocols_are_told(
    store: Store, published_url: str, tmp_path: Path, transport: str
) -> None:
    require_packages()
    query = 'subscription { changes(types: [PROTOCOL], resumeAfter: "%s") { epoch kind } }'
    async with product(published_url, tmp_path) as edge:
        feed = await edge.ask("{ changes(first: 100) { nextCursor } }")
        asked = query % feed.json()["data"]["changes"]["nextCursor"]
        process = await asyncio.create_subprocess_exec(
            *("node", "subscribe.js", transport, edge.path, asked, "2"),
            cwd=CLIENTS,
            env=with_node(),
            stdout=asyncio.subprocess.PIPE,
        )
        for slug in ("two", "three"):
            await published(store, *(protocol_fact(each) for each in ("one", "two", slug)))
        async with asyncio.timeout(30):
            said, _ = await process.communicate()

    events = [json.loads(line)["data"]["changes"] for line in said.splitlines()]
    assert events == [{"epoch": 2, "kind": "CREATED"}, {"epoch": 3, "kind": "CREATED"}]
