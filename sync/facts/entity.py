"""Names in somebody's numbering, and what a source states of the things they name."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models.vocabulary import EntityKind, Metric, ObservationMethod, ProtocolKind, SectorKey


class Ref(NamedTuple):
    """A name of an entity in somebody's numbering, say (PROTOCOL, "defillama", "parent#hyperliquid")."""

    kind: EntityKind
    system: str
    value: str


class SourceFact(NamedTuple):
    """A publisher; of several that report a number the one of the lowest `precedence` is answered."""

    slug: str
    name: str
    method: ObservationMethod
    precedence: int
    url: str | None = None
    licence: str | None = None


class ProtocolFact(NamedTuple):
    """`refs`: every name it is known by; one that is known already makes it the same protocol."""

    refs: tuple[Ref, ...]
    slug: str
    name: str
    kind: ProtocolKind | None = None
    parent: Ref | None = None
    token: Ref | None = None
    sectors: tuple[SectorKey, ...] | None = None
    chains: tuple[Ref, ...] | None = None
    category: str | None = None
    description: str | None = None
    homepage: str | None = None
    launched_on: date | None = None
    doublecounted: bool | None = None
    withdrawn: bool = False


class TokenFact(NamedTuple):
    refs: tuple[Ref, ...]
    slug: str
    symbol: str
    name: str
    chain: Ref | None = None
    generated_on: date | None = None
    withdrawn: bool = False


class DeploymentFact(NamedTuple):
    token: Ref
    chain: Ref
    address: str
    decimals: int | None = None
    withdrawn: bool = False


class ChainFact(NamedTuple):
    refs: tuple[Ref, ...]
    slug: str
    name: str
    token_symbol: str | None = None
    withdrawn: bool = False


class OrganisationFact(NamedTuple):
    refs: tuple[Ref, ...]
    slug: str
    name: str
    kind: str
    ticker: str | None = None
    withdrawn: bool = False


class FundFact(NamedTuple):
    refs: tuple[Ref, ...]
    slug: str
    ticker: str
    name: str
    underlying: Ref
    issuer: Ref | None = None
    fee_percent: Decimal | None = None
    withdrawn: bool = False


class MethodologyFact(NamedTuple):
    protocol: Ref
    metric: Metric
    source: str
    text: str
    url: str | None = None
    withdrawn: bool = False
