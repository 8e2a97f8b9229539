"""What entries of the ledger add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, case, func, select, type_coerce

from models.base import EXACT, MICRO, exact_sum
from models.ledger import ledger
from models.store import Reader
from resolvers.declare import Parent, batched
from resolvers.ledger import LedgerPage, LedgerQuestion, Scope
from resolvers.ledger_filter import conditions


@dataclass(frozen=True, slots=True)
class LedgerAggregate:
    """Sums over entries; None where no entry says an amount.

    `token_amount` is None too where the entries are of several tokens. `average_price_usd` is over those entries
    that say both dollars and tokens.
    """

    count: int
    spent_usd: Decimal | None
    token_amount: Decimal | None
    average_price_usd: Decimal | None


NOTHING = LedgerAggregate(0, None, None, None)


async def ledger_totals(reader: Reader, keys: Sequence[LedgerQuestion]) -> list[LedgerAggregate]:
    """The sums of each; one statement per distinct filter."""
    found: dict[LedgerQuestion, LedgerAggregate] = {}
    for group in _alike(keys):
        for row in await reader.rows(_query(reader, group)):
            owner = Scope(*(row.owner if part is not None else None for part in group[0].scope))
            found[group[0]._replace(scope=owner)] = _aggregate(row)
    return [found.get(key, NOTHING) for key in keys]


async def ledger_counts(reader: Reader, keys: Sequence[LedgerQuestion]) -> list[int]:
    """How many entries each has; one statement per distinct filter."""
    return [total.count for total in await ledger_totals(reader, keys)]


def _alike(keys: Sequence[LedgerQuestion]) -> list[list[LedgerQuestion]]:
    """Questions that differ only in whose entries they are about."""
    groups: dict[Any, list[LedgerQuestion]] = {}
    for key in dict.fromkeys(keys):
        groups.setdefault((key.scope.protocol_id is None, key.scope.token_id is None, key.where), []).append(key)
    return list(groups.values())


def _query(reader: Reader, keys: Sequence[LedgerQuestion]) -> Select[Any]:
    live, scope = reader.live(ledger), keys[0].scope
    query = select(*_sums(live, reader)).where(*conditions(keys[0].where, live, reader))
    if scope == Scope():
        return query
    owner = live.c.protocol_id if scope.protocol_id is not None else live.c.token_id
    ids = [part for key in keys for part in key.scope if part is not None]
    return query.add_columns(owner.label("owner")).where(reader.among(owner, ids)).group_by(owner)


def _sums(live: FromClause, reader: Reader) -> list[ColumnElement[Any]]:
    priced = live.c.tokens.is_not(None)
    paid = live.c.usd.is_not(None)
    return [
        func.count().label("count"),
        exact_sum(live.c.usd).label("usd"),
        exact_sum(case((priced, live.c.usd))).label("priced_usd"),
        _listed(live.c.tokens, reader).label("tokens"),
        _listed(case((paid, live.c.tokens)), reader).label("priced_tokens"),
        func.count(live.c.token_id.distinct()).label("kinds"),
    ]


def _listed(column: ColumnElement[Any], reader: Reader) -> ColumnElement[Any]:
    """The sum of quantities; on SQLite, which has no number as wide, all of them as text."""
    if reader.dialect == "postgresql":
        return func.sum(column)
    return func.group_concat(type_coerce(column, Text), " ")


def _aggregate(row: Any) -> LedgerAggregate:
    tokens, priced_tokens = _summed(row.tokens), _summed(row.priced_tokens)
    priced_usd = _dollars(row.priced_usd)
    average = priced_usd / priced_tokens if priced_usd is not None and priced_tokens else None
    if row.kinds > 1:
        return LedgerAggregate(row.count, _dollars(row.usd), None, None)
    return LedgerAggregate(row.count, _dollars(row.usd), tokens, average)


def _dollars(total: Decimal | None) -> Decimal | None:
    """To the micro-dollar on both engines: PostgreSQL's driver drops the zeros at the end."""
    return None if total is None else total.quantize(MICRO, context=EXACT)


def _summed(found: Decimal | str | None) -> Decimal | None:
    if not isinstance(found, str):
        return None if found is None else found.normalize(EXACT)
    total = Decimal(0)
    for quantity in found.split():
        total = EXACT.add(total, Decimal(quantity))
    return total.normalize(EXACT)


@batched(ledger_totals)
def resolve_ledger_aggregate(page: Parent[LedgerPage]) -> LedgerQuestion:
    return page.question


@batched(ledger_counts)
def resolve_ledger_count(page: Parent[LedgerPage]) -> LedgerQuestion:
    return page.question
