"""Allocation policies: what a protocol said it would do with its revenue, and from when to when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, TypeAlias

from sqlalchemy import FromClause, select

from models.policy import policy
from models.store import Reader
from models.vocabulary import Confidence, EntityKind, MechanismKind, Metric, PolicyBasis, PolicyStatus
from resolvers.argument import After, Before, First, Last, hashed
from resolvers.attestation import Attestation
from resolvers.chain import chains_by_id
from resolvers.condition import ConditionRow, condition_of
from resolvers.connection import CountedPage, Slice, counted_page, slice_of
from resolvers.declare import Parent, argument, batched
from resolvers.external_id import OURS, Name, numbers_by_name
from resolvers.identity import global_id
from resolvers.protocol import ProtocolRow, protocols_by_id
from resolvers.source import sources_by_id

TYPE = "AllocationPolicy"
NEVER_IN_FORCE = frozenset({PolicyStatus.PROPOSED, PolicyStatus.APPROVED})


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One share of a policy. Amounts in US dollars; `percent` of the policy's base."""

    recipient: str
    mechanism: MechanismKind
    percent: Decimal | None
    budget_usd_per_year: Decimal | None
    tier_floor_usd: Decimal | None
    tier_ceiling_usd: Decimal | None
    formula: str | None


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """`effective_to` is the last day it holds; None where it still does, or nobody knows."""

    number: int
    ref: str
    protocol_id: int
    status: PolicyStatus
    effective_from: date | None
    effective_to: date | None
    scope_chain_id: int | None
    scope_product: str | None
    base: Metric
    base_label: str
    base_partial: bool
    basis: PolicyBasis
    stored_rules: list[dict[str, Any]]
    stored_conditions: list[dict[str, Any]]
    decided_by: str | None
    proposal_url: str | None
    supersedes_ref: str | None
    topic: str | None
    note: str | None
    confidence: Confidence
    source_id: int
    source_url: str | None

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def rules(self) -> list[RuleRow]:
        return [_rule(rule) for rule in self.stored_rules]

    @property
    def conditions(self) -> list[ConditionRow]:
        return [condition_of(self.protocol_id, self.effective_from, each) for each in self.stored_conditions]

    @property
    def provenance(self) -> Attestation:
        return Attestation(None, self.confidence, self.source_id, self.source_url, self.topic)

    @property
    def sums_to(self) -> Decimal | None:
        """The percents of all rules together; None where no rule has one, and of tiers, of which only one applies."""
        if self.basis is PolicyBasis.TIERED:
            return None
        percents = [rule.percent for rule in self.rules if rule.percent is not None]
        return sum(percents, Decimal(0)) if percents else None

    def holds_on(self, day: date) -> bool:
        """Whether it was in force on a day; a start nobody stated lies before every day."""
        if self.status in NEVER_IN_FORCE:
            return False
        return (self.effective_from or date.min) <= day <= (self.effective_to or date.max)


class PolicyKey(NamedTuple):
    """Policies of a protocol that have a status and hold on some day from `first` to `last`."""

    protocol_id: int
    statuses: tuple[PolicyStatus, ...] | None
    first: date | None
    last: date | None

    def admits(self, row: PolicyRow) -> bool:
        begins, ends = row.effective_from or date.min, row.effective_to or date.max
        return (
            (self.statuses is None or row.status in self.statuses)
            and (self.first is None or ends >= self.first)
            and (self.last is None or begins <= self.last)
        )


class PolicyOnKey(NamedTuple):
    """The policy of a protocol on a day, for a chain (by slug) or all, for a product or all."""

    protocol_id: int
    day: date
    base: Metric | None
    chain: str | None
    product: str | None


class PolicyListKey(NamedTuple):
    """Policies of all protocols."""

    part: Slice
    where: PolicyKey
    mechanisms: tuple[MechanismKind, ...] | None

    def admits(self, row: PolicyRow) -> bool:
        kinds = self.mechanisms
        return self.where.admits(row) and (kinds is None or any(rule.mechanism in kinds for rule in row.rules))


