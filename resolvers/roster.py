"""Which protocols a list shows: the candidates, the filter they pass, and the order they are put in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import NamedTuple, TypeAlias

from sqlalchemy import select

from models.policy import policy
from models.protocol import protocol
from models.right import token_rights
from models.store import Reader
from models.vocabulary import (
    EntityKind,
    FeeSwitch,
    MechanismKind,
    Metric,
    PolicyStatus,
    ProtocolKind,
    SectorKey,
    Window,
)
from resolvers.filter import DecimalFilter, StringFilter
from resolvers.given import Options
from resolvers.metric import MetricValue, metric_values
from resolvers.metric_key import MetricKey
from resolvers.subject import Subject
from valuation.annualised import Annualization
from valuation.supply import SupplyBasis


class ProtocolLevel(Enum):
    """Which rows of the tree of protocols."""

    ROOT = "root"
    CHILD = "child"
    CHAIN = "chain"
    ANY = "any"


class SortDirection(Enum):
    ASC = "asc"
    DESC = "desc"


class NullsOrder(Enum):
    FIRST = "first"
    LAST = "last"


@dataclass(unsafe_hash=True)
class MetricPredicate:
    """A condition on a metric over a window."""

    key: Metric
    is_: DecimalFilter
    window: Window = Window.D30
    annualization: Annualization = Annualization.TTM_OR_SCALED
    supply_basis: SupplyBasis = SupplyBasis.CIRCULATING

    @property
    def question(self) -> "Question":
        return self.key, self.window, Options(self.annualization, self.supply_basis)


@dataclass(unsafe_hash=True)
class ProtocolWhere:
    """Which protocols: every condition that is given has to hold."""

    and_: list["ProtocolWhere"] | None = None
    or_: list["ProtocolWhere"] | None = None
    not_: "ProtocolWhere | None" = None
    slug: StringFilter | None = None
    name: StringFilter | None = None
    text: str | None = None
    kind: list[ProtocolKind] | None = None
    sector: list[SectorKey] | None = None
    chain: StringFilter | None = None
    has_token: bool | None = None
    mechanism: list[MechanismKind] | None = None
    policy_status: list[PolicyStatus] | None = None
    fee_switch: list[FeeSwitch] | None = None
    min_coverage_days: int | None = None
    metric: list[MetricPredicate] | None = None

    def all(self) -> Iterator["ProtocolWhere"]:
        """This condition and every one inside it."""
        yield self
        for inner in (*(self.and_ or ()), *(self.or_ or ()), *([self.not_] if self.not_ else ())):
            yield from inner.all()


@dataclass(unsafe_hash=True)
class ProtocolOrder:
    """One key of an order: a metric, or the name."""

    key: Metric | None = None
    name: bool | None = None
    window: Window = Window.D30
    annualization: Annualization = Annualization.TTM_OR_SCALED
    supply_basis: SupplyBasis = SupplyBasis.CIRCULATING
    direction: SortDirection = SortDirection.DESC
    nulls: NullsOrder = NullsOrder.LAST

    @property
    def question(self) -> "Question | None":
        return None if self.key is None else (self.key, self.window, Options(self.annualization, self.supply_basis))


Question: TypeAlias = tuple[Metric, Window, Options]
"""What is asked of every candidate."""

# How many days a protocol has been reporting is told by its revenue.
COVERAGE: Question = (Metric.REVENUE, Window.ALL, Options())


class Candidate(NamedTuple):
    """What a list needs to know of a protocol to show it or not."""

    number: int
    slug: str
    name: str
    kind: ProtocolKind
    parent_id: int | None
    token_id: int | None
    sectors: tuple[str, ...]
    chains: tuple[str, ...]

    @property
    def subject(self) -> Subject:
        scope = self.slug if self.kind is ProtocolKind.CHAIN else ""
        return Subject(EntityKind.PROTOCOL, self.number, self.number, self.token_id, scope)

    def at(self, level: ProtocolLevel) -> bool:
        if level is ProtocolLevel.ANY:
            return True
        if level is ProtocolLevel.CHAIN:
            return self.kind is ProtocolKind.CHAIN
        child = self.parent_id is not None
        return self.kind is not ProtocolKind.CHAIN and child == (level is ProtocolLevel.CHILD)


class Rule(NamedTuple):
    """One way a policy of a status pays out."""

    status: PolicyStatus
    mechanisms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Roster:
    """The candidates, and what was asked of them."""

    candidates: list[Candidate]
    values: dict[tuple[int, Question], MetricValue]
    policies: dict[int, list[Rule]]
    fee_switches: dict[int, FeeSwitch] = field(default_factory=dict[int, FeeSwitch])

    def value(self, candidate: Candidate, question: Question) -> MetricValue:
        return self.values[candidate.number, question]

    def admits(self, where: ProtocolWhere, one: Candidate) -> bool:
        return (
            all(self.admits(inner, one) for inner in where.and_ or ())
            and (where.or_ is None or any(self.admits(inner, one) for inner in where.or_))
            and (where.not_ is None or not self.admits(where.not_, one))
            and _identified(where, one)
            and self._governed(where, one)
            and (where.fee_switch is None or self._fee_switch(one) in where.fee_switch)
            and self._covered(where, one)
            and all(self._measured(predicate, one) for predicate in where.metric or ())
        )

    def _governed(self, where: ProtocolWhere, one: Candidate) -> bool:
        """One and the same policy must have the status and one of the mechanisms."""
        if where.mechanism is None and where.policy_status is None:
            return True
        wanted = None if where.mechanism is None else {mechanism.name for mechanism in where.mechanism}
        return any(
            (where.policy_status is None or rule.status in where.policy_status)
            and (wanted is None or not wanted.isdisjoint(rule.mechanisms))
            for rule in self.policies.get(one.number, ())
        )

    def _fee_switch(self, one: Candidate) -> FeeSwitch:
        """Unknown where no rights are on record."""
        return self.fee_switches.get(one.number, FeeSwitch.UNKNOWN)

    def _covered(self, where: ProtocolWhere, one: Candidate) -> bool:
        least = where.min_coverage_days
        return least is None or self.value(one, COVERAGE).coverage.observed_days >= least

    def _measured(self, predicate: MetricPredicate, one: Candidate) -> bool:
        found = self.value(one, predicate.question)
        return predicate.is_.admits(found.value, found.state)

    def ordered(self, orders: Sequence[ProtocolOrder], rows: Iterable[Candidate]) -> list[Candidate]:
        """By each order in turn; what is equal in all of them by number."""
        ranked = sorted(rows, key=lambda row: row.number)
        for order in reversed(orders):
            ranked = self._sorted(order, ranked)
        return ranked

    def _sorted(self, order: ProtocolOrder, rows: list[Candidate]) -> list[Candidate]:
        backwards = order.direction is SortDirection.DESC
        question = order.question
        if question is None:
            return sorted(rows, key=lambda row: row.name.casefold(), reverse=backwards)
        valued = [(self.value(row, question).value, row) for row in rows]
        known = sorted(((value, row) for value, row in valued if value is not None), key=_amount, reverse=backwards)
        sorted_rows, unknown = [row for _, row in known], [row for value, row in valued if value is None]
        return [*unknown, *sorted_rows] if order.nulls is NullsOrder.FIRST else [*sorted_rows, *unknown]


def _amount(pair: tuple[Decimal, Candidate]) -> Decimal:
    return pair[0]


def _identified(where: ProtocolWhere, one: Candidate) -> bool:
    text = where.text.casefold() if where.text else ""
    return (
        (where.slug is None or where.slug.admits(one.slug))
        and (where.name is None or where.name.admits(one.name))
        and (not text or text in one.slug.casefold() or text in one.name.casefold())
        and (where.kind is None or one.kind in where.kind)
        and (where.sector is None or any(key.name in one.sectors for key in where.sector))
        and (where.chain is None or where.chain.admits_any(one.chains))
        and (where.has_token is None or where.has_token == (one.token_id is not None))
    )


def questions_of(where: ProtocolWhere | None, orders: Iterable[ProtocolOrder]) -> Iterator[Question]:
    """Every metric a filter or an order looks at."""
    for inner in where.all() if where else ():
        yield from (predicate.question for predicate in inner.metric or ())
        if inner.min_coverage_days is not None:
            yield COVERAGE
    yield from (order.question for order in orders if order.question is not None)


def governs(where: ProtocolWhere | None) -> bool:
    """Whether a filter looks at policies."""
    return any(inner.mechanism or inner.policy_status for inner in where.all()) if where else False


def switches(where: ProtocolWhere | None) -> bool:
    """Whether a filter looks at fee switches."""
    return any(inner.fee_switch is not None for inner in where.all()) if where else False


async def roster_of(reader: Reader, questions: Sequence[Question], filters: Sequence[ProtocolWhere | None]) -> Roster:
    """Every protocol with its answers, and what the filters look at besides.

    One statement, one each for policies and fee switches, and those of `metric_values`.
    """
    live = reader.live(protocol)
    names = ("protocol_id", "slug", "name", "kind", "parent_id", "token_id", "sectors", "chains")
    rows = [Candidate(*row) for row in await reader.rows(select(*(live.c[name] for name in names)))]
    asked = [(row, question) for question in questions for row in rows]
    keys = [MetricKey(row.subject, *question) for row, question in asked]
    values = await metric_values(reader, keys) if keys else []
    found = {(row.number, question): value for (row, question), value in zip(asked, values, strict=True)}
    policies = await _policies(reader) if any(map(governs, filters)) else {}
    return Roster(rows, found, policies, await _fee_switches(reader) if any(map(switches, filters)) else {})


async def _fee_switches(reader: Reader) -> dict[int, FeeSwitch]:
    live = reader.live(token_rights)
    return {id_: state for id_, state in await reader.rows(select(live.c.protocol_id, live.c.fee_switch))}  # noqa: C416


async def _policies(reader: Reader) -> dict[int, list[Rule]]:
    live = reader.live(policy)
    rules: dict[int, list[Rule]] = {}
    for number, status, parts in await reader.rows(select(live.c.protocol_id, live.c.status, live.c.rules)):
        rules.setdefault(number, []).append(Rule(status, frozenset(part["mechanism"] for part in parts)))
    return rules
