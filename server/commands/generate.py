"""`accrual generate`: a synthetic store to measure on."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from models.store import Store
from server.commands.opened import opened
from sync.gate import Gate
from sync.generate import SYNTHETIC, World, facts_of, require_synthetic
from sync.publish import publish


def generate(
    protocols: Annotated[int, typer.Option(min=1, max=100_000, help="How many protocols.")] = 5000,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How many days of numbers, ending yesterday.")] = 365,
    entries: Annotated[int, typer.Option(min=0, max=1000, help="How many ledger entries each protocol has.")] = 40,
) -> None:
    """Fill an empty store with synthetic data under fictional names, for benchmarks."""
    world = World(protocols, days, entries, last=datetime.now(UTC).date() - timedelta(days=1))
    typer.echo(asyncio.run(_generate(world)))


async def _generate(world: World) -> str:
    async with opened() as store:
        await require_synthetic(store)
        return await _published(store, world)


async def _published(store: Store, world: World) -> str:
    async with store.publishing() as publication:
        facts = {SYNTHETIC: facts_of(world)}
        published = await publish(publication, facts, gate=Gate(), accept=True, note=SYNTHETIC)
    if published.epoch is None:
        return "Nothing changed: this world is there already."
    return f"Published epoch {published.epoch}: {world.protocols} protocols, {world.days} days, all made up."
