"""`accrual epochs`: what was published when, and letting go of what is old."""

import asyncio
from collections.abc import Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Row, select

from models.epoch import epoch
from server.commands.opened import opened

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
    Console().print(table)


async def _epochs() -> Sequence[Row[*tuple[Any, ...]]]:
    async with opened() as store, store.readers.connect() as connection:
        return (await connection.execute(select(epoch).where(epoch.c.retained).order_by(epoch.c.epoch.desc()))).all()
