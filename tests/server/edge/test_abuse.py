"""What would stall or break a server, one at a time, beside a probe that asks something small every 20 ms."""

import asyncio
import gzip
import json
import os
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.edge.conftest import Edge
from tests.server.edge.test_protocol import END, told
from tests.server.edge.test_sockets import introduced, say

# A machine with more to do than it has processors for stalls by itself.
QUIET_SECONDS, BUSY_SECONDS = 0.25, 1.0
MEMORY_BYTES = 50_000_000
EVERY_SECONDS = 0.02


@dataclass(slots=True)
class Probe:
    """How long the small questions took meanwhile, and whether all were answered."""

    seconds: list[float] = field(default_factory=list[float])
    failed: list[int] = field(default_factory=list[int])
    begun: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def probing(edge: Edge) -> AsyncGenerator[Probe, None]:
    probe = Probe()

    async def ask_on() -> None:
        async with httpx.AsyncClient(timeout=30) as http:
            while True:
                began = time.perf_counter()
                answer = await http.post(edge.path, json={"query": "{ hello }"})
                probe.seconds.append(time.perf_counter() - began)
                probe.begun.set()
                if answer.status_code != 200:
                    probe.failed.append(answer.status_code)
                await asyncio.sleep(EVERY_SECONDS)

    asking = asyncio.create_task(ask_on())
    try:
        await probe.begun.wait()
        yield probe
    finally:
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking


