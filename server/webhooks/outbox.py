"""The messages of webhooks in the store: written with the place they were read up to, taken out, and settled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.caller import api_key
from models.store import Store
from models.webhook import webhook, webhook_delivery
from resolvers.webhook import WebhookEnd

# In a row; each was given up after a day.
MOST_DEAD = 10
# Of one webhook. No epoch is looked through for it while there are as many.
MOST_PENDING = 1_000
# Candidates at a look: more than can be sent at once, as hosts may be busy.
CANDIDATES = 100


class Written(NamedTuple):
    """A message to be: what it is about, and its body."""

    seq: str
    body: str


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to be sent now."""

    number: int
    webhook: int
    seq: str
    body: str
    written_at: datetime
    attempts: int
    url: str
    seeds: tuple[str, ...]


async def behind(store: Store, newest: int) -> Sequence[Row[Any]]:
    """Active webhooks that an epoch may have something for, those first that were told least."""
    query = select(webhook).where(webhook.c.active, webhook.c.told < newest)
    async with store.readers.connect() as connection:
        return (await connection.execute(query.order_by(webhook.c.told, webhook.c.webhook_id))).all()


async def pending(connection: AsyncConnection, number: int | None = None) -> int:
    """How many messages of a webhook, or of all, are to be sent."""
    query = select(func.count()).select_from(webhook_delivery).where(webhook_delivery.c.next_at.is_not(None))
    if number is not None:
        query = query.where(webhook_delivery.c.webhook_id == number)
    return await connection.scalar(query) or 0


async def write(
    store: Store, number: int, cursors: tuple[str, str], told: int, messages: Sequence[Written], now: datetime
) -> bool:
    """Write messages and move the webhook's cursor, both or neither; False where the cursor was not there any more."""
    before, after = cursors
    moving = update(webhook).where(webhook.c.webhook_id == number, webhook.c.cursor == before, webhook.c.active)
    async with store.writer.begin() as connection:
        moved = await connection.execute(moving.values(cursor=after, told=told))
        if not moved.rowcount:
            return False
        if messages:
            await connection.execute(insert(webhook_delivery), [_row(number, each, now) for each in messages])
    return True


async def write_one(connection: AsyncConnection, number: int, message: Written, now: datetime) -> Row[Any]:
    """Write a message that moves no cursor."""
    writing = insert(webhook_delivery).values(**_row(number, message, now)).returning(webhook_delivery)
    row: Row[Any] = (await connection.execute(writing)).one()
    return row


def _row(number: int, message: Written, now: datetime) -> dict[str, Any]:
    return {
        "webhook_id": number,
        "seq": message.seq,
        "body": message.body,
        "created_at": now,
        "attempts": 0,
        "next_at": now,
    }


async def due(store: Store, now: datetime, busy: Collection[int]) -> list[Due]:
    """The oldest message of each webhook that is due, of those that are not busy; the longest due first."""
    table = webhook_delivery
    oldest = select(func.min(table.c.delivery_id)).where(table.c.next_at <= now, table.c.webhook_id.not_in(busy))
    oldest = oldest.group_by(table.c.webhook_id).order_by(func.min(table.c.next_at)).limit(CANDIDATES)
    query = select(table, webhook.c.url, webhook.c.seed, webhook.c.old_seed, webhook.c.old_until)
    query = query.join(webhook, webhook.c.webhook_id == table.c.webhook_id)
    query = query.where(table.c.delivery_id.in_(oldest), webhook.c.active).order_by(table.c.next_at)
    async with store.readers.connect() as connection:
        return [_due(row, now) for row in await connection.execute(query)]


def _due(row: Row[Any], now: datetime) -> Due:
    old = row.old_until is not None and row.old_until > now
    seeds = (row.seed, row.old_seed) if old else (row.seed,)
    return Due(row.delivery_id, row.webhook_id, row.seq, row.body, row.created_at, row.attempts, row.url, seeds)


class Settled(NamedTuple):
    """What an attempt came to. `next_at` is None when it was the last; `gone`: the address wants no more."""

    delivered: bool
    status: int | None
    problem: str | None
    next_at: datetime | None
    gone: bool = False


async def settle(store: Store, sent: Due, came: Settled, now: datetime) -> None:
    """Put down what an attempt came to, and end the webhook where it was the last straw."""
    table = webhook_delivery
    settling = (
        update(table)
        .where(table.c.delivery_id == sent.number)
        .values(
            attempts=sent.attempts + 1,
            status=came.status,
            problem=came.problem,
            delivered=came.delivered,
            next_at=came.next_at,
            ended_at=now if came.next_at is None else None,
        )
    )
    async with store.writer.begin() as connection:
        await connection.execute(settling)
        if came.delivered:
            await connection.execute(_of(sent.webhook).where(webhook.c.dead > 0).values(dead=0))
        elif came.gone:
            await end(connection, webhook.c.webhook_id == sent.webhook, WebhookEnd.GONE, now)
        elif came.next_at is None:
            await connection.execute(_of(sent.webhook).values(dead=webhook.c.dead + 1))
            failing = (webhook.c.webhook_id == sent.webhook) & (webhook.c.dead >= MOST_DEAD)
            await end(connection, failing, WebhookEnd.FAILING, now)


def _of(number: int) -> Any:
    return update(webhook).where(webhook.c.webhook_id == number)


async def end(connection: AsyncConnection, which: ColumnElement[bool], why: WebhookEnd, now: datetime) -> int:
    """End active webhooks and give up what is not delivered to them; how many it were."""
    ending = update(webhook).where(which, webhook.c.active).values(active=False, ended=why.name)
    ended = (await connection.execute(ending.returning(webhook.c.webhook_id))).scalars().all()
    table = webhook_delivery
    giving_up = update(table).where(table.c.webhook_id.in_(ended), table.c.next_at.is_not(None))
    if ended:
        await connection.execute(giving_up.values(next_at=None, ended_at=now))
    return len(ended)


async def tidy(store: Store, now: datetime, kept: timedelta) -> int:
    """End the webhooks of clients without a good key, delete old messages, and count what is to be sent."""
    good = exists().where(
        api_key.c.name == webhook.c.owner,
        api_key.c.revoked_at.is_(None),
        or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > now),
    )
    async with store.writer.begin() as connection:
        await end(connection, ~good, WebhookEnd.NO_KEY, now)
        await connection.execute(delete(webhook_delivery).where(webhook_delivery.c.ended_at < now - kept))
        return await pending(connection)
