"""Things by what users call them: a name, a slug, a symbol, a ticker, or a name in somebody else's numbering."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, Text, func, literal, select, union_all

from models.entity import external_id
from models.fund import fund, organisation
from models.protocol import protocol
from models.store import Reader
from models.token import chain, token
from models.versioned import Versioned
from models.vocabulary import EntityKind, SectorKey
from resolvers.declare import argument, batched
from resolvers.errors import BadInput
from resolvers.identity import Identity
from resolvers.node import nodes_by_identity
from resolvers.sector import TYPE as SECTOR
from resolvers.sector import sectors_by_keys

LONGEST_TEXT = 100
MOST_MATCHES = 50
# Of each kind of name; the shortest come first, so that what is cut off matches worst.
MOST_CANDIDATES = 200

WORDS: tuple[tuple[str, Versioned, tuple[str, ...]], ...] = (
    ("Protocol", protocol, ("slug", "name")),
    ("Token", token, ("symbol", "slug", "name")),
    ("Chain", chain, ("slug", "name")),
    ("Organisation", organisation, ("ticker", "slug", "name")),
    ("Fund", fund, ("ticker", "slug", "name")),
)
KINDS = {
    EntityKind.PROTOCOL: "Protocol",
    EntityKind.TOKEN: "Token",
    EntityKind.CHAIN: "Chain",
    EntityKind.ORGANISATION: "Organisation",
    EntityKind.FUND: "Fund",
}
# A protocol before its token, a token before the fund that holds it, where they match as well.
ORDER = ("Protocol", "Token", "Organisation", "Fund", "Chain", "Sector")


class Match(NamedTuple):
    """A name that holds the text; `score` is 1 for the very name, less the more of the name is something else."""

    identity: Identity
    matched_on: str
    score: float


@dataclass(frozen=True, slots=True)
class EntityMatch:
    """`matched_on`: which of its names holds the text, for example symbol."""

    score: float
    matched_on: str
    node: Any


async def searches(reader: Reader, keys: Sequence[tuple[str, int]]) -> list[list[EntityMatch]]:
    """The best matches of each (text, how many), best first. Four statements per distinct text."""
    return [await _matches(reader, text, first) for text, first in keys]


async def _matches(reader: Reader, text: str, first: int) -> list[EntityMatch]:
    rows = await reader.rows(_names(reader, text))
    found = [Match(Identity(row.type_, row.number), row.matched_on, _score(row.word, text)) for row in rows]
    found += await _sectors(reader, text)
    best: dict[Identity, Match] = {}
    for match in found:
        if match.identity not in best or match.score > best[match.identity].score:
            best[match.identity] = match
    ranked = sorted(best.values(), key=lambda each: (-each.score, ORDER.index(each.identity.type_), each.identity))
    shown = ranked[:first]
    nodes = await nodes_by_identity(reader, [match.identity for match in shown])
    return [
        EntityMatch(match.score, match.matched_on, node)
        for match, node in zip(shown, nodes, strict=True)
        if node is not None
    ]


def _names(reader: Reader, text: str) -> CompoundSelect[Any]:
    parts = [_words(reader, type_, table, name, text) for type_, table, names in WORDS for name in names]
    return union_all(*(select(part.subquery()) for part in (*parts, *_external(reader, text))))


def _words(reader: Reader, type_: str, table: Versioned, name: str, text: str) -> Select[Any]:
    live = reader.live(table)
    word, number = live.c[name], live.c[table.identity[0]]
    holds = func.lower(word).contains(text.casefold(), autoescape=True)
    columns = (literal(type_, Text).label("type_"), number.label("number"), word.label("word"))
    query = select(*columns, literal(name, Text).label("matched_on")).where(holds)
    return query.order_by(func.length(word), number).limit(MOST_CANDIDATES)


def _external(reader: Reader, text: str) -> Iterator[Select[Any]]:
    """Names in other numberings have to be the very text: part of an address or a number says nothing."""
    live = reader.live(external_id)
    for kind, type_ in KINDS.items():
        same = (live.c.kind == kind, func.lower(live.c.value) == text.casefold())
        columns = (literal(type_, Text).label("type_"), live.c.entity_id.label("number"), live.c.value.label("word"))
        yield select(*columns, live.c.system.label("matched_on")).where(*same).limit(MOST_CANDIDATES)


async def _sectors(reader: Reader, text: str) -> list[Match]:
    [rows] = await sectors_by_keys(reader, [tuple(SectorKey)])
    named = [(row, row.name) for row in rows]
    wanted = text.casefold()
    return [
        Match(Identity(SECTOR, row.number), "name", _score(name, text))
        for row, name in named
        if wanted in name.casefold()
    ]


def _score(word: str, text: str) -> float:
    """1 for the very word, over a half for one that begins with the text, under a half for one that holds it."""
    word, text = word.casefold(), text.casefold()
    if word == text:
        return 1.0
    share = len(text) / max(len(word), 1)
    return round(0.5 + 0.4 * share if word.startswith(text) else 0.5 * share, 4)


@batched(searches, at=True)
def resolve_search(
    text: Annotated[str, argument('What to look for, up to 100 characters, for example "hype".')],
    first: Annotated[int, argument("How many of the best matches: 1 to 50.")] = 10,
) -> tuple[str, int]:
    wanted = text.strip()
    if not 1 <= len(wanted) <= LONGEST_TEXT:
        raise BadInput(f"the text must have 1 to {LONGEST_TEXT} characters")
    if not 1 <= first <= MOST_MATCHES:
        raise BadInput(f"`first` must be between 1 and {MOST_MATCHES}, not {first}")
    return wanted, first
