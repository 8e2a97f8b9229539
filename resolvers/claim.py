"""Claims: what a source said, in its own words and date, what became of it, and who says otherwise."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, NamedTuple

from sqlalchemy import FromClause, select

from models.claim import claim
from models.source import source
from models.store import Reader
from models.vocabulary import ClaimStatus, Confidence
from resolvers.argument import After, Before, First, Last, hashed
from resolvers.batching import many_each
from resolvers.connection import CountedPage, Slice, counted_pages, slice_of
from resolvers.declare import Parent, argument, batched
from resolvers.entity import entities_by_id, entities_by_slug
from resolvers.identity import global_id
from resolvers.source import sources_by_id
from resolvers.subject import Measured

TYPE = "Claim"
COLUMNS = (
    *("claim_id", "ref", "subject_id", "topic", "predicate", "value", "unit", "raw_text", "valid_from_day"),
    *("valid_to_day", "stated_as_of", "corrected_as_of", "corrected_value", "status", "confidence", "source_id"),
    *("source_url", "resolution"),
)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """`value` as stated, in `unit`; `stated_as_of` in the source's words. What we found is in `corrected_…`."""

    number: int
    ref: str
    subject_id: int
    topic: str
    predicate: str
    value: str
    unit: str | None
    raw_text: str | None
    valid_from: date | None
    valid_to: date | None
    stated_as_of: str | None
    corrected_as_of: date | None
    corrected_value: str | None
    status: ClaimStatus
    confidence: Confidence
    source_id: int
    source_url: str | None
    resolution: str | None

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def measure(self) -> str:
        """What the value is counted in, without the words around it: "USD, nearly" is "USD"."""
        return (self.unit or "").partition(",")[0]

    @property
    def amount(self) -> Decimal | None:
        """The value where it is one number."""
        try:
            found = Decimal(self.value)
        except InvalidOperation:
            return None
        return found if found.is_finite() else None


@dataclass(frozen=True, slots=True)
class Rivalry:
    """A claim's rivals. `spread_pct`: how far the furthest of them is off, in percent; None without numbers."""

    rivals: list[ClaimRow]
    spread_pct: float | None


class ClaimKey(NamedTuple):
    """Claims about an entity, or about any that goes by a slug; by a source; of a status."""

    part: Slice
    subject_id: int | None = None
    slug: str | None = None
    source: str | None = None
    statuses: tuple[ClaimStatus, ...] | None = None


def _columns(live: FromClause) -> list[Any]:
    return [live.c[name] for name in COLUMNS]


async def claims_by_id(reader: Reader, ids: Sequence[int]) -> list[ClaimRow | None]:
    """One statement."""
    live = reader.live(claim)
    rows = await reader.rows(select(*_columns(live)).where(reader.among(live.c.claim_id, ids)))
    found = {row[0]: ClaimRow(*row) for row in rows}
    return [found.get(id_) for id_ in ids]


async def claim_pages(reader: Reader, keys: Sequence[ClaimKey]) -> list[CountedPage[ClaimRow]]:
    """The claims of each key in the order they came to the store. Three statements at most."""
    slugs = await entities_by_slug(reader, [key.slug for key in keys if key.slug is not None])
    subjects = [_subjects(key, slugs) for key in keys]
    index = await _index(reader, subjects)
    matching = [(_matching(index, key, mine), key.part) for key, mine in zip(keys, subjects, strict=True)]
    return await counted_pages(reader, matching, claims_by_id)


def _subjects(key: ClaimKey, slugs: dict[str, tuple[int, ...]]) -> frozenset[int] | None:
    """The entities a key is about; None for any."""
    if key.subject_id is not None:
        return frozenset([key.subject_id])
    return None if key.slug is None else frozenset(slugs[key.slug])


class Listed(NamedTuple):
    """What of a claim decides which lists it is in."""

    number: int
    subject_id: int
    status: ClaimStatus
    source: str


async def _index(reader: Reader, subjects: Sequence[frozenset[int] | None]) -> list[Listed]:
    live, sources = reader.live(claim), reader.live(source)
    query = (
        select(live.c.claim_id, live.c.subject_id, live.c.status, sources.c.slug)
        .join(sources, sources.c.source_id == live.c.source_id)
        .order_by(live.c.claim_id)
    )
    if None not in subjects:
        query = query.where(reader.among(live.c.subject_id, [id_ for some in subjects for id_ in some or ()]))
    return [Listed(*row) for row in await reader.rows(query)]


