"""Compare desired rows with the live epoch, in one statement per table, and write what differs."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Insert,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    and_,
    case,
    false,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.publication import Publication
from models.versioned import FOREVER, Versioned
from sync.counts import Counts, Tally

BATCH = 5_000

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """Two temporary tables beside a versioned one: what is wanted, and what of it would change.

    `keeps`: a wanted NULL keeps the live value, or takes the one in `defaults` where there is none.
    """

    of: Versioned
    wanted: Table
    change: Table
    keeps: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        return self.of.every_version.name


def stage_for(of: Versioned, *, keeps: bool = False, **defaults: Any) -> Stage:
    """`change` also holds what was there before: `old_from`, None if it is new.

    `filled`: all that differs was unknown before.
    """
    source = of.every_version.c
    own = MetaData()

    def copied(names: Iterable[str]) -> list[Column[Any]]:
        return [Column(name, source[name].type) for name in names]

    key = [Column(name, source[name].type, primary_key=True, autoincrement=False) for name in of.key]
    flags: list[Column[Any]] = [Column("n", Integer), Column("collector", Integer), Column("withdrawn", Boolean)]
    wanted = Table(f"wanted_{of.every_version.name}", own, *key, *copied(of.values), *flags, prefixes=["TEMPORARY"])
    change = Table(
        f"change_{of.every_version.name}",
        own,
        Column("n", Integer, primary_key=True, autoincrement=False),
        Column("collector", Integer),
        Column("withdrawn", Boolean),
        *copied(columns_of(of)),
        Column("old_from", Integer),
        Column("filled", Boolean),
        UniqueConstraint(*of.key),
        prefixes=["TEMPORARY"],
    )
    return Stage(of, wanted, change, keeps, defaults)


def columns_of(of: Versioned) -> list[str]:
    """What a version holds, each column once."""
    return list(dict.fromkeys((*of.identity, *of.key, *of.values)))


async def compare(publication: Publication, stage: Stage, rows: Sequence[Row]) -> Tally:
    """Stage `rows` and find what they change; nothing versioned is written.

    A row is a column each of the table, the number of its `collector`, and whether it is `withdrawn`.
    """
    return await compare_all(publication, stage, _batches(rows))


async def compare_all(publication: Publication, stage: Stage, batches: AsyncIterable[Sequence[Row]]) -> Tally:
    """`compare` of rows that come batch by batch, so that they are never held all at once."""
    async with publication.transaction() as connection:
        await connection.run_sync(stage.wanted.metadata.create_all, checkfirst=False)
    stated: Counter[int] = Counter()
    async for batch in batches:
        first = stated.total()
        stated.update(row["collector"] for row in batch)
        async with publication.transaction() as connection:
            await connection.execute(insert(stage.wanted), [{"n": first + n, **row} for n, row in enumerate(batch)])
    async with publication.transaction() as connection:
        await analyze(connection, stage.wanted)
        await connection.execute(_difference(stage))
        await analyze(connection, stage.change)
        return await _count(connection, stage, stated)


async def unstage(publication: Publication, stages: Iterable[Stage]) -> None:
    """Drop what comparisons have staged, so that they can be made anew."""
    async with publication.transaction() as connection:
        for stage in stages:
            await connection.run_sync(stage.wanted.metadata.drop_all, checkfirst=False)


async def apply(publication: Publication, stage: Stage, changed: int) -> None:
    """Close the versions that end with this epoch, then open those that begin, a batch per transaction.

    All are closed first: a name may pass from one row to another.
    """
    for statement in (_closing, _opening):
        for first in range(1, changed + 1, BATCH):
            some = stage.change.c.n.between(first, first + BATCH - 1)
            async with publication.transaction() as connection:
                await connection.execute(statement(stage, publication.epoch, some))


async def analyze(connection: AsyncConnection, table: Table) -> None:
    """Tell PostgreSQL how big a temporary table is; autovacuum never sees those."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"ANALYZE {table.name}"))


