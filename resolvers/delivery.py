"""Promised against done: what policies promised, what the ledger has of it, and what holders' revenue was reported."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, NamedTuple, TypeAlias

from sqlalchemy import and_, func, or_, select

from models.base import EXACT, MICRO, exact_sum
from models.ledger import ledger
from models.store import Reader
from models.vocabulary import EntityKind, LedgerKind, Metric
from models.window import Days
from resolvers.argument import FromDay, ToDay
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.filter import DateRange
from resolvers.history import histories
from resolvers.ledger_filter import LedgerWhere, conditions
from resolvers.ledger_group import day_of
from resolvers.policy import PolicyRow, all_policies
from resolvers.promise import (
    ExecutionFigure,
    Histories,
    Judged,
    Promise,
    added,
    cell_of_base,
    mechanisms,
    promised,
    promises,
    reported,
)
from resolvers.protocol import ProtocolRow, protocols_by_id
from resolvers.reading import COMPARABLE
from resolvers.sector import MarketRow
from resolvers.subject import Cell
from valuation.outcome import Outcome, State, calculated, quotient, weakened

# Ten years: a chart's longest, and few enough days to add up for every protocol.
LONGEST_DAYS = 3660


class DeliveryKey(NamedTuple):
    """Of a protocol, or of every one (None)."""

    protocol_id: int | None
    days: Days
    kind: LedgerKind


@dataclass(frozen=True, slots=True)
class Comparison(Judged):
    """`usd`: so much more was done; `ratio`: done as a fraction of it."""

    ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was promised, done and reported over some days."""

    protocol_id: int
    first: date
    last: date
    kind: LedgerKind
    promises: list[Promise]
    promised: ExecutionFigure
    executed: ExecutionFigure
    reported: ExecutionFigure

    @property
    def against_promised(self) -> Comparison:
        return _compared(self.executed, self.promised)

    @property
    def against_reported(self) -> Comparison:
        return _compared(self.executed, self.reported)


@dataclass(frozen=True, slots=True)
class MarketDelivery:
    """The same of every protocol with a policy or an entry; each comparison over those of which both are known."""

    first: date
    last: date
    kind: LedgerKind
    protocols: list[Delivery]

    @property
    def promised(self) -> ExecutionFigure:
        return _known([each.promised for each in self.protocols])

    @property
    def executed(self) -> ExecutionFigure:
        return _known([each.executed for each in self.protocols])

    @property
    def reported(self) -> ExecutionFigure:
        return _known([each.reported for each in self.protocols])

    @property
    def against_promised(self) -> Comparison:
        return _compared_together((each.executed, each.promised) for each in self.protocols)

    @property
    def against_reported(self) -> Comparison:
        return _compared_together((each.executed, each.reported) for each in self.protocols)


class Span(NamedTuple):
    """What the ledger has of the same days of a protocol; `unpaid`: entries that say no dollars."""

    days: Days
    usd: Decimal | None
    unpaid: int


Spans: TypeAlias = dict[int, list[Span]]


async def deliveries(reader: Reader, keys: Sequence[DeliveryKey]) -> list[Delivery]:
    """One of each key, which names a protocol. Five statements, one of them per distinct days and kind."""
    ids = [key.protocol_id for key in keys if key.protocol_id is not None]
    policies = await all_policies(reader, ids)
    spans = {each: await _spans(reader, *each, ids) for each in dict.fromkeys((key.days, key.kind) for key in keys)}
    known = await _histories(reader, policies, ids)
    return [_delivery(key, policies.get(key.protocol_id or 0, []), spans[key.days, key.kind], known) for key in keys]


async def market_deliveries(reader: Reader, keys: Sequence[DeliveryKey]) -> list[MarketDelivery]:
    """Of every protocol that promised or did anything, the largest deeds first. As many statements as for one."""
    policies = await all_policies(reader, None)
    spans = {each: await _spans(reader, *each, None) for each in dict.fromkeys((key.days, key.kind) for key in keys)}
    known = await _histories(reader, policies, {*policies, *(id_ for some in spans.values() for id_ in some)})
    return [_market(key, policies, spans[key.days, key.kind], known) for key in keys]


