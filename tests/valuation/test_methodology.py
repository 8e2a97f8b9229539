"""The page docs/methodology.md: every worked example is calculated, every definition is the one the code has."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from valuation.annualised import Annualization, History
from valuation.dcf import Scenario, TokenCount
from valuation.definition import DEFINITIONS
from valuation.dispersion import MonthlyChange
from valuation.formula import FORMULAS
from valuation.outcome import Flow, Outcome, State
from valuation.supply import Supplies, SupplyBasis

PAGE = (Path(__file__).parents[2] / "docs" / "methodology.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE))
EXAMPLES = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]


def outcome(text: str) -> Outcome:
    return Outcome(None, State[text]) if text in State.__members__ else Outcome(Decimal(text))


def flow(table: dict[str, Any]) -> Flow:
    return Flow(outcome(table["total"]), table["window"], table["history"], table["observed"])


def decimals(items: list[str]) -> list[Decimal]:
    return [Decimal(item) for item in items]


def by_name(table: dict[str, str]) -> dict[str, Decimal | None]:
    return {name: None if text == "NOT_REPORTED" else Decimal(text) for name, text in table.items()}


def scenario(table: dict[str, Any]) -> Scenario:
    path = tuple(Decimal(rate) for rate in table["growth_path"])
    return Scenario(path, Decimal(table["terminal_growth"]), Decimal(table["discount_rate"]))


# How an argument is written on the page, by the type the function declares for it.
READERS: dict[Any, Callable[[Any], Any]] = {
    int: int,
    str: str,
    Decimal: Decimal,
    Decimal | None: Decimal,
    Outcome: outcome,
    Flow: flow,
    History: lambda table: History(**{name: flow(part) for name, part in table.items()}),
    Supplies: lambda table: Supplies(**{name: outcome(text) for name, text in table.items()}),
    Annualization: lambda name: Annualization[name],
    SupplyBasis: lambda name: SupplyBasis[name],
    Scenario: scenario,
    TokenCount: lambda table: TokenCount(**{name: Decimal(text) for name, text in table.items()}),
    Sequence[Decimal]: decimals,
    Sequence[Decimal | None]: decimals,
    Sequence[MonthlyChange]: lambda rows: [MonthlyChange(Decimal(r["revenue"]), Decimal(r["market"])) for r in rows],
    Mapping[str, Decimal | None]: by_name,
}


def function_of(example: dict[str, Any]) -> Callable[..., Outcome | Decimal]:
    module, name = example["function"].split(".")
    function: Callable[..., Outcome | Decimal] = getattr(import_module(f"valuation.{module}"), name)
    return function


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{n}-{e['function']}" for n, e in enumerate(EXAMPLES)])
def test_a_worked_example_comes_out_as_by_hand(example: dict[str, Any]) -> None:
    function = function_of(example)
    hints = get_type_hints(function)
    given = {name: READERS[hints[name]](text) for name, text in example["given"].items()}

    result = function(**given)

    found = result if isinstance(result, Outcome) else Outcome(result)
    expected = Decimal(example["value"]) if "value" in example else None
    digits = found.value if found.value is None or expected is None else found.value.quantize(expected)
    assert (digits, found.state.name) == (expected, example["state"])
    assert found.state is State.OK or found.reason
    assert example["source"]


def test_every_metric_has_a_section_and_no_section_is_left_over() -> None:
    assert set(SECTIONS) == set(DEFINITIONS)


@pytest.mark.parametrize("metric", DEFINITIONS)
def test_a_section_says_what_the_definition_says(metric: str) -> None:
    definition = DEFINITIONS[metric]

    section = SECTIONS[metric]

    assert f"{definition.label} ({definition.nature}, {definition.unit}). {definition.text}" in section
    assert f"- Formula: {definition.formula}\n" in section
    assert f"- Null states: {definition.null_rule}\n" in section


@pytest.mark.parametrize("metric", FORMULAS)
def test_every_derived_metric_is_worked_out_by_its_own_formula(metric: str) -> None:
    function = FORMULAS[metric].function
    name = getattr(function, "func", function).__name__

    worked = re.findall(r'^function = "\w+\.(\w+)"$', SECTIONS[metric], re.MULTILINE)

    assert name in worked
