"""Files of exports over HTTP: signed addresses, ranges, and what is refused."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from models.vocabulary import ExportFormat
from server.edge.callers import reached_by
from server.export.links import Links
from server.export.place import Place, place_of
from server.settings import Settings
from tests.server.edge.test_view import code_of
from tests.server.export.bureau import Bureau


@pytest.fixture
async def urls(bureau: Bureau) -> list[str]:
    """The addresses of the files of an export that is done: 100, 100 and 30 rows."""
    return [file.url for file in (await bureau.filled()).files]


async def test_a_file_is_fetched_without_a_key(bureau: Bureau, urls: list[str]) -> None:
    async with bureau.client() as client:
        answers = [await client.get(url) for url in urls]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [len(answer.content.splitlines()) for answer in answers] == [100, 100, 30]
    headers = answers[2].headers
    assert headers["content-type"] == "application/x-ndjson"
    assert headers["content-disposition"] == 'attachment; filename="export-1-2.jsonl"'
    assert headers["accept-ranges"] == "bytes"


async def test_a_file_is_fetched_in_parts_and_asked_whether_it_changed(bureau: Bureau, urls: list[str]) -> None:
    async with bureau.client() as client:
        whole = await client.get(urls[0])
        tag = whole.headers["etag"]
        rest = await client.get(urls[0], headers={"range": "bytes=100-", "if-range": tag})
        other = await client.get(urls[0], headers={"range": "bytes=100-", "if-range": '"another"'})
        beyond = await client.get(urls[0], headers={"range": "bytes=99999999-"})
        same = await client.get(urls[0], headers={"if-none-match": tag})
        head = await client.head(urls[0])

    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert (other.status_code, other.content) == (200, whole.content)
    assert (beyond.status_code, same.status_code, same.content) == (416, 304, b"")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("/exports/1/0", "/exports/1/1"),
        lambda url: url.replace("/exports/1/0", "/exports/2/0"),
        lambda url: url.replace("expires=1", "expires=2"),
        lambda url: url.replace("expires=", "expires=x"),
        lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
        lambda url: url.partition("&")[0],
        lambda url: url.partition("?")[0],
        lambda url: url.replace("signature=", "signature=%C3%A9"),
        lambda url: url.replace("/exports/1/0", f"/exports/1/{10**30}"),
        lambda url: url.replace("/exports/1/0", f"/exports/{10**30}/0"),
    ],
)
async def test_a_forged_address_is_403(bureau: Bureau, urls: list[str], change: object) -> None:
    assert callable(change)
    forged: str = change(urls[0])
    async with bureau.client() as client:
        answer = await client.get(forged)

    assert forged != urls[0]
    assert (answer.status_code, code_of(answer)) == (403, "FORBIDDEN")


@pytest.mark.parametrize("path", ["../secret", "1/..%2f..%2fsecret", "1/%2e%2e", "-1/0", "1/0.jsonl"])
async def test_a_path_that_is_no_number_is_no_file(bureau: Bureau, urls: list[str], path: str) -> None:
    async with bureau.client() as client:
        answer = await client.get(f"/exports/{path}?{urlsplit(urls[0]).query}")

    assert answer.status_code == 404


async def test_an_address_is_over_after_its_time_and_a_new_one_is_not(bureau: Bureau, urls: list[str]) -> None:
    bureau.clock.on(seconds=3_600)
    told = await bureau.told(1)
    assert told is not None
    async with bureau.client() as client:
        over, new = await client.get(urls[0]), await client.get(told.files[0].url)

    assert (over.status_code, code_of(over), new.status_code) == (410, "GONE", 200)


async def test_a_file_that_is_deleted_is_410(bureau: Bureau, urls: list[str]) -> None:
    async with bureau.client() as client:
        bureau.exports.place.delete(1)
        missing = await client.get(urls[0])
        await bureau.exports.desk().cancel(1, await bureau.context())
        cancelled = await client.get(urls[0])

    assert [(answer.status_code, code_of(answer)) for answer in (missing, cancelled)] == [(410, "GONE")] * 2


async def test_another_pepper_or_secret_signs_otherwise() -> None:
    signatures = {Links(pepper, 60).signature(1, 0, 99, secret) for pepper in ("", "a") for secret in ("x", "y")}

    assert len(signatures) == 4


async def test_addresses_begin_as_the_operator_says_or_as_the_request_was_written(bureau: Bureau) -> None:
    job = await bureau.filled(format=ExportFormat.CSV)
    said = Links("pepper", 60, "https://api.example")

    reached = urlsplit(job.files[0].url)
    assert (reached.scheme, reached.netloc, set(parse_qs(reached.query))) == (
        "http",
        "accrual.test",
        {"expires", "signature"},
    )
    assert said.url("http://10.0.0.1", 1, 0, "s").startswith("https://api.example/exports/1/0?")


@pytest.mark.parametrize(
    ("scheme", "hosts", "reached"),
    [
        ("http", ["localhost:8000"], "http://localhost:8000"),
        ("wss", ["api.example"], "https://api.example"),
        ("https", ["[::1]:8000"], "https://[::1]:8000"),
        ("http", ["evil.example/path?"], ""),
        ("http", ["a b"], ""),
        ("http", ["one.example", "two.example"], ""),
        ("http", [], ""),
    ],
)
def test_a_request_tells_how_this_server_is_reached(scheme: str, hosts: list[str], reached: str) -> None:
    headers = [(b"host", host.encode()) for host in hosts]

    assert reached_by({"scheme": scheme, "headers": headers}) == reached


def test_files_lie_beside_the_store_unless_said_otherwise(tmp_path: Path) -> None:
    sqlite, postgresql = "sqlite+aiosqlite:////data/accrual.db", "postgresql+asyncpg://host/accrual"

    assert place_of(Settings(), sqlite) == Place(Path("/data/accrual.db.exports"))
    assert place_of(Settings(), postgresql) == Place(Path("accrual.exports"))
    assert place_of(Settings(export_directory=tmp_path), sqlite) == Place(tmp_path)


def test_a_name_never_leads_out_of_the_folder_of_its_export(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.keep_only(1, set())
    (tmp_path / "secret").write_text("x")
    (place.folder(1) / "link").symlink_to(tmp_path / "secret")
    (place.folder(1) / "mine").write_text("y")

    found = [place.file(1, name) for name in ("../secret", str(tmp_path / "secret"), "link", "", ".", "none", "mine")]

    assert found == [None] * 6 + [place.folder(1) / "mine"]


async def test_nothing_else_is_answered(bureau: Bureau, urls: list[str]) -> None:
    async with bureau.client() as client:
        answer = await client.post(urls[0])

    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 405
