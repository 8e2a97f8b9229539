"""What a client may have done."""

import strawberry

from graph.cost import Cost
from graph.export import ExportJob
from graph.fields import described, done_by
from graph.user_error import UserError
from graph.webhook import Delivery, Webhook
from resolvers.export import cancel_export, start_export
from resolvers.webhook_order import (
    create_webhook,
    delete_webhook,
    rotate_webhook_secret,
    test_webhook,
    update_webhook,
)


@strawberry.type(description="An export that was taken, or why it was not.")
class ExportPayload:
    job: ExportJob | None = described("The export; null where it was not taken.")
    errors: list[UserError] = described("Why it was not taken; empty where it was.")


@strawberry.type(description="A webhook as it is after a mutation, or why nothing was done.")
class WebhookPayload:
    webhook: Webhook | None = described("The webhook, as it was if it is deleted; null where nothing was done.")
    secret: str | None = described("What its messages are signed with. It is told when it is new, and never again.")
    delivery: Delivery | None = described("The message that was written; null where none was asked for.")
    errors: list[UserError] = described("Why nothing was done; empty where it was.")


@strawberry.type(description="What a client may have done; all of it needs an API key with a scope for it.")
class Mutation:
    start_export: ExportPayload = done_by(
        start_export, "Order every row of a connection as files. The key needs the scope `export`.", Cost(weight=50)
    )
    cancel_export: ExportPayload = done_by(
        cancel_export,
        "End an export of the caller's client and delete its files, whatever it has come to.",
        Cost(weight=10),
    )
    create_webhook: WebhookPayload = done_by(
        create_webhook,
        "Tell an address, by signed POSTs, what meets some rules from the next epoch on. The key needs the scope "
        "`webhook`, as for all that is about webhooks.",
        Cost(weight=100),
    )
    update_webhook: WebhookPayload = done_by(
        update_webhook, "Change a webhook, pause it, or begin again after it has ended.", Cost(weight=100)
    )
    delete_webhook: WebhookPayload = done_by(
        delete_webhook, "Forget a webhook and every message to it.", Cost(weight=10)
    )
    rotate_webhook_secret: WebhookPayload = done_by(
        rotate_webhook_secret,
        "Give a webhook a new secret. For a day its messages are signed by both.",
        Cost(weight=10),
    )
    test_webhook: WebhookPayload = done_by(
        test_webhook, "Send a webhook a message that tells of nothing.", Cost(weight=50)
    )
