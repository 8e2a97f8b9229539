"""The ledger in groups: what the entries of each protocol, kind, month and so on add up to."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, FromClause, func, select

from models.ledger import ledger
from models.store import Reader
from models.vocabulary import Interval
from resolvers.argument import hashed
from resolvers.bucket import bucket_of
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.ledger import LedgerPage, LedgerQuestion
from resolvers.ledger_total import (
    LedgerAggregate,
    TokenSum,
    alike,
    asked_for,
    joined,
    owner_of,
    scope_of,
    sums,
    token_sum,
)
from resolvers.protocol import ProtocolRow, protocols_by_id
from resolvers.token import tokens_by_id

MOST_GROUPS = 500


class LedgerGroupKey(Enum):
    PROTOCOL = "protocol"
    TOKEN = "token"  # noqa: S105 - what is bought, not a password
    KIND = "kind"
    MECHANISM = "mechanism"
    DISPOSITION = "disposition"
    FUNDING = "funding"
    SECTOR = "sector"
    PERIOD = "period"


class LedgerGroupOrder(Enum):
    KEY_ASC = "key_asc"
    KEY_DESC = "key_desc"
    SPENT_DESC = "spent_desc"
    COUNT_DESC = "count_desc"


WORDS = {
    LedgerGroupKey.KIND: "kind",
    LedgerGroupKey.MECHANISM: "mechanism",
    LedgerGroupKey.DISPOSITION: "disposition",
    LedgerGroupKey.FUNDING: "funding",
}


@dataclass(frozen=True, slots=True)
class GroupKeyValue:
    """A slug, a word, or the first day of a period; None where the entries name none."""

    key: LedgerGroupKey
    value: str | None


@dataclass(frozen=True, slots=True)
class LedgerGroup:
    keys: list[GroupKeyValue]
    aggregate: LedgerAggregate


class Grouping(NamedTuple):
    """By what entries are grouped."""

    by: tuple[LedgerGroupKey, ...]
    interval: Interval


class GroupsKey(NamedTuple):
    question: LedgerQuestion
    grouping: Grouping
    order: LedgerGroupOrder
    first: int


Values: TypeAlias = tuple[str | None, ...]
Parts: TypeAlias = dict[Values, dict[int | None, list[TokenSum]]]


async def ledger_groups(reader: Reader, keys: Sequence[GroupsKey]) -> list[list[LedgerGroup]]:
    """The groups of each, in its order; three statements per distinct filter and grouping."""
    found: dict[tuple[LedgerQuestion, Grouping], list[LedgerGroup]] = {}
    for grouping in dict.fromkeys(key.grouping for key in keys):
        for questions in alike([key.question for key in keys if key.grouping == grouping]):
            parts = await _parts(reader, questions, grouping)
            found |= {(question, grouping): _groups(each, grouping) for question, each in parts.items()}
    return [_ordered(found.get((key.question, key.grouping), []), key) for key in keys]


async def _parts(reader: Reader, keys: Sequence[LedgerQuestion], grouping: Grouping) -> dict[LedgerQuestion, Parts]:
    """The sums of every question by the values of its groups, and by token."""
    live = reader.live(ledger)
    owner, columns = owner_of(keys[0], live), [_column(key, live, reader.dialect) for key in grouping.by]
    query = select(owner.label("owner"), *sums(live), *columns).where(*asked_for(keys, live, reader))
    rows = await reader.rows(query.group_by(owner, live.c.token_id, *columns))
    name = await _names(reader, rows, grouping)
    found: dict[LedgerQuestion, Parts] = {}
    for row in rows:
        values = tuple(map(name, grouping.by, row[len(TokenSum._fields) + 1 :]))
        parts = found.setdefault(keys[0]._replace(scope=scope_of(keys[0], row.owner)), {})
        parts.setdefault(values, defaultdict(list))[row.token_id].append(token_sum(row))
    return found


def _column(key: LedgerGroupKey, live: FromClause, dialect: str) -> ColumnElement[Any]:
    if key in WORDS:
        return live.c[WORDS[key]]
    if key is LedgerGroupKey.TOKEN:
        return live.c.token_id
    if key is not LedgerGroupKey.PERIOD:
        return live.c.protocol_id
    return day_of(live, dialect)


def day_of(live: FromClause, dialect: str) -> ColumnElement[Any]:
    """The UTC day of an entry, a date or its text."""
    return func.date(func.timezone("UTC", live.c.at)) if dialect == "postgresql" else func.date(live.c.at)


async def _names(
    reader: Reader, rows: Sequence[Any], grouping: Grouping
) -> Callable[[LedgerGroupKey, Any], str | None]:
    """What a value of a column is called in an answer."""
    first = len(TokenSum._fields) + 1
    places = {key: first + place for place, key in enumerate(grouping.by)}
    owners = [places[key] for key in (LedgerGroupKey.PROTOCOL, LedgerGroupKey.SECTOR) if key in places]
    ids = list(dict.fromkeys(row[place] for row in rows for place in owners))
    protocols = dict(zip(ids, await protocols_by_id(reader, ids), strict=True)) if owners else {}
    slugs = await _token_slugs(reader, rows) if LedgerGroupKey.TOKEN in places else {}

    def name(key: LedgerGroupKey, value: Any) -> str | None:
        if key is LedgerGroupKey.PERIOD:
            return bucket_of(date.fromisoformat(str(value)), grouping.interval).first.isoformat()
        if key is LedgerGroupKey.TOKEN:
            return slugs.get(value)
        return str(value.name) if key in WORDS else _called(key, protocols.get(value))

    return name


async def _token_slugs(reader: Reader, rows: Sequence[Any]) -> Mapping[int, str]:
    ids = list(dict.fromkeys(row.token_id for row in rows if row.token_id is not None))
    return {row.number: row.slug for row in await tokens_by_id(reader, ids) if row is not None}


def _called(key: LedgerGroupKey, owner: ProtocolRow | None) -> str | None:
    """A protocol by its slug, or by the first of its sectors: so that groups add up, each entry is in one."""
    if owner is None or key is LedgerGroupKey.PROTOCOL:
        return None if owner is None else owner.slug
    return owner.sector_names[0] if owner.sector_names else None


def _groups(parts: Parts, grouping: Grouping) -> list[LedgerGroup]:
    return [
        LedgerGroup(
            [GroupKeyValue(key, value) for key, value in zip(grouping.by, values, strict=True)],
            LedgerAggregate(tuple(joined(sums_) for sums_ in by_token.values())),
        )
        for values, by_token in parts.items()
    ]


def _ordered(groups: Sequence[LedgerGroup], key: GroupsKey) -> list[LedgerGroup]:
    """By their values; then by what is asked for, the most first and the unknown last."""
    found = sorted(groups, key=_values, reverse=key.order is LedgerGroupOrder.KEY_DESC)
    if key.order is LedgerGroupOrder.COUNT_DESC:
        found.sort(key=lambda group: -group.aggregate.count)
    if key.order is LedgerGroupOrder.SPENT_DESC:
        found.sort(key=_spent, reverse=True)
    return found[: key.first]


def _spent(group: LedgerGroup) -> Decimal:
    spent = group.aggregate.spent_usd
    return Decimal(-1) if spent is None else spent


def _values(group: LedgerGroup) -> list[tuple[bool, str]]:
    return [(each.value is None, each.value or "") for each in group.keys]


@batched(ledger_groups)
def resolve_ledger_groups(
    page: Parent[LedgerPage],
    by: Annotated[list[LedgerGroupKey], argument("By what, for example [FUNDING, DISPOSITION].")],
    interval: Annotated[Interval, argument("How long a PERIOD is.")] = Interval.MONTH,
    order_by: Annotated[LedgerGroupOrder, argument("In which order.")] = LedgerGroupOrder.KEY_ASC,
    first: Annotated[int, argument(f"How many at most, 1 to {MOST_GROUPS}.")] = 100,
) -> GroupsKey:
    if not by or len(set(by)) < len(by):
        raise BadInput("`by` names what to group by, each once")
    if not 1 <= first <= MOST_GROUPS:
        raise BadInput(f"`first` must be between 1 and {MOST_GROUPS}, not {first}")
    return GroupsKey(page.question, Grouping(tuple(hashed(by)), interval), order_by, first)
