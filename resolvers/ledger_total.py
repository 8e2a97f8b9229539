"""What entries of the ledger add up to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, case, func, select

from models.base import EXACT, MICRO, exact_sum, exact_total
from models.ledger import ledger
from models.store import Reader
from resolvers.declare import Parent, batched
from resolvers.ledger import LedgerPage, LedgerQuestion, Scope
from resolvers.ledger_filter import conditions


class TokenSum(NamedTuple):
    """Entries in one token, None for entries that name none; `priced_…` over those that say dollars and tokens.

    `counted`: how many of the `entries` say a number of tokens.
    """

    token_id: int | None
    entries: int
    counted: int
    usd: Decimal | None
    tokens: Decimal | None
    priced_usd: Decimal | None
    priced_tokens: Decimal | None


@dataclass(frozen=True, slots=True)
class LedgerAggregate:
    """Sums over entries, token by token; None where no entry says an amount."""

    by_token: tuple[TokenSum, ...]

    @property
    def count(self) -> int:
        return sum(each.entries for each in self.by_token)

    @property
    def spent_usd(self) -> Decimal | None:
        return _dollars(_sum(each.usd for each in self.by_token))

    @property
    def token_amount(self) -> Decimal | None:
        """None too where the entries are of several tokens."""
        return None if self._several else _quantity(_sum(each.tokens for each in self.by_token))

    @property
    def average_price_usd(self) -> Decimal | None:
        """Over those entries that say both dollars and tokens."""
        tokens, paid = _sum(each.priced_tokens for each in self.by_token), self.cost_basis_usd
        return None if self._several or not tokens or paid is None else paid / tokens

    @property
    def cost_basis_usd(self) -> Decimal | None:
        return _dollars(_sum(each.priced_usd for each in self.by_token))

    @property
    def _several(self) -> bool:
        return sum(each.token_id is not None for each in self.by_token) > 1


NOTHING = LedgerAggregate(())


async def ledger_totals(reader: Reader, keys: Sequence[LedgerQuestion]) -> list[LedgerAggregate]:
    """The sums of each; one statement per distinct filter."""
    found: dict[LedgerQuestion, LedgerAggregate] = {}
    for group in alike(keys):
        rows = await reader.rows(_query(reader, group))
        for owner in dict.fromkeys(row.owner for row in rows):
            sums = tuple(token_sum(row) for row in rows if row.owner == owner)
            found[group[0]._replace(scope=scope_of(group[0], owner))] = LedgerAggregate(sums)
    return [found.get(key, NOTHING) for key in keys]


async def ledger_counts(reader: Reader, keys: Sequence[LedgerQuestion]) -> list[int]:
    """How many entries each has; one statement per distinct filter."""
    return [total.count for total in await ledger_totals(reader, keys)]


def alike(keys: Sequence[LedgerQuestion]) -> list[list[LedgerQuestion]]:
    """Questions that differ only in whose entries they are about."""
    groups: dict[Any, list[LedgerQuestion]] = {}
    for key in dict.fromkeys(keys):
        groups.setdefault((key.scope.protocol_id is None, key.scope.token_id is None, key.where), []).append(key)
    return list(groups.values())


def scope_of(key: LedgerQuestion, owner: int) -> Scope:
    """The scope of a row among alike questions."""
    return Scope(*(owner if part is not None else None for part in key.scope))


def _query(reader: Reader, keys: Sequence[LedgerQuestion]) -> Select[Any]:
    live = reader.live(ledger)
    owner = owner_of(keys[0], live)
    query = select(owner.label("owner"), *sums(live)).where(*asked_for(keys, live, reader))
    return query.group_by(owner, live.c.token_id).order_by(live.c.token_id)


def owner_of(key: LedgerQuestion, live: FromClause) -> ColumnElement[int]:
    """What tells the rows of alike questions apart."""
    if key.scope == Scope():
        # Rows of anyone have one owner: a column of one value, as no engine groups by a constant alike.
        return live.c.source_id * 0
    owner: ColumnElement[int] = live.c.protocol_id if key.scope.protocol_id is not None else live.c.token_id
    return owner


def asked_for(keys: Sequence[LedgerQuestion], live: FromClause, reader: Reader) -> list[ColumnElement[bool]]:
    """The entries that alike questions are about."""
    demands = conditions(keys[0].where, live, reader)
    ids = [part for key in keys for part in key.scope if part is not None]
    return [*demands, reader.among(owner_of(keys[0], live), ids)] if ids else demands


def sums(live: FromClause) -> list[ColumnElement[Any]]:
    """The columns that `token_sum` reads, for a statement grouped by token."""
    priced, paid = live.c.tokens.is_not(None), live.c.usd.is_not(None)
    return [
        live.c.token_id.label("token_id"),
        func.count().label("entries"),
        func.count(live.c.tokens).label("counted"),
        exact_sum(live.c.usd).label("usd"),
        exact_total(live.c.tokens).label("tokens"),
        exact_sum(case((priced, live.c.usd))).label("priced_usd"),
        exact_total(case((paid, live.c.tokens))).label("priced_tokens"),
    ]


def token_sum(row: Any) -> TokenSum:
    return TokenSum(*(getattr(row, name) for name in TokenSum._fields))


def joined(parts: Iterable[TokenSum]) -> TokenSum:
    """Of sums of one token, the sum."""
    first, *others = parts
    for other in others:
        amounts = (_sum(pair) for pair in zip(first[3:], other[3:], strict=True))
        first = TokenSum(first.token_id, first.entries + other.entries, first.counted + other.counted, *amounts)
    return first


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Of those that are known, exact; None where none is."""
    known = [amount for amount in amounts if amount is not None]
    total = Decimal(0)
    for amount in known:
        total = EXACT.add(total, amount)
    return total if known else None


def _dollars(total: Decimal | None) -> Decimal | None:
    """To the micro-dollar on both engines: PostgreSQL's driver drops the zeros at the end."""
    return None if total is None else total.quantize(MICRO, context=EXACT)


def _quantity(total: Decimal | None) -> Decimal | None:
    return None if total is None else total.normalize(EXACT)


@batched(ledger_totals)
def resolve_ledger_aggregate(page: Parent[LedgerPage]) -> LedgerQuestion:
    return page.question


@batched(ledger_counts)
def resolve_ledger_count(page: Parent[LedgerPage]) -> LedgerQuestion:
    return page.question
