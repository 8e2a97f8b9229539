"""Run a plan: fetch level by level with one call per batch and pin, then project from the leaves up."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import orjson
from graphql.execution.values import VariableValues

from graph.plan.compile import Column, Shape
from graph.plan.kept import Asked, Filled, Kept
from graph.plan.read import Batched
from graph.plan.visit import Visit, read_attributes, take
from models.epoch import Pin
from resolvers.argument import hashed
from resolvers.context import Context
from resolvers.declare import cursor_in

Wait: TypeAlias = Callable[[], Awaitable[Any]]
"""Something that a plan has to wait for; its result is sent to the plan."""

Steps: TypeAlias = Generator[Wait, Any, dict[str, Any]]
"""A plan that runs until it has to wait, and ends with the ready `data`: without any wait where all is kept."""

ROOT: Sequence[Any] = (None,)


@dataclass(frozen=True, slots=True)
class Ask:
    """Keys that one column waits for, one per row of the visit; a key of None is answered with null.

    `written`: keys whose JSON was kept from an earlier request. `place`: where the whole column is kept, None where
    it isn't.
    """

    visit: Visit
    number: int
    column: Column
    keys: list[Hashable | None]
    written: dict[Hashable | None, bytes]
    place: Hashable | None

    def missing(self) -> list[Hashable | None]:
        """Keys whose value is needed; one may be named twice."""
        return [key for key in self.keys if key not in self.written] if self.written else self.keys


async def run(shape: Shape, context: Context, variables: VariableValues, kept: Kept | None) -> dict[str, Any]:
    """The ready `data` of a query. Raises Unexpected, or whatever a batch, key or serializer raises."""
    running, result = steps(shape, context, variables, kept), None
    while True:
        try:
            wait = running.send(result)
        except StopIteration as ended:
            data: dict[str, Any] = ended.value
            return data
        result = await wait()


def steps(shape: Shape, context: Context, variables: VariableValues, kept: Kept | None) -> Steps:
    """The run of a plan; it raises what `run` raises."""
    running = _Run(context, variables, kept)
    root = Visit(shape, ROOT, context.pin)
    level = [root]
    while level:
        level = yield from running.level(level)
    return root.ready()[0]


@dataclass(slots=True)
class _Run:
    """`known`: values this request has seen, so that no key is fetched twice."""

    context: Context
    variables: VariableValues
    kept: Kept | None
    known: dict[Asked, dict[Hashable | None, Any]] = field(default_factory=dict)

    def level(self, visits: list[Visit]) -> Generator[Wait, Any, list[Visit]]:
        """Read every column of `visits`, and of the objects their rows hold; returns the next level."""
        read_attributes(visits)
        asks: dict[Asked, list[Ask]] = {}
        following: list[Visit] = []
        for visit in visits:
            for number, column, read in visit.shape.batched:
                arguments, pin = read.arguments(self.variables), visit.pin
                if read.repins:
                    arguments = dict(arguments)
                    pin = yield from self._pin(read, arguments, pin)
                asked = read.declaration.batch, pin
                place = self._place(asked, column, read, arguments, visit.rows)
                if place is None or not self._fill(place, pin, visit, number, following):
                    asks.setdefault(asked, []).append(self._ask(asked, visit, number, column, arguments, place))
        work = self._work(asks)
        if work:
            yield partial(self._fetch_all, work)
        for asked, waiting in asks.items():
            for ask in waiting:
                self._answer(asked, ask, following)
        return following

    def _pin(self, read: Batched, arguments: dict[str, Any], pin: Pin) -> Generator[Wait, Any, Pin]:
        """What a field that may name another epoch reads at; takes `at` out of its arguments."""
        moment, cursor = arguments.pop("at", None) if read.declaration.at else None, cursor_in(arguments)
        if self.context.stays(pin, moment, cursor):
            return pin
        moved: Pin = yield partial(self.context.repin, pin, moment, cursor)
        return moved

    def _place(
        self, asked: Asked, column: Column, read: Batched, arguments: dict[str, Any], rows: Sequence[Any]
    ) -> Hashable | None:
        """Where a column is kept: the rows it was answered for are told by identity, which costs no key of any."""
        if self.kept is None or not read.parent:
            return None
        batch, pin = asked
        given = tuple((name, hashed(value)) for name, value in arguments.items())
        return pin.epoch, pin.day, batch, read.declaration.key, column.selected, given, *map(id, rows)

    def _fill(self, place: Hashable, pin: Pin, visit: Visit, number: int, following: list[Visit]) -> bool:
        """Set a column to what is kept of it; whether there is anything."""
        found: Filled | None = self.kept.columns.peek(place) if self.kept is not None else None
        if found is None:
            return False
        column, values = visit.shape.columns[number], found.values
        ready = take(column, values, following, pin) if column.selected is None else lambda: values
        visit.values[number] = ready
        return True

    def _ask(
        self,
        asked: Asked,
        visit: Visit,
        number: int,
        column: Column,
        arguments: dict[str, Any],
        place: Hashable | None,
    ) -> Ask:
        read: Any = column.read
        key = read.declaration.key
        keys = [key(row, **arguments) for row in visit.rows] if read.parent else [key(**arguments)]
        if column.selected is None or self.kept is None:
            return Ask(visit, number, column, keys, {}, place)
        return Ask(visit, number, column, keys, self.kept.written_of(asked, column.selected, keys), place)

    def _work(self, asks: dict[Asked, list[Ask]]) -> list[tuple[Asked, list[Hashable]]]:
        """Each batch with the keys that neither this request nor its epoch has seen."""
        found = ((asked, self._missing(asked, waiting)) for asked, waiting in asks.items())
        return [(asked, missing) for asked, missing in found if missing]

    async def _fetch_all(self, work: list[tuple[Asked, list[Hashable]]]) -> None:
        """One call of each batch, all at once."""
        if len(work) == 1:
            await self._fetch(*work[0])
        else:
            await _together([self._fetch(asked, missing) for asked, missing in work])

    def _missing(self, asked: Asked, waiting: list[Ask]) -> list[Hashable]:
        known = self.known.get(asked)
        if known is None:
            self.known[asked] = known = {None: None}
        wanted = dict.fromkeys(key for ask in waiting for key in ask.missing())
        missing: list[Any] = [key for key in wanted if key not in known]
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
            values, texts_bytes = [known[key] for key in ask.keys], 0
            ask.visit.values[ask.number] = take(ask.column, values, following, asked[1])
        else:
            texts = self._written(asked, ask, known)
            values, texts_bytes = list(map(orjson.Fragment, texts)), sum(map(len, texts))
            ask.visit.values[ask.number] = lambda: values
        if ask.place is not None and self.kept is not None:
            self.kept.fill(ask.place, ask.visit.rows, values, texts_bytes)

    def _written(self, asked: Asked, ask: Ask, known: dict[Hashable | None, Any]) -> list[bytes]:
        """JSON of each key. What is missing is projected now, since it needs no further level, and kept."""
        missing = list(dict.fromkeys(ask.missing()))
        if missing:
            visits: list[Visit] = []
            ready = take(ask.column, [known[key] for key in missing], visits, asked[1])
            read_attributes(visits)
            for key, value in zip(missing, ready(), strict=True):
                text = orjson.dumps(value)
                ask.written[key] = text
                if self.kept is not None and ask.column.selected is not None:
                    self.kept.write(asked, ask.column.selected, key, text)
        return [ask.written[key] for key in ask.keys]


async def _together(work: list[Coroutine[Any, Any, None]]) -> None:
    """Start all and wait for them; the first failure cancels the others, and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
