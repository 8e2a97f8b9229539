"""The clients that people use, as docs/clients.md starts them, against the product over the bundled data."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest

import hatch_build
from models.store import Store
from tests.answering import key_for
from tests.builders import protocol_fact, published
from tests.product import ROOT, Product
from tests.server.edge.node import CLIENTS, node, require_packages, with_node

DOCS = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
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


def test_what_codegen_writes_is_right_under_strict() -> None:
    npm("codegen")
    npm("typecheck")


@pytest.mark.parametrize(
    ("client", "language", "queried"),
    [
        ("Apollo Client 4", "js", [FIRST[:3]]),
        ("urql", "js", [FIRST[:3]]),
        ("graphql-ws", "js", []),
        ("Python: gql", "python", [FIRST[:3], FIRST[3:]]),
    ],
)
async def test_what_the_docs_show_runs_as_it_stands(
    product: Product, client: str, language: str, queried: list[list[str]]
) -> None:
    text = shown(client, language)
    begun = product.subscriptions()

    async with asyncio.timeout(60), running(text, language, product, client) as lines:
        said = [(await anext(lines)).split() for _ in queried]
        epoch = None
        if "epochPublished" in text:
            await asyncio.to_thread(product.until_subscribed, begun)
            epoch = await published_epoch(product, f"told-to-{client[:4].lower()}")

        assert said == queried
        assert epoch is None or await anext(lines) == str(epoch)


async def test_the_command_for_curl_in_the_docs_is_answered(product: Product) -> None:
    command = shown("curl", "sh").replace("localhost:8000", product.url.removeprefix("http://"))

    program = await asyncio.create_subprocess_shell(command, stdout=PIPE)
    answer, _ = await program.communicate()

    assert json.loads(answer)["data"]["protocol"]["name"] == "Hyperliquid"


def shown(heading: str, language: str) -> str:
    """The program that docs/clients.md shows under a heading."""
    section = DOCS.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return section.split(f"```{language}\n")[1].split("```")[0]


@asynccontextmanager
async def running(
    text: str, language: str, product: Product, name: str
) -> AsyncGenerator[AsyncGenerator[str, None], None]:
    """What a program says line by line; it reads its text from its standard input, and is ended with the block."""
    require_packages()
    command = {"js": ("node", "--input-type=module", "-"), "python": (sys.executable, "-")}[language]
    environment = {**with_node(), "ACCRUAL_KEY": await key_for(product.database, name)}
    program = await asyncio.create_subprocess_exec(*command, cwd=CLIENTS, env=environment, stdin=PIPE, stdout=PIPE)
    assert program.stdin is not None
    program.stdin.write(text.replace("localhost:8000", product.url.removeprefix("http://")).encode())
    program.stdin.close()
    try:
        yield lines_of(program)
    finally:
        with suppress(ProcessLookupError):
            program.kill()
        await program.wait()


async def lines_of(program: Process) -> AsyncGenerator[str, None]:
    assert program.stdout is not None
    async for line in program.stdout:
        yield line.decode().strip()
