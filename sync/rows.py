"""Facts as rows of their tables: names become ids, words stay words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.facts import (
    ChainFact,
    ClaimFact,
    DeploymentFact,
    FundFact,
    HoldingFact,
    LedgerFact,
    MethodologyFact,
    OrganisationFact,
    PolicyFact,
    ProtocolFact,
    RaiseFact,
    Ref,
    RightsFact,
    RiskFact,
    RoleFact,
    SharesFact,
    SourceFact,
    TokenFact,
    TreasuryTransactionFact,
    UnlockFact,
    ValueLayerFact,
)
from sync.identify import Names, Unknown

Row = dict[str, Any]


@dataclass(slots=True)
class Directory:
    """What the names in a fact stand for. `doubts` are about names it can do without and nobody knows."""

    names: Names
    sources: Mapping[str, int]
    chain_slugs: Mapping[int, str]
    doubts: list[str] = field(default_factory=list[str])

    def source(self, slug: str) -> int:
        if slug not in self.sources:
            raise Unknown(f"unknown source: {slug}")
        return self.sources[slug]

    def maybe(self, ref: Ref | None) -> int | None:
        """The entity of a name a fact can do without."""
        if ref is None:
            return None
        try:
            return self.names.find(ref)
        except Unknown as unknown:
            self.doubts.append(str(unknown))
            return None

    def same(self, ref: Ref) -> int | Ref:
        """What is equal for two names of one entity."""
        try:
            return self.names.find(ref)
        except Unknown:
            return ref

    def chain_slug(self, ref: Ref) -> str | None:
        id_ = self.maybe(ref)
        return None if id_ is None else self.chain_slugs.get(id_)


def source_row(fact: SourceFact) -> Row:
    return {**fact._asdict(), "withdrawn": False}


def chain_row(id_: int, fact: ChainFact, _: Directory) -> Row:
    return {"chain_id": id_, **_without(fact, "refs")}


def token_row(id_: int, fact: TokenFact, directory: Directory) -> Row:
    return {"token_id": id_, "chain_id": directory.maybe(fact.chain), **_without(fact, "refs", "chain")}


def protocol_row(id_: int, fact: ProtocolFact, directory: Directory) -> Row:
    named = fact.chains or ()
    chains = tuple(sorted({slug for ref in named if (slug := directory.chain_slug(ref)) is not None}))
    return {
        **_without(fact, "refs", "parent", "token"),
        "protocol_id": id_,
        "parent_id": directory.maybe(fact.parent),
        "token_id": directory.maybe(fact.token),
        "sectors": None if fact.sectors is None else tuple(sector.name for sector in fact.sectors),
        "chains": None if fact.chains is None else chains,
    }


def organisation_row(id_: int, fact: OrganisationFact, _: Directory) -> Row:
    return {"organisation_id": id_, **_without(fact, "refs")}


def fund_row(id_: int, fact: FundFact, directory: Directory) -> Row:
    linked = {"underlying_id": directory.names.find(fact.underlying), "issuer_id": directory.maybe(fact.issuer)}
    return {"fund_id": id_, **linked, **_without(fact, "refs", "underlying", "issuer")}


def deployment_row(fact: DeploymentFact, directory: Directory) -> Row:
    token_id, chain_id = directory.names.find(fact.token), directory.names.find(fact.chain)
    return {"token_id": token_id, "chain_id": chain_id, **_without(fact, "token", "chain")}


def methodology_row(fact: MethodologyFact, directory: Directory) -> Row:
    protocol_id, source_id = directory.names.find(fact.protocol), directory.source(fact.source)
    return {"protocol_id": protocol_id, "source_id": source_id, **_without(fact, "protocol", "source")}


def policy_row(fact: PolicyFact, directory: Directory) -> Row:
    return {
        **_without(fact, "protocol", "source", "scope_chain"),
        "protocol_id": directory.names.find(fact.protocol),
        "source_id": directory.source(fact.source),
        "scope_chain_id": directory.maybe(fact.scope_chain),
    }


def ledger_row(fact: LedgerFact, directory: Directory) -> Row:
    return {
        **_without(fact, "protocol", "source", "token", "chain"),
        "protocol_id": directory.names.find(fact.protocol),
        "source_id": directory.source(fact.source),
        "token_id": directory.maybe(fact.token),
        "chain_id": directory.maybe(fact.chain),
    }


def claim_row(fact: ClaimFact, directory: Directory) -> Row:
    subject_id, source_id = directory.names.find(fact.subject), directory.source(fact.source)
    return {"subject_id": subject_id, "source_id": source_id, **_without(fact, "subject", "source")}


def organisation_fact_row(
    fact: RoleFact | RaiseFact | HoldingFact | TreasuryTransactionFact | SharesFact, directory: Directory
) -> Row:
    """What is said of an organisation, and of a token of its treasury where it names one."""
    return {
        **_without(fact, "organisation", "source", "token"),
        "organisation_id": directory.names.find(fact.organisation),
        "source_id": directory.source(fact.source),
        **_token_of(fact, directory),
    }


def rights_row(fact: RightsFact, directory: Directory) -> Row:
    named = (directory.maybe(ref) for ref in fact.entities)
    return {
        **_without(fact, "protocol", "source"),
        "protocol_id": directory.names.find(fact.protocol),
        "source_id": directory.source(fact.source),
        "entities": sorted(id_ for id_ in named if id_ is not None),
    }


def unlock_row(fact: UnlockFact, directory: Directory) -> Row:
    token_id, source_id = directory.names.find(fact.token), directory.source(fact.source)
    return {"token_id": token_id, "source_id": source_id, **_without(fact, "token", "source")}


def layer_row(fact: ValueLayerFact, directory: Directory) -> Row:
    protocol_id, source_id = directory.names.find(fact.protocol), directory.source(fact.source)
    return {"protocol_id": protocol_id, "source_id": source_id, **_without(fact, "protocol", "source")}


def risk_row(fact: RiskFact, directory: Directory) -> Row:
    subject_id, source_id = directory.names.find(fact.subject), directory.source(fact.source)
    return {"subject_id": subject_id, "source_id": source_id, **_without(fact, "subject", "source")}


def _token_of(fact: Any, directory: Directory) -> Row:
    return {"token_id": directory.names.find(fact.token)} if hasattr(fact, "token") else {}


def _without(fact: Any, *names: str) -> Row:
    row: Row = fact._asdict()
    for name in names:
        row.pop(name, None)
    return row
