"""What a caller is told of itself, by the schema that is served."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from models.store import Store
from server.cli import app
from server.edge.keyring import SCOPES, KeyRefused, create
from tests.server.edge.test_keys import read
from tests.server.processes import accrual, serving

VIEWER = "{ viewer { name keyId tier scopes documents expiresAt usage(days: 1) { requests refused points } } }"


async def test_a_key_is_made_used_and_ended_by_command(published_url: str, tmp_path: Path) -> None:
    options = ("--name", "acme", "--expires", "2099-01-01", "--documents", "preferred")
    made = accrual(published_url, "keys", "create", *options, cwd=tmp_path)
    text = made.stdout.strip()
    key = read(text)
    assert key is not None, made.stderr

    async with serving(published_url, cwd=tmp_path, ACCRUAL_KEY_CACHE_SECONDS="0") as server:
        known = await ask(server.url, VIEWER, text)
        listed = accrual(published_url, "keys", "list", cwd=tmp_path)
        ended = accrual(published_url, "keys", "revoke", key.key_id, cwd=tmp_path)
        refused = await post(server.url, VIEWER, text)
        nobody = await ask(server.url, VIEWER)

    assert known["data"]["viewer"] == {
        "name": "acme",
        "keyId": key.key_id,
        "tier": "standard",
        "scopes": list(SCOPES),
        "documents": "preferred",
        "expiresAt": "2099-01-01T00:00:00Z",
        "usage": [],
    }
    assert key.key_id in listed.stdout
    assert key.secret not in listed.stdout
    assert ended.returncode == 0
    assert refused.status_code == 401
    assert nobody["data"] == {"viewer": None}


async def test_usage_is_told_to_its_owner(published_url: str, tmp_path: Path) -> None:
    store = Store(published_url)
    text = (await create(store, "", "acme", "standard", SCOPES, "open", None)).text
    await store.close()

    async with serving(published_url, cwd=tmp_path) as server:
        await ask(server.url, "{ meta { epoch { number } } }", text)
        await post(server.url, "{ nope }", text)
    async with serving(published_url, cwd=tmp_path) as server:
        known = await ask(server.url, VIEWER, text)
        month = [await ask(server.url, "{ rateLimit { monthlyUsed } }", each) for each in (text, None)]

    assert [each["data"]["rateLimit"] for each in month] == [{"monthlyUsed": 3}, {"monthlyUsed": None}]
    assert known["data"]["viewer"]["usage"] == [{"requests": 2, "refused": 1, "points": 3}]


async def test_a_dry_run_breaks_the_cost_down(published_url: str, tmp_path: Path) -> None:
    query = "{ protocols(first: 100) { nodes { metrics(keys: [REVENUE, FEES]) { value } } } again: sectors { name } "
    query += "rateLimit(dryRun: true) { cost objects limit remaining breakdown { path cost } } }"

    async with serving(published_url, cwd=tmp_path) as server:
        told = await ask(server.url, query)

    assert told["data"] == {
        "rateLimit": {
            "cost": 334,
            "objects": 334,
            "limit": 5_000,
            "remaining": 50_000,
            "breakdown": [
                {"path": "protocols", "cost": 301},
                {"path": "again", "cost": 22},
                {"path": "rateLimit", "cost": 11},
            ],
        }
    }


async def ask(url: str, query: str, key: str | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = (await post(url, query, key)).json()
    assert "errors" not in answer, answer
    return answer


async def post(url: str, query: str, key: str | None = None) -> httpx.Response:
    headers = {"x-api-key": key} if key else {}
    async with httpx.AsyncClient() as http:
        return await http.post(f"{url}/graphql", json={"query": query}, headers=headers)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--tier", "gold"), "there is no tier gold: it is one of standard, partner"),
        (("--scope", "fly"), "there is no scope fly: it is any of read, subscribe, register, export, webhook"),
        (("--documents", "none"), "documents are one of open, preferred, persisted, not none"),
    ],
)
def test_a_key_that_nobody_could_use_is_not_made(options: tuple[str, ...], reason: str) -> None:
    result = CliRunner().invoke(app, ["keys", "create", "--name", "acme", *options])

    assert (type(result.exception), str(result.exception)) == (KeyRefused, reason)
