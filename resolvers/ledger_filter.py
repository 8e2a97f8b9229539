"""Which entries of the ledger: the filter, and the conditions it becomes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, func, or_, select, type_coerce

from models.base import LARGEST_USD, whole
from models.protocol import protocol
from models.source import source
from models.statement import Draft
from models.store import Reader
from models.token import chain, token
from models.vocabulary import (
    Confidence,
    Disposition,
    FundingSource,
    LedgerKind,
    MechanismKind,
    ObservationMethod,
    SectorKey,
)
from resolvers.argument import hashed
from resolvers.errors import BadInput
from resolvers.filter import DateRange, StringFilter


@dataclass(unsafe_hash=True)
class LedgerWhere:
    """Which entries: every condition that is given has to hold."""

    kind: list[LedgerKind] | None = None
    mechanism: list[MechanismKind] | None = None
    disposition: list[Disposition] | None = None
    funding: list[FundingSource] | None = None
    occurred: DateRange | None = None
    min_usd: Decimal | None = None
    protocol: StringFilter | None = None
    sector: list[SectorKey] | None = None
    has_transaction: bool | None = None
    disposed: DateRange | None = None
    max_usd: Decimal | None = None
    token: StringFilter | None = None
    chain: StringFilter | None = None
    source: StringFilter | None = None
    policy: StringFilter | None = None
    wallet: str | None = None
    method: list[ObservationMethod] | None = None
    confidence: list[Confidence] | None = None


@lru_cache(maxsize=256)
def narrowed(where: LedgerWhere | None, kind: LedgerKind | None) -> LedgerWhere | None:
    """The same filter, of one kind of entries where one is given; raises BadInput for days in the wrong order."""
    for days in (where.occurred, where.disposed) if where is not None else ():
        if days is not None and days.from_ is not None and days.to is not None and days.to < days.from_:
            raise BadInput(f"`from` is {days.from_}, after `to`, {days.to}")
    if kind is None:
        return where
    return replace(where or LedgerWhere(), kind=hashed([kind]))


def conditions(where: LedgerWhere | None, live: FromClause, reader: Reader | Draft) -> list[ColumnElement[bool]]:
    """What the filter demands of a row of the ledger."""
    if where is None:
        return []
    return [*_chosen(where, live), *_bounded(where, live), *_owned(where, live, reader), *_about(where, live, reader)]


def _chosen(where: LedgerWhere, live: FromClause) -> Iterator[ColumnElement[bool]]:
    for name in ("kind", "mechanism", "disposition", "funding", "method", "confidence"):
        words = getattr(where, name)
        if words is not None:
            yield live.c[name].in_(words)
    if where.wallet is not None:
        yield live.c.wallet == where.wallet
    if where.has_transaction is not None:
        yield live.c.tx_hash.is_not(None) if where.has_transaction else live.c.tx_hash.is_(None)


def _bounded(where: LedgerWhere, live: FromClause) -> Iterator[ColumnElement[bool]]:
    yield from _within(where.occurred, live.c.at)
    yield from _within(where.disposed, live.c.disposition_at)
    if where.min_usd is not None:
        yield whole(live.c.usd) >= _micro(where.min_usd, ROUND_CEILING)
    if where.max_usd is not None:
        yield whole(live.c.usd) <= _micro(where.max_usd, ROUND_FLOOR)


def _within(days: DateRange | None, column: ColumnElement[datetime]) -> Iterator[ColumnElement[bool]]:
    if days is not None and days.from_ is not None:
        yield column >= datetime.combine(days.from_, time(), UTC)
    if days is not None and days.to is not None:
        yield column < datetime.combine(days.to + timedelta(days=1), time(), UTC)


def _micro(dollars: Decimal, rounding: str) -> int:
    """Whole micro-dollars; what is past every amount there can be is as good as the largest of them."""
    most = 2 * LARGEST_USD
    return int(max(-most, min(most, dollars)).scaleb(6).to_integral_value(rounding))


def _about(where: LedgerWhere, live: FromClause, reader: Reader | Draft) -> Iterator[ColumnElement[bool]]:
    """What the entry names: by the slugs of these."""
    if where.policy is not None:
        yield from _named(where.policy, live.c.policy_ref)
    for wanted, table, id_ in (
        (where.token, token, "token_id"),
        (where.chain, chain, "chain_id"),
        (where.source, source, "source_id"),
    ):
        if wanted is not None:
            named = reader.live(table)
            yield live.c[id_].in_(select(named.c[id_]).where(*_named(wanted, named.c.slug)))


def _owned(where: LedgerWhere, live: FromClause, reader: Reader | Draft) -> Iterator[ColumnElement[bool]]:
    if where.protocol is None and where.sector is None:
        return
    owners = reader.live(protocol)
    demands = [*_named(where.protocol, owners.c.slug), *_in_sector(where.sector, owners.c.sectors)]
    yield live.c.protocol_id.in_(select(owners.c.protocol_id).where(*demands))


def _named(wanted: StringFilter | None, column: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
    if wanted is None:
        return
    if wanted.eq is not None:
        yield column == wanted.eq
    if wanted.in_ is not None:
        yield column.in_(wanted.in_)
    if wanted.not_in is not None:
        yield column.not_in(wanted.not_in)
    if wanted.contains is not None:
        yield func.lower(column).contains(wanted.contains.lower(), autoescape=True)
    if wanted.starts_with is not None:
        yield func.lower(column).startswith(wanted.starts_with.lower(), autoescape=True)


def _in_sector(sectors: Any, column: ColumnElement[Any]) -> Iterator[ColumnElement[bool]]:
    """Sectors are kept as words between commas."""
    if sectors is not None:
        words = "," + type_coerce(column, Text) + ","
        yield or_(*(words.contains(f",{key.name},", autoescape=True) for key in sectors))
