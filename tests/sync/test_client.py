"""What the client does with an upstream that is slow, busy, broken or unchanged, over real HTTP."""

import asyncio
import json
import logging
import zlib
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import InvalidOperation
from typing import Any

import pytest

from sync.budget import Budget
from sync.client import Client
from sync.errors import Busy, NotFound, OutOfTime, Refused, SourceError, Unintelligible, Unreachable
from sync.memory import Known, Memory
from sync.pool import connected
from sync.response import numbers_as_written, retry_after, said_in
from sync.upstream import Host, Patience, Upstreams
from tests.standin.defillama import Unknown
from tests.standin.server import Fault, Standin, serving

NOW = datetime(2026, 8, 10, 9, tzinfo=UTC)
AT_ONCE = Patience(attempts=3, first=timedelta(0), longest=timedelta(0), jitter=timedelta(0))
PASSING = (
    Fault.TOO_MANY_FOR_SECONDS,
    Fault.TOO_MANY_UNTIL_DATE,
    Fault.UNAVAILABLE,
    Fault.HANG,
    Fault.TRUNCATED,
    Fault.CUT,
    Fault.HTML,
    Fault.NULL,
    Fault.DRIFT,
    Fault.DRIP,
)


def sizes(path: str, query: Mapping[str, str]) -> str:
    if path == "/unknown":
        raise Unknown(400, "Protocol not found")
    if path == "/forbidden":
        raise Unknown(403, "Pro access required")
    return json.dumps({"size": 1234.5678901234567890123, "name": "x" * 2000})


def parse_size(body: Any) -> str:
    if "name" not in body:
        raise Unintelligible("holds no name")
    return str(body["name"])


@pytest.fixture
def standin() -> Generator[Standin, None, None]:
    with serving(sizes) as standin:
        yield standin


@pytest.fixture
def host(standin: Standin) -> Host:
    return Host(standin.url, per_minute=1_000_000, concurrent=2, timeout=timedelta(milliseconds=300))


@pytest.fixture
async def client(host: Host) -> AsyncGenerator[Client, None]:
    async with connected(Upstreams(defillama=host, patience=AT_ONCE), lambda: NOW) as pool:
        yield Client(pool, "sizes")


def remembering(client: Client) -> Client:
    """The next run's client: what this one read is known."""
    known = {
        address: Known(read.etag, read.last_modified, read.sha256, read.fetched_at)
        for address, read in client.resources.items()
    }
    bodies = client.resources

    async def body(address: str) -> bytes:
        return bodies[address].body

    return Client(client.pool, client.source, Memory(known, body))


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.name)
async def test_what_passes_is_asked_again(standin: Standin, host: Host, client: Client, fault: Fault) -> None:
    standin.fail(fault)

    answer = await client.get(host, "/sizes", parse_size)

    assert (answer.changed, await answer.value(), len(standin.asked)) == (True, "x" * 2000, 2)


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (Fault.UNAVAILABLE, Busy, "answered 503: Service unavailable"),
        (Fault.TOO_MANY_FOR_SECONDS, Busy, "answered 429: Too many requests"),
        (Fault.HANG, Unreachable, "did not answer within 0.3 s"),
        (Fault.DRIP, Unreachable, "did not answer within 0.3 s"),
        (Fault.HTML, Unintelligible, "is not whole JSON, it begins: <!doctype html><title>Just a moment...</title>"),
        (Fault.NULL, Unintelligible, "is null"),
        (Fault.DRIFT, Unintelligible, "holds no name"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_what_lasts_ends_in_a_sentence_that_names_the_answer(
    standin: Standin, host: Host, client: Client, fault: Fault, error: type[SourceError], said: str
) -> None:
    standin.fail(fault, times=10)

    with pytest.raises(error) as raised:
        await client.get(host, "/sizes", parse_size, {"of": "all"})

    assert str(raised.value) == f"sizes: {standin.url}/sizes?of=all {said}"
    assert len(standin.asked) == 3


@pytest.mark.parametrize("error", [OverflowError, TypeError, IndexError, OSError, InvalidOperation])
async def test_what_a_parse_stumbles_over_is_an_answer_not_understood(
    host: Host, client: Client, error: type[Exception]
) -> None:
    def stumbling(body: Any) -> None:
        raise error("odd")

    with pytest.raises(Unintelligible) as raised:
        await client.get(host, "/sizes", stumbling)

    named = f"sizes: {host.url}/sizes holds a value that can't be read"
    assert str(raised.value) == f"{named} ({error.__name__}: odd)"


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [("/unknown", NotFound, "400: Protocol not found"), ("/forbidden", Refused, "403: Pro access required")],
)
async def test_what_is_not_there_is_asked_once(
    standin: Standin, host: Host, client: Client, path: str, error: type[SourceError], said: str
) -> None:
    with pytest.raises(error, match=f"{path} answered {said}"):
        await client.get(host, path, parse_size)

    assert standin.asked == [path]


