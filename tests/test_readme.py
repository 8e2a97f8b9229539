"""The README shows a query and its answer: both are true of the data that is shipped."""

import json
import re
from pathlib import Path

import httpx
from asgi_lifespan import LifespanManager
from pydantic import SecretStr

from models.store import Store
from server.app import create_app
from server.settings import Settings
from sync.bundle import load

README = (Path(__file__).parent.parent / "README.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.+?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


async def test_the_readme_shows_the_answer_that_the_bundled_data_gives(sqlite_store: Store) -> None:
    await load(sqlite_store)
    app = create_app(Settings(database_url=SecretStr(sqlite_store.url.render_as_string(hide_password=False))))

    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client,
    ):
        answer = await client.post("/graphql", json={"query": block("graphql")})

    assert answer.json()["data"] == json.loads(block("json"))["data"]
