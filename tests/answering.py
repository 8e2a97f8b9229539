"""The documents of docs/queries, asked over HTTP of a server that holds the bundled data."""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from asgi_lifespan import LifespanManager
from pydantic import SecretStr
from sqlalchemy import Engine, event

from models.store import Store
from server.app import create_app
from server.edge.keyring import SCOPES, create
from server.settings import Settings

QUERIES = Path(__file__).parent.parent / "docs" / "queries"
# Different in every run: when this store was filled, and what a caller has left to spend; and in every edition of the
# schema what it comes to.
PASSING = frozenset(
    {
        "lastSyncAt",
        "lastSuccessAt",
        "lastRunAt",
        "nextSyncAt",
        "lastIngestAt",
        "nextIngestAt",
        "schemaSha",
        "lagSeconds",
        "remaining",
        "resetAt",
        "secret",
        "signingKeyId",
    }
)
# Asked by the server for itself: whether there is a newer epoch, and whether a connection has the one it is to read.
OWN = ("SELECT max(epoch.epoch)", "SELECT epoch.retained", "SELECT (SELECT anon_2.sync_run_id FROM (SELECT sync_run.")
# How many items of a list the README shows.
SHOWN = 3


def documents(word: str) -> list[Path]:
    """The documents of one kind of operation, by name."""
    return [path for path in sorted(QUERIES.glob("*.graphql")) if path.read_text().startswith(word)]


def document(path: Path) -> str:
    return path.read_text()


def variables(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix("").with_suffix(".variables.json").read_text())
    return found


@asynccontextmanager
async def served(url: str, **settings: Any) -> AsyncGenerator[httpx.AsyncClient, None]:
    """A client of a server over a store that is filled. It leaves exports to others, and tells no webhooks."""
    said = {"cache_megabytes": 0, "warmed_requests": 0, "exports": "off", "webhooks": "off", **settings}
    app = create_app(Settings(database_url=SecretStr(url), **said))
    transport = httpx.ASGITransport(app)
    async with LifespanManager(app), httpx.AsyncClient(transport=transport, base_url="http://accrual.test") as client:
        yield client


async def key_for(url: str, name: str = "acme") -> str:
    """A new key of a client, for servers over that store."""
    store = Store(url)
    key = await create(store, "", name, "standard", SCOPES, "open", None)
    await store.close()
    return key.text


async def answer(client: httpx.AsyncClient, path: Path, key: str | None = None) -> dict[str, Any]:
    """The data of an answer that must have no errors."""
    sent = {"query": document(path), "variables": variables(path)}
    found = (await client.post("/graphql", json=sent, headers={"x-api-key": key} if key else {})).json()
    assert "errors" not in found, found["errors"]
    data: dict[str, Any] = found["data"]
    return data


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that answer something meanwhile, in any store."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "pg_catalog" not in statement and not " ".join(statement.split()).startswith(OWN):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def settled(value: Any) -> Any:
    """An answer without what differs from run to run, and with long lists cut short."""
    if isinstance(value, dict):
        return {key: "…" if key in PASSING else settled(part) for key, part in value.items()}
    if isinstance(value, list):
        more = len(value) - SHOWN
        return [*map(settled, value[:SHOWN]), *([f"… {more} more"] if more > 0 else [])]
    return value
