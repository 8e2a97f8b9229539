"""Documents by their hash: a manifest that is trusted, and what callers register."""

import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from graph.document import Documents
from models.store import Store
from server.edge.fault import Fault
from server.edge.keyring import SCOPES, create
from server.edge.parameters import Parameters
from server.edge.persisted import MODES, BadManifest, PersistedDocuments, trusted_documents
from tests.server.edge.conftest import Edge, Serving, served_inside
from tests.server.edge.sample import schema
from tests.server.edge.test_view import code_of

CORE = schema._schema
# Deeper than any limit of a document that is not trusted.
DEEP = "{ books(first: 1) " + "{ author { books(first: 1) " * 9 + "{ title }" + " } }" * 9 + " }"
HELLO = "query Hello { hello }"
SCOPED: list[tuple[str, tuple[str, ...]]] = [("reader", ()), ("author", ("register",))]


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def manifest(folder: Path, content: object) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps(content))
    return path


def apollo(text: str) -> dict[str, object]:
    return {"persistedQuery": {"version": 1, "sha256Hash": hash_of(text)}}


# The two hashes that the appendix of the specification works out.
@pytest.mark.parametrize(
    ("text", "digest"),
    [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ],
)
def test_a_hash_is_sha_256_in_hex(text: str, digest: str) -> None:
    assert hash_of(text) == digest


@pytest.mark.parametrize(
    "content",
    [
        {hash_of(HELLO): HELLO, hash_of(DEEP): DEEP},
        {f"sha256:{hash_of(HELLO)}": HELLO, f"sha256:{hash_of(DEEP)}": DEEP},
        {
            "format": "apollo-persisted-query-manifest",
            "operations": [{"id": hash_of(t), "body": t} for t in (HELLO, DEEP)],
        },
    ],
)
def test_a_manifest_is_read_and_its_documents_are_not_limited(tmp_path: Path, content: object) -> None:
    found = trusted_documents(CORE, manifest(tmp_path, content))

    assert set(found) == {hash_of(HELLO), hash_of(DEEP)}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({hash_of(HELLO): HELLO + " "}, "has another hash"),
        ({hash_of("{nope}"): "{nope}"}, "is not valid"),
        ([], "is not an object"),
        ({"a": 1}, "is not an object"),
    ],
)
def test_a_manifest_that_can_not_be_trusted_is_refused(tmp_path: Path, content: object, reason: str) -> None:
    with pytest.raises(BadManifest, match=reason):
        trusted_documents(CORE, manifest(tmp_path, content))


def test_registered_texts_are_bounded_in_number() -> None:
    persisted = PersistedDocuments(Documents(CORE), {}, most=2)
    texts = [f"{{ a{number}: hello }}" for number in range(3)]

    for text in texts:
        persisted.find(Parameters(query=text, extensions=apollo(text)), only_trusted=False)

    assert persisted.characters == len(texts[1]) + len(texts[2])


def test_a_hash_of_another_text_is_no_registration() -> None:
    with pytest.raises(Fault):
        PersistedDocuments(Documents(CORE), {}, most=2).find(
            Parameters(query=HELLO, extensions=apollo(DEEP)), only_trusted=False
        )


async def test_a_document_of_the_manifest_is_asked_by_its_id(serving: Serving, tmp_path: Path) -> None:
    path = manifest(tmp_path, {hash_of(HELLO): HELLO, hash_of(DEEP): DEEP})
    async with serving(manifest=str(path)) as edge:
        posted = await edge.http.post(edge.path, json={"documentId": f"sha256:{hash_of(HELLO)}"})
        got = await edge.http.get(edge.path, params={"documentId": f"sha256:{hash_of(DEEP)}"})
        by_hash = await edge.http.get(edge.path, params={"extensions": json.dumps(apollo(HELLO))})
        cross_site = await edge.http.get(
            edge.path,
            params={"documentId": f"sha256:{hash_of(HELLO)}"},
            headers={"sec-fetch-site": "cross-site"},
        )

    assert posted.json()["data"] == by_hash.json()["data"] == cross_site.json()["data"] == {"hello": "world"}
    assert got.json()["data"]["books"][0]["author"]["books"][0]["author"] is not None
    assert got.headers["cache-control"] == "public, max-age=10"


async def test_apollo_registers_a_document_with_its_first_question(edge: Edge) -> None:
    text = "query Registered { hello }"
    first = await edge.http.post(edge.path, json={"extensions": apollo(text)})
    second = await edge.http.post(edge.path, json={"query": text, "extensions": apollo(text)})
    third = await edge.http.post(edge.path, json={"extensions": apollo(text)})

    assert first.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert code_of(first) == "PERSISTED_QUERY_NOT_FOUND"
    assert second.json()["data"] == third.json()["data"] == {"hello": "world"}


@pytest.mark.parametrize("id_", [f"sha256:{'0' * 64}", "x-mine:1", "md5:0", "sha256:"])
async def test_an_unknown_id_is_an_answer_with_one_error(edge: Edge, id_: str) -> None:
    answer = await edge.http.post(edge.path, json={"documentId": id_})

    assert (answer.status_code, code_of(answer)) == (200, "PERSISTED_DOCUMENT_NOT_FOUND")