async def _batches(rows: Sequence[Row]) -> AsyncGenerator[Sequence[Row], None]:
    for first in range(0, len(rows), BATCH):
        yield rows[first : first + BATCH]


def _difference(stage: Stage) -> Insert:
    """New rows, and known rows whose values differ, numbered from 1; a new key is given an id."""
    wanted, live = stage.wanted, stage.of.every_version.alias("live")
    same_key = [wanted.c[name] == live.c[name] for name in stage.of.key]
    values = {name: _value(stage, wanted.c[name], live.c[name]) for name in stage.of.values}
    differs = [value.is_distinct_from(live.c[name]) for name, value in values.items()]
    known = live.c.valid_from.is_not(None)
    number = func.row_number().over(order_by=wanted.c.n)
    columns: dict[str, ColumnElement[Any]] = {"n": number, "collector": wanted.c.collector}
    columns["withdrawn"] = wanted.c.withdrawn
    if stage.of.id_ and stage.of.id_ not in stage.of.key:
        columns[stage.of.id_] = func.coalesce(live.c[stage.of.id_], _highest_id(stage.of) + number)
    columns |= {name: wanted.c[name] for name in stage.of.key}
    columns |= values | {"old_from": live.c.valid_from, "filled": _fills(stage, values, live)}
    query = (
        select(*columns.values())
        .select_from(wanted.outerjoin(live, and_(*same_key, live.c.valid_to == FOREVER)))
        .where(case((known, or_(wanted.c.withdrawn, *differs)), else_=~wanted.c.withdrawn))
    )
    return insert(stage.change).from_select(list(columns), query)


def _value(stage: Stage, wanted: ColumnElement[Any], live: ColumnElement[Any]) -> ColumnElement[Any]:
    if not stage.keeps:
        return wanted
    name = str(live.key)
    default = [literal(stage.defaults[name], live.type)] if name in stage.defaults else []
    return func.coalesce(wanted, live, *default)


def _fills(stage: Stage, values: Mapping[str, ColumnElement[Any]], live: FromClause) -> ColumnElement[bool]:
    """Whether nothing that was known is said otherwise."""
    if not stage.keeps:
        return false()
    unsaid = {name: live.c[name] == literal(value, live.c[name].type) for name, value in stage.defaults.items()}
    same_or_unsaid = [
        or_(value.is_not_distinct_from(live.c[name]), unsaid.get(name, live.c[name].is_(None)))
        for name, value in values.items()
    ]
    return and_(*same_or_unsaid)


def _highest_id(of: Versioned) -> ColumnElement[int]:
    ids = of.every_version.c[of.identity[0]]
    return func.coalesce(select(func.max(ids)).scalar_subquery(), 0)


def _closing(stage: Stage, epoch: int, some: ColumnElement[bool]) -> Any:
    table, change = stage.of.every_version, stage.change
    same = [table.c[name] == change.c[name] for name in stage.of.identity]
    return update(table).where(*same, table.c.valid_from == change.c.old_from, some).values(valid_to=epoch)


def _opening(stage: Stage, epoch: int, some: ColumnElement[bool]) -> Any:
    names = columns_of(stage.of)
    query = select(*(stage.change.c[name] for name in names), literal_column(str(epoch))).where(
        some, ~stage.change.c.withdrawn
    )
    return insert(stage.of.every_version).from_select([*names, "valid_from"], query)


async def _count(connection: AsyncConnection, stage: Stage, stated: Mapping[int, int]) -> Tally:
    change = stage.change.c
    new, withdrawn = change.old_from.is_(None) | (change.filled & ~change.withdrawn), change.withdrawn
    query = select(change.collector, func.count(), func.count().filter(new), func.count().filter(withdrawn))
    tally = Tally()
    for collector, rows in stated.items():
        tally.add(collector, Counts(unchanged=rows))
    for collector, changed, added, taken in await connection.execute(query.group_by(change.collector)):
        tally.add(collector, Counts(added, changed - added - taken, taken, -changed))
    return tally