def memory(edge: Edge) -> int:
    """Bytes that the server holds."""
    assert edge.process is not None
    pages = Path(f"/proc/{edge.process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def doubling(levels: int) -> str:
    chain = " ".join(f"fragment F{n} on Query {{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    return f"{{...F0}} {chain} fragment F{levels} on Query {{hello}}"


def nested(levels: int, first: str = "") -> str:
    return f"{{books{first}" + f"{{author{{books{first}" * levels + "{title}" + "}}" * levels + "}"


DOCUMENTS = {
    "nested lists": nested(2, "(first:200)"),
    "deep lists": nested(50),
    "doubling fragments": doubling(18),
    "many doubling fragments": doubling(45),
    "a circle of fragments": "{...A} fragment A on Query {...B} fragment B on Query {...A ...A}",
    "a repeated field": "{" + "books{title author{name}}" * 300 + "}",
    "conflicting aliases": "{" + " ".join(f"a:books(first:{n}){{title}}" for n in range(200)) + "}",
    "unused fragments": "{hello}" + " ".join(f"fragment F{n} on Query{{hello}}" for n in range(1_000)),
    "many operations": " ".join(f"query Q{n}{{hello}}" for n in range(1_000)),
    "comments": "{hello}" + "#x\n" * 10_000,
    "aliases": "{" + " ".join(f"a{n}:hello" for n in range(1_000)) + "}",
    "directives": "{hello" + " @skip(if:false)" * 300 + "}",
    "unknown directives": "{hello" + " @nope" * 600 + "}",
    "unknown fields": "{" + " ".join(f"nope{n}" for n in range(600)) + "}",
    "arguments": "{books(" + " ".join(f"a{n}:1" for n in range(400)) + "){title}}",
    "variables": "query(" + " ".join(f"$v{n}:Int" for n in range(400)) + "){hello}",
    "a nested value": "{titled(titles:" + "[" * 500 + "]" * 500 + "){title}}",
    "a long list": "{titled(titles:[" + '"a" ' * 1_500 + "]){title}}",
    "a huge integer": "{books(first:" + "9" * 10_000 + "){title}}",
    "a huge float": "{slow(seconds:1e" + "9" * 1_000 + ")}",
    "a long string": '{write(text:"' + "a" * 30_000 + '")}',
    "spaces": "{hello}" + " " * 200_000,
    "introspection": "{__schema{types{fields{type{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}}}",
    "wide introspection": "{" + " ".join(f"a{n}:__schema{{types{{name}}}}" for n in range(50)) + "}",
    "a type of lists": "query($v:" + "[" * 150 + "Int" + "]" * 150 + "){hello}",
    "overlapping fragments": "{"
    + " ".join(f"...F{n}" for n in range(40))
    + "}"
    + " ".join(
        f"fragment F{n} on Query{{" + " ".join(f"b{m}:books{{title}}" for m in range(14)) + "}" for n in range(40)
    ),
}
BODIES = {
    "nested JSON": b"[" * 200_000,
    "nested objects": b'{"a":' * 40_000,
    "brackets in strings": b'{"query":"{hello}","variables":{"a":["' + b"[" * 4_000 + b'"]' + b"}}",
    "unclosed strings": b'"\\' * 100_000,
    "a large integer": b'{"query":"{hello}","variables":{"a":' + b"9" * 100_000 + b"}}",
    "many members": json.dumps({"query": "{hello}", "variables": {f"v{n}": n for n in range(15_000)}}).encode(),
    "half a surrogate": b'{"query":"{hello}","variables":{"a":"\\udc00"}}',
    "invalid UTF-8": b'{"query":"\xff\xfe"}',
    "NaN": b'{"query":"{hello}","variables":{"a":NaN}}',
    "duplicate members": b'{"query":"{hello}","query":"{books{title}}"}',
    "a gigabyte in gzip": gzip.compress(b" " * 10_000_000),
    "too long": b" " * 5_000_000,
}


@pytest.mark.parametrize("case", DOCUMENTS)
async def test_no_document_stalls_the_server(edge: Edge, case: str) -> None:
    async with probing(edge) as probe:
        answers = [await edge.ask(DOCUMENTS[case] + f"#{n}") for n in range(3)]

    assert {answer.status_code for answer in answers} <= {200, 400}
    assert all(answer.json().get("errors") for answer in answers)
    check(probe)


@pytest.mark.parametrize("case", BODIES)
async def test_no_body_stalls_the_server(edge: Edge, case: str) -> None:
    async with probing(edge) as probe:
        answer = await edge.http.post(edge.path, content=BODIES[case], headers={"content-type": "application/json"})

    assert answer.status_code in (200, 400, 413)
    check(probe)


async def slow_heads(edge: Edge) -> None:
    await asyncio.gather(*(told(edge, b"GET / HTTP/1.1\r\nx: " + b"a" * 50_000) for _ in range(20)))


async def pipelined(edge: Edge) -> None:
    await told(edge, (b"GET /graphql?query={hello} HTTP/1.1\r\nhost: a" + END) * 200 + b"\x00" + END)


async def flooded_socket(edge: Edge) -> None:
    async with introduced(edge) as socket:
        for number in range(20_000):
            await say(socket, {"id": str(number), "type": "subscribe", "payload": {"query": "{nope}"}})
            await socket.recv()


async def idle_connections(edge: Edge) -> None:
    host, _, port = edge.url.removeprefix("http://").partition(":")
    held = await asyncio.gather(*(asyncio.open_connection(host, int(port)) for _ in range(500)))
    async with httpx.AsyncClient() as http:
        assert (await http.post(edge.path, json={"query": "{ hello }"})).status_code == 200
    for _, writer in held:
        writer.close()


@pytest.mark.parametrize("abuse", [slow_heads, pipelined, flooded_socket, idle_connections])
async def test_no_connection_stalls_the_server(edge: Edge, abuse: Callable[[Edge], Coroutine[Any, Any, None]]) -> None:
    async with probing(edge) as probe:
        await abuse(edge)

    check(probe)


async def test_memory_comes_back(edge: Edge) -> None:
    for warm in range(300):
        await edge.ask("{" + " ".join(f"a{n}:hello" for n in range(40)) + "}" + f"#{warm}")
    before = memory(edge)

    for turn in range(10):
        for text in DOCUMENTS.values():
            await edge.ask(f"{text}#{turn}")
        for body in BODIES.values():
            await edge.http.post(edge.path, content=body, headers={"content-type": "application/json"})

    assert memory(edge) - before < MEMORY_BYTES


def check(probe: Probe) -> None:
    assert probe.failed == []
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    assert max(probe.seconds) < (BUSY_SECONDS if busy else QUIET_SECONDS), sorted(probe.seconds)[-3:]
