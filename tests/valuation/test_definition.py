"""Every metric of the vocabulary is defined, and every derived one has a formula."""

import pytest

from models.vocabulary import Metric, MetricState, Unit
from valuation.definition import DEFINITIONS
from valuation.formula import FORMULAS
from valuation.outcome import State
from valuation.term import Nature

STORED = [metric.name for metric in Metric if metric < 100]
DERIVED = [metric.name for metric in Metric if metric >= 100]


def test_every_metric_is_defined_and_nothing_else() -> None:
    assert set(DEFINITIONS) == {*STORED, *DERIVED}


def test_every_derived_metric_has_a_formula_and_nothing_else() -> None:
    assert set(FORMULAS) == set(DERIVED)


def test_states_are_those_of_the_vocabulary() -> None:
    assert {state.name: state.value for state in State} == {state.name: state.value for state in MetricState}


@pytest.mark.parametrize("metric", DEFINITIONS)
def test_a_definition_is_complete_and_its_unit_exists(metric: str) -> None:
    definition = DEFINITIONS[metric]

    texts = (definition.label, definition.formula, definition.text, definition.null_rule, definition.source)
    assert all(text.strip() for text in texts)
    assert definition.unit in Unit.__members__
    assert definition.text.endswith(".")
    assert definition.null_rule.endswith(".")


@pytest.mark.parametrize("metric", STORED)
def test_a_stored_metric_is_a_flow_or_a_stock(metric: str) -> None:
    assert DEFINITIONS[metric].nature in {Nature.FLOW, Nature.STOCK}


@pytest.mark.parametrize("metric", ["FEES", "REVENUE", "EARNINGS", "PS", "PF"])
def test_words_that_mean_other_things_elsewhere_say_so(metric: str) -> None:
    uses = DEFINITIONS[metric].field_use

    assert {"DefiLlama", "Token Terminal", "Artemis"} <= {use.provider for use in uses}
    assert all(use.definition and use.differs for use in uses)


@pytest.mark.parametrize("metric", FORMULAS)
def test_the_inputs_of_a_formula_are_metrics(metric: str) -> None:
    formula = FORMULAS[metric]

    assert set(formula.metrics) <= set(STORED)
    assert len(formula.operands) > 0