async def test_a_host_that_is_not_there_is_unreachable(client: Client) -> None:
    with pytest.raises(Unreachable, match="gave no whole answer: All connection attempts failed"):
        await client.get(Host("http://127.0.0.1:1"), "/sizes", parse_size)


async def test_an_unchanged_answer_is_not_sent_again(standin: Standin, host: Host, client: Client) -> None:
    await client.get(host, "/sizes", parse_size)
    later = remembering(client)

    answer = await later.get(host, "/sizes", parse_size)

    assert (answer.changed, standin.answered, later.resources) == (False, {200: 1, 304: 1}, {})
    assert await answer.value() == "x" * 2000


async def test_an_unchanged_body_is_recognised_without_etags(standin: Standin, host: Host, client: Client) -> None:
    standin.etags = False
    await client.get(host, "/sizes", parse_size)
    later = remembering(client)

    answer = await later.get(host, "/sizes", _never_parsed)

    assert (answer.changed, standin.answered, later.resources) == (False, {200: 2}, {})


def _never_parsed(body: Any) -> str:
    raise AssertionError("an unchanged answer was parsed")


async def test_a_moving_parameter_does_not_make_another_answer(standin: Standin, host: Host, client: Client) -> None:
    await client.get(host, "/sizes", parse_size, moving={"start": "1"})
    later = remembering(client)

    answer = await later.get(host, "/sizes", parse_size, moving={"start": "2"})

    assert (answer.changed, standin.asked) == (False, ["/sizes?start=1", "/sizes?start=2"])


async def test_an_answer_is_kept_compressed_with_all_that_identifies_it(standin: Standin, client: Client) -> None:
    host = client.upstreams.defillama

    await client.get(host, "/sizes", parse_size)

    (kept,) = client.resources.values()
    assert (kept.url, kept.source, kept.fetched_at) == (f"{standin.url}/sizes", "sizes", NOW)
    assert zlib.decompress(kept.body) == sizes("/sizes", {}).encode()
    assert kept.etag is not None


