"""What a caller can order of webhooks."""

from graph.words import Input, Words
from resolvers.webhook import DeliveryState, WebhookEnd
from resolvers.webhook_order import WebhookChange, WebhookInput

URL = "Where to POST: https, on the public internet, without a user name, a password or a fragment."
PAYLOAD = 'One fragment on AlertEvent, for example "fragment P on AlertEvent { seq op protocol { slug } }".'

SAID: tuple[Words | Input, ...] = (
    Words(
        WebhookEnd,
        "Why a webhook is not active.",
        {
            "OWNER": "Its owner paused it.",
            "GONE": "The address answered 410: it wants no more.",
            "FAILING": "Ten messages in a row were given up, each after a day.",
            "NO_KEY": "Its client has no key that is good.",
        },
    ),
    Words(
        DeliveryState,
        "What became of a message.",
        {
            "PENDING": "It will be sent, or sent again.",
            "DELIVERED": "The address took it, by a status of 200 to 299.",
            "DEAD": "It was given up after a day, or its webhook ended before it was taken.",
        },
    ),
    Input(
        WebhookInput,
        "A webhook that is wanted.",
        {
            "url": URL,
            "rules": "What to tell of, as `alerts` takes it. A webhook may have rules about every protocol's values.",
            "payload_query": f"What of an alert to tell: {PAYLOAD}",
            "secret_ref": "The `signingKeyId` of another webhook of the client, to sign by the same secret; a new one "
            "is made if left out.",
        },
    ),
    Input(
        WebhookChange,
        "What of a webhook is to be another; the rest stays.",
        {
            "id": "Which webhook.",
            "url": URL,
            "rules": "What to tell of instead; they hold for every epoch that is not looked through yet.",
            "payload_query": f"What of an alert to tell instead, the usual if empty: {PAYLOAD}",
            "active": "False drops what is not delivered and tells nothing; true tells again from the next epoch on.",
        },
    ),
)
