"""What callers have done about their webhooks: the orders, and what is answered to them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from resolvers.alert_rule import AlertRule
from resolvers.caller import client_of
from resolvers.context import Context, Info
from resolvers.declare import ID, URL, argument
from resolvers.errors import ApiError, UserError
from resolvers.identity import identity_of
from resolvers.webhook import SCOPE, TYPE, DeliveryRow, WebhookRow


# Without slots: the schema reads the defaults of an input off its class.
@dataclass
class WebhookInput:
    """A webhook that is wanted. `secret_ref` is the key id of another one of the client, to be signed by the same."""

    url: URL
    rules: list[AlertRule]
    payload_query: str | None = None
    secret_ref: str | None = None


@dataclass
class WebhookChange:
    """What is to be another; None for what stays. An empty `payload_query` is the usual payload again."""

    id: ID
    url: URL | None = None
    rules: list[AlertRule] | None = None
    payload_query: str | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class WebhookPayload:
    """The webhook as it is now, or why nothing was done. `secret` is told once, when it is new."""

    webhook: WebhookRow | None = None
    secret: str | None = None
    delivery: DeliveryRow | None = None
    errors: Sequence[UserError] = ()


class Desk(Protocol):
    """Where orders are taken: a part of the server. `owner` is a client, and sees webhooks of its own alone."""

    async def create(self, owner: str, order: WebhookInput, context: Context) -> WebhookPayload: ...

    async def change(self, owner: str, number: int, order: WebhookChange, context: Context) -> WebhookPayload: ...

    async def delete(self, owner: str, number: int) -> WebhookPayload: ...

    async def rotate(self, owner: str, number: int) -> WebhookPayload: ...

    async def test(self, owner: str, number: int) -> WebhookPayload: ...


OfCaller = Annotated[ID, argument("The id of a webhook of the caller's client.")]


async def create_webhook(
    info: Info, input: Annotated[WebhookInput, argument("Where to tell, of what, and what of it.")]
) -> WebhookPayload:
    """Take it, from the next epoch on."""
    return await _ordered(info, lambda desk, owner: desk.create(owner, input, info.context))


async def update_webhook(
    info: Info, input: Annotated[WebhookChange, argument("Which webhook, and what of it is to be another.")]
) -> WebhookPayload:
    """Change it; what is written to it already is sent as it is."""
    return await _ordered(
        info, lambda desk, owner: desk.change(owner, identity_of(input.id, TYPE).number, input, info.context)
    )


async def delete_webhook(info: Info, id: OfCaller) -> WebhookPayload:
    """Forget it, and every message to it."""
    return await _ordered(info, lambda desk, owner: desk.delete(owner, identity_of(id, TYPE).number))


async def rotate_webhook_secret(info: Info, id: OfCaller) -> WebhookPayload:
    """Sign by a new secret, and by the one of before for a while."""
    return await _ordered(info, lambda desk, owner: desk.rotate(owner, identity_of(id, TYPE).number))


async def test_webhook(info: Info, id: OfCaller) -> WebhookPayload:
    """Write a message that tells of nothing."""
    return await _ordered(info, lambda desk, owner: desk.test(owner, identity_of(id, TYPE).number))


async def _ordered(info: Info, order: Callable[[Desk, str], Awaitable[WebhookPayload]]) -> WebhookPayload:
    """What the desk answers to an order of the caller's client, or why they may give none."""
    try:
        owner = client_of(info.context.caller, SCOPE).name
    except ApiError as refused:
        return WebhookPayload(errors=[UserError(refused.code, str(refused))])
    return await order(info.context.webhooks, owner)
