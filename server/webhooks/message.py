"""What messages say: JSON in the shape of Standard Webhooks, a `type`, a `timestamp` and `data`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any

from models.base import spelled
from resolvers.alert import AlertRow
from resolvers.identity import global_id
from resolvers.webhook import TYPE
from server.edge.written import written
from server.webhooks.outbox import Written

LONGEST_BYTES = 256_000
TOO_LARGE = {
    "message": f"The payload has more than {LONGEST_BYTES} bytes.",
    "extensions": {"code": "PAYLOAD_TOO_LARGE"},
}


def alert_message(alert: AlertRow, data: Any, errors: Sequence[Mapping[str, Any]]) -> Written:
    """`data` answers the document of the payload, None where there is none; `errors` are as a client sees them."""
    said = data["alerts"] if data else None
    kind = f"alert.{alert.op.name.lower()}"
    body = _body(kind, alert.at, said, errors)
    if len(body) > LONGEST_BYTES:
        body = _body(kind, alert.at, {"seq": alert.seq}, [TOO_LARGE])
    return Written(alert.seq, body)


def gap_message(told: int, newest: int, now: datetime) -> Written:
    """That epochs between two were pruned before they were looked through."""
    return Written(f"gap:{told}:{newest}", _body("gap", now, {"after": told, "until": newest}))


def ping_message(number: int, now: datetime) -> Written:
    """A message that tells of nothing."""
    return Written(f"ping:{token_hex(8)}", _body("ping", now, {"webhook": global_id(TYPE, number)}))


def body_of(kind: str, at: datetime, said: Any, errors: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """JSON in UTF-8; `errors` are left out where there are none."""
    content = {"type": kind, "timestamp": spelled(at), "data": said}
    return written({**content, "errors": errors} if errors else content)


def _body(kind: str, at: datetime, said: Any, errors: Sequence[Mapping[str, Any]] = ()) -> str:
    return body_of(kind, at, said, errors).decode()
