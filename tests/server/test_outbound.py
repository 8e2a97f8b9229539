"""Messages that leave: where they may go, that they go nowhere else, and what comes of it."""

import asyncio
import base64
import shutil
import ssl
import subprocess
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from server.address import is_public
from server.outbound import BadTarget, Message, Outbound, Problem, Reply, looked_up
from server.signing import drawn_seed, secret_of, shown, signed
from tests.standin.server import Fault, Standin, serving

MESSAGE = Message("msg_1", b'{"type":"ping"}', [b"key"], datetime(2026, 7, 10, tzinfo=UTC))
PUBLIC = "93.184.215.14"


@pytest.fixture(scope="module")
def receiver() -> Generator[Standin, None, None]:
    with serving(lambda path, asked: "{}") as standin:
        yield standin


def resolving(*answers: Sequence[str]) -> Outbound:
    """To names that have these addresses, one after the other as they are asked for."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return Outbound(resolve=resolve)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.100.100.200",
            str(IPv4Address(0)),
            "255.255.255.255",
        ),
        *("169.254.169.254", "168.63.129.16", "192.0.0.192", "224.0.0.1", "198.18.0.1", "192.0.2.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2002:7f00:1::", "2001::1", "fec0::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::1", "fe80::1%eth0"),
    ],
)
async def test_no_message_goes_to_a_machine_that_is_not_public(address: str) -> None:
    outbound = resolving([address])

    assert not is_public(address)
    with pytest.raises(BadTarget, match="not on the public internet"):
        await outbound.check("https://hooks.example")
    assert await outbound.post("https://hooks.example", MESSAGE) == Reply(problem=Problem.NOT_PUBLIC)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
async def test_public_addresses_are_taken(address: str) -> None:
    assert is_public(address)
    await resolving([address]).check("https://hooks.example/a?b=c")


async def test_one_address_that_is_not_public_spoils_the_name() -> None:
    with pytest.raises(BadTarget):
        await resolving([PUBLIC, "10.0.0.1"]).check("https://hooks.example")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://hooks.example", "begin with https"),
        ("ftp://hooks.example", "begin with https"),
        ("file:///etc/passwd", "begin with https"),
        ("hooks.example", "begin with https"),
        ("https://", "names no host"),
        ("https:///path", "names no host"),
        ("https://a..b.com/", "can be looked up"),
        ("https://.com/", "can be looked up"),
        ("https://xn--a/", "can be looked up"),
        (f"https://{'a' * 64}.com/", "can be looked up"),
        ("https://me:secret@hooks.example", "user name or password"),
        ("https://me@hooks.example", "user name or password"),
        ("https://hooks.example/#part", "fragment"),
        ("https://hooks.example:25", "the port is that of https"),
        ("https://hooks.example:99999", "the port is that of https"),
        ("https://hooks.example/\r\nX-Injected: 1", "not a URL"),
        (f"https://hooks.example/{'a' * 2_048}", "2048 characters"),
    ],
)
async def test_what_no_message_could_go_to_is_refused_in_words(url: str, message: str) -> None:
    with pytest.raises(BadTarget, match=message):
        await resolving([PUBLIC]).check(url)
    assert await resolving([PUBLIC]).post(url, MESSAGE) == Reply(problem=Problem.NOT_PUBLIC)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "[::1]"])
async def test_this_machine_is_known_by_all_its_names(host: str) -> None:
    with pytest.raises(BadTarget):
        await Outbound().check(f"https://{host}:8443")


async def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(BadTarget, match="has no address"):
        await resolving([]).check("https://hooks.example")
    assert await resolving([]).post("https://hooks.example", MESSAGE) == Reply(problem=Problem.NOT_FOUND)


async def test_a_name_that_leads_elsewhere_after_the_check_leads_nowhere(receiver: Standin) -> None:
    port = receiver.url.rpartition(":")[2]
    outbound, before = resolving([PUBLIC], ["127.0.0.1"]), len(receiver.asked)

    await outbound.check(f"https://hooks.example:{port}")
    reply = await outbound.post(f"https://hooks.example:{port}", MESSAGE)

    assert reply == Reply(problem=Problem.NOT_PUBLIC)
    assert len(receiver.asked) == before


async def test_a_message_arrives_whole_and_signed(receiver: Standin) -> None:
    outbound = Outbound(loopback=True)

    reply = await outbound.post(f"{receiver.url}/in?a=b", MESSAGE)

    headers = receiver.headers[-1]
    assert reply == Reply(200)
    assert reply.taken
    assert receiver.asked[-1].startswith("/in?a=b")
    expected = signed([b"key"], "msg_1", int(MESSAGE.at.timestamp()), MESSAGE.body)
    assert {name: headers[name] for name in expected} == expected
    assert (headers["content-type"], headers["host"]) == ("application/json", receiver.url.removeprefix("http://"))


async def test_this_machine_is_sent_to_without_tls_where_that_is_allowed_and_no_other_is() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return [PUBLIC]

    with pytest.raises(BadTarget, match="begin with https"):
        await Outbound(loopback=True, resolve=resolve).check("http://hooks.example")
    with pytest.raises(BadTarget):
        await Outbound(loopback=True).check("http://10.0.0.1:8080")


@pytest.mark.parametrize(
    ("fault", "reply"),
    [
        (Fault.BROKEN, Reply(500)),
        (Fault.UNAVAILABLE, Reply(503)),
        (Fault.MOVED, Reply(307)),
        (Fault.GONE, Reply(410)),
        (Fault.HANG, Reply(problem=Problem.TIMEOUT)),
    ],
)
async def test_what_goes_wrong_is_told(receiver: Standin, fault: Fault, reply: Reply) -> None:
    receiver.fail(fault)

    found = await Outbound(loopback=True, seconds=0.5 if fault is Fault.HANG else 10).post(receiver.url, MESSAGE)

    assert found == reply
    assert not found.taken
    assert found.gone == (fault is Fault.GONE)


async def test_an_answer_without_an_end_is_not_read(receiver: Standin) -> None:
    receiver.fail(Fault.DRIP)

    assert await Outbound(loopback=True).post(receiver.url, MESSAGE) == Reply(200)


async def test_where_nobody_listens_there_is_no_connection() -> None:
    async with tls_receiver(None) as port:
        pass

    assert await Outbound(loopback=True).post(f"http://127.0.0.1:{port}", MESSAGE) == Reply(
        problem=Problem.NOT_CONNECTED
    )


@asynccontextmanager
async def tls_receiver(context: ssl.SSLContext | None) -> AsyncGenerator[int, None]:
    """The port of a receiver that takes everything."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for hooks.example with its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=hooks.example"
    options = ["-addext", "subjectAltName=DNS:hooks.example", "-keyout", str(path), "-out", "-"]
    found = subprocess.run([*made.split(), *options], capture_output=True, check=True)
    path.write_bytes(path.read_bytes() + found.stdout)
    return path


