"""GraphQL over HTTP, rule by rule, from a real server."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import anyio
import httpx
import pytest
from asgi_lifespan import LifespanManager

from graph.document import Documents
from graph.execution import job_of
from models.epoch import Pin
from models.store import Store
from resolvers.caller import Caller
from resolvers.context import Context
from server.edge.negotiation import Media
from server.edge.view import etag
from server.requests import Requests
from tests.builders import protocol_fact, published
from tests.server.edge.conftest import Edge, Serving, served_inside
from tests.server.edge.sample import schema
from tests.server.edge.serve import SampleSettings, create_app

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
HELLO = {"query": "{ hello }"}


def code_of(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    code: str = error["extensions"]["code"]
    return code


async def test_an_answer_carries_its_epoch_and_its_cost(edge: Edge) -> None:
    answer = await edge.ask("{ books(first: 3) { title } }")

    assert answer.status_code == 200
    assert answer.json() == {
        "data": {"books": [{"title": "0"}, {"title": "1"}, {"title": "2"}]},
        "extensions": {
            "epoch": 1,
            "cost": {
                "requestedQueryCost": 3,
                "maximumQueryCost": 5_000,
                "objects": 3,
                "actualQueryCost": 3,
                "throttleStatus": {"maximumAvailable": 50_000, "currentlyAvailable": 50_000, "restoreRate": 500},
            },
        },
    }


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, {JSON}", RESPONSE),
        (f"{JSON}, {RESPONSE}", JSON),
        (f"{JSON};q=0.5, {RESPONSE};q=0.9", RESPONSE),
        (f"{RESPONSE};q=0, */*", JSON),
        (f"{RESPONSE}, {JSON}, text/event-stream, multipart/mixed", RESPONSE),
        ("text/html, */*;q=0.1", JSON),
        (f"{JSON};charset=utf-8", JSON),
        ("text/event-stream", "text/event-stream"),
        (f"text/event-stream, {JSON}", JSON),
        (f"text/event-stream, {JSON};q=0.9", "text/event-stream"),
    ],
)
async def test_the_best_liked_media_type_is_answered(edge: Edge, accept: str | None, media: str) -> None:
    # httpx would say */* by itself.
    request = edge.http.build_request("POST", edge.path, json=HELLO)
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept

    answer = await edge.http.send(request)

    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media}; charset=utf-8")


@pytest.mark.parametrize("accept", ["text/html", f"{JSON};q=0", "image/*", f"{JSON};charset=latin-1", "nonsense"])
async def test_no_usable_media_type_is_406(edge: Edge, accept: str) -> None:
    answer = await edge.http.post(edge.path, json=HELLO, headers={"accept": accept})

    assert (answer.status_code, code_of(answer)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "PROPFIND"])
async def test_other_methods_are_405_and_say_which_are_allowed(edge: Edge, method: str) -> None:
    answer = await edge.http.request(method, edge.path)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/jsonx",
        "application/json; charset=utf-7",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
    ],
)
async def test_a_body_of_another_type_is_415(edge: Edge, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}

    answer = await edge.http.post(edge.path, content=json.dumps(HELLO), headers=headers)

    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json;charset=UTF-8", 'Application/JSON; charset="utf-8"'])
async def test_json_in_utf_8_is_taken(edge: Edge, content_type: str) -> None:
    answer = await edge.http.post(edge.path, content=json.dumps(HELLO), headers={"content-type": content_type})

    assert answer.json()["data"] == {"hello": "world"}


async def test_a_compressed_body_is_415(edge: Edge) -> None:
    headers = {"content-type": JSON, "content-encoding": "gzip"}

    answer = await edge.http.post(edge.path, content=b"\x1f\x8b", headers=headers)

    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"5",
        b"null",
        b'"x"',
        b"true",
        b"[]",
        b'[{"query": "{hello}"}]',
        b"{}",
        b"{",
        b'{"query": "{hello}"} {}',
        b'{"query": "{hello}", "query": "{hello}"}',
        b'{"query": "{hello}", "variables": {"a": 1, "a": 2}}',
        b'{"query": "{hello}", "variables": {"a": NaN}}',
        b'{"query": "{hello}", "variables": {"a": -Infinity}}',
        b'{"query": "{hello}", "variables": {"a": 1e999}}',
        b'{"query": "{hello}", "variables": {"a": "\\ud800"}}',
        b'{"query": "{hello}", "variables": {"a": "\\u0000"}}',
        b'{"query": "{hello}", "variables": {"\\udfff": 1}}',
        b'{"query": "{hello} #\\ud800"}',
        b'{"query": "{hello}", "variables": {"a": "\xff"}}',
        b'\xef\xbb\xbf{"query": "{hello}"}',
        b'{"query": "{hello}", "variables": {"a": ' + b"1" * 41 + b"}}",
        b'{"query": "{hello}", "variables": {"a": ' + b"1" * 5_000 + b"}}",
        b'{"query": "{hello}", "variables": {"a": "' + b"a" * 4_097 + b'"}}',
        b'{"query": "{hello}", "variables": {"a": ' + b"[" * 31 + b"]" * 31 + b"}}",
        b"[" * 100_000,
        b'{"query": {}}',
        b'{"query": "{hello}", "variables": "{}"}',
        b'{"query": "{hello}", "variables": []}',
        b'{"query": "{hello}", "extensions": 1}',
        b'{"query": "{hello}", "operationName": 1}',
        b'{"documentId": 1}',
        b'{"query": ""}',
    ],
)
async def test_what_is_not_one_sound_request_is_400(edge: Edge, body: bytes) -> None:
    answer = await edge.http.post(edge.path, content=body, headers={"content-type": JSON})

    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "value",
    [
        "1" * 40,
        '"' + "a" * 4_096 + '"',
        "[" * 30 + "]" * 30,
        '"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["',
        '"\\ud83d\\ude00"',
    ],
)
async def test_json_at_its_limits_is_taken(edge: Edge, value: str) -> None:
    body = f'{{"query": "{{hello}}", "variables": {{"a": {value}}}}}'

    answer = await edge.http.post(edge.path, content=body, headers={"content-type": JSON})

    assert (answer.status_code, answer.json()["data"]) == (200, {"hello": "world"})


async def test_a_body_is_413_from_one_byte_above_its_limit(edge: Edge) -> None:
    body = json.dumps(HELLO)
    at, above = (body + " " * (262_144 + more - len(body)) for more in (0, 1))

    taken = await edge.http.post(edge.path, content=at, headers={"content-type": JSON})
    refused = await edge.http.post(edge.path, content=above, headers={"content-type": JSON})

    assert taken.status_code == 200
    assert (refused.status_code, code_of(refused)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_body_without_a_length_is_counted_as_it_comes(edge: Edge) -> None:
    async def parts() -> Any:
        for _ in range(40):
            yield b" " * 10_000

    answer = await edge.http.post(edge.path, content=parts(), headers={"content-type": JSON})

    assert (answer.status_code, code_of(answer)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_url_is_414_above_its_limit(serving: Serving) -> None:
    async with serving(max_url_bytes="300") as edge:
        target = "/graphql?query=%7Bhello%7D"
        at, above = (edge.url + target + "+" * (300 + more - len(target)) for more in (1, 2))

        taken, refused = await edge.http.get(at), await edge.http.get(above)

    assert taken.status_code == 200
    assert (refused.status_code, code_of(refused)) == (414, "URI_TOO_LONG")


@pytest.mark.parametrize(("media", "status"), [(JSON, 200), (RESPONSE, 400)])
@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{nope}"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{hello @defer}"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query($i: Int!) {books(first: $i) {title}}"}, "BAD_USER_INPUT"),
        ({"query": "query($i: Int!) {books(first: $i) {title}}", "variables": {"i": "x"}}, "BAD_USER_INPUT"),
        ({"query": "query A {hello} query B {hello}"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query A {hello}", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "{books(first: 5001) {title}}"}, "COST_LIMIT_EXCEEDED"),
    ],
)
async def test_a_refused_request_has_a_code_and_no_data(
    edge: Edge, media: str, status: int, request_: dict[str, Any], code: str
) -> None:
    answer = await edge.http.post(edge.path, json=request_, headers={"accept": media})

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert "data" not in answer.json()


async def test_a_cost_is_taken_at_its_limit(edge: Edge) -> None:
    answer = await edge.ask("{books(first: 5000) {title}}")

    assert len(answer.json()["data"]["books"]) == 20


@pytest.mark.parametrize("media", [JSON, RESPONSE])
async def test_a_partial_answer_is_200(edge: Edge, media: str) -> None:
    answer = await edge.http.post(edge.path, json={"query": "{hello leak}"}, headers={"accept": media})

    assert (answer.status_code, answer.json()["data"]) == (200, {"hello": "world", "leak": None})


async def test_an_operation_is_chosen_by_its_name(edge: Edge) -> None:
    answer = await edge.ask("query A {a: hello} query B {b: hello}", operationName="B")

    assert answer.json()["data"] == {"b": "world"}


async def test_a_query_may_be_a_get(edge: Edge) -> None:
    parameters = {
        "query": "query Q($n: Int!) {books(first: $n) {title}}",
        "operationName": "Q",
        "variables": '{"n": 1}',
        "extensions": "{}",
    }

    answer = await edge.http.get(edge.path, params=parameters)

    assert answer.json()["data"] == {"books": [{"title": "0"}]}


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "query=",
        "query={hello}&query={hello}",
        "query={hello}&variables=[",
        "query={hello}&variables=" + "1" * 5_000,
        "query={hello}&variables={%22a%22:NaN}",
        "query={hello}&variables=[]",
        "query=%ff",
        "query={hello}%00",
    ],
)
async def test_a_get_that_is_not_sound_is_400(edge: Edge, parameters: str) -> None:
    answer = await edge.http.get(f"{edge.path}?{parameters}")

    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


async def test_a_mutation_by_get_is_405_and_by_post_is_run(edge: Edge) -> None:
    mutation = 'mutation {write(text: "a")}'

    refused = await edge.http.get(edge.path, params={"query": mutation})
    done = await edge.ask(mutation)

    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert done.json()["data"] == {"write": "a"}


async def test_a_get_is_kept_for_its_epoch(edge: Edge) -> None:
    first = await edge.http.get(edge.path, params=HELLO)
    again = await edge.http.get(edge.path, params=HELLO, headers={"if-none-match": first.headers["etag"]})
    other = await edge.http.get(edge.path, params={"query": "{hello __typename}"})

    assert first.headers["cache-control"] == "public, max-age=10"
    assert "authorization" in first.headers["vary"].lower()
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("named", "status"),
    [("*", 304), ('"a", {tag}', 304), ("{strong}", 304), ('"a"', 200), ("{tag}a", 200), ("", 200)],
)
async def test_a_tag_is_one_of_those_named_or_any(edge: Edge, named: str, status: int) -> None:
    tag = (await edge.http.get(edge.path, params=HELLO)).headers["etag"]

    named = named.format(tag=tag, strong=tag.removeprefix("W/"))
    again = await edge.http.get(edge.path, params=HELLO, headers={"if-none-match": named})

    assert again.status_code == status


@pytest.mark.parametrize("query", ["{hello leak}", "{rateLimit {cost}}", "{nope}"])
async def test_a_get_is_not_kept_where_its_answer_may_change(edge: Edge, query: str) -> None:
    answer = await edge.http.get(edge.path, params={"query": query})

    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


async def test_a_page_of_another_site_has_to_ask_first(edge: Edge) -> None:
    cross = {"sec-fetch-site": "cross-site"}

    refused = await edge.http.get(edge.path, params=HELLO, headers=cross)
    shown = await edge.http.get(edge.path, params=HELLO, headers={**cross, "graphql-require-preflight": "1"})

    assert (refused.status_code, code_of(refused)) == (400, "BAD_REQUEST")
    assert shown.status_code == 200


@pytest.mark.parametrize(
    ("origin", "accept", "status"),
    [
        ("https://ours.example", "text/event-stream", 200),
        ("https://theirs.example", "text/event-stream", 403),
        ("https://ours.example", "application/json", 400),
        (None, "text/event-stream", 400),
    ],
)
async def test_a_page_may_listen_to_events_by_its_origin_alone(
    choosy: Edge, origin: str | None, accept: str, status: int
) -> None:
    """What a browser sends for an EventSource of another site, which takes no headers."""
    headers = {"sec-fetch-site": "cross-site", "accept": accept, **({"origin": origin} if origin else {})}

    answer = await choosy.http.get(choosy.path, params={"query": "subscription {count(to: 1)}"}, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("query", "of_response", "of_json"),
    [
        ("{hello}", 200, 200),
        ("{hello leak}", 294, 200),
        ("{required}", 294, 200),
        ("{", 400, 200),
        ("{nope}", 422, 200),
        ("query A {hello} query B {hello}", 422, 200),
        ("query($i: Int!) {books(first: $i) {title}}", 422, 200),
    ],
)
async def test_statuses_may_be_those_of_the_edition_of_2026(
    of_2026: Edge, query: str, of_response: int, of_json: int
) -> None:
    answers = [
        await of_2026.http.request(method, of_2026.path, **asked, headers={"accept": media})
        for media in (RESPONSE, JSON)
        for method, asked in (("POST", {"json": {"query": query}}), ("GET", {"params": {"query": query}}))
    ]

    assert [answer.status_code for answer in answers] == [of_response, of_response, of_json, of_json]


@pytest.fixture
async def choosy(serving: Serving) -> AsyncGenerator[Edge, None]:
    async with serving(allowed_origins='["https://ours.example"]') as edge:
        yield edge


@pytest.fixture
async def of_2026(serving: Serving) -> AsyncGenerator[Edge, None]:
    async with serving(status_codes="2026") as edge:
        yield edge


async def test_the_tag_of_an_answer_moves_with_its_epoch(sqlite_store: Store) -> None:
    await published(sqlite_store, protocol_fact("one"))
    async with served_inside(sqlite_store.url.render_as_string(hide_password=False), {}) as edge:
        first = await edge.http.get(edge.path, params=HELLO)
        await published(sqlite_store, protocol_fact("two"))
        second = await edge.http.get(edge.path, params=HELLO, headers={"if-none-match": first.headers["etag"]})

    assert [answer.json()["extensions"]["epoch"] for answer in (first, second)] == [1, 2]
    assert second.headers["etag"] != first.headers["etag"]


async def test_the_tag_of_an_answer_moves_with_the_state_of_its_epoch(sqlite_store: Store) -> None:
    documents = Documents(schema._schema)
    job = job_of(schema._schema, documents.read("{ hello }"), None, {}, documents.limits)

    tags = [
        etag(job, Context(sqlite_store, Pin(1), caller=Caller("someone"), state=state), Media.JSON)
        for state in ("1|2", "2|2", "1|1", "1|2")
    ]

    assert (len(set(tags)), tags[0]) == (3, tags[3])


async def test_a_masked_error_bears_the_id_of_its_request(sqlite_store: Store) -> None:
    await published(sqlite_store, protocol_fact("one"))
    app = create_app(sqlite_store.url.render_as_string(hide_password=False), SampleSettings())
    counted = httpx.ASGITransport(Requests(app, frozenset()))
    async with LifespanManager(app), httpx.AsyncClient(transport=counted, base_url="http://t") as http:
        answer = await http.post("/graphql", json={"query": "{leak}"}, headers={"x-request-id": "mine"})

    assert [error["extensions"]["requestId"] for error in answer.json()["errors"]] == ["mine"]


async def test_a_masked_error_tells_nothing_but_its_place(edge: Edge) -> None:
    answer = await edge.ask("{leak}")

    assert answer.json()["errors"] == [
        {
            "message": "Internal server error.",
            "locations": [{"line": 1, "column": 2}],
            "path": ["leak"],
            "extensions": {"requestId": None, "code": "INTERNAL_SERVER_ERROR"},
        }
    ]


async def test_a_query_that_takes_too_long_is_ended(serving: Serving) -> None:
    async with serving(execution_seconds="0.2") as edge:
        answer = await edge.ask("{slow(seconds: 5)}")

    assert (answer.status_code, code_of(answer)) == (200, "OPERATION_TIMEOUT")
    assert answer.elapsed.total_seconds() < 2


async def test_more_than_can_wait_are_503_with_a_time_to_come_again(serving: Serving) -> None:
    async with serving(max_concurrent="1", max_waiting="1") as edge:
        answers = await gathered(edge, "{slow(seconds: 0.5)}", 5)

    busy = [answer for answer in answers if answer.status_code == 503]
    assert [answer.status_code for answer in answers].count(200) == 2
    assert {(code_of(answer), answer.headers["retry-after"]) for answer in busy} == {("OVERLOADED", "1")}


async def test_a_dry_run_tells_the_cost_of_what_would_be_refused(edge: Edge) -> None:
    answer = await edge.ask("{books(first: 9000) {title} rateLimit(dryRun: true) {cost limit}}")

    assert answer.json()["data"] == {"rateLimit": {"cost": 9_001, "limit": 5_000}}


async def gathered(edge: Edge, query: str, times: int) -> list[httpx.Response]:
    answers: list[httpx.Response] = []

    async def one() -> None:
        answers.append(await edge.ask(query))

    async with anyio.create_task_group() as tasks:
        for _ in range(times):
            tasks.start_soon(one)
    return answers