def _rule(rule: dict[str, Any]) -> RuleRow:
    return RuleRow(
        recipient=rule["recipient"],
        mechanism=MechanismKind[rule["mechanism"]],
        percent=_amount(rule.get("percent")),
        budget_usd_per_year=_amount(rule.get("budget_usd_per_year")),
        tier_floor_usd=_amount(rule.get("tier_floor_usd")),
        tier_ceiling_usd=_amount(rule.get("tier_ceiling_usd")),
        formula=rule.get("formula"),
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _columns(live: FromClause) -> list[Any]:
    identity = ("policy_id", "ref", "protocol_id", "status", "effective_from", "effective_to")
    scope = ("scope_chain_id", "scope_product", "base", "base_label", "base_partial", "basis", "rules", "conditions")
    origin = ("decided_by", "proposal_url", "supersedes", "topic", "note", "confidence", "source_id", "source_url")
    return [live.c[name] for name in (*identity, *scope, *origin)]


async def policies_by_protocol(reader: Reader, keys: Sequence[PolicyKey]) -> list[list[PolicyRow]]:
    """The policies of each, the newest first. One statement."""
    found = await all_policies(reader, [key.protocol_id for key in keys])
    return [[row for row in found.get(key.protocol_id, []) if key.admits(row)] for key in keys]


async def all_policies(reader: Reader, protocol_ids: Sequence[int] | None) -> dict[int, list[PolicyRow]]:
    """The policies of each of some protocols, or of all (None), the newest first. One statement."""
    live = reader.live(policy)
    query = select(*_columns(live))
    if protocol_ids is not None:
        query = query.where(reader.among(live.c.protocol_id, protocol_ids))
    found: dict[int, list[PolicyRow]] = {}
    for row in _newest_first(PolicyRow(*row) for row in await reader.rows(query)):
        found.setdefault(row.protocol_id, []).append(row)
    return found


def _newest_first(rows: Iterable[PolicyRow]) -> list[PolicyRow]:
    return sorted(rows, key=lambda row: (row.effective_from or date.min, row.number), reverse=True)


async def policies_on(reader: Reader, keys: Sequence[PolicyOnKey]) -> list[PolicyRow | None]:
    """The policy in force of each key, the newest where there are several. Two statements at most."""
    named = {(OURS, key.chain) for key in keys if key.chain is not None}
    chains = await numbers_by_name(reader, EntityKind.CHAIN, named)
    wanted = [PolicyKey(key.protocol_id, None, key.day, key.day) for key in keys]
    found = await policies_by_protocol(reader, wanted)
    return [
        next((row for row in rows if _is_meant(row, key, chains)), None) for key, rows in zip(keys, found, strict=True)
    ]


def _is_meant(row: PolicyRow, key: PolicyOnKey, chains: Mapping[Name, int]) -> bool:
    # A chain that nobody knows has no policy; of None only those that are limited to none.
    chain_id = None if key.chain is None else chains.get((OURS, key.chain), 0)
    scope = (row.scope_chain_id, row.scope_product) == (chain_id, key.product)
    return scope and (key.base is None or row.base is key.base) and row.holds_on(key.day)


async def policy_pages(reader: Reader, keys: Sequence[PolicyListKey]) -> list[CountedPage[PolicyRow]]:
    """The policies of each key, the newest first. One statement."""
    found = await all_policies(reader, None)
    rows = _newest_first(row for some in found.values() for row in some)
    return [counted_page([row for row in rows if key.admits(row)], key.part, reader.epoch) for key in keys]


async def policies_by_ref(reader: Reader, refs: Sequence[str]) -> list[PolicyRow | None]:
    """One statement."""
    live = reader.live(policy)
    rows = await reader.rows(select(*_columns(live)).where(live.c.ref.in_(list(refs))))
    found = {row.ref: PolicyRow(*row) for row in rows}
    return [found.get(ref) for ref in refs]


async def policies_by_id(reader: Reader, ids: Sequence[int]) -> list[PolicyRow | None]:
    """One statement."""
    live = reader.live(policy)
    rows = await reader.rows(select(*_columns(live)).where(reader.among(live.c.policy_id, ids)))
    found = {row[0]: PolicyRow(*row) for row in rows}
    return [found.get(id_) for id_ in ids]


OfStatus: TypeAlias = Annotated[list[PolicyStatus] | None, argument("Of which status, for example [ACTIVE].")]
From: TypeAlias = Annotated[date | None, argument("That hold on this UTC day or later.", name="from")]
To: TypeAlias = Annotated[date | None, argument("That hold on this UTC day or earlier.")]


@batched(policies_by_protocol)
def resolve_policies(row: Parent[ProtocolRow], status: OfStatus = None, from_: From = None, to: To = None) -> PolicyKey:
    return PolicyKey(row.number, None if status is None else tuple(hashed(status)), from_, to)


@batched(policies_on)
def resolve_policy_on(
    row: Parent[ProtocolRow],
    day: Annotated[date, argument("A UTC day, for example 2025-09-12.", name="date")],
    base: Annotated[Metric | None, argument("Of which base, for example REVENUE; any if not said.")] = None,
    chain: Annotated[str | None, argument("Limited to which chain, by slug; to none if not said.")] = None,
    product: Annotated[str | None, argument("Limited to which product, as it is named; to none if not said.")] = None,
) -> PolicyOnKey:
    return PolicyOnKey(row.number, day, base, chain, product)


@batched(policy_pages, at=True)
def resolve_all_policies(
    status: OfStatus = None,
    from_: From = None,
    to: To = None,
    mechanism: Annotated[
        list[MechanismKind] | None, argument("With a rule of any of these, for example [BUYBACK_BURN].")
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> PolicyListKey:
    statuses = None if status is None else tuple(hashed(status))
    mechanisms = None if mechanism is None else tuple(hashed(mechanism))
    part = slice_of(first, after, last, before)
    return PolicyListKey(part, PolicyKey(0, statuses, from_, to), mechanisms)


@batched(protocols_by_id)
def resolve_protocol_of_policy(row: Parent[PolicyRow]) -> int:
    return row.protocol_id


@batched(chains_by_id)
def resolve_scope_chain(row: Parent[PolicyRow]) -> int | None:
    return row.scope_chain_id


@batched(policies_by_ref)
def resolve_supersedes(row: Parent[PolicyRow]) -> str | None:
    return row.supersedes_ref


@batched(sources_by_id)
def resolve_source_of_policy(row: Parent[PolicyRow]) -> int:
    return row.source_id
