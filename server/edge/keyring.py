"""The API keys of a store: given out, found again, and taken back."""

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update

from models.caller import api_key
from models.store import Store
from resolvers.caller import Caller
from server.edge.key import Key, drawn, read

TIERS = ("standard", "partner")
SCOPES = ("read", "subscribe", "register", "export", "webhook")
# One in use and one to change to.
LIVE_KEYS = 2
# Of keys that are good and of ids that are not, so that a flood of guesses stays a bounded one.
MOST_REMEMBERED = 10_000


class KeyRefused(Exception):
    """A key that can't be given out or taken back; the message says why."""


class Keyring:
    """Tells whose a key is. What it found it believes for `seconds`, and so a revoked key may live on that long."""

    def __init__(self, store: Store, pepper: str, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.store, self.pepper, self.seconds, self.clock = store, pepper, seconds, clock
        self._found: OrderedDict[str, tuple[float, Row[Any] | None]] = OrderedDict()

    async def known(self, text: str) -> Caller | None:
        """The owner of a key, None where it is unknown, wrong, expired or revoked."""
        key = read(text)
        if key is None:
            return None
        row = await self._row(key.key_id)
        # As much work for an id that is not there, so that time does not tell which ones are.
        same = hmac.compare_digest(key.hashed(self.pepper), row.hash if row else "0" * 64)
        return _caller(row) if row and same and _is_live(row, datetime.now(UTC)) else None

    async def owner(self, key_id: str) -> Caller | None:
        """The owner of a key that was good before, None where it is no longer."""
        row = await self._row(key_id)
        return _caller(row) if row and _is_live(row, datetime.now(UTC)) else None

    async def _row(self, key_id: str) -> Row[Any] | None:
        until, row = self._found.get(key_id, (0.0, None))
        if until > self.clock():
            return row
        async with self.store.readers.connect() as connection:
            row = (await connection.execute(select(api_key).where(api_key.c.key_id == key_id))).one_or_none()
        self._found[key_id] = (self.clock() + self.seconds, row)
        self._found.move_to_end(key_id)
        if len(self._found) > MOST_REMEMBERED:
            self._found.popitem(last=False)
        return row


async def create(
    store: Store, pepper: str, name: str, tier: str, scopes: Sequence[str], documents: str, expires: datetime | None
) -> Key:
    """A new key of a client, whose text is shown once and kept nowhere; raises KeyRefused."""
    key, now = drawn(), datetime.now(UTC)
    live = (api_key.c.name == name) & api_key.c.revoked_at.is_(None)
    live &= or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > now)
    async with store.writer.begin() as connection:
        count = await connection.scalar(select(func.count()).select_from(api_key).where(live)) or 0
        if count >= LIVE_KEYS:
            raise KeyRefused(f"{name} has {count} live keys: revoke one first")
        row = {"key_id": key.key_id, "name": name, "hash": key.hashed(pepper), "tier": tier, "documents": documents}
        await connection.execute(
            insert(api_key).values(**row, scopes=tuple(scopes), created_at=now, expires_at=expires)
        )
    return key


async def listed(store: Store) -> Sequence[Row[Any]]:
    """All keys there ever were, by client and age."""
    async with store.readers.connect() as connection:
        return (await connection.execute(select(api_key).order_by(api_key.c.name, api_key.c.created_at))).all()


async def revoke(store: Store, key_id: str) -> None:
    """End a key; raises KeyRefused where there is none to end."""
    ending = update(api_key).where(api_key.c.key_id == key_id, api_key.c.revoked_at.is_(None))
    async with store.writer.begin() as connection:
        ended = await connection.execute(ending.values(revoked_at=datetime.now(UTC)))
    if not ended.rowcount:
        raise KeyRefused(f"there is no live key {key_id}")


def _is_live(row: Row[Any], now: datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


def _caller(row: Row[Any]) -> Caller:
    return Caller(
        account=f"key:{row.name}",
        name=row.name,
        key_id=row.key_id,
        tier=row.tier,
        scopes=tuple(row.scopes),
        documents=row.documents,
        expires_at=row.expires_at,
    )
