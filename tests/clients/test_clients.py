"""The clients that people use, as docs/clients.md starts them, against the product over the bundled data."""

import asyncio
import json
import shutil
import subprocess
from asyncio.subprocess import PIPE
from collections.abc import Iterator

import pytest

from models.store import Store
from tests.builders import protocol_fact, published
from tests.product import Product, running
from tests.server.edge.node import CLIENTS, node, require_packages

FIRST = ["hyperliquid", "pumpfun", "raydium", "jupiter", "aave", "sky"]


def npm(script: str) -> None:
    require_packages()
    npm = shutil.which("npm")
    assert npm is not None
    done = subprocess.run([npm, "run", "--silent", script], cwd=CLIENTS, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    require_packages()
    with running(tmp_path_factory.mktemp("product")) as product:
        yield product


async def test_apollo_pages_through_its_cache_and_tells_errors_by_their_code(product: Product) -> None:
    said = json.loads(await node("apollo.js", f"{product.url}/graphql"))

    assert said == {"slugs": FIRST, "code": "BAD_USER_INPUT"}


async def test_relay_compiles_pages_and_refetches_by_id(product: Product) -> None:
    for folder in ("built", "relay/__generated__"):
        (CLIENTS / folder).mkdir(exist_ok=True)
    npm("relay")

    said = json.loads(await node("relay.js", f"{product.url}/graphql"))

    assert said == {"slugs": FIRST[:4], "refetched": FIRST[0], "hasRevenue": True}


async def test_urql_queries_and_subscribes_over_events(product: Product) -> None:
    program = await asyncio.create_subprocess_exec(
        *("node", "urql.js", f"{product.url}/graphql"), cwd=CLIENTS, stdout=PIPE, stderr=PIPE
    )
    assert program.stdout is not None
    async with asyncio.timeout(60):
        queried = json.loads(await program.stdout.readline())
        subscribed = json.loads(await program.stdout.readline())
        store = Store(product.database)
        epoch = (await published(store, protocol_fact("somewhere-new"))).epoch
        await store.close()
        said, complained = await program.communicate()

    assert (queried, subscribed) == (FIRST[:3], "subscribed")
    assert json.loads(said) == {"epochPublished": {"number": epoch}}, complained


def test_what_codegen_writes_is_right_under_strict() -> None:
    npm("codegen")
    npm("typecheck")
