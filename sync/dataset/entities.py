"""Who the numbers are about: publishers, chains, tokens, protocols, organisations, funds, methodologies."""

from models.vocabulary import EntityKind, Metric, ObservationMethod, ProtocolKind, SectorKey
from sync.dataset.record import OURS, BadRecord, Record, ours
from sync.facts import (
    ChainFact,
    DeploymentFact,
    FundFact,
    MethodologyFact,
    OrganisationFact,
    ProtocolFact,
    Ref,
    SourceFact,
    TokenFact,
)


def source_of(record: Record) -> SourceFact:
    """A publisher."""
    fact = SourceFact(
        slug=record.text("slug"),
        name=record.text("name"),
        method=record.word("method", ObservationMethod),
        precedence=record.read("precedence", int),
        url=record.note("url"),
        licence=record.note("licence"),
    )
    record.done()
    return fact


def chain_of(record: Record) -> ChainFact:
    """A chain, with every name DefiLlama has used for it."""
    _check_cited(record)
    fact = ChainFact(
        refs=_refs(record, EntityKind.CHAIN),
        slug=record.text("slug"),
        name=record.text("name"),
        token_symbol=record.note("token_symbol"),
    )
    record.done()
    return fact


def token_of(record: Record) -> tuple[TokenFact, list[DeploymentFact]]:
    """A token and the contracts it is deployed as."""
    _check_cited(record)
    fact = TokenFact(
        refs=_refs(record, EntityKind.TOKEN),
        slug=record.text("slug"),
        symbol=record.text("symbol"),
        name=record.text("name"),
        chain=record.ours_or_none("chain", EntityKind.CHAIN),
        generated_on=record.day("generated_on"),
    )
    deployments = [_deployment(deployment, fact.refs[0]) for deployment in record.records("deployments")]
    record.done()
    return fact, deployments


def _deployment(record: Record, token: Ref) -> DeploymentFact:
    chain = record.ours("chain", EntityKind.CHAIN)
    fact = DeploymentFact(token, chain, record.text("address"), record.maybe("decimals", int))
    record.done()
    return fact


def protocol_of(record: Record) -> ProtocolFact:
    """A protocol; one that is a whole of several listings is of kind PARENT."""
    _check_cited(record)
    fact = ProtocolFact(
        refs=_refs(record, EntityKind.PROTOCOL),
        slug=record.text("slug"),
        name=record.text("name"),
        kind=record.word("kind", ProtocolKind),
        parent=record.ours_or_none("parent", EntityKind.PROTOCOL),
        token=record.ours_or_none("token", EntityKind.TOKEN),
        sectors=tuple(SectorKey[word] for word in record.words("sectors")),
        chains=tuple(ours(EntityKind.CHAIN, slug) for slug in record.words("chains")),
        category=record.note("category"),
        description=record.note("description"),
        homepage=record.note("homepage"),
        launched_on=record.day("launched_on"),
        doublecounted=record.maybe("doublecounted", bool),
    )
    record.done()
    return fact


def organisation_of(record: Record) -> OrganisationFact:
    """A company: an issuer of funds, or one that holds tokens."""
    _check_cited(record)
    fact = OrganisationFact(
        refs=_refs(record, EntityKind.ORGANISATION),
        slug=record.text("slug"),
        name=record.text("name"),
        kind=record.text("kind"),
        ticker=record.note("ticker"),
    )
    record.done()
    return fact


def fund_of(record: Record) -> FundFact:
    """An exchange-traded fund."""
    _check_cited(record)
    fact = FundFact(
        refs=_refs(record, EntityKind.FUND),
        slug=record.text("slug"),
        ticker=record.text("ticker"),
        name=record.text("name"),
        underlying=record.ours("underlying", EntityKind.TOKEN),
        issuer=record.ours_or_none("issuer", EntityKind.ORGANISATION),
        fee_percent=record.number("fee_percent"),
    )
    record.done()
    return fact


def methodology_of(record: Record) -> MethodologyFact:
    """What a publisher's number of a protocol means, in our words."""
    fact = MethodologyFact(
        protocol=record.ours("protocol", EntityKind.PROTOCOL),
        metric=record.word("metric", Metric),
        source=record.text("source"),
        text=record.text("text"),
        url=record.text("source_url"),
    )
    record.done()
    return fact


def _check_cited(record: Record) -> None:
    """An identity must say where it was read."""
    if not record.words("sources"):
        raise BadRecord(record.place, "no sources")


def _refs(record: Record, kind: EntityKind) -> tuple[Ref, ...]:
    """Our slug first, then the names others use: `ids` maps a system to its name or names."""
    named = record.maybe("ids", dict) or {}
    others = [Ref(kind, system, name) for system, names in named.items() for name in _listed(names)]
    return (Ref(kind, OURS, record.slug()), *others)


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names
