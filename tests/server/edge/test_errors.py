"""Codes are documented, and nothing of the inside reaches a client."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLError

from graph.limits import CODES
from models.epoch import EpochPruned
from resolvers.errors import BadInput
from server.edge.errors import formatted

ROOT = Path(__file__).parents[3]
DOCUMENTED = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs" / "errors.md").read_text()))
CODE = re.compile(r"[A-Z]+(_[A-Z]+)+|FORBIDDEN|UNAUTHENTICATED|OVERLOADED|UNAVAILABLE")
MAKERS = {"Fault", "refused", "coded", "_at_most", "_too_dear", "_with_code"}


def codes() -> Iterator[str]:
    """Every code in the source: what is handed to a maker of errors, or is the `code` of an exception."""
    for package in ("graph", "models", "resolvers", "server"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                yield from (text for text in texts(node) if CODE.fullmatch(text))


def texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
        yield from (each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str))
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if {"code", "UNRESOLVED", "NOT_FOUND"} & set(names):
            yield node.value.value


@pytest.mark.parametrize("code", sorted(set(codes())))
def test_every_code_is_documented(code: str) -> None:
    assert code in DOCUMENTED


def test_no_code_is_documented_that_is_not_there() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE)
    documented = {code for row in rows for code in re.findall(r"`([A-Z][A-Z_]+)`", row)}
    packages = ("graph", "models", "resolvers", "server", "valuation")
    source = "".join(path.read_text() for package in packages for path in (ROOT / package).rglob("*.py"))

    assert len(documented) > 30
    assert {code for code in documented if f'"{code}"' not in source} == set()


def test_every_limit_of_a_document_has_a_documented_code() -> None:
    assert {code for code, _ in CODES.values()} <= DOCUMENTED


@pytest.mark.parametrize(
    ("error", "message", "code"),
    [
        (
            GraphQLError("no such table: x", original_error=RuntimeError("x")),
            "Internal server error.",
            "INTERNAL_SERVER_ERROR",
        ),
        (
            GraphQLError("Cannot return null for non-nullable field A.b."),
            "Internal server error.",
            "INTERNAL_SERVER_ERROR",
        ),
        (GraphQLError("x", original_error=BadInput("first is 1 to 100")), "x", "BAD_USER_INPUT"),
        (
            GraphQLError("epoch 1 was pruned", original_error=EpochPruned("epoch 1 was pruned")),
            "epoch 1 was pruned",
            "EPOCH_PRUNED",
        ),
        (
            GraphQLError("Argument 'n' of required type 'Int!' was not provided."),
            "Argument 'n' of required type 'Int!' was not provided.",
            "BAD_USER_INPUT",
        ),
        (
            GraphQLError("Variable '$d' got invalid value, but encountered error <Undefined>; KeyError('x')"),
            "Variable '$d' got invalid value",
            "BAD_USER_INPUT",
        ),
        (
            GraphQLError("x", original_error=KeyError("secret"), extensions={"code": "MINE"}),
            "Internal server error.",
            "INTERNAL_SERVER_ERROR",
        ),
    ],
)
def test_an_error_is_told_only_where_it_is_meant_for_clients(error: GraphQLError, message: str, code: str) -> None:
    (found,) = formatted([error])

    assert (found["message"], found["extensions"]["code"]) == (message, code)
