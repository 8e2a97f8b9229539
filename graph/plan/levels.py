"""Run a plan: fetch level by level with one call per batch and pin, then project from the leaves up."""

import asyncio
from collections.abc import Coroutine, Hashable
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql.execution.values import VariableValues

from graph.plan.compile import Column, Shape
from graph.plan.kept import Asked, Kept
from graph.plan.read import Batched
from graph.plan.visit import Visit, read_attributes, take
from resolvers.context import Context
from resolvers.declare import cursor_in


@dataclass(frozen=True, slots=True)
class Ask:
    """Keys that one column waits for, one per row of the visit; a key of None is answered with null.

    `written`: keys whose JSON was kept from an earlier request.
    """

    visit: Visit
    number: int
    keys: list[Hashable | None]
    written: dict[Hashable | None, orjson.Fragment]

    @property
    def column(self) -> Column:
        return self.visit.shape.columns[self.number]

    def missing(self) -> list[Hashable | None]:
        """Keys whose value is needed; one may be named twice."""
        return [key for key in self.keys if key not in self.written] if self.written else self.keys


async def run(shape: Shape, context: Context, variables: VariableValues, kept: Kept | None) -> dict[str, Any]:
    """The ready `data` of a query. Raises Unexpected, or whatever a batch, key or serializer raises."""
    running = _Run(context, variables, kept)
    root = Visit(shape, [None], context.pin)
    level = [root]
    while level:
        level = await running.level(level)
    return root.ready()[0]


@dataclass(slots=True)
class _Run:
    """`known`: values this request has seen, so that no key is fetched twice."""

    context: Context
    variables: VariableValues
    kept: Kept | None
    known: dict[Asked, dict[Hashable | None, Any]] = field(default_factory=dict)

    async def level(self, visits: list[Visit]) -> list[Visit]:
        """Read every column of `visits`, and of the objects their rows hold; returns the next level."""
        read_attributes(visits)
        asks: dict[Asked, list[Ask]] = {}
        for visit in visits:
            for number, column in enumerate(visit.shape.columns):
                if isinstance(column.read, Batched):
                    asked, ask = await self._ask(visit, number, column, column.read)
                    asks.setdefault(asked, []).append(ask)
        await self._fetch_all(asks)
        following: list[Visit] = []
        for asked, waiting in asks.items():
            for ask in waiting:
                self._answer(asked, ask, following)
        return following

    async def _ask(self, visit: Visit, number: int, column: Column, read: Batched) -> tuple[Asked, Ask]:
        key, arguments, pin = read.declaration.key, read.arguments(self.variables), visit.pin
        if read.repins:
            arguments = dict(arguments)
            moment, cursor = arguments.pop("at", None) if read.declaration.at else None, cursor_in(arguments)
            if moment is not None or cursor is not None:
                pin = await self.context.repin(pin, moment, cursor)
        keys = [key(row, **arguments) for row in visit.rows] if read.parent else [key(**arguments)]
        asked = read.declaration.batch, pin
        return asked, Ask(visit, number, keys, self._written(asked, column, keys))

    async def _fetch_all(self, asks: dict[Asked, list[Ask]]) -> None:
        """One call of each batch for the keys that neither this request nor its epoch has seen, all at once."""
        work = []
        for asked, waiting in asks.items():
            missing = self._missing(asked, waiting)
            if missing:
                work.append((asked, missing))
        if len(work) == 1:
            await self._fetch(*work[0])
        elif work:
            await _together([self._fetch(asked, missing) for asked, missing in work])

    def _missing(self, asked: Asked, waiting: list[Ask]) -> list[Hashable]:
        known = self.known.setdefault(asked, {None: None})
        wanted = dict.fromkeys(key for ask in waiting for key in ask.missing())
        missing = [key for key in wanted if key not in known]
        if self.kept is None or not missing:
            return missing
        return self.kept.recall(asked, missing, known)

    async def _fetch(self, asked: Asked, missing: list[Hashable]) -> None:
        batch, pin = asked
        values = await self.context.fetch(batch, missing, pin)
        self.known[asked].update(zip(missing, values, strict=True))

    def _answer(self, asked: Asked, ask: Ask, following: list[Visit]) -> None:
        known = self.known[asked]
        if ask.column.selected is None or self.kept is None:
            values = [known[key] for key in ask.keys]
            ask.visit.values[ask.number] = take(ask.column, values, following, asked[1])
        else:
            self._write(asked, ask, known)

    def _written(self, asked: Asked, column: Column, keys: list[Hashable | None]) -> dict[Any, orjson.Fragment]:
        if column.selected is None or self.kept is None:
            return {}
        return self.kept.written_of(asked, column.selected, keys)

    def _write(self, asked: Asked, ask: Ask, known: dict[Hashable | None, Any]) -> None:
        """Project the missing values now, since they need no further level, and keep their JSON."""
        missing = list(dict.fromkeys(ask.missing()))
        visits: list[Visit] = []
        ready = take(ask.column, [known[key] for key in missing], visits, asked[1])
        read_attributes(visits)
        for key, value in zip(missing, ready(), strict=True):
            text = orjson.dumps(value)
            ask.written[key] = orjson.Fragment(text)
            if self.kept is not None and ask.column.selected is not None:
                self.kept.write(asked, ask.column.selected, key, text)
        fragments = [ask.written[key] for key in ask.keys]
        ask.visit.values[ask.number] = lambda: fragments


async def _together(work: list[Coroutine[Any, Any, None]]) -> None:
    """Start all and wait for them; the first failure cancels the others."""
    async with asyncio.TaskGroup() as group:
        for each in work:
            group.create_task(each)
