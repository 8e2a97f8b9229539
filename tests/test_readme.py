"""The README shows a query and its answer: both are true of the data that is shipped."""

import json
import re
import shutil
from pathlib import Path

import httpx
from asgi_lifespan import LifespanManager
from pydantic import SecretStr

from server.app import create_app
from server.settings import Settings

README = (Path(__file__).parent.parent / "README.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.+?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


async def test_the_readme_shows_the_answer_that_the_bundled_data_gives(sqlite_bundled: str, tmp_path: Path) -> None:
    store = shutil.copy(sqlite_bundled, tmp_path / "store.db")
    app = create_app(Settings(database_url=SecretStr(f"sqlite+aiosqlite:///{store}")))

    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client,
    ):
        answer = await client.post("/graphql", json={"query": block("graphql")})

    assert answer.json()["data"] == json.loads(block("json"))["data"]
