"""The four queries, and the requests that ask them: each of the product's in many variants, so that none repeats."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from typing import Any

import orjson

from bench.load import post

# Documents that ask for one leaf under another name each: no answer to one is an answer to another, nor any part of
# it above that leaf.
VARIANTS = 400
SUBJECTS = 400
PAGES = 100
DAYS = 365

TEXTS = {
    "Q1": """query NAME($by: ProtocolBy!) { protocol(by: $by) {
        id slug name category token { symbol name } revenueStreams { key label } } }""",
    "Q2": """query NAME($after: String) { protocols(first: 50, after: $after) { nodes {
        slug name token { symbol } buybacks(first: 3) { nodes { occurredAt tokens usd } } } } }""",
    "Q3": """query NAME($by: ProtocolBy!, $from: Date!, $to: Date!) { protocol(by: $by) {
        slug series(keys: [REVENUE], from: $from, to: $to) { points { start value } } } }""",
    "Q4": """query NAME($after: String, $from: Date!, $to: Date!) { protocols(first: 20, after: $after) { nodes {
        slug series(keys: [REVENUE], from: $from, to: $to) { points { start value } } } } }""",
}
MOST = 100
CURSORS = "query($after: String) { protocols(first: 100, after: $after) { edges { cursor node { slug } } } }"
THROUGH = "{ meta { dataThrough { day } } }"
FIRSTS = {"Q2": 50, "Q4": 20}


@dataclass(frozen=True, slots=True)
class World:
    """What the variables are drawn from: slugs and cursors of the leaderboard, and its last day."""

    slugs: Sequence[str]
    cursors: Sequence[str]
    last: date

    @property
    def days(self) -> dict[str, str]:
        return {"from": str(self.last - timedelta(days=DAYS - 1)), "to": str(self.last)}


def variables(world: World, query: str) -> list[dict[str, Any]]:
    """Every set of variables a query is asked with."""
    days = world.days if query in ("Q3", "Q4") else {}
    if query in ("Q1", "Q3"):
        return [{"by": {"slug": slug}, **days} for slug in world.slugs[:SUBJECTS]]
    starts = range(0, min(PAGES * FIRSTS[query], len(world.cursors)), FIRSTS[query])
    return [{"after": world.cursors[start - 1] if start else None, **days} for start in starts]


def graphql(query: str, variant: int, values: Mapping[str, Any]) -> bytes:
    """A request to the product or the reference."""
    text = TEXTS[query].replace("NAME", query).replace("slug", f"slug{variant}: slug", 1)
    return post("/graphql", orjson.dumps({"query": text, "variables": values}))


def unseen(world: World, query: str) -> Iterator[bytes]:
    """Each variant with each set of variables, once; variant 0 is left for warming up."""
    for variant in range(1, VARIANTS):
        for values in variables(world, query)[1:]:
            yield graphql(query, variant, values)


def warming(world: World, query: str) -> Iterator[bytes]:
    """All the values that `unseen` needs, and all its documents, in requests that are not among it."""
    everything = variables(world, query)
    yield from (graphql(query, 0, values) for values in everything)
    yield from (graphql(query, variant, everything[0]) for variant in range(1, VARIANTS))


def rotating(world: World, query: str) -> Iterator[bytes]:
    """One document with all its variables, over and over."""
    return cycle([graphql(query, 0, values) for values in variables(world, query)])


def once(world: World, query: str) -> Iterator[bytes]:
    """One request, once."""
    yield graphql(query, 0, variables(world, query)[0])


def same(world: World, query: str) -> Iterator[bytes]:
    """One request, over and over."""
    return cycle([graphql(query, 0, variables(world, query)[0])])


def ready(world: World, query: str) -> Iterator[bytes]:
    """The request of `same`, to the server with ready bytes."""
    text = TEXTS[query].replace("NAME", query)
    return cycle([post(f"/{query}", orjson.dumps({"query": text, "variables": variables(world, query)[0]}))])


def by_hand(world: World, query: str) -> Iterator[bytes]:
    """The same variables for the server with a statement written by hand, which knows offsets instead of cursors."""
    sets = variables(world, query)
    if query in FIRSTS:
        sets = [{**values, "offset": n * FIRSTS[query]} for n, values in enumerate(sets)]
    return cycle([post(f"/{query}", orjson.dumps(values)) for values in sets])
