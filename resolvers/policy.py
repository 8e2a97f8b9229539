"""Allocation policies: what a protocol said it would do with its revenue, and from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from sqlalchemy import FromClause, select

from models.policy import policy
from models.store import Reader
from models.vocabulary import Confidence, MechanismKind, Metric, PolicyBasis, PolicyStatus
from resolvers.argument import hashed
from resolvers.batching import many_each
from resolvers.chain import chains_by_id
from resolvers.declare import Parent, argument, batched
from resolvers.identity import global_id
from resolvers.protocol import ProtocolRow, protocols_by_id
from resolvers.source import sources_by_id

TYPE = "AllocationPolicy"


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
class ConditionRow:
    kind: str
    expression: str


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
    basis: PolicyBasis
    stored_rules: list[dict[str, Any]]
    stored_conditions: list[dict[str, Any]]
    decided_by: str | None
    proposal_url: str | None
    supersedes_ref: str | None
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
        return [ConditionRow(each["kind"], each["expression"]) for each in self.stored_conditions]

    @property
    def sums_to(self) -> Decimal | None:
        """The percents of all rules together; None where no rule has one."""
        percents = [rule.percent for rule in self.rules if rule.percent is not None]
        return sum(percents, Decimal(0)) if percents else None


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
    scope = ("scope_chain_id", "scope_product", "base", "base_label", "basis", "rules", "conditions")
    origin = ("decided_by", "proposal_url", "supersedes", "note", "confidence", "source_id", "source_url")
    return [live.c[name] for name in (*identity, *scope, *origin)]


async def policies_by_protocol(reader: Reader, keys: Sequence[PolicyKey]) -> list[list[PolicyRow]]:
    """The policies of each, the newest first. One statement."""
    live = reader.live(policy)
    mine = reader.among(live.c.protocol_id, [key.protocol_id for key in keys])
    rows = [PolicyRow(*row) for row in await reader.rows(select(*_columns(live)).where(mine))]
    rows.sort(key=lambda row: (row.effective_from or date.min, row.number), reverse=True)
    found = many_each([key.protocol_id for key in keys], ((row.protocol_id, row) for row in rows))
    return [[row for row in mine_ if key.admits(row)] for key, mine_ in zip(keys, found, strict=True)]


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


@batched(policies_by_protocol)
def resolve_policies(
    row: Parent[ProtocolRow],
    status: Annotated[list[PolicyStatus] | None, argument("Of which status, for example [ACTIVE].")] = None,
    from_: Annotated[date | None, argument("That hold on this UTC day or later.", name="from")] = None,
    to: Annotated[date | None, argument("That hold on this UTC day or earlier.")] = None,
) -> PolicyKey:
    return PolicyKey(row.number, None if status is None else tuple(hashed(status)), from_, to)


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