async def _spans(reader: Reader, days: Days, kind: LedgerKind, protocol_ids: Sequence[int] | None) -> Spans:
    """What the ledger has that touches the days, of some protocols or all. One statement."""
    live = reader.live(ledger)
    day = day_of(live, reader.dialect)
    columns = (live.c.protocol_id, live.c.window_start, live.c.window_end, day)
    of_those_days = LedgerWhere(kind=[kind], occurred=DateRange(days.first, days.last))
    spans_them = (live.c.kind == kind) & (live.c.window_start <= days.last) & (live.c.window_end >= days.first)
    query = (
        select(*columns, exact_sum(live.c.usd), func.count() - func.count(live.c.usd))
        .where(or_(and_(*conditions(of_those_days, live, reader)), spans_them))
        .group_by(*columns)
    )
    if protocol_ids is not None:
        query = query.where(reader.among(live.c.protocol_id, protocol_ids))
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for id_, start, end, at, usd, unpaid in await reader.rows(query):
        on = date.fromisoformat(str(at))
        found[id_].append(Span(Days(start or on, end or on), usd, unpaid))
    return dict(found)


async def _histories(reader: Reader, policies: dict[int, list[PolicyRow]], protocol_ids: Iterable[int]) -> Histories:
    """The bases of all policies, and what each protocol is said to have passed on."""
    bases = [cell for some in policies.values() for each in some if (cell := cell_of_base(each)) is not None]
    return await histories(reader, list(dict.fromkeys([*bases, *map(_passed_on, protocol_ids)])))


def _passed_on(protocol_id: int) -> Cell:
    return Cell(EntityKind.PROTOCOL, protocol_id, Metric.HOLDERS_REVENUE)


def _delivery(key: DeliveryKey, policies: Sequence[PolicyRow], spans: Spans, known: Histories) -> Delivery:
    id_ = key.protocol_id or 0
    found, cell = promises(policies, key.days, key.kind, known), _passed_on(id_)
    return Delivery(
        id_,
        key.days.first,
        key.days.last,
        key.kind,
        found,
        promised(policies, found, key.days),
        _executed(spans.get(id_, []), key.days),
        reported(known.get(cell), cell, key.days),
    )


def _market(key: DeliveryKey, policies: dict[int, list[PolicyRow]], spans: Spans, known: Histories) -> MarketDelivery:
    ids = sorted({*policies, *spans})
    every = [_delivery(key._replace(protocol_id=id_), policies.get(id_, []), spans, known) for id_ in ids]
    active = [each for each in every if each.promises or each.protocol_id in spans]
    active.sort(key=lambda each: Decimal(-1) if each.executed.usd is None else each.executed.usd, reverse=True)
    return MarketDelivery(key.days.first, key.days.last, key.kind, active)


def _executed(spans: Sequence[Span], days: Days) -> ExecutionFigure:
    """Entries within the days. One that reaches beyond them is left out: nobody says how it is spread."""
    within = [span for span in spans if days.first <= span.days.first and span.days.last <= days.last]
    covered = len(
        {day for span in within for day in range(span.days.first.toordinal(), span.days.last.toordinal() + 1)}
    )
    paid = [span.usd for span in within if span.usd is not None]
    beyond = len(spans) - len(within)
    if not paid:
        also = f"; {beyond} reach beyond them" if beyond else ""
        return ExecutionFigure(
            Outcome(None, State.NOT_REPORTED, f"No entry within these days says dollars{also}."), 0, days.count
        )
    total = sum(paid, Decimal(0)).quantize(MICRO, context=EXACT)
    return ExecutionFigure(_with_gaps(total, within, beyond, covered, days), covered, days.count)


