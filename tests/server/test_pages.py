"""The built pages as they are served: compressed, kept, and where they no longer fit the schema, not at all."""

import gzip
import json
from collections.abc import AsyncGenerator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from server import pages
from tests.server.test_app import client_of

TEXT = "query Old { thisFieldIsGone }"
SCRIPT = "console.log('built')\n" * 200
# The same as Node's Brotli packs it.
BROTLI = bytes.fromhex("1b6710f88d934cf5fed42728296f5ac1e58c4d1632cb6749c21bbcf8e227dd80004000")


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the build writes it, with one script."""
    kept = tmp_path / "static" / "assets" / "kept"
    kept.mkdir(parents=True)
    static = tmp_path / "static"
    for path in (static / "index.html", static / "graphiql.html", kept / "page-1.js"):
        path.write_text(SCRIPT)
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(SCRIPT.encode()))
        path.with_name(f"{path.name}.br").write_bytes(BROTLI)
    monkeypatch.setattr(pages, "STATIC", static)
    monkeypatch.setattr(pages, "DOCUMENTS", static / "documents.json")
    return static


@pytest.fixture
async def client(built: Path, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with client_of(f"sqlite+aiosqlite:///{tmp_path}/bare.db") as client:
        yield client


@pytest.mark.parametrize("path", ["/graphiql", "/schema.graphql"])
async def test_what_a_caller_has_already_is_not_sent_again(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    again = await client.get(path, headers={"if-none-match": first.headers["etag"]})
    other = await client.get(path, headers={"if-none-match": '"another"'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
    ],
)
@pytest.mark.parametrize("path", ["/assets/kept/page-1.js", "/graphiql"])
async def test_a_built_file_is_sent_as_it_was_packed_to_who_takes_that(
    client: httpx.AsyncClient, path: str, accepted: str, encoding: str | None
) -> None:
    answer = await client.get(path, headers={"accept-encoding": accepted})

    assert answer.headers.get("content-encoding") == encoding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.text == SCRIPT


async def test_a_file_named_by_its_content_is_kept_and_a_page_asked_for_again(client: httpx.AsyncClient) -> None:
    script, page = await client.get("/assets/kept/page-1.js"), await client.get("/")

    assert script.headers["cache-control"] == pages.KEPT
    assert page.headers["cache-control"] == pages.ASKED_AGAIN
    assert page.headers["content-security-policy"] == pages.STRICT


async def test_a_page_built_for_another_schema_stops_itself_and_nothing_else(built: Path, tmp_path: Path) -> None:
    (built / "documents.json").write_text(json.dumps({sha256(TEXT.encode()).hexdigest(): TEXT}))

    with capture_logs() as said:
        async with client_of(f"sqlite+aiosqlite:///{tmp_path}/bare.db") as client:
            page, ide, alive = [await client.get(path) for path in ("/p/hyperliquid", "/graphiql", "/livez")]

    assert (page.status_code, ide.status_code, alive.status_code) == (503, 200, 200)
    assert "built for another schema" in page.text
    assert "make web" in page.text
    assert "the page was built for another schema, `make web` builds it anew" in {each["event"] for each in said}


@pytest.mark.parametrize("path", ["/nope", "/docs/nope", "/assets/nope.js"])
async def test_where_there_is_nothing_a_browser_gets_a_page_and_a_program_json(
    client: httpx.AsyncClient, path: str
) -> None:
    page = await client.get(path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    answer = await client.get(path, headers={"accept": "application/json"})

    assert (page.status_code, answer.status_code) == (404, 404)
    assert f"There is nothing at {path}." in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert answer.json() == {
        "errors": [{"message": f"There is nothing at {path}.", "extensions": {"code": "NOT_FOUND"}}]
    }


async def test_an_address_stands_escaped_on_the_page_that_says_there_is_nothing(client: httpx.AsyncClient) -> None:
    page = await client.get("/%3Cscript%3E", headers={"accept": "text/html"})

    assert "There is nothing at /&lt;script&gt;." in page.text
