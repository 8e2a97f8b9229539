"""Which documents can be exported, and the query of one page that is made of each."""

from typing import Any

import pytest
from graphql import parse, print_ast

from graph.document import read_document
from graph.execution import job_of
from graph.export_document import NotExportable, only_query, page_query
from graph.limits import Limits
from graph.schema import schema

SCHEMA, LIMITS = schema._schema, Limits()


def paged(text: str, **variables: Any) -> str:
    """The query of one page, laid out as graphql-core prints it."""
    document = read_document(SCHEMA, text, LIMITS)
    only_query(document)
    coerced = job_of(SCHEMA, document, None, variables, LIMITS).coerced.coerced
    return print_ast(parse(page_query(SCHEMA, document, coerced).text))


def laid_out(text: str) -> str:
    return print_ast(parse(text))


def test_a_page_asks_for_the_nodes_and_for_what_follows() -> None:
    assert paged('{ ledger(where: {minUsd: "5"}) { nodes { ref } totalCount } }') == laid_out(
        """query ($exportFirst: Int!, $exportAfter: String) {
          ledger(where: {minUsd: "5"}, first: $exportFirst, after: $exportAfter) {
            nodes { ref } pageInfo { hasNextPage endCursor }
          }
        }"""
    )


def test_what_only_paging_used_is_left_out_and_names_that_are_taken_are_not_taken_again() -> None:
    query = """query Q($exportFirst: Int, $after: String, $slug: String!) {
      mine: ledger(first: $exportFirst, after: $after, where: {protocol: {eq: $slug}}) {
        edges { cursor node { ...A } } ...B pageInfo { endCursor }
      }
    }
    fragment A on LedgerEntry { ref }
    fragment B on LedgerConnection { totalCount }"""
    assert paged(query, slug="one") == laid_out(
        """query Q($slug: String!, $exportFirst_: Int!, $exportAfter: String) {
          ledger(where: {protocol: {eq: $slug}}, first: $exportFirst_, after: $exportAfter) {
            nodes { ...A } pageInfo { hasNextPage endCursor }
          }
        }
        fragment A on LedgerEntry { ref }"""
    )


def test_what_is_skipped_breaks_no_rule() -> None:
    query = """query($no: Boolean!) {
      meta @include(if: $no) { snapshot }
      ledger { nodes { ref } facts: aggregate @include(if: $no) { count } }
    }"""

    assert "meta" not in paged(query, no=False)
    with pytest.raises(NotExportable):
        paged(query, no=True)


@pytest.mark.parametrize(
    ("query", "code", "path"),
    [
        ("query A { ledger { nodes { ref } } } query B { ledger { nodes { ref } } }", "EXPORT_NOT_ONE_QUERY", ()),
        ("subscription { epochPublished { number } }", "EXPORT_NOT_ONE_QUERY", ()),
        ('mutation { cancelExport(id: "a") { errors { code } } }', "EXPORT_NOT_ONE_QUERY", ()),
        ("{ ledger { nodes { ref } } more: burns { nodes { ref } } }", "EXPORT_NOT_ONE_CONNECTION", ("more",)),
        ("{ __typename }", "EXPORT_NOT_ONE_CONNECTION", ()),
        ("{ sectors { key } }", "EXPORT_NOT_ONE_CONNECTION", ("sectors",)),
        ("{ changes { nodes { seq } } }", "EXPORT_NOT_ONE_CONNECTION", ("changes",)),
        ("{ __schema { types { name } } }", "EXPORT_NOT_ONE_CONNECTION", ("__schema",)),
        ('{ protocol(by: {slug: "a"}) { ledger { nodes { ref } } } }', "EXPORT_NOT_ONE_CONNECTION", ("protocol",)),
        ("{ ledger { nodes { ref } all: aggregate { count } } }", "EXPORT_NOT_ROWS", ("ledger", "all")),
        ("{ protocols { edges { rank node { slug } } } }", "EXPORT_NOT_ROWS", ("protocols", "edges", "rank")),
        ("{ ledger { totalCount } }", "EXPORT_NOT_ROWS", ("ledger",)),
        ("{ ledger { edges { cursor } } }", "EXPORT_NOT_ROWS", ("ledger", "edges")),
        ("{ ledger { nodes { ref } again: nodes { usd } } }", "EXPORT_NOT_ROWS", ("ledger",)),
        ('{ ledger(after: "a") { nodes { ref } } }', "EXPORT_PAGED", ("ledger", "after")),
        ("{ ledger(last: 3) { nodes { ref } } }", "EXPORT_PAGED", ("ledger", "last")),
        ("{ mine: ledger(at: {epoch: 1}) { nodes { ref } } }", "EXPORT_PAGED", ("mine", "at")),
    ],
)
def test_a_rule_that_is_broken_is_named_with_the_place(query: str, code: str, path: tuple[str, ...]) -> None:
    with pytest.raises(NotExportable) as refusal:
        paged(query)

    assert (refusal.value.code, refusal.value.path) == (code, path)


def test_a_cursor_in_a_variable_is_refused_only_where_there_is_one() -> None:
    query = "query($after: String) { ledger(after: $after, last: null) { nodes { ref } } }"

    assert "$after" not in paged(query)
    with pytest.raises(NotExportable, match="`after` can't be given"):
        paged(query, after="a")


def test_every_connection_at_the_root_can_be_exported() -> None:
    root = SCHEMA.query_type
    assert root is not None
    connections = {
        name for name, field in root.fields.items() if {"first", "after"} <= field.args.keys() and name != "changes"
    }

    assert {"protocols", "ledger", "claims", "restatements"} < connections
    for name in connections:
        needed = '(knownAfter: "2026-01-01T00:00:00Z")' if name == "restatements" else ""
        assert f"{name}(" in paged(f"{{ {name}{needed} {{ nodes {{ __typename }} }} }}")