def _with_gaps(total: Decimal, within: Sequence[Span], beyond: int, covered: int, days: Days) -> Outcome:
    unpaid = sum(span.unpaid for span in within)
    gaps = [
        *([f"{unpaid} entries say no dollars."] if unpaid else []),
        *([f"Entries that reach beyond these days are left out: {beyond}."] if beyond else []),
        *([f"Entries are of {covered} of {days.count} days."] if covered < days.count else []),
    ]
    return Outcome(total, State.PARTIAL, " ".join(gaps)) if gaps else Outcome(total)


def _compared(done: ExecutionFigure, other: ExecutionFigure) -> Comparison:
    """What is known of a few days only can't be set against what is known of many."""
    if done.usd is not None and other.usd is not None and not _comparable(done, other):
        reason = f"{done.observed_days} days of the one are known and {other.observed_days} of the other."
        return Comparison(Outcome(None, State.NOT_REPORTED, reason), None)
    return _difference(done.outcome, other.outcome)


def _comparable(*figures: ExecutionFigure) -> bool:
    return all(figure.observed_days >= COMPARABLE * figure.expected_days for figure in figures)


def _difference(done: Outcome, other: Outcome) -> Comparison:
    difference = calculated(lambda executed, expected: executed - expected, executed=done, expected=other)
    ratio = calculated(lambda executed, expected: quotient(executed, expected, "that"), executed=done, expected=other)
    return Comparison(difference, ratio.value)


def _compared_together(pairs: Iterable[tuple[ExecutionFigure, ExecutionFigure]]) -> Comparison:
    known = [pair for pair in pairs if all(each.usd is not None for each in pair) and _comparable(*pair)]
    if not known:
        nothing = Outcome(None, State.NOT_REPORTED, "Of no protocol both are known well enough.")
        return Comparison(nothing, None)
    return _difference(added([one.outcome for one, _ in known]), added([other.outcome for _, other in known]))


def _known(figures: Sequence[ExecutionFigure]) -> ExecutionFigure:
    """The sum of those that are known; `observed_days` of the best-known one."""
    known = [figure for figure in figures if figure.usd is not None]
    expected = max((figure.expected_days for figure in figures), default=0)
    if not known:
        return ExecutionFigure(Outcome(None, State.NOT_REPORTED, "Of no protocol it is known."), 0, expected)
    total = added([figure.outcome for figure in known])
    if len(known) < len(figures):
        total = weakened(total, State.PARTIAL, f"Of {len(known)} of {len(figures)} protocols it is known.")
    return ExecutionFigure(total, max(figure.observed_days for figure in known), expected)


OfKind: TypeAlias = Annotated[
    LedgerKind, argument("Which deeds: PURCHASE, BURN or DISTRIBUTION; each is promised by mechanisms of its own.")
]


def _key(protocol_id: int | None, first: date, last: date, kind: LedgerKind) -> DeliveryKey:
    if not timedelta(0) <= last - first < timedelta(days=LONGEST_DAYS):
        raise BadInput(f"`to` must be on or after `from`, by fewer than {LONGEST_DAYS} days")
    mechanisms(kind)
    return DeliveryKey(protocol_id, Days(first, last), kind)


@batched(deliveries)
def resolve_delivery(
    row: Parent[ProtocolRow], from_: FromDay, to: ToDay, kind: OfKind = LedgerKind.PURCHASE
) -> DeliveryKey:
    return _key(row.number, from_, to, kind)


@batched(market_deliveries)
def resolve_market_delivery(
    row: Parent[MarketRow], from_: FromDay, to: ToDay, kind: OfKind = LedgerKind.PURCHASE
) -> DeliveryKey:
    return _key(None, from_, to, kind)


@batched(protocols_by_id)
def resolve_protocol_of_delivery(row: Parent[Delivery]) -> int:
    return row.protocol_id
