"""The clients that people use, as docs/clients.md starts them, against the product over the bundled data."""

import asyncio
import json
from asyncio.subprocess import PIPE
from contextlib import aclosing

import hatch_build
from models.store import Store
from tests.builders import protocol_fact, published
from tests.clients import gql_client
from tests.product import Product
from tests.server.edge.node import CLIENTS, node, require_packages, with_node

FIRST = ["hyperliquid", "pumpfun", "raydium", "jupiter", "aave", "sky"]


def npm(script: str) -> None:
    require_packages()
    hatch_build.npm("run", "--silent", script, folder=CLIENTS)


async def published_epoch(product: Product, slug: str) -> int | None:
    store = Store(product.database)
    try:
        return (await published(store, protocol_fact(slug))).epoch
    finally:
        await store.close()


async def test_apollo_pages_through_its_cache_and_tells_errors_by_their_code(product: Product) -> None:
    said = json.loads(await node("apollo.js", f"{product.url}/graphql"))

    assert said == {"slugs": FIRST, "code": "BAD_USER_INPUT"}


async def test_relay_compiles_pages_and_refetches_by_id(product: Product) -> None:
    (CLIENTS / "relay" / "__generated__").mkdir(exist_ok=True)
    npm("relay")

    said = json.loads(await node("relay.js", f"{product.url}/graphql"))

    assert said == {"slugs": FIRST[:4], "refetched": FIRST[0], "hasRevenue": True}


async def test_urql_queries_and_subscribes_over_events(product: Product) -> None:
    program = await asyncio.create_subprocess_exec(
        *("node", "urql.js", f"{product.url}/graphql"), cwd=CLIENTS, env=with_node(), stdout=PIPE, stderr=PIPE
    )
    assert program.stdout is not None
    async with asyncio.timeout(60):
        queried = json.loads(await program.stdout.readline())
        subscribed = json.loads(await program.stdout.readline())
        epoch = await published_epoch(product, "told-over-events")
        said, complained = await program.communicate()

    assert (queried, subscribed) == (FIRST[:3], "subscribed")
    assert json.loads(said) == {"epochPublished": {"number": epoch}}, complained


def test_what_codegen_writes_is_right_under_strict() -> None:
    npm("codegen")
    npm("typecheck")


async def test_gql_for_python_pages_and_subscribes_over_a_socket(product: Product) -> None:
    slugs = await gql_client.slugs(f"{product.url}/graphql", pages=2)

    begun = product.subscriptions()
    async with asyncio.timeout(60), aclosing(gql_client.epochs(f"{product.url}/graphql")) as told:
        first = asyncio.create_task(anext(told))
        await asyncio.to_thread(product.until_subscribed, begun)
        epoch = await published_epoch(product, "told-over-a-socket")

        assert (slugs, await first) == (FIRST, epoch)
