"""A small schema with every shape the edge has to deal with, answered without a store's rows."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from graph.cost import Cost, ListSize, sizes_by
from resolvers.caller import Caller
from resolvers.context import Info


class Leaking(RuntimeError):
    """What a driver might raise."""


@strawberry.type
class Book:
    title: str

    @strawberry.field
    async def author(self) -> "Author":
        return Author(name=f"author of {self.title}")


@strawberry.type
class Author:
    name: str

    @strawberry.field(directives=sizes_by(["first"]))
    async def books(self, first: int = 10) -> list[Book]:
        return [Book(title=f"{self.name}'s {number}") for number in range(min(first, 20))]


@strawberry.type
class Books:
    nodes: list[Book]
    total_count: int = strawberry.field(directives=[Cost(weight=5)])


@strawberry.type
class RateLimit:
    cost: int
    remaining: int
    limit: int


@strawberry.type
class Query:
    @strawberry.field
    async def hello(self) -> str:
        return "world"

    @strawberry.field(directives=sizes_by(["first"]))
    async def books(self, first: int = 10) -> list[Book]:
        return [Book(title=str(number)) for number in range(min(first, 20))]

    @strawberry.field(directives=sizes_by(["first", "after"]))
    async def shelf(self, first: int | None = None, last: int | None = None) -> Books:
        return Books(nodes=[Book(title="a")], total_count=1)

    @strawberry.field(directives=[ListSize(assumed_size=3, slicing_arguments=["titles"]), Cost(weight=2)])
    async def titled(self, titles: list[str]) -> list[Book]:
        return [Book(title=title) for title in titles]

    @strawberry.field
    async def node(self, id: strawberry.ID) -> Book | None:
        return None

    @strawberry.field
    async def slow(self, seconds: float = 1.0) -> str:
        await asyncio.sleep(seconds)
        return "done"

    @strawberry.field
    async def leak(self) -> str | None:
        raise Leaking("SELECT secret FROM users failed: asyncpg.exceptions at 0x7f")

    @strawberry.field
    async def required(self) -> str:
        raise Leaking("no such table")

    @strawberry.field
    async def whoami(self, info: Info) -> str:
        caller: Caller = info.context.caller
        return caller.name or caller.tier

    @strawberry.field
    async def rate_limit(
        self, info: Info, dry_run: Annotated[bool, strawberry.argument(description="Only say it.")] = False
    ) -> RateLimit:
        spending = info.context.caller.spending
        return RateLimit(cost=spending.cost, remaining=spending.remaining, limit=spending.limit)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def write(self, text: str) -> str:
        return text


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3, every: float = 0.0) -> AsyncGenerator[int, None]:
        for number in range(1, to + 1):
            await asyncio.sleep(every)
            yield number

    @strawberry.subscription
    async def look(self, info: Info, points: int) -> AsyncGenerator[int, None]:
        await info.context.pay(points)
        yield points

    @strawberry.subscription
    async def fail(self) -> AsyncGenerator[int, None]:
        yield 1
        raise Leaking("psycopg text")


schema = strawberry.Schema(Query, Mutation, Subscription)
