"""Which entries of the ledger: the filter, and the conditions it becomes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, func, or_, select, type_coerce

from models.protocol import protocol
from models.statement import Draft
from models.store import Reader
from models.vocabulary import Disposition, FundingSource, LedgerKind, MechanismKind, SectorKey
from resolvers.argument import hashed
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


@lru_cache(maxsize=256)
def narrowed(where: LedgerWhere | None, kind: LedgerKind | None) -> LedgerWhere | None:
    """The same filter, of one kind of entries where one is given."""
    if kind is None:
        return where
    return replace(where or LedgerWhere(), kind=hashed([kind]))


def conditions(where: LedgerWhere | None, live: FromClause, reader: Reader | Draft) -> list[ColumnElement[bool]]:
    """What the filter demands of a row of the ledger."""
    return [] if where is None else [*_chosen(where, live), *_bounded(where, live), *_owned(where, live, reader)]


def _chosen(where: LedgerWhere, live: FromClause) -> Iterator[ColumnElement[bool]]:
    for name in ("kind", "mechanism", "disposition", "funding"):
        words = getattr(where, name)
        if words is not None:
            yield live.c[name].in_(words)


def _bounded(where: LedgerWhere, live: FromClause) -> Iterator[ColumnElement[bool]]:
    occurred = where.occurred
    if occurred is not None and occurred.from_ is not None:
        yield live.c.at >= datetime.combine(occurred.from_, time(), UTC)
    if occurred is not None and occurred.to is not None:
        yield live.c.at < datetime.combine(occurred.to + timedelta(days=1), time(), UTC)
    if where.min_usd is not None:
        yield live.c.usd >= where.min_usd
    if where.has_transaction is not None:
        yield live.c.tx_hash.is_not(None) if where.has_transaction else live.c.tx_hash.is_(None)


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
