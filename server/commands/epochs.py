"""`accrual epochs`: what was published when, and letting go of what is old."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import typer
from rich.table import Table
from sqlalchemy import Row, select

from models.epoch import epoch
from server.commands.opened import opened
from server.commands.output import show
from sync.prune import Retention, prune

app = typer.Typer(help="List the epochs, or prune them.", invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_() -> None:
    """Print every epoch that can be read, the newest first."""
    table = Table("Epoch", "Published", "Data through", "Note")
    for row in asyncio.run(_epochs()):
        through = ", ".join(f"{domain} {day}" for domain, day in row.through.items())
        table.add_row(str(row.epoch), f"{row.published_at:%Y-%m-%d %H:%M:%S}", through, row.note or "")
    show(table)


async def _epochs() -> Sequence[Row[*tuple[Any, ...]]]:
    async with opened() as store, store.readers.connect() as connection:
        return (await connection.execute(select(epoch).where(epoch.c.retained).order_by(epoch.c.epoch.desc()))).all()


@app.command("prune")
def prune_() -> None:
    """Let go of old epochs: each of the last 7 days is kept, and then one a day."""
    dropped = asyncio.run(_prune())
    typer.echo(f"Let go of {len(dropped)} epochs." if dropped else "There is no epoch to let go of.")


async def _prune() -> list[int]:
    async with opened() as store:
        return await prune(store, Retention(), datetime.now(UTC))
