"""An export through the product itself: ordered, interrupted by kill -9, finished by the next server, fetched."""

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import orjson
from sqlalchemy import ColumnElement, Row, select

from models.export import export_job
from models.store import Store
from models.vocabulary import ExportStatus
from server.edge.keyring import SCOPES, create
from tests.server.export.bureau import ENTRIES, by_hand
from tests.server.export.test_formats import BY_HAND
from tests.server.processes import Server, serving

START = """mutation($query: String!) {
  startExport(input: {query: $query}) { job { id status files { url } } errors { code message } }
}"""
JOB = "query($id: ID!) { exportJob(id: $id) { status rows error files { url sha256 rows } } }"
# The first page takes what there is, and more than half of it does not come back while the test runs.
POOR = {"ACCRUAL_KEY_CAPACITY": "400", "ACCRUAL_KEY_RATE": "1"}
SAID = {"ACCRUAL_EXPORT_FILE_ROWS": "100", "ACCRUAL_EXPORT_CLAIM_SECONDS": "1", "ACCRUAL_CACHE_MEGABYTES": "16"}


async def ask(server: Server, key: str, document: str, **variables: str) -> Any:
    async with httpx.AsyncClient(timeout=30) as client:
        sent = {"query": document, "variables": variables}
        answer = (await client.post(f"{server.url}/graphql", json=sent, headers={"x-api-key": key})).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def until(store: Store, reached: ColumnElement[bool]) -> Row[Any]:
    """The row of the one export, once it has come so far. Read in the store: asking would cost what it waits for."""
    async with asyncio.timeout(60), store.readers.connect() as connection:
        while True:
            row = (await connection.execute(select(export_job).where(reached))).one_or_none()
            if row is not None:
                return row
            await asyncio.sleep(0.05)


async def test_an_export_outlives_its_server_and_is_what_paging_by_hand_gives(
    filled_store: Store, tmp_path: Path
) -> None:
    url = filled_store.url.render_as_string(hide_password=False)
    key = (await create(filled_store, "", "acme", "standard", SCOPES, "open", None)).text

    async with serving(url, cwd=tmp_path, **SAID, **POOR) as server:
        started = (await ask(server, key, START, query=ENTRIES))["startExport"]
        id_ = started["job"]["id"]
        half = await until(filled_store, export_job.c.rows > 0)
        server.process.kill()
        await asyncio.to_thread(server.process.join, 30)
    async with serving(url, cwd=tmp_path, **SAID) as server:
        await until(filled_store, export_job.c.status.not_in((ExportStatus.QUEUED, ExportStatus.RUNNING)))
        done = (await ask(server, key, JOB, id=id_))["exportJob"]
        async with httpx.AsyncClient() as client:
            files = [await client.get(file["url"], headers={"accept-encoding": "gzip"}) for file in done["files"]]

    assert (started["job"], half.status, half.rows) == (
        {"id": id_, "status": "QUEUED", "files": []},
        ExportStatus.RUNNING,
        100,
    )
    assert (done["status"], done["error"], [file["rows"] for file in done["files"]]) == ("DONE", None, [100, 100, 30])
    assert all(file["url"].startswith(f"{server.url}/exports/1/") for file in done["files"])
    assert [sha256(file.content).hexdigest() for file in files] == [file["sha256"] for file in done["files"]]
    assert "content-encoding" not in files[0].headers
    rows = [orjson.loads(line) for file in files for line in file.content.splitlines()]
    assert rows == await by_hand(filled_store, BY_HAND % ENTRIES[11:-4], "ledger")
