"""Where callers' orders about their webhooks are taken, checked and put down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from graph.payload import Payloads
from graph.refusal import Refused
from models.store import Store
from models.webhook import webhook, webhook_delivery
from resolvers.alert import require_protocols
from resolvers.alert_place import known_up_to
from resolvers.alert_rule import AlertRule, check, stored
from resolvers.context import Context
from resolvers.errors import ApiError, UserError
from resolvers.webhook import WebhookEnd, delivery_of, row_of
from resolvers.webhook_order import WebhookChange, WebhookInput, WebhookPayload
from server.edge.errors import code_of
from server.outbound import BadTarget, Outbound
from server.signing import drawn_seed, secret_of, shown
from server.webhooks.message import ping_message
from server.webhooks.outbox import MOST_PENDING, end, pending, write_one

# How long messages are signed by the key of before, too.
OVERLAP = timedelta(days=1)
KEY_PREFIX, KEY_BYTES = "whk_", 8

NOT_FOUND = UserError("NOT_FOUND", "there is no such webhook of this client", ("id",))
OFF = UserError("WEBHOOKS_OFF", "this server has no webhooks")
INACTIVE = UserError("WEBHOOK_INACTIVE", "this webhook is not active: make it so first", ("id",))
TOO_MANY_PENDING = UserError(
    "TOO_MANY_PENDING", f"there are {MOST_PENDING} messages to this webhook that are not delivered yet", ("id",)
)
NO_SUCH_KEY = UserError("BAD_SECRET_REF", "no webhook of this client has this signing key", ("input", "secretRef"))


@dataclass(frozen=True, slots=True)
class WebhookDesk:
    """Takes orders. `most`: webhooks of a client; `offered`: whether there are any here at all."""

    store: Store
    outbound: Outbound
    payloads: Payloads
    pepper: str
    most: int
    now: Callable[[], datetime]
    offered: bool = True

    async def create(self, owner: str, order: WebhookInput, context: Context) -> WebhookPayload:
        """A new webhook, told from the next epoch on."""
        errors = await self._flaws(order, context)
        if errors:
            return WebhookPayload(errors=errors)
        async with self.store.writer.begin() as connection:
            await _alone(connection, owner)
            mine = await _of_owner(connection, owner)
            shared = [row for row in mine if row.key_id == order.secret_ref]
            if len(mine) >= self.most:
                message = f"this client has {len(mine)} webhooks already: delete one first"
                return WebhookPayload(errors=[UserError("TOO_MANY_WEBHOOKS", message)])
            if order.secret_ref is not None and not shared:
                return WebhookPayload(errors=[NO_SUCH_KEY])
            key = (shared[0].key_id, shared[0].seed) if shared else _drawn_key()
            values = {**_wanted(order), "owner": owner, "key_id": key[0], "seed": key[1], "created_at": self.now()}
            adding = insert(webhook).values(**values, **_beginning(context)).returning(webhook)
            row = (await connection.execute(adding)).one()
        return WebhookPayload(row_of(row), None if shared else self._shown(key[1]))

    async def change(self, owner: str, number: int, order: WebhookChange, context: Context) -> WebhookPayload:
        """What is given is another from now on."""
        errors = await self._flaws(order, context)
        if errors:
            return WebhookPayload(errors=errors)
        async with self.store.writer.begin() as connection:
            found = await _found(connection, owner, number)
            if found is None:
                return WebhookPayload(errors=[NOT_FOUND])
            if order.active is False:
                await end(connection, webhook.c.webhook_id == number, WebhookEnd.OWNER, self.now())
            begun = _beginning(context) if order.active and not found.active else {}
            return WebhookPayload(row_of(await _changed(connection, number, {**_wanted(order), **begun})))

    async def delete(self, owner: str, number: int) -> WebhookPayload:
        """Nothing of it is left."""
        async with self.store.writer.begin() as connection:
            found = await _found(connection, owner, number)
            if found is None:
                return WebhookPayload(errors=[NOT_FOUND])
            await connection.execute(delete(webhook_delivery).where(webhook_delivery.c.webhook_id == number))
            await connection.execute(delete(webhook).where(webhook.c.webhook_id == number))
        return WebhookPayload(row_of(found))

    async def rotate(self, owner: str, number: int) -> WebhookPayload:
        """A new key, beside that of before for a while."""
        key_id, seed = _drawn_key()
        async with self.store.writer.begin() as connection:
            found = await _found(connection, owner, number)
            if found is None:
                return WebhookPayload(errors=[NOT_FOUND])
            old = {"old_key_id": found.key_id, "old_seed": found.seed, "old_until": self.now() + OVERLAP}
            row = await _changed(connection, number, {"key_id": key_id, "seed": seed, **old})
        return WebhookPayload(row_of(row), self._shown(seed))

    async def test(self, owner: str, number: int) -> WebhookPayload:
        """A message that is sent as any other."""
        async with self.store.writer.begin() as connection:
            found = await _found(connection, owner, number)
            if found is None:
                return WebhookPayload(errors=[NOT_FOUND])
            if not self.offered or not found.active:
                return WebhookPayload(errors=[INACTIVE if self.offered else OFF])
            if await pending(connection, number) >= MOST_PENDING:
                return WebhookPayload(errors=[TOO_MANY_PENDING])
            written = await write_one(connection, number, ping_message(number, self.now()), self.now())
        return WebhookPayload(row_of(found), delivery=delivery_of(written))

    def _shown(self, seed: str) -> str:
        return shown(secret_of(self.pepper, seed))

    async def _flaws(self, order: WebhookInput | WebhookChange, context: Context) -> list[UserError]:
        """All that is wrong with what is given, each with its place."""
        if not self.offered:
            return [OFF]
        flaws = [*await self._url_flaws(order.url), *await _rule_flaws(order.rules, context)]
        if order.payload_query:
            try:
                self.payloads.read(order.payload_query)
            except Refused as reason:
                flaws += [UserError(code_of(each), each.message, ("input", "payloadQuery")) for each in reason.errors]
        return flaws

    async def _url_flaws(self, url: str | None) -> list[UserError]:
        try:
            if url is not None:
                await self.outbound.check(url)
        except BadTarget as flaw:
            return [UserError("BAD_URL", str(flaw), ("input", "url"))]
        return []


async def _rule_flaws(rules: Sequence[AlertRule] | None, context: Context) -> list[UserError]:
    """The first that is wrong with the rules."""
    if rules is None:
        return []
    place: tuple[str, ...] = ("input", "rules")
    try:
        for number, rule in enumerate(rules):
            place = ("input", "rules", str(number))
            check([rule])
        place = ("input", "rules")
        check(rules)
        await require_protocols(context, rules)
    except ApiError as flaw:
        return [UserError(flaw.code, str(flaw), place)]
    return []


def _wanted(order: WebhookInput | WebhookChange) -> dict[str, Any]:
    """The columns of what is given."""
    wanted: dict[str, Any] = {}
    if order.url is not None:
        wanted["url"] = order.url
    if order.rules is not None:
        wanted["rules"] = [stored(rule) for rule in order.rules]
    if order.payload_query is not None:
        wanted["payload"] = order.payload_query or None
    return wanted


def _beginning(context: Context) -> dict[str, Any]:
    """The columns of a webhook that is told from the next epoch on."""
    known = known_up_to(context.pin.epoch)
    return {"active": True, "ended": None, "dead": 0, "cursor": known.cursor, "told": known.known}


def _drawn_key() -> tuple[str, str]:
    return KEY_PREFIX + token_hex(KEY_BYTES), drawn_seed()


async def _alone(connection: AsyncConnection, owner: str) -> None:
    """Let no other order of the owner count its webhooks meanwhile. On SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"webhooks of {owner}"))))


async def _of_owner(connection: AsyncConnection, owner: str) -> Sequence[Row[Any]]:
    return (await connection.execute(select(webhook).where(webhook.c.owner == owner))).all()


async def _found(connection: AsyncConnection, owner: str, number: int) -> Row[Any] | None:
    mine = select(webhook).where(webhook.c.webhook_id == number, webhook.c.owner == owner)
    return (await connection.execute(mine.with_for_update())).one_or_none()


async def _changed(connection: AsyncConnection, number: int, values: dict[str, Any]) -> Row[Any]:
    """The webhook with other values, or as it is."""
    if values:
        await connection.execute(update(webhook).where(webhook.c.webhook_id == number).values(**values))
    row: Row[Any] = (await connection.execute(select(webhook).where(webhook.c.webhook_id == number))).one()
    return row
