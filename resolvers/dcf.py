"""What a protocol's cash flow is worth today, per token, under the assumptions of whoever asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, NamedTuple

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Metric, MetricState, Unit, Window
from resolvers.argument import hashed
from resolvers.book import Book
from resolvers.declare import argument, batched
from resolvers.deed import Deeds, deeds_of
from resolvers.errors import ApiError, BadInput
from resolvers.external_id import OURS
from resolvers.given import SUPPLIES, YEARLY
from resolvers.metric_key import MetricKey
from resolvers.moment import moment_of
from resolvers.protocol import ProtocolRow, protocols_by_name
from resolvers.reading import Reading, state_of
from resolvers.reserve import reserves_of
from resolvers.stored import Asked, stored_values
from resolvers.subject import cell_of
from valuation.annualised import Annualization, History, annualised
from valuation.dcf import Cell, DcfInputs, NamedInput, Scenario, ScenarioRefused, Valuation, Year, dcf
from valuation.outcome import Outcome, State
from valuation.supply import Supplies, SupplyBasis, outstanding


class Refused(ApiError):
    """A scenario that has no value; `code` says which rule it breaks."""

    def __init__(self, refusal: ScenarioRefused) -> None:
        super().__init__(str(refusal))
        self.code = refusal.code


@dataclass(unsafe_hash=True)
class DcfInput:
    """The assumptions of a valuation; rates are fractions, 0.25 is 25 %."""

    growth_path: list[Decimal]
    terminal_growth: Decimal
    discount_rate: Decimal
    cash_flow: Metric = Metric.HOLDERS_REVENUE
    base: Annualization = Annualization.TTM
    supply_basis: SupplyBasis = SupplyBasis.FULLY_DILUTED
    include_emissions: bool = True


class DcfKey(NamedTuple):
    """Whose cash flow, how it becomes yearly, whose tokens share it, and what is assumed."""

    slug: str
    cash_flow: Metric
    base: Annualization
    basis: SupplyBasis
    emissions: bool
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class InputRow:
    """A number the valuation rests on. `as_of`: the last day that is in it, or could be."""

    name: str
    value: Decimal | None
    state: MetricState
    reason: str | None
    unit: Unit
    as_of: date


@dataclass(frozen=True, slots=True)
class DcfRow:
    """A valuation and what was assumed for it."""

    asked: DcfKey
    protocol: ProtocolRow
    valuation: Valuation

    @property
    def value_per_token(self) -> Decimal | None:
        return self.valuation.value_per_token.value

    @property
    def state(self) -> MetricState:
        return state_of(self.valuation.value_per_token)

    @property
    def reason(self) -> str | None:
        return self.valuation.value_per_token.reason

    @property
    def present_value_usd(self) -> Decimal | None:
        return self.valuation.present_value_usd

    @property
    def terminal_share(self) -> Decimal | None:
        return self.valuation.terminal_share

    @property
    def implied_growth(self) -> Decimal | None:
        return self.valuation.implied_growth.value

    @property
    def implied_growth_state(self) -> MetricState:
        return state_of(self.valuation.implied_growth)

    @property
    def implied_growth_reason(self) -> str | None:
        return self.valuation.implied_growth.reason

    @property
    def yearly(self) -> Sequence[Year]:
        return self.valuation.yearly

    @property
    def sensitivity(self) -> Sequence[Cell]:
        return self.valuation.sensitivity

    @property
    def inputs(self) -> list[InputRow]:
        return [
            InputRow(
                each.name, each.figure.value, state_of(each.figure), each.figure.reason, Unit[each.unit], each.as_of
            )
            for each in self.valuation.inputs
        ]

    @property
    def disclaimer(self) -> str:
        return self.valuation.disclaimer


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for one key."""

    key: DcfKey
    subject: MetricKey
    book: Book
    deeds: Deeds

    def reading(self, metric: Metric, window: Window) -> Reading:
        return self.book.reading(self.subject, metric, window)

    def latest(self, metric: Metric) -> Outcome:
        return self.reading(metric, Window.ALL).measurement.current.total

    def inputs(self) -> DcfInputs:
        maximum = self._named("MAX_SUPPLY", Metric.MAX_SUPPLY, Window.ALL)
        bounded = self.key.basis is SupplyBasis.FULLY_DILUTED and maximum.figure.value is not None
        return DcfInputs(
            cash_flow=self._yearly(self.key.cash_flow, self.key.base),
            supply=self._supply(),
            price=self._named("PRICE", Metric.PRICE, Window.D30),
            # All tokens there can ever be are counted already.
            emissions=self._yearly(Metric.EMISSIONS, Annualization.TTM_OR_SCALED)
            if self.key.emissions and not bounded
            else None,
            maximum_supply=maximum if maximum.figure.value is not None else None,
        )

    def _yearly(self, metric: Metric, convention: Annualization) -> NamedInput:
        history = History(*(self.reading(metric, window).measurement.current for window in YEARLY))
        reading = self.reading(metric, Window.TTM)
        name = f"{metric.name} a year, {convention.name}"
        return NamedInput(name, annualised(history, convention), MEASURES[metric].unit.name, _as_of(reading))

    def _named(self, name: str, metric: Metric, window: Window) -> NamedInput:
        reading = self.reading(metric, window)
        return NamedInput(name, reading.measurement.current.total, MEASURES[metric].unit.name, _as_of(reading))

    def _supply(self) -> NamedInput:
        circulating, total, maximum = (self.latest(metric) for metric in SUPPLIES)
        day = self.book.moment.end(Metric.TOTAL_SUPPLY)
        left = outstanding(total, self.deeds.held(day), self.deeds.recognised(day))
        supplies = Supplies(_standing(circulating), _standing(left), _standing(total), _standing(maximum))
        counted = {
            SupplyBasis.CIRCULATING: Metric.CIRCULATING_SUPPLY,
            SupplyBasis.FULLY_DILUTED: Metric.MAX_SUPPLY if maximum.value is not None else Metric.TOTAL_SUPPLY,
        }.get(self.key.basis, Metric.TOTAL_SUPPLY)
        day = _as_of(self.reading(counted, Window.ALL))
        return NamedInput(f"SUPPLY, {self.key.basis.name}", supplies.by(self.key.basis), Unit.TOKEN.name, day)


