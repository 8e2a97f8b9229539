"""`accrual keys`: who may call with a key."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy import Row

from server.commands.opened import opened
from server.commands.output import show
from server.edge.key import Key
from server.edge.keyring import SCOPES, TIERS, KeyRefused, create, listed, revoke
from server.edge.persisted import MODES, OPEN
from server.settings import Settings

app = typer.Typer(help="Give out API keys, list them, take them back.", no_args_is_help=True, rich_markup_mode=None)

Expires = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The UTC day from which it is no longer good.")
]


@app.command("create")
def create_(
    name: Annotated[str, typer.Option(help="The client it is for; a client may have two live keys.")],
    tier: Annotated[str, typer.Option(help=f"What it may spend: {', '.join(TIERS)}.")] = TIERS[0],
    scope: Annotated[
        list[str] | None, typer.Option(help=f"What it may do: {', '.join(SCOPES)}; all if not said.")
    ] = None,
    expires: Expires = None,
    documents: Annotated[str, typer.Option(help=f"Which documents it may send: {', '.join(MODES)}.")] = OPEN,
) -> None:
    """Make a key and print it, this once."""
    key = asyncio.run(_create(name, tier, tuple(scope or SCOPES), documents, expires))
    typer.echo(key.text)


async def _create(name: str, tier: str, scopes: tuple[str, ...], documents: str, expires: datetime | None) -> Key:
    if tier not in TIERS:
        raise KeyRefused(f"there is no tier {tier}: it is one of {', '.join(TIERS)}")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise KeyRefused(f"there is no scope {', '.join(unknown)}: it is any of {', '.join(SCOPES)}")
    if documents not in MODES:
        raise KeyRefused(f"documents are one of {', '.join(MODES)}, not {documents}")
    settings = Settings.from_environment()
    until = expires.replace(tzinfo=UTC) if expires else None
    async with opened(settings) as store:
        pepper = settings.key_pepper.get_secret_value()
        return await create(store, pepper, name, tier, scopes, documents, until)


@app.command("list")
def list_() -> None:
    """Print every key but its secret, revoked ones too."""
    table = Table("Key", "Client", "Tier", "Scopes", "Documents", "Created", "Expires", "Revoked")
    for row in asyncio.run(_listed()):
        moments = (
            f"{moment:%Y-%m-%d}" if moment else "" for moment in (row.created_at, row.expires_at, row.revoked_at)
        )
        table.add_row(row.key_id, row.name, row.tier, " ".join(row.scopes), row.documents, *moments)
    show(table)


async def _listed() -> Sequence[Row[Any]]:
    async with opened() as store:
        return await listed(store)


@app.command("revoke")
def revoke_(
    key: Annotated[str, typer.Argument(help="The id of the key: its 8 characters after `accrual_live_`.")],
) -> None:
    """End a key. Servers notice within ACCRUAL_KEY_CACHE_SECONDS."""
    asyncio.run(_revoke(key))
    typer.echo(f"The key {key} is revoked.")


async def _revoke(key_id: str) -> None:
    async with opened() as store:
        await revoke(store, key_id)