async def test_a_key_is_in_the_request_and_nowhere_else(
    standin: Standin, host: Host, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keyed = replace(host, url=f"{host.url}/{{key}}/api", key="s3cret/4", headers=(("x-key", "{key}"),))
    standin.fail(Fault.UNAVAILABLE, times=1)

    await client.get(keyed, "/sizes", parse_size)
    standin.fail(Fault.NOT_FOUND)
    with pytest.raises(NotFound) as raised:
        await client.get(keyed, "/other", parse_size)

    assert standin.asked[0] == "/s3cret%2F4/api/sizes"
    assert standin.headers[0]["x-key"] == "s3cret/4"
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    told = [str(raised.value), repr(keyed), *logged, *client.resources, repr(raised.value.__cause__)]
    assert not [text for text in told if "s3cret" in text]


async def test_a_question_is_posted_and_known_by_its_content(standin: Standin, host: Host, client: Client) -> None:
    await client.post(host, "/info", {"type": "spotMeta"}, parse_size, weight=20)

    assert list(client.resources) == [f'{standin.url}/info#{{"type":"spotMeta"}}']
    assert standin.headers[0]["content-type"] == "application/json"


async def test_a_host_is_asked_no_more_at_once_than_allowed(standin: Standin, host: Host, client: Client) -> None:
    await asyncio.gather(*(client.get(host, f"/sizes/{number}", parse_size) for number in range(8)))

    assert (len(standin.asked), standin.most_at_once <= 2) == (8, True)


async def test_nothing_is_read_once_the_time_of_the_run_is_over(standin: Standin, host: Host) -> None:
    patient = replace(host, timeout=timedelta(minutes=1))
    standin.fail(Fault.HANG, times=10)
    upstreams = Upstreams(defillama=patient, patience=AT_ONCE, deadline=timedelta(milliseconds=50))

    async with connected(upstreams, lambda: NOW) as pool:
        with pytest.raises(OutOfTime, match="was not read before the run's time was over"):
            await Client(pool, "sizes").get(patient, "/sizes", parse_size)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": "Mon, 10 Aug 2026 09:01:00 GMT"}, 60.0),
        ({"retry-after": "Wed, 01 Jan 2020 00:00:20 GMT", "date": "Wed, 01 Jan 2020 00:00:00 GMT"}, 20.0),
        ({"retry-after": "Wed, 01 Jan 2020 00:00:20 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({}, None),
        ({"retry-after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, None),
        ({"retry-after": "Mon, 10 Aug 2026 99999999999999999999:00:00 GMT"}, None),
        ({"retry-after": "\u00b2"}, None),
    ],
)
def test_a_retry_after_is_measured_against_the_answers_own_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_numbers_stay_as_they_are_written() -> None:
    packed = zlib.compress(b'{"a": 1, "b": 0.10000000000000000001, "c": NaN, "d": -Infinity, "e": 1e3}')

    assert numbers_as_written(packed) == {
        "a": 1,
        "b": "0.10000000000000000001",
        "c": "NaN",
        "d": "-Infinity",
        "e": "1e3",
    }


@pytest.mark.parametrize("body", [b"", b"[1, 2", b"\xff", b"404 page not found", b"[" * 100_000])
def test_what_is_not_json_is_unintelligible(body: bytes) -> None:
    with pytest.raises(Unintelligible):
        numbers_as_written(zlib.compress(body))


@pytest.mark.parametrize("cut", [60, 200])
def test_a_key_is_taken_out_before_a_text_is_cut(cut: int) -> None:
    host = Host("https://upstream.example", per_minute=60, key="s3cret-of-some-length")
    body = b"x" * (cut - 8) + b" s3cret-of-some-length"

    with pytest.raises(Unintelligible) as raised:
        numbers_as_written(zlib.compress(body), host.redacted)

    assert "s3c" not in str(raised.value) + said_in(body, host.redacted)


class Minutes:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_no_minute_holds_more_than_the_budget() -> None:
    clock = Minutes()
    budget = Budget(per_minute=60, concurrent=1, now=clock, sleep=clock.sleep)

    moments = [await _moment(budget, clock, 1) for _ in range(300)]

    fullest = max(sum(1 for other in moments if moment <= other < moment + 60) for moment in moments)
    assert fullest <= 60
    assert moments[-1] < 300 / 60 * 60 * 1.3


async def test_weight_told_by_an_answer_is_waited_for() -> None:
    clock = Minutes()
    budget = Budget(per_minute=1200, concurrent=1, now=clock, sleep=clock.sleep)

    await _moment(budget, clock, 20)
    budget.charge(1200)

    assert await _moment(budget, clock, 20) > 60


async def _moment(budget: Budget, clock: Callable[[], float], weight: float) -> float:
    async with budget.spent(weight):
        return clock()
