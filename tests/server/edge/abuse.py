"""What would stall or break a server, case by case, and a probe that asks something small every 20 ms beside it."""

import asyncio
import gzip
import json
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NamedTuple

import httpx
from websockets.asyncio.client import ClientConnection

from tests.server.edge.conftest import Edge
from tests.server.edge.test_protocol import END, told
from tests.server.edge.test_sockets import introduced, say

EVERY_SECONDS = 0.02
numbers = count()
MEMORY_BYTES = 50_000_000
JSON = {"content-type": "application/json"}
# Of the product's schema, and cheap.
SMALL = "meta{snapshot}"
QUERY = f"{{{SMALL}}}".encode()


class Document(NamedTuple):
    """A document, and the code it is refused with, "" for one that is just within the limits."""

    code: str
    text: str


class Body(NamedTuple):
    """A body with its headers, and the status and code it is refused with."""

    status: int
    code: str
    content: bytes
    headers: dict[str, str] = JSON


def doubling(levels: int) -> str:
    chain = " ".join(f"fragment F{n} on Query {{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    return f"{{...F0}} {chain} fragment F{levels} on Query {{{SMALL}}}"


def nested(levels: int, first: str = "") -> str:
    page = f"protocols{first}{{nodes{{"
    return f"{{{page}" + f"sectors{{{page}" * levels + "slug" + "}}}" * levels + "}}}"


def overlapping(fragments: int, fields: int) -> str:
    spread = " ".join(f"...F{n}" for n in range(fragments))
    return f"{{{spread}}}" + many(" ", "fragment F# on Query{" + "meta{snapshot}" * fields + "}", fragments, "")


def many(before: str, each: str, count: int, after: str) -> str:
    return before + " ".join(each.replace("#", str(number)) for number in range(count)) + after


def looked_up(id_: str) -> str:
    return f"{{nodes(ids:{id_}){{id}}}}"


def after(cursor: str) -> str:
    return f'{{protocols(first:1 after:"{cursor}"){{nodes{{slug}}}}}}'


MANY_FIELDS = many("", "a#:metric(key:REVENUE){key value state reason unit asOf epoch derived growth}", 50, "")
MANY_METRICS = many("", "a#:metric(key:REVENUE){value state}", 45, "")

DOCUMENTS = {
    "nested lists": Document("COST_LIMIT_EXCEEDED", nested(2, "(first:100)")),
    "deep lists": Document("DEPTH_LIMIT_EXCEEDED", nested(50)),
    "doubling fragments": Document("TOO_MANY_FIELDS", doubling(18)),
    "many doubling fragments": Document("TOO_MANY_FIELDS", doubling(45)),
    "a circle of fragments": Document(
        "GRAPHQL_VALIDATION_FAILED", "{...A} fragment A on Query {...B} fragment B on Query {...A ...A}"
    ),
    "a repeated field": Document("TOO_MANY_FIELDS", "{" + "meta{snapshot epoch{number}}" * 200 + "}"),
    "conflicting aliases": Document("TOO_MANY_ALIASES", many("{", "a:funds(first:#){totalCount}", 120, "}")),
    "unused fragments": Document("TOO_MANY_FRAGMENTS", many(f"{{{SMALL}}}", "fragment F# on Meta{snapshot}", 200, "")),
    "many operations": Document("TOO_MANY_OPERATIONS", many("", f"query Q#{{{SMALL}}}", 200, "")),
    "more fragments than tokens": Document(
        "GRAPHQL_PARSE_FAILED", many(f"{{{SMALL}}}", "fragment F# on Meta{snapshot}", 900, "")
    ),
    "comments": Document("GRAPHQL_PARSE_FAILED", f"{{{SMALL}}}" + "#x\n" * 10_000),
    "aliases": Document("TOO_MANY_ALIASES", many("{", f"a#:{SMALL}", 300, "}")),
    "more aliases than tokens": Document("GRAPHQL_PARSE_FAILED", many("{", f"a#:{SMALL}", 1_000, "}")),
    "directives": Document("TOO_MANY_DIRECTIVES", "{meta" + " @skip(if:false)" * 200 + "{snapshot}}"),
    "unknown directives": Document("TOO_MANY_DIRECTIVES", "{meta" + " @nope" * 600 + "{snapshot}}"),
    "unknown fields": Document("GRAPHQL_VALIDATION_FAILED", many("{", "nope#", 600, "}")),
    "arguments": Document("TOO_MANY_ARGUMENTS", many("{protocols(", "a#:1", 400, "){totalCount}}")),
    "variables": Document("TOO_MANY_VARIABLES", many("query(", "$v#:Int", 400, f"){{{SMALL}}}")),
    "a nested value": Document("BAD_USER_INPUT", looked_up("[" * 100 + "]" * 100)),
    "a value nested beyond reading": Document("GRAPHQL_PARSE_FAILED", looked_up("[" * 900 + "]" * 900)),
    "a long list": Document("BAD_USER_INPUT", looked_up("[" + '"a" ' * 1_500 + "]")),
    "a nested filter": Document(
        "BAD_USER_INPUT", "{protocols(where:" + "{not:" * 60 + "{hasToken:true}" + "}" * 60 + "){totalCount}}"
    ),
    "a huge integer": Document("BAD_USER_INPUT", "{protocols(first:" + "9" * 10_000 + "){totalCount}}"),
    "a huge float": Document("BAD_USER_INPUT", "{protocols(first:1e" + "9" * 1_000 + "){totalCount}}"),
    "a huge page": Document("COST_LIMIT_EXCEEDED", "{protocols(first:2147483647){nodes{slug}}}"),
    "a negative page": Document("BAD_USER_INPUT", "{protocols(first:-1){nodes{slug}}}"),
    "a span of all days": Document(
        "COST_LIMIT_EXCEEDED",
        '{market{series(keys:[REVENUE] from:"0001-01-01" to:"9999-12-31"){points{value}}}}',
    ),
    "a long string": Document("BAD_USER_INPUT", '{node(id:"' + "a" * 30_000 + '"){id}}'),
    "NUL": Document("BAD_USER_INPUT", '{node(id:"\\u0000"){id}}'),
    "spaces": Document("GRAPHQL_PARSE_FAILED", f"{{{SMALL}}}" + " " * 200_000),
    "introspection": Document(
        "DEPTH_LIMIT_EXCEEDED", "{__schema{types" + "{fields{type" * 8 + "{name}" + "}}" * 8 + "}}"
    ),
    "wide introspection": Document("TOO_MANY_INTROSPECTIONS", many("{", "a#:__schema{types{name}}", 50, "}")),
    "a type of lists": Document(
        "GRAPHQL_VALIDATION_FAILED", "query($v:" + "[" * 150 + "Int" + "]" * 150 + f"){{{SMALL}}}"
    ),
    "overlapping fragments": Document("TOO_MANY_REPEATED_FIELDS", overlapping(40, 5)),
    "the most aliases": Document("", many("{", f"a#:{SMALL}", 50, "}")),
    "the most fields": Document("", "{protocols(first:1){nodes{" + MANY_FIELDS + "}}}"),
    "the dearest page": Document("", "{protocols(first:100){nodes{" + MANY_METRICS + "}}}"),
    "a cursor that is no base64": Document("BAD_USER_INPUT", after("%%%")),
    "a cursor cut short": Document("BAD_USER_INPUT", after("MTo=")),
    "a cursor of another list": Document("BAD_USER_INPUT", after("eyJhIjoxfQ==")),
    "a cursor without an end": Document("BAD_USER_INPUT", after("A" * 4_000)),
    "a cursor of SQL": Document("BAD_USER_INPUT", after("' OR 1=1; DROP TABLE protocol --")),
    "an epoch beyond all": Document("EPOCH_NOT_PUBLISHED", "{meta(at:{epoch:2147483647}){snapshot}}"),
    "two moments at once": Document("BAD_USER_INPUT", '{meta(at:{epoch:1 knownAt:"2026-01-01T00:00:00Z"}){snapshot}}'),
}
BODIES = {
    "nested JSON": Body(400, "BAD_REQUEST", b"[" * 200_000),
    "nested objects": Body(400, "BAD_REQUEST", b'{"a":' * 40_000),
    "brackets in strings": Body(
        400, "BAD_REQUEST", b'{"query":"' + QUERY + b'","variables":{"a":["' + b"[" * 9_000 + b'"]}}'
    ),
    "unclosed strings": Body(400, "BAD_REQUEST", b'"\\' * 100_000),
    "a large integer": Body(
        400, "BAD_REQUEST", b'{"query":"' + QUERY + b'","variables":{"a":' + b"9" * 100_000 + b"}}"
    ),
    "half a surrogate": Body(400, "BAD_REQUEST", b'{"query":"' + QUERY + b'","variables":{"a":"\\udc00"}}'),
    "invalid UTF-8": Body(400, "BAD_REQUEST", b'{"query":"\xff\xfe"}'),
    "NaN": Body(400, "BAD_REQUEST", b'{"query":"' + QUERY + b'","variables":{"a":NaN}}'),
    "duplicate members": Body(400, "BAD_REQUEST", b'{"query":"' + QUERY + b'","query":"{meta{epoch{number}}}"}'),
    "a batch": Body(
        400, "BAD_REQUEST", b"[" + (b'{"query":"' + QUERY + b'"},') * 5_000 + b'{"query":"' + QUERY + b'"}]'
    ),
    "many bad variables": Body(
        200,
        "BAD_USER_INPUT",
        json.dumps({"query": "query($t:[ID!]!){nodes(ids:$t){id}}", "variables": {"t": [{}] * 250}}).encode(),
    ),
    "gzip": Body(415, "UNSUPPORTED_MEDIA_TYPE", gzip.compress(b" " * 10_000_000), {**JSON, "content-encoding": "gzip"}),
    "gzip that is not said": Body(400, "BAD_REQUEST", gzip.compress(b" " * 10_000_000)),
    "another type": Body(415, "UNSUPPORTED_MEDIA_TYPE", b'{"query":"' + QUERY + b'"}', {"content-type": "text/plain"}),
    "another charset": Body(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        b'{"query":"' + QUERY + b'"}',
        {"content-type": "application/json; charset=utf-7"},
    ),
    "too long": Body(413, "PAYLOAD_TOO_LARGE", b" " * 5_000_000),
}


@dataclass(slots=True)
class Probe:
    """How long the small questions took, and the statuses of those that were not answered."""

    seconds: list[float] = field(default_factory=list[float])
    failed: list[int] = field(default_factory=list[int])
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask_on(self, edge: Edge) -> None:
        async with httpx.AsyncClient(timeout=30) as http:
            while True:
                began = time.perf_counter()
                answer = await asked_small(http, edge, len(self.seconds))
                self.seconds.append(time.perf_counter() - began)
                self.begun.set()
                if answer.status_code != 200:
                    self.failed.append(answer.status_code)
                await asyncio.sleep(EVERY_SECONDS)


async def asked_small(http: httpx.AsyncClient, edge: Edge, number: int = 0) -> httpx.Response:
    """By turns what is answered straight, from what is kept, and the long way."""
    if number % 2:
        return await http.get(edge.path, params={"query": QUERY.decode()})
    return await http.post(edge.path, json={"query": QUERY.decode()})


@asynccontextmanager
async def probing(edge: Edge) -> AsyncGenerator[Probe, None]:
    """A probe that has been answered at least once."""
    probe = Probe()
    asking = asyncio.create_task(probe.ask_on(edge))
    try:
        await probe.begun.wait()
        yield probe
    finally:
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking


async def codes_of(edge: Edge, document: Document, times: int = 3) -> set[str]:
    """The codes of a document that is sent some times over, never twice the same text."""
    answers = [await edge.ask(f"{document.text}#{next(numbers)}") for _ in range(times)]
    assert {answer.status_code for answer in answers} == {200}
    return {error["extensions"]["code"] for answer in answers for error in answer.json().get("errors", ())}


async def sent(edge: Edge, body: Body) -> tuple[int, set[str]]:
    """The status and the codes of a body."""
    answer = await edge.http.post(edge.path, content=body.content, headers=body.headers)
    return answer.status_code, {error["extensions"]["code"] for error in answer.json()["errors"]}


async def statuses(edge: Edge, sent: bytes, times: int) -> set[int]:
    said = await asyncio.gather(*(told(edge, sent) for _ in range(times)))
    return {int(each.split(b" ", 2)[1]) for each in said}


async def endless_heads(edge: Edge) -> set[int]:
    return await statuses(edge, b"GET / HTTP/1.1\r\nx: " + b"a" * 50_000, 20)


async def huge_heads(edge: Edge) -> set[int]:
    return await statuses(edge, b"GET / HTTP/1.1\r\nx: " + b"a" * 10_000_000 + END, 2)


async def many_headers(edge: Edge) -> set[int]:
    return await statuses(edge, b"GET / HTTP/1.1\r\n" + b"x:\r\n" * 5_000 + END, 20)


async def pipelined(edge: Edge) -> set[int]:
    one = b"GET /graphql?query=" + QUERY + b" HTTP/1.1\r\nhost: a"
    said = await told(edge, (one + END) * 199 + one + b"\r\nconnection: close" + END)
    assert said.count(b'"data":{"meta":{"snapshot":') == 200
    return {int(part[:3]) for part in said.split(b"HTTP/1.1 ")[1:]}


async def held(edge: Edge, count: int, begun: bytes) -> set[int]:
    """Connections that are left as they are, and what someone else is answered meanwhile."""
    host, _, port = edge.url.removeprefix("http://").partition(":")
    open_ones = await asyncio.gather(*(asyncio.open_connection(host, int(port)) for _ in range(count)))
    for _, writer in open_ones:
        writer.write(begun)
    async with httpx.AsyncClient() as http:
        answer = await asked_small(http, edge)
    for _, writer in open_ones:
        writer.close()
    return {answer.status_code}


async def idle(edge: Edge) -> set[int]:
    return await held(edge, 500, b"")


async def unfinished_heads(edge: Edge) -> set[int]:
    return await held(edge, 100, b"POST /graphql HTTP/1.1\r\nhost: a\r\n")


async def unfinished_bodies(edge: Edge) -> set[int]:
    head = b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 500"
    return await held(edge, 100, head + END + b"{")


async def flooded(edge: Edge, messages: int, at_once: int = 200) -> set[str]:
    """The codes that a socket is answered with when it subscribes to nonsense without a pause."""
    codes = set()
    async with introduced(edge) as socket:
        for start in range(0, messages, at_once):
            for number in range(start, start + at_once):
                await say(socket, {"id": str(number), "type": "subscribe", "payload": {"query": "{nope}"}})
            for _ in range(at_once):
                codes.add(await refusal(socket))
    return codes


async def refusal(socket: ClientConnection) -> str:
    """The code of the next error; a ping before it is answered."""
    message = json.loads(await socket.recv())
    if message["type"] == "ping":
        await say(socket, {"type": "pong"})
        return await refusal(socket)
    code: str = message["payload"][0]["extensions"]["code"]
    return code


CONNECTIONS: dict[str, tuple[Callable[[Edge], Awaitable[set[int]]], set[int]]] = {
    "heads without an end": (endless_heads, {431}),
    "heads of 10 MB": (huge_heads, {431}),
    "5,000 headers": (many_headers, {431}),
    "200 requests without a pause": (pipelined, {200}),
    "500 idle connections": (idle, {200}),
    "unfinished heads": (unfinished_heads, {200}),
    "unfinished bodies": (unfinished_bodies, {200}),
}


def memory(edge: Edge) -> int:
    """Bytes that the server holds."""
    assert edge.process is not None
    pages = Path(f"/proc/{edge.process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


async def warmed(edge: Edge, documents: int) -> int:
    """Bytes that a server holds once it has answered what honest users ask."""
    for number in range(documents):
        answer = await edge.ask(many("{", f"a#:{SMALL}", 10, "}") + f"#{number}")
        assert "errors" not in answer.json()
    return memory(edge)


async def everything(edge: Edge, rounds: int) -> None:
    """All documents and bodies, so many times over."""
    for turn in range(rounds):
        for document in DOCUMENTS.values():
            await edge.ask(f"{document.text}#{turn}")
        for body in BODIES.values():
            await edge.http.post(edge.path, content=body.content, headers=body.headers)
