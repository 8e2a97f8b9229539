"""Small worlds of facts for the tests: what a source states, in one line each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeAlias

from models.store import Store
from models.vocabulary import (
    ClaimStatus,
    Confidence,
    EntityKind,
    Interval,
    LedgerKind,
    MechanismKind,
    Metric,
    ObservationMethod,
    PolicyBasis,
    PolicyStatus,
    SectorKey,
)
from sync.facts import (
    ChainFact,
    ClaimFact,
    DeploymentFact,
    Facts,
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
    SeriesFact,
    SeriesKey,
    SharesFact,
    SourceFact,
    TokenFact,
    TreasuryTransactionFact,
    UnlockFact,
    ValueLayerFact,
)
from sync.publish import Published, publish

TODAY = date(2026, 7, 10)
NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
SOURCE = "upstream"

Fact: TypeAlias = (
    SourceFact
    | ChainFact
    | TokenFact
    | DeploymentFact
    | ProtocolFact
    | OrganisationFact
    | FundFact
    | MethodologyFact
    | SeriesFact
    | PolicyFact
    | LedgerFact
    | ClaimFact
    | RoleFact
    | RaiseFact
    | HoldingFact
    | TreasuryTransactionFact
    | SharesFact
    | RightsFact
    | UnlockFact
    | ValueLayerFact
    | RiskFact
)

LISTS: dict[type[Any], str] = {
    SourceFact: "sources",
    ChainFact: "chains",
    TokenFact: "tokens",
    DeploymentFact: "deployments",
    ProtocolFact: "protocols",
    OrganisationFact: "organisations",
    FundFact: "funds",
    MethodologyFact: "methodologies",
    SeriesFact: "series",
    PolicyFact: "policies",
    LedgerFact: "ledger",
    ClaimFact: "claims",
    RoleFact: "roles",
    RaiseFact: "raises",
    HoldingFact: "holdings",
    TreasuryTransactionFact: "transactions",
    SharesFact: "shares",
    RightsFact: "rights",
    UnlockFact: "unlocks",
    ValueLayerFact: "layers",
    RiskFact: "risks",
}


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def protocol_ref(slug: str) -> Ref:
    return Ref(EntityKind.PROTOCOL, "accrual", slug)


def token_ref(slug: str) -> Ref:
    return Ref(EntityKind.TOKEN, "accrual", slug)


def chain_ref(slug: str) -> Ref:
    return Ref(EntityKind.CHAIN, "accrual", slug)


def organisation_ref(slug: str) -> Ref:
    return Ref(EntityKind.ORGANISATION, "accrual", slug)


def fund_ref(slug: str) -> Ref:
    return Ref(EntityKind.FUND, "accrual", slug)


def sector_ref(sector: SectorKey) -> Ref:
    return Ref(EntityKind.SECTOR, "accrual", sector.name)


MARKET = Ref(EntityKind.MARKET, "accrual", "market")


def source_fact(slug: str = SOURCE, precedence: int = 10, **fields: Any) -> SourceFact:
    return SourceFact(slug, slug.title(), fields.pop("method", ObservationMethod.THIRD_PARTY), precedence, **fields)


def protocol_fact(slug: str, *, name: str | None = None, refs: Sequence[Ref] = (), **fields: Any) -> ProtocolFact:
    """`fields` as in ProtocolFact; `parent`, `token` and `chains` also take slugs."""
    if isinstance(fields.get("parent"), str):
        fields["parent"] = protocol_ref(fields["parent"])
    if isinstance(fields.get("token"), str):
        fields["token"] = token_ref(fields["token"])
    if "chains" in fields:
        fields["chains"] = tuple(chain_ref(each) if isinstance(each, str) else each for each in fields["chains"])
    return ProtocolFact((*refs, protocol_ref(slug)), slug, name or slug.title(), **fields)


def token_fact(slug: str, symbol: str | None = None, **fields: Any) -> TokenFact:
    refs = (*fields.pop("refs", ()), token_ref(slug))
    return TokenFact(refs, slug, symbol or slug.upper(), fields.pop("name", slug.title()), **fields)


def chain_fact(slug: str, **fields: Any) -> ChainFact:
    refs = (*fields.pop("refs", ()), chain_ref(slug))
    return ChainFact(refs, slug, fields.pop("name", slug.title()), **fields)


def daily(
    subject: Ref | str,
    metric: Metric,
    values: Mapping[date, Decimal | int | float | str],
    *,
    source: str = SOURCE,
    chain: Ref | str | None = None,
    stream: str = "",
    withdrawn: Sequence[date] = (),
    interval: Interval = Interval.DAY,
) -> SeriesFact:
    """A series about `subject` (a protocol's slug, or a Ref), its values by day in the metric's unit."""
    owner = protocol_ref(subject) if isinstance(subject, str) else subject
    where = chain_ref(chain) if isinstance(chain, str) else chain
    fact = SeriesFact.of(SeriesKey(owner, metric, source, where, stream, interval), values.items())
    fact.withdrawn.extend(day.toordinal() for day in withdrawn)
    return fact


def revenue(slug: str, values: Mapping[int, Decimal | int | float | str], **options: Any) -> SeriesFact:
    """Revenue by days before TODAY."""
    return daily(slug, Metric.REVENUE, {days_ago(ago): value for ago, value in values.items()}, **options)


def entry_fact(ref: str, protocol: str, kind: LedgerKind = LedgerKind.PURCHASE, **fields: Any) -> LedgerFact:
    """A ledger entry at noon of TODAY unless `at` is given."""
    fields.setdefault("at", NOON)
    fields.setdefault("source", SOURCE)
    return LedgerFact(
        ref,
        protocol_ref(protocol),
        kind,
        fields.pop("mechanism", MechanismKind.BUYBACK_HOLD),
        method=fields.pop("method", ObservationMethod.THIRD_PARTY),
        confidence=fields.pop("confidence", Confidence.HIGH),
        **fields,
    )


def policy_fact(ref: str, protocol: str, **fields: Any) -> PolicyFact:
    """All of the revenue bought back, unless `rules` say otherwise."""
    rule = {"recipient": "TREASURY", "mechanism": "BUYBACK_HOLD", "percent": "100"}
    return PolicyFact(
        ref,
        protocol_ref(protocol),
        fields.pop("status", PolicyStatus.ACTIVE),
        fields.pop("base", Metric.REVENUE),
        fields.pop("base_label", "Revenue"),
        fields.pop("basis", PolicyBasis.PERCENT_OF_BASE),
        fields.pop("rules", (rule,)),
        fields.pop("source", SOURCE),
        fields.pop("confidence", Confidence.HIGH),
        **fields,
    )


def claim_fact(ref: str, subject: Ref | str, **fields: Any) -> ClaimFact:
    return ClaimFact(
        ref,
        protocol_ref(subject) if isinstance(subject, str) else subject,
        fields.pop("topic", ref),
        fields.pop("predicate", "revenue"),
        fields.pop("value", "1"),
        fields.pop("source", SOURCE),
        fields.pop("status", ClaimStatus.UNVERIFIED),
        fields.pop("confidence", Confidence.LOW),
        **fields,
    )


def facts(*stated: Fact, complete: frozenset[str] = frozenset()) -> Facts:
    """One refresh; a source that is named and not stated is stated along the way."""
    collected = Facts(complete=complete)
    for fact in stated:
        getattr(collected, LISTS[type(fact)]).append(fact)
    known = {fact.slug for fact in collected.sources}
    collected.sources.extend(source_fact(slug) for slug in sorted(sources_named(collected) - known))
    return collected


def sources_named(collected: Facts) -> set[str]:
    named = {fact.key.source for fact in collected.series}
    for name in LISTS.values():
        named |= {fact.source for fact in getattr(collected, name) if hasattr(fact, "source")}
    return named


async def published(store: Store, *stated: Fact | Facts, collector: str = SOURCE, **options: Any) -> Published:
    """Publish facts, or whole `Facts`, of one collector; `options` as in sync.publish."""
    whole = facts(*(fact for fact in stated if not isinstance(fact, Facts)))
    for each in stated:
        if isinstance(each, Facts):
            whole = whole.joined(each)
    options.setdefault("accept", True)
    async with store.publishing() as publication:
        return await publish(publication, {collector: whole}, **options)


async def published_too_late(store: Store, stated: Facts) -> None:
    """Publish, and be out of time when all is written and the flip asks for the moment."""
    asked = count(1)

    def clock() -> datetime:
        if next(asked) == 3:
            publication.ends_at = 0
        return NOON

    async with store.publishing(clock) as publication:
        await publish(publication, {SOURCE: stated}, accept=True)
