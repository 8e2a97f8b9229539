"""Who a request comes from: the owner of the key it carries, or an address."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from ipaddress import ip_address

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.types import Scope

from resolvers.caller import Caller
from server.edge.fault import Fault, unavailable

log = structlog.get_logger(__name__)

UNAUTHENTICATED = 401
# A name or an address, and perhaps a port: what goes back into an answer.
HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")

Known = Callable[[str], Awaitable[Caller | None]]
"""The caller a key belongs to, None for a key that is not good."""


class Callers:
    """Tells callers apart. A key that is not good is an error, never an anonymous caller."""

    def __init__(self, known: Known) -> None:
        self.known = known

    async def of(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Caller:
        """The caller of a request; raises Fault."""
        key = key_in(headers)
        return anonymous(scope) if key is None else await self.by_key(key, scope)

    async def by_key(self, key: str, scope: Scope) -> Caller:
        """The owner of a key; raises Fault 401, and 503 where the store can't tell."""
        try:
            found = await self.known(key)
        except (DBAPIError, OSError) as error:
            log.exception("the store can't be asked for a key")
            raise unavailable() from error
        if found is None:
            raise unauthenticated()
        return replace(found, reached=reached_by(scope))

    async def check(self, key: str | None, scope: Scope) -> None:
        """Raises Fault 401 for a key that was good and is no longer; while the store can't tell, it is believed."""
        if key is None:
            return
        try:
            await self.by_key(key, scope)
        except Fault as fault:
            if fault.status == UNAUTHENTICATED:
                raise


def unauthenticated() -> Fault:
    return Fault(UNAUTHENTICATED, "UNAUTHENTICATED", "This API key is not good.", {"www-authenticate": "Bearer"})


def key_in(headers: Mapping[bytes, bytes]) -> str | None:
    """The key of `X-API-Key` or `Authorization: Bearer`; raises Fault 401 for any other authorization."""
    sent = headers.get(b"x-api-key")
    if sent is not None:
        return sent.decode("latin-1").strip()
    authorization = headers.get(b"authorization")
    if authorization is None:
        return None
    scheme, _, key = authorization.decode("latin-1").strip().partition(" ")
    if scheme.lower() != "bearer":
        raise unauthenticated()
    return key.strip()


def anonymous(scope: Scope) -> Caller:
    """A caller without a key. Those on this machine are of tier `local`.

    One IPv6 network of 64 bits is one caller: whoever has one address of it has them all.
    """
    client = scope.get("client")
    account, tier = _account(client[0] if client else "127.0.0.1")
    return Caller(account, tier=tier)


def reached_by(scope: Scope) -> str:
    """The address of this server as a request wrote it, for example https://api.example; "" where it wrote none."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1 or not HOST.fullmatch(hosts[0]):
        return ""
    return f"{'https' if scope.get('scheme') in ('https', 'wss') else 'http'}://{hosts[0]}"


@lru_cache(maxsize=4_096)
def _account(host: str) -> tuple[str, str]:
    """What a host is counted under, and its tier."""
    try:
        address = ip_address(host)
    except ValueError:
        return "address:unknown", "anonymous"
    if address.is_loopback:
        return "address:local", "local"
    if address.version == 6:
        return f"address:{address.exploded[:19]}::/64", "anonymous"
    return f"address:{address}", "anonymous"
