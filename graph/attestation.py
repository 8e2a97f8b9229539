"""Who stated a policy or a ledger entry, and who says otherwise."""

import strawberry

from graph.claim import Claim
from graph.fields import described, resolved_by
from graph.scalars import URL
from graph.source import Source
from models.vocabulary import Confidence, ObservationMethod
from resolvers.attestation import resolve_attested_method, resolve_attesting_source, resolve_rival_claims


@strawberry.type(description="Who stated something, how they know, and who says otherwise.")
class Attestation:
    confidence: Confidence = described("How far it can be relied on.")
    source_url: URL | None = described("Where it was read.")
    source: Source | None = resolved_by(resolve_attesting_source, "Who is believed.")
    method: ObservationMethod = resolved_by(resolve_attested_method, "How they came to know it.")
    rivals: list[Claim] = resolved_by(resolve_rival_claims, "What other sources claim of the same thing.")
