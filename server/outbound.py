"""Messages that leave: a signed POST to an address that a caller chose, and never to a machine behind this one.

A name is resolved once for each message; every address it has is checked, and the connection goes to one of those. So
a name that leads elsewhere a moment later leads nowhere. Redirects are not followed, and nothing of an answer is read
but its status.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import lru_cache

import httpx

from server.address import is_loopback, is_public
from server.signing import signed

AGENT = "accrual-webhooks"
LONGEST_URL = 2_048
# Below it are the ports of mail, databases and the like, that a POST has nothing to say to.
FREE_PORTS = range(1_024, 65_536)
# Of one name; more would let a dead host hold a message for long.
MOST_ADDRESSES = 3
SECONDS = 10.0

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host and port; raises OSError where there are none."""

# Of their own: a name server that hangs must not hold the threads that others wait for.
_resolving = ThreadPoolExecutor(4, thread_name_prefix="accrual-resolve")


class BadTarget(Exception):
    """An address that no message may go to; the text is for whoever gave it."""


class Problem(Enum):
    """Why a message got no answer. The values are for its sender; none tells anything of another machine."""

    NOT_PUBLIC = "the address is not a public one"
    NOT_FOUND = "the name has no address"
    NOT_CONNECTED = "no connection, or none with a certificate for the name"
    NO_ANSWER = "no whole answer"
    TIMEOUT = "no answer in time"


@dataclass(frozen=True, slots=True)
class Message:
    """A JSON body to be sent at a moment; `id_` is the same when it is sent again. `keys` sign it, the newest first."""

    id_: str
    body: bytes
    keys: Sequence[bytes] = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of sending a message: the status of the answer, or why there is none."""

    status: int | None = None
    problem: Problem | None = None

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants no message any more."""
        return self.status == httpx.codes.GONE


async def looked_up(host: str, port: int) -> Sequence[str]:
    """The addresses that the system has for a host; raises OSError."""
    try:
        found = await asyncio.get_running_loop().run_in_executor(
            _resolving, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
    except UnicodeError as error:
        raise OSError("this is no name of a host") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Outbound:
    """Sends messages. `loopback`: this machine may be sent to as well, without TLS; for development alone.

    `tls` and `resolve` are those of the system unless given; a message may take `seconds` in all.
    """

    def __init__(
        self,
        loopback: bool = False,
        resolve: Resolve = looked_up,
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self.loopback, self.resolve, self.tls, self.seconds = loopback, resolve, tls, seconds

    async def check(self, url: str) -> None:
        """Raises BadTarget for a URL that no message could go to as things stand; it is looked at again each time."""
        target = target_of(url, self.loopback)
        try:
            async with asyncio.timeout(self.seconds):
                await self._addresses(target)
        except (OSError, TimeoutError) as error:
            raise BadTarget(f"the host {target.host[:100]} has no address") from error

    def check_text(self, url: str) -> None:
        """Raises BadTarget for a URL that no message could go to wherever its name leads."""
        host = target_of(url, self.loopback).host
        with suppress(ValueError):
            # Raised for a name, of which nothing can be said yet.
            if not is_public(host) and not (self.loopback and is_loopback(host)):
                raise BadTarget(f"the host {host[:100]} is not on the public internet")

    async def post(self, url: str, message: Message) -> Reply:
        """Send a message once. Raises nothing: what goes wrong is the reply's."""
        try:
            async with asyncio.timeout(self.seconds):
                target = target_of(url, self.loopback)
                return await self._sent(target, await self._addresses(target), message)
        except BadTarget:
            return Reply(problem=Problem.NOT_PUBLIC)
        except TimeoutError:
            return Reply(problem=Problem.TIMEOUT)
        except OSError:
            return Reply(problem=Problem.NOT_FOUND)

    async def _addresses(self, target: httpx.URL) -> Sequence[str]:
        """Where a target is, if every address it has may be sent to; raises BadTarget and OSError."""
        found = await self.resolve(target.raw_host.decode("ascii").strip("[]"), _port(target))
        if not found:
            raise OSError("no address")
        if self.loopback and all(map(is_loopback, found)):
            return found
        if target.scheme != "https":
            raise BadTarget("the URL must begin with https://")
        if not all(map(is_public, found)):
            raise BadTarget(f"the host {target.host[:100]} is not on the public internet")
        return found

    async def _sent(self, target: httpx.URL, addresses: Sequence[str], message: Message) -> Reply:
        """To the first address that takes a connection."""
        for address in addresses[:MOST_ADDRESSES]:
            try:
                return await self._sent_to(target, address, message)
            except (httpx.ConnectError, ssl.SSLError):
                continue
            except httpx.HTTPError:
                return Reply(problem=Problem.NO_ANSWER)
        return Reply(problem=Problem.NOT_CONNECTED)

    async def _sent_to(self, target: httpx.URL, address: str, message: Message) -> Reply:
        headers = {
            "host": target.netloc.decode("ascii"),
            "content-type": "application/json",
            "user-agent": AGENT,
            "connection": "close",
            **signed(message.keys, message.id_, int(message.at.timestamp()), message.body),
        }
        # A client for one message: a connection that was checked for one name is not used for another.
        async with httpx.AsyncClient(verify=self.tls or _trusted(), trust_env=False, timeout=self.seconds) as client:
            pinned, name = target.copy_with(host=address), target.raw_host.decode("ascii")
            asked = client.stream(
                "POST", pinned, content=message.body, headers=headers, extensions={"sni_hostname": name}
            )
            async with asked as response:
                return Reply(response.status_code)


def target_of(url: str, loopback: bool = False) -> httpx.URL:
    """A URL that may be sent to as far as it tells by itself; raises BadTarget."""
    if len(url) > LONGEST_URL:
        raise BadTarget(f"a URL may have {LONGEST_URL} characters")
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise BadTarget("this is not a URL") from error
    if target.scheme not in ("https", "http") or (target.scheme == "http" and not loopback):
        raise BadTarget("the URL must begin with https://")
    if not target.raw_host:
        raise BadTarget("the URL names no host")
    if not _is_name(target):
        raise BadTarget("the URL names no host that can be looked up")
    if target.userinfo:
        raise BadTarget("the URL may not hold a user name or password")
    if target.fragment or "#" in url:
        raise BadTarget("the URL may not have a fragment")
    if target.port is not None and target.port not in FREE_PORTS:
        raise BadTarget(f"the port is that of {target.scheme}, or from {FREE_PORTS.start} to {FREE_PORTS.stop - 1}")
    return target


def _is_name(target: httpx.URL) -> bool:
    """Whether its host can be read, as `xn--a` can't, and asked for, as `a..b` can't."""
    try:
        return bool(target.host) and bool(target.raw_host.decode("ascii").encode("idna"))
    except UnicodeError:
        return False


def _port(target: httpx.URL) -> int:
    return target.port or (443 if target.scheme == "https" else 80)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The authorities that the system's HTTP client trusts, read once."""
    return httpx.create_ssl_context(trust_env=False)