@pytest.mark.parametrize(
    ("name", "reply"),
    [("hooks.example", Reply(204)), ("other.example", Reply(problem=Problem.NOT_CONNECTED))],
)
async def test_the_certificate_is_for_the_name_and_not_for_the_address(
    certificate: Path, name: str, reply: Reply
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def resolve(host: str, port: int) -> Sequence[str]:
        assert host == name
        return ["127.0.0.1"]

    outbound = Outbound(True, resolve, ssl.create_default_context(cafile=str(certificate)))
    async with tls_receiver(context) as port:
        assert await outbound.post(f"https://{name}:{port}", MESSAGE) == reply


async def test_the_system_is_asked_for_addresses() -> None:
    assert await looked_up("127.0.0.1", 443) == ["127.0.0.1"]
    with pytest.raises(OSError, match="no name of a host"):
        await looked_up("a..b.com", 443)


def test_a_signature_is_that_of_the_convention() -> None:
    # The example of https://github.com/standard-webhooks/standard-webhooks, as its libraries test it.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    headers = signed([key, b"old"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert headers["webhook-signature"].split()[0] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert len(headers["webhook-signature"].split()) == 2


def test_a_secret_is_made_of_the_seed_and_the_pepper_alike() -> None:
    seed = drawn_seed()

    assert secret_of("pepper", seed) == secret_of("pepper", seed)
    assert len({secret_of("pepper", seed), secret_of("other", seed), secret_of("pepper", drawn_seed())}) == 3
    assert base64.b64decode(shown(secret_of("pepper", seed)).removeprefix("whsec_")) == secret_of("pepper", seed)
