"""Who stated a policy or a ledger entry, how they know, and which claims rival it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models.claim import claim
from models.store import Reader
from models.vocabulary import Confidence, ObservationMethod
from resolvers.claim import COLUMNS, ClaimRow
from resolvers.declare import Parent, batched
from resolvers.source import sources_by_id


@dataclass(frozen=True, slots=True)
class Attestation:
    """`own_method`: how this one thing became known; None where it did as everything of its source does."""

    own_method: ObservationMethod | None
    confidence: Confidence
    source_id: int
    source_url: str | None
    topic: str | None


async def methods(reader: Reader, keys: Sequence[tuple[ObservationMethod | None, int]]) -> list[ObservationMethod]:
    """The method of each (own method, source id). One statement."""
    found = await sources_by_id(reader, [source_id for _, source_id in keys])
    return [
        own or (row.method if row else ObservationMethod.THIRD_PARTY) for (own, _), row in zip(keys, found, strict=True)
    ]


async def rivals_of(reader: Reader, keys: Sequence[tuple[str, int]]) -> list[list[ClaimRow]]:
    """The claims about each (topic, id of the source that is believed) by other sources. One statement."""
    live = reader.live(claim)
    columns: list[Any] = [live.c[name] for name in COLUMNS]
    query = select(*columns).where(live.c.topic.in_(sorted({topic for topic, _ in keys})))
    found: defaultdict[str, list[ClaimRow]] = defaultdict(list)
    for row in await reader.rows(query.order_by(live.c.claim_id)):
        found[row.topic].append(ClaimRow(*row))
    return [[each for each in found[topic] if each.source_id != source_id] for topic, source_id in keys]


@batched(sources_by_id)
def resolve_attesting_source(row: Parent[Attestation]) -> int:
    return row.source_id


@batched(methods)
def resolve_attested_method(row: Parent[Attestation]) -> tuple[ObservationMethod | None, int]:
    return row.own_method, row.source_id


@batched(rivals_of)
def resolve_rival_claims(row: Parent[Attestation]) -> tuple[str, int]:
    return row.topic or "", row.source_id