def _matching(index: Sequence[Listed], key: ClaimKey, subjects: frozenset[int] | None) -> list[int]:
    return [
        each.number
        for each in index
        if (subjects is None or each.subject_id in subjects)
        and (key.source is None or each.source == key.source)
        and (key.statuses is None or each.status in key.statuses)
    ]


async def rivalries(reader: Reader, keys: Sequence[tuple[str, int]]) -> list[Rivalry]:
    """The rivals of each (topic, claim id): the other claims about the same thing. One statement."""
    live = reader.live(claim)
    query = select(*_columns(live)).where(live.c.topic.in_(sorted({topic for topic, _ in keys})))
    found: defaultdict[str, list[ClaimRow]] = defaultdict(list)
    for row in await reader.rows(query.order_by(live.c.claim_id)):
        found[row.topic].append(ClaimRow(*row))
    return [_rivalry(found[topic], number) for topic, number in keys]


async def claims_by_topic(reader: Reader, topics: Sequence[str]) -> list[list[ClaimRow]]:
    """The claims about each topic, in the order they came to the store. One statement."""
    live = reader.live(claim)
    query = select(*_columns(live)).where(live.c.topic.in_(sorted(set(topics)))).order_by(live.c.claim_id)
    rows = [ClaimRow(*row) for row in await reader.rows(query)]
    return many_each(topics, ((row.topic, row) for row in rows))


def _rivalry(topic: Sequence[ClaimRow], number: int) -> Rivalry:
    own = next((each for each in topic if each.number == number), None)
    rivals = [each for each in topic if each.number != number]
    apart = [difference for each in rivals if own and (difference := difference_pct(own, each)) is not None]
    return Rivalry(rivals, max(map(abs, apart), default=None))


def difference_pct(one: ClaimRow, other: ClaimRow) -> float | None:
    """How far another claim's number is from this one's, in percent of this one; None unless both are in one unit."""
    if not one.amount or other.amount is None or one.measure != other.measure:
        return None
    return float((other.amount / one.amount - 1) * 100)


async def rivals_of_claims(reader: Reader, keys: Sequence[tuple[str, int]]) -> list[list[ClaimRow]]:
    """One statement."""
    return [rivalry.rivals for rivalry in await rivalries(reader, keys)]


async def spreads_of_claims(reader: Reader, keys: Sequence[tuple[str, int]]) -> list[float | None]:
    """One statement."""
    return [rivalry.spread_pct for rivalry in await rivalries(reader, keys)]


OfStatus = Annotated[list[ClaimStatus] | None, argument("Of which status, for example [REFUTED, DISPUTED].")]
BySource = Annotated[str | None, argument("By which source, by its slug, for example token-metrics.")]


@batched(claim_pages, at=True)
def resolve_claims(
    source: BySource = None,
    subject: Annotated[
        str | None, argument("About what, by the slug of a protocol, token, fund or organisation, e.g. hyperliquid.")
    ] = None,
    status: OfStatus = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> ClaimKey:
    part = slice_of(first, after, last, before)
    return ClaimKey(part, None, subject, source, None if status is None else hashed(tuple(status)))


@batched(claim_pages)
def resolve_claims_about(
    row: Parent[Measured],
    source: BySource = None,
    status: OfStatus = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> ClaimKey:
    part = slice_of(first, after, last, before)
    return ClaimKey(part, row.subject.id, None, source, None if status is None else hashed(tuple(status)))


@batched(entities_by_id)
def resolve_subject_of_claim(row: Parent[ClaimRow]) -> int:
    return row.subject_id


@batched(sources_by_id)
def resolve_source_of_claim(row: Parent[ClaimRow]) -> int:
    return row.source_id


@batched(rivals_of_claims)
def resolve_rivals(row: Parent[ClaimRow]) -> tuple[str, int]:
    return row.topic, row.number


@batched(spreads_of_claims)
def resolve_spread(row: Parent[ClaimRow]) -> tuple[str, int]:
    return row.topic, row.number
