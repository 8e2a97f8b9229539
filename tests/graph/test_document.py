"""Documents are read once, kept within bounds, and refused as they were before."""

import pytest
from graphql import build_schema

from graph.document import Documents, digest_of
from graph.refusal import Refused

SCHEMA = build_schema("type Query { name: String meta: String }")


def test_a_document_is_read_once() -> None:
    documents = Documents(SCHEMA)

    first, second = documents.read("{name}"), documents.read("{name}")

    assert first is second
    assert (documents.hits, documents.misses) == (1, 1)
    assert first.digest == digest_of("{name}")


def test_a_refusal_is_remembered_and_told_again() -> None:
    documents = Documents(SCHEMA)

    messages = []
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            documents.read("{nope}")
        messages.append([error.formatted for error in refusal.value.errors])

    assert messages[0] == messages[1]
    assert messages[0][0]["locations"] == [{"line": 1, "column": 2}]
    assert (documents.hits, documents.misses) == (1, 1)


def test_the_least_recently_used_document_goes_first() -> None:
    documents = Documents(SCHEMA, most=2)

    for text in ("{name}", "{a:name}", "{name}", "{b:name}"):
        documents.read(text)
    documents.read("{name}")

    assert (len(documents), documents.hits, documents.misses) == (2, 2, 3)


def test_texts_are_bounded_together() -> None:
    documents = Documents(SCHEMA, characters=100)

    for number in range(50):
        documents.read("{name}" + " " * number)

    assert documents.characters <= 100


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [("query A {name}", None, "A"), ("{name}", None, None), ("query A {name} query B {name}", "B", "B")],
)
def test_an_operation_is_chosen_by_name_or_is_the_only_one(text: str, name: str | None, found: str | None) -> None:
    assert Documents(SCHEMA).read(text).operation(name).name == found


@pytest.mark.parametrize(
    ("text", "name"), [("query A {name} query B {name}", None), ("query A {name}", "B"), ("{name}", "A")]
)
def test_an_operation_that_can_not_be_told_is_refused(text: str, name: str | None) -> None:
    document = Documents(SCHEMA).read(text)

    with pytest.raises(Refused) as refusal:
        document.operation(name)
    assert [error.extensions["code"] for error in refusal.value.errors] == ["OPERATION_RESOLUTION_FAILURE"]  # type: ignore[index]


def test_what_depends_on_more_than_the_epoch_is_volatile() -> None:
    documents = Documents(SCHEMA)

    assert documents.read("{...A} fragment A on Query {x: meta}").operation(None).volatile
    assert not documents.read("{name}").operation(None).volatile


def test_an_answer_may_not_be_empty() -> None:
    with pytest.raises(Refused) as refusal:
        Documents(SCHEMA).read("{}")

    assert [error.extensions["code"] for error in refusal.value.errors] == ["GRAPHQL_PARSE_FAILED"]  # type: ignore[index]
