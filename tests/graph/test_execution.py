"""An operation that may run carries the variables it declares, and tells equal ones from others by their bytes."""

from typing import Any

import pytest
from graphql import build_schema

from graph.document import Documents
from graph.execution import Job, job_of
from graph.limits import Limits

DOCUMENTS = Documents(build_schema("scalar Amount type Query { named(n: Int, amount: Amount): String }"))
TEXT = "query Q($n: Int, $amount: Amount) { named(n: $n, amount: $amount) }"


def job(variables: dict[str, Any]) -> Job:
    return job_of(DOCUMENTS.schema, DOCUMENTS.read(TEXT), None, variables, Limits())


def test_variables_that_are_not_declared_are_left_out() -> None:
    assert job({"n": 1, "x": 2**64, "y": [1]}).variables == {"n": 1}


@pytest.mark.parametrize("amount", [1, 2**63, 2**64, -(2**64), 10**39, {"b": [10**39], "a": None}])
def test_equal_variables_have_equal_bytes_whatever_their_order_and_size(amount: Any) -> None:
    one, other = job({"n": 1, "amount": amount}), job({"amount": amount, "n": 1})

    assert one.variables_json() == other.variables_json()
    assert one.variables_json() != job({"n": 2, "amount": amount}).variables_json()