async def test_callers_can_be_held_to_the_manifest(serving: Serving, tmp_path: Path) -> None:
    path = manifest(tmp_path, {hash_of(HELLO): HELLO})
    async with serving(manifest=str(path), documents="persisted") as edge:
        free = await edge.ask("{ hello }")
        same = await edge.ask(HELLO)
        trusted = await edge.http.post(edge.path, json={"documentId": f"sha256:{hash_of(HELLO)}"})

    assert (free.status_code, code_of(free)) == (403, "FORBIDDEN")
    assert same.status_code == 403
    assert trusted.json()["data"] == {"hello": "world"}


async def test_where_the_manifest_is_preferred_its_documents_cost_a_share(serving: Serving, tmp_path: Path) -> None:
    text = "query Shelf($n: Int!) { books(first: $n) { title } rateLimit { cost } }"
    path = manifest(tmp_path, {hash_of(text): text})
    by_id = {"documentId": f"sha256:{hash_of(text)}", "variables": {"n": 12}}
    async with serving(
        manifest=str(path), documents="preferred", preferred_share="0.25", rate_limit="on", anonymous_rate="1"
    ) as edge:
        asked = [await edge.http.post(edge.path, json=by_id) for _ in range(2)]
        free = await edge.ask(text, variables={"n": 12})

    costs = [answer.json()["extensions"]["cost"] for answer in (*asked, free)]
    assert [cost["requestedQueryCost"] for cost in costs] == [4, 4, 13]
    assert [cost["actualQueryCost"] for cost in costs] == [4, 4, 13]
    assert [answer.json()["data"]["rateLimit"]["cost"] for answer in (*asked, free)] == [4, 4, 13]
    assert costs[0]["throttleStatus"]["currentlyAvailable"] - costs[1]["throttleStatus"]["currentlyAvailable"] == 4


async def test_each_key_has_a_mode_of_its_own(published_url: str, tmp_path: Path) -> None:
    text = "{ books(first: 10) { title } }"
    store = Store(published_url)
    keys = {mode: (await create(store, "", mode, "standard", SCOPES, mode, None)).text for mode in MODES}
    await store.close()
    requests: list[dict[str, str]] = [{"query": text}, {"documentId": f"sha256:{hash_of(text)}"}]

    async with served_inside(published_url, {"manifest": str(manifest(tmp_path, {hash_of(text): text}))}) as edge:
        told = {
            mode: [await edge.http.post(edge.path, json=each, headers={"x-api-key": keys[mode]}) for each in requests]
            for mode in MODES
        }

    assert {mode: [price(answer) for answer in answers] for mode, answers in told.items()} == {
        "open": [10, 10],
        "preferred": [10, 5],
        "persisted": ["FORBIDDEN", 10],
    }


async def test_a_key_registers_documents_if_that_is_in_its_scope(published_url: str) -> None:
    store = Store(published_url)
    keys = [(await create(store, "", name, "standard", (*more, "read"), "open", None)).text for name, more in SCOPED]
    await store.close()

    async with served_inside(published_url, {}) as edge:
        request = {"query": HELLO, "extensions": apollo(HELLO)}
        refused = await edge.http.post(edge.path, json=request, headers={"x-api-key": keys[0]})
        unknown = await edge.http.post(edge.path, json={"extensions": apollo(HELLO)}, headers={"x-api-key": keys[0]})
        taken = await edge.http.post(edge.path, json=request, headers={"x-api-key": keys[1]})
        known = await edge.http.post(edge.path, json={"extensions": apollo(HELLO)}, headers={"x-api-key": keys[0]})

    assert (refused.status_code, code_of(refused)) == (403, "FORBIDDEN")
    assert code_of(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert [answer.json()["data"] for answer in (taken, known)] == [{"hello": "world"}] * 2


async def test_an_apollo_client_is_answered_by_whichever_worker_it_reaches(serving: Serving) -> None:
    """Each keeps what it was sent itself."""
    async with serving() as one, serving() as other:
        workers = cycle((one, other, other))
        answers = [await asked_as_apollo(workers) for _ in range(6)]

    assert [answer.json()["data"] for answer in answers] == [{"hello": "world"}] * 6


async def asked_as_apollo(workers: Iterator[Edge]) -> httpx.Response:
    """By the hash alone, and once more with the text where that is not known: by another worker each time."""
    edge = next(workers)
    answer = await edge.http.post(edge.path, json={"extensions": apollo(HELLO)})
    if "errors" not in answer.json():
        return answer
    assert code_of(answer) == "PERSISTED_QUERY_NOT_FOUND"
    edge = next(workers)
    return await edge.http.post(edge.path, json={"query": HELLO, "extensions": apollo(HELLO)})


def price(answer: httpx.Response) -> int | str:
    """What was asked for an answer, or why there is none."""
    if "errors" in answer.json():
        return code_of(answer)
    cost: int = answer.json()["extensions"]["cost"]["requestedQueryCost"]
    return cost