def _as_of(reading: Reading) -> date:
    return min(reading.known.last_day, reading.end) if reading.known else reading.end


def _standing(supply: Outcome) -> Outcome:
    """Supplies change seldom: their last known value counts, however old, and the answer says how old."""
    return Outcome(supply.value) if supply.state is State.STALE and supply.value is not None else supply


async def valuations(reader: Reader, keys: Sequence[DcfKey]) -> list[DcfRow | None]:
    """The valuation of each key, None for a protocol that is not known. As many statements as for one."""
    rows = await protocols_by_name(reader, [(OURS, key.slug) for key in keys])
    asked = dict.fromkeys(each for key, row in zip(keys, rows, strict=True) if row for each in _asked(key, row))
    moment = await moment_of(reader)
    book = Book(moment, await stored_values(reader, list(asked), moment))
    deeds = await _deeds(reader, [row.token_id for row in rows if row and row.token_id is not None])
    return [
        None
        if row is None
        else _valued(Known(key, _subject(row, key), book, deeds.get(row.token_id or 0, Deeds())), row)
        for key, row in zip(keys, rows, strict=True)
    ]


async def _deeds(reader: Reader, token_ids: Sequence[int]) -> dict[int, Deeds]:
    deeds, reserves = await deeds_of(reader, token_ids), await reserves_of(reader, token_ids)
    return {id_: replace(each, reserve=reserves.get(id_)) for id_, each in deeds.items()}


def _subject(row: ProtocolRow, key: DcfKey) -> MetricKey:
    return MetricKey(row.subject, key.cash_flow, Window.TTM)


def _asked(key: DcfKey, row: ProtocolRow) -> Iterable[Asked]:
    """The stored numbers a valuation is made of."""
    yearly = [(metric, window) for metric in (key.cash_flow, Metric.EMISSIONS) for window in YEARLY]
    latest = [(metric, Window.ALL) for metric in SUPPLIES]
    for metric, window in (*yearly, *latest, (Metric.PRICE, Window.D30)):
        cell = cell_of(row.subject, metric)
        if cell is not None:
            yield cell, window


def _valued(known: Known, row: ProtocolRow) -> DcfRow:
    return DcfRow(known.key, row, dcf(known.inputs(), known.key.scenario))


@batched(valuations, at=True)
def resolve_dcf(
    protocol: Annotated[str, argument("Whose cash flow, by slug, for example hyperliquid.")],
    input_: Annotated[DcfInput, argument("What to assume.", name="input")],
) -> DcfKey:
    flow = MEASURES.get(input_.cash_flow)
    if flow is None or not flow.flow or flow.unit is not Unit.USD:
        raise BadInput(f"{input_.cash_flow.name} is no cash flow: ask for one in US dollars, such as REVENUE")
    try:
        scenario = Scenario(tuple(hashed(input_.growth_path)), input_.terminal_growth, input_.discount_rate)
    except ScenarioRefused as refusal:
        raise Refused(refusal) from refusal
    basis, emissions = input_.supply_basis, input_.include_emissions
    return DcfKey(protocol, input_.cash_flow, input_.base, basis, emissions, scenario)
