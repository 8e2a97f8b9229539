"""Writes docs/queries/README.md: `python -m tests.written_queries`, which is what `make queries` runs."""

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from models.migrate import migrate
from models.store import Store
from sync.bundle import load
from tests.answering import QUERIES, answer, documents, key_for, served, settled, variables

README = QUERIES / "README.md"
HEAD = """\
# Queries

What users ask most, each with what the bundled data answers. `make queries` writes this page, and a test holds it
to the server. Lists are cut after three items; `…` stands for what differs from run to run. What needs a key was sent
with one. With `accrual serve` running:

```sh
cd docs/queries
jq -n --rawfile query HomeLeaderboard.graphql --slurpfile given HomeLeaderboard.variables.json \\
  '{query: $query, variables: $given[0]}' | curl -s localhost:8000/graphql -H 'Content-Type: application/json' -d @-
```
"""
FENCED = """\
## {name}

```graphql
{document}
```

Variables: `{variables}`
"""


async def written(client: httpx.AsyncClient, key: str) -> str:
    """The whole page; `key` is what mutations are sent with, of a store where nothing was ordered yet."""
    parts = [HEAD]
    for path in (*documents("query"), *documents("mutation"), *documents("subscription")):
        name, words = path.stem, json.dumps(variables(path), ensure_ascii=False)
        parts.append(FENCED.format(name=name, document=path.read_text().strip(), variables=words))
        if path in documents("query"):
            parts.append(_answer(await answer(client, path)))
        elif path in documents("mutation"):
            parts.append(_answer(await answer(client, path, key)))
    return "\n".join(parts)


def _answer(data: dict[str, Any]) -> str:
    return f"```json\n{json.dumps(settled(data), indent=1, ensure_ascii=False)}\n```\n"


async def main() -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'store.db'}"
        await migrate(url)
        store = Store(url)
        await load(store)
        await store.close()
        async with served(url, webhooks="on") as client:
            README.write_text(await written(client, await key_for(url)), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
