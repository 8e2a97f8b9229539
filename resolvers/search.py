"""Things by what users call them: a name, a slug, a symbol, a ticker, or a name in somebody else's numbering."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, Text, func, literal, select, union_all

from models.entity import external_id
from models.fund import fund, organisation
from models.protocol import protocol
from models.rollup import rollup
from models.store import Reader
from models.token import chain, token
from models.versioned import Versioned
from models.vocabulary import EntityKind, Metric, SectorKey
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


class Name(NamedTuple):
    """A name that holds the text, and what it is a name of."""

    identity: Identity
    matched_on: str
    word: str


class Match(NamedTuple):
    """`score` is 1 for the very name, less the more of the name is something else, more for what earns."""

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
    """The best matches of each (text, how many), best first. Five statements per distinct text."""
    return [await _matches(reader, text, first) for text, first in keys]


async def _matches(reader: Reader, text: str, first: int) -> list[EntityMatch]:
    rows = await reader.rows(_names(reader, text))
    names = [Name(Identity(row.type_, row.number), row.matched_on, row.word) for row in rows]
    names += await _sectors(reader, text)
    weights = await _weights(reader, {name.identity for name in names})
    best: dict[Identity, Match] = {}
    for identity, matched_on, word in names:
        match = Match(identity, matched_on, _score(word, text, weights.get(identity, 0.0)))
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


async def _sectors(reader: Reader, text: str) -> list[Name]:
    [rows] = await sectors_by_keys(reader, [tuple(SectorKey)])
    wanted = text.casefold()
    return [Name(Identity(SECTOR, row.number), "name", row.name) for row in rows if wanted in row.name.casefold()]


async def _weights(reader: Reader, identities: Iterable[Identity]) -> dict[Identity, float]:
    """1 for the protocol with the most revenue, evenly less down to the one with the least; none without revenue.

    Who types "hyper" means Hyperliquid rather than one of the dozen that took half of its name.
    """
    numbers = [identity.number for identity in identities if identity.type_ == "Protocol"]
    live = reader.live(rollup)
    earned = live.c["all"]
    earning = (live.c.metric == Metric.REVENUE, earned > 0, reader.among(live.c.subject_id, numbers))
    rows = await reader.rows(select(live.c.subject_id).where(*earning).order_by(earned.desc(), live.c.subject_id))
    return {Identity("Protocol", row.subject_id): 1 - place / len(rows) for place, row in enumerate(rows)}


def _score(word: str, text: str, weight: float) -> float:
    """1 for the very word, over a half for one that begins with the text, under a half for one that holds it."""
    word, text = word.casefold(), text.casefold()
    if word == text:
        return 1.0
    share = len(text) / max(len(word), 1)
    return round(0.5 * word.startswith(text) + 0.3 * share + 0.19 * weight, 4)


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
