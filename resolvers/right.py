"""What holders of a token may expect: their rights, and what unlocks when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from models.right import token_rights, unlock
from models.store import Reader
from models.vocabulary import Confidence, FeeSwitch, RightState
from resolvers.argument import FromDay, ToDay
from resolvers.declare import Parent, batched
from resolvers.fund import OrganisationRow, organisations_by_id
from resolvers.moment import moment_of
from resolvers.protocol import ProtocolRow
from resolvers.source import sources_by_id
from resolvers.token import TokenRow
from resolvers.worth import Worth, amounts, worths

UNKNOWN = RightState.UNKNOWN


@dataclass(frozen=True, slots=True)
class RightsRow:
    """`source_urls`: where it was read. All is UNKNOWN where nothing is on record."""

    governance: RightState = UNKNOWN
    treasury: RightState = UNKNOWN
    revenue: RightState = UNKNOWN
    fee_switch: FeeSwitch = FeeSwitch.UNKNOWN
    buybacks: RightState = UNKNOWN
    dividends: RightState = UNKNOWN
    burns: RightState = UNKNOWN
    equity_capture: RightState = UNKNOWN
    entity_ids: tuple[int, ...] = ()
    updated_on: date | None = None
    source_urls: tuple[str, ...] = ()
    source_id: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class UnlockRow:
    """`tokens` in whole tokens. `is_forecast`: it stands in a schedule, and its day has not come."""

    token_id: int
    day: date
    tokens: Decimal
    recipient: str
    observed: bool
    is_forecast: bool
    confidence: Confidence
    source_id: int
    source_url: str | None
    note: str | None

    @property
    def recipient_class(self) -> str:
        return self.recipient


class UnlockKey(NamedTuple):
    token_id: int
    first: date
    last: date


NAMES = (
    *("governance", "treasury", "revenue", "fee_switch", "buybacks", "dividends", "burns", "equity_capture"),
    *("entities", "updated_on", "sources", "source_id", "note"),
)


async def rights_by_protocol(reader: Reader, ids: Sequence[int]) -> list[RightsRow]:
    """One statement."""
    live = reader.live(token_rights)
    query = select(live.c.protocol_id, *(live.c[name] for name in NAMES))
    rows = await reader.rows(query.where(reader.among(live.c.protocol_id, ids)))
    found = {id_: _rights(*rest) for id_, *rest in rows}
    return [found.get(id_, RightsRow()) for id_ in ids]


def _rights(*columns: Any) -> RightsRow:
    known = dict(zip(NAMES, columns, strict=True))
    entities, urls = known.pop("entities"), known.pop("sources")
    return RightsRow(**known, entity_ids=tuple(entities), source_urls=tuple(urls))


async def organisation_lists(reader: Reader, keys: Sequence[tuple[int, ...]]) -> list[list[OrganisationRow]]:
    """The organisations of each tuple, without those that are gone. One statement."""
    ids = list(dict.fromkeys(id_ for key in keys for id_ in key))
    found = dict(zip(ids, await organisations_by_id(reader, ids), strict=True))
    return [[row for id_ in key if (row := found[id_]) is not None] for key in keys]


async def unlocks_by_token(reader: Reader, keys: Sequence[UnlockKey]) -> list[list[UnlockRow]]:
    """The unlocks of each from a first day to a last, by day. Two statements."""
    moment = await moment_of(reader)
    today = moment.day or moment.published_at.date()
    live = reader.live(unlock)
    names = ("token_id", "day", "amount", "recipient", "observed", "confidence", "source_id", "source_url", "note")
    query = (
        select(*(live.c[name] for name in names))
        .where(
            reader.among(live.c.token_id, [key.token_id for key in keys]),
            live.c.day.between(min(key.first for key in keys), max(key.last for key in keys)),
        )
        .order_by(live.c.day, live.c.recipient, live.c.ref)
    )
    rows = [
        UnlockRow(token_id, day, amount, recipient, observed, not observed and day > today, *said)
        for token_id, day, amount, recipient, observed, *said in await reader.rows(query)
    ]
    return [[row for row in rows if row.token_id == key.token_id and key.first <= row.day <= key.last] for key in keys]


@batched(rights_by_protocol)
def resolve_rights(row: Parent[ProtocolRow]) -> int:
    return row.number


@batched(organisation_lists)
def resolve_entities(row: Parent[RightsRow]) -> tuple[int, ...]:
    return row.entity_ids


@batched(sources_by_id)
def resolve_source_of_rights(row: Parent[RightsRow]) -> int | None:
    return row.source_id


@batched(unlocks_by_token)
def resolve_unlocks(row: Parent[TokenRow], from_: FromDay, to: ToDay) -> UnlockKey:
    return UnlockKey(row.number, from_, to)


@batched(amounts)
def resolve_amount_of_unlock(row: Parent[UnlockRow]) -> Worth:
    return Worth(row.token_id, row.tokens)


@batched(worths)
def resolve_usd_of_unlock(row: Parent[UnlockRow]) -> Worth:
    return Worth(row.token_id, row.tokens)


@batched(sources_by_id)
def resolve_source_of_unlock(row: Parent[UnlockRow]) -> int:
    return row.source_id
