"""Every limit of a document: taken at its number, refused above it, through fragments too."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    SelectionNode,
    build_schema,
    get_introspection_query,
    parse,
)

from graph.document import read_document
from graph.limits import Limits, check, check_variables
from graph.refusal import Refused

SCHEMA = build_schema(
    """
    directive @mark(of: Int) repeatable on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT | QUERY
    input Where { and: [Where!] text: String }
    type Query { name(a: Int, b: Int, c: Int, where: Where, of: [Int]): String self: Query }
    """
)
LIMITS = Limits(
    operations=3,
    fragments=3,
    variables=3,
    arguments=2,
    depth=3,
    aliases=3,
    directives=3,
    fields=6,
    repeats=3,
    introspections=2,
    list_items=3,
    nesting=4,
    digits=8,
    string=9,
)


def codes_of(text: str) -> list[object]:
    """The codes a text is refused with, none when it is taken."""
    try:
        read_document(SCHEMA, text, Limits())
    except Refused as refusal:
        return [(error.extensions or {})["code"] for error in refusal.errors]
    return []


def fields(count: int, name: str = "name") -> str:
    return "{" + " ".join(f"f{number}: {name}" for number in range(count)) + "}"


def nested(levels: int) -> str:
    return "{self" * (levels - 1) + "{name}" + "}" * (levels - 1)


def through(selection: str) -> str:
    """The same selection, asked through two fragments."""
    return f"{{...A}} fragment A on Query {{...B}} fragment B on Query {selection}"


def noting(document: DocumentNode, walked: list[int]) -> DocumentNode:
    """The same document, that notes how many selections are gone through each time."""

    class Noted(tuple[SelectionNode, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[SelectionNode]:
            walked.append(len(self))
            return super().__iter__()

    definitions = [
        replace(node, selection_set=replace(node.selection_set, selections=Noted(node.selection_set.selections)))
        for node in document.definitions
        if isinstance(node, ExecutableDefinitionNode)
    ]
    return replace(document, definitions=tuple(definitions))


OPERATIONS = [
    (LIMITS.operations, "TOO_MANY_OPERATIONS", lambda n: " ".join(f"query Q{each} {{name}}" for each in range(n))),
    (
        LIMITS.fragments,
        "TOO_MANY_FRAGMENTS",
        lambda n: "{name}" + " ".join(f"fragment F{each} on Query {{name}}" for each in range(n)),
    ),
    (
        LIMITS.variables,
        "TOO_MANY_VARIABLES",
        lambda n: f"query({' '.join(f'$v{each}: Int' for each in range(n))}) {{name}}",
    ),
    (
        LIMITS.arguments,
        "TOO_MANY_ARGUMENTS",
        lambda n: "{name(" + " ".join(f"{letter}: 1" for letter in "abc"[:n]) + ")}",
    ),
    (LIMITS.directives, "TOO_MANY_DIRECTIVES", lambda n: "query" + " @mark" * n + "{name}"),
    (LIMITS.list_items, "BAD_USER_INPUT", lambda n: f"{{name(of: [{' '.join('1' * n)}])}}"),
    (LIMITS.nesting - 1, "BAD_USER_INPUT", lambda n: f"{{name(of: {'[' * n}1{']' * n})}}"),
    (LIMITS.nesting - 1, "BAD_USER_INPUT", lambda n: f"{{name(where: {'{and: ' * n}1{'}' * n})}}"),
]
OPERATIONS += [
    (LIMITS.digits, "BAD_USER_INPUT", lambda n: f"{{name(a: {'1' * n})}}"),
    (LIMITS.digits, "BAD_USER_INPUT", lambda n: f"{{name(a: 0.{'1' * (n - 2)})}}"),
    (LIMITS.string, "BAD_USER_INPUT", lambda n: f'{{name(where: {{text: "{"a" * n}"}})}}'),
    (308, "BAD_USER_INPUT", lambda n: f"{{name(a: 1e{n})}}"),
]
SELECTIONS = [
    (LIMITS.depth, "DEPTH_LIMIT_EXCEEDED", nested),
    (LIMITS.aliases, "TOO_MANY_ALIASES", fields),
    (LIMITS.directives, "TOO_MANY_DIRECTIVES", lambda n: "{name" + " @mark" * n + "}"),
    (LIMITS.directives, "TOO_MANY_DIRECTIVES", lambda n: "{..." + " @mark" * n + "{name}}"),
    (
        LIMITS.fields,
        "TOO_MANY_FIELDS",
        lambda n: "{" + "name self{name} " + "__typename " * 2 + "name " * (n - 5) + "}",
    ),
    (LIMITS.repeats, "TOO_MANY_REPEATED_FIELDS", lambda n: "{" + "name " * n + "}"),
    (LIMITS.repeats, "TOO_MANY_REPEATED_FIELDS", lambda n: "{" + f"self{{{'name ' * (n - 1)}}} self{{name}}" + "}"),
    (LIMITS.introspections, "TOO_MANY_INTROSPECTIONS", lambda n: "{" + "__schema{description}" * n + "}"),
    (LIMITS.introspections, "TOO_MANY_INTROSPECTIONS", lambda n: "{" + '__type(name: "Query"){name}' * n + "}"),
]


@pytest.mark.parametrize(("limit", "code", "document"), OPERATIONS + SELECTIONS)
def test_a_document_at_a_limit_is_taken_and_one_above_is_refused(limit, code, document) -> None:  # type: ignore[no-untyped-def]
    check(parse(document(limit)), LIMITS)

    with pytest.raises(Refused) as refusal:
        check(parse(document(limit + 1)), LIMITS)
    assert [error.extensions["code"] for error in refusal.value.errors] == [code]  # type: ignore[index]


@pytest.mark.parametrize(("limit", "code", "selection"), SELECTIONS)
def test_fragments_are_counted_where_they_are_spread(limit, code, selection) -> None:  # type: ignore[no-untyped-def]
    check(parse(through(selection(limit))), LIMITS)

    with pytest.raises(Refused) as refusal:
        check(parse(through(selection(limit + 1))), LIMITS)
    assert [error.extensions["code"] for error in refusal.value.errors] == [code]  # type: ignore[index]


def test_a_fragment_counts_once_for_each_spread() -> None:
    document = "{{ one: self {{...A}} two: self {{...A}} {more} }} fragment A on Query {{ three: name }}"

    with pytest.raises(Refused) as refusal:
        check(parse(document.format(more="")), LIMITS)

    (error,) = refusal.value.errors
    assert error.extensions == {"code": "TOO_MANY_ALIASES", "found": 4, "limit": 3}


def test_an_alias_of_the_typename_is_free() -> None:
    check(parse("{ a: __typename b: __typename c: __typename d: __typename name }"), LIMITS)


@pytest.mark.parametrize("levels", [14, 20, 40, 48])
def test_fragments_that_double_at_each_level_are_refused_at_once(levels: int) -> None:
    chain = " ".join(f"fragment F{n} on Query {{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    walked: list[int] = []
    document = noting(parse(f"{{...F0}} {chain} fragment F{levels} on Query {{name}}"), walked)

    with pytest.raises(Refused) as refusal:
        check(document, Limits())

    # Each of its selections once: two to a fragment, one in the last and in the operation.
    assert sum(walked) <= 2 * levels + 2
    assert [error.extensions["code"] for error in refusal.value.errors] == ["TOO_MANY_FIELDS"]  # type: ignore[index]


@pytest.mark.parametrize(
    "document",
    [
        "{...A} fragment A on Query {...A}",
        "{...A} fragment A on Query {self {...B}} fragment B on Query {name ...A}",
        "{name} fragment A on Query {self {...A} other: self {...A}}",
        "{...__schema} fragment __schema on Query {...__schema}",
    ],
)
def test_fragments_in_a_circle_are_invalid(document: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(parse(document), LIMITS)

    assert [error.extensions["code"] for error in refusal.value.errors] == ["GRAPHQL_VALIDATION_FAILED"]  # type: ignore[index]


def test_a_spread_of_an_unknown_fragment_is_left_to_validation() -> None:
    with pytest.raises(Refused) as refusal:
        read_document(SCHEMA, "{...Nowhere}", Limits())

    assert [error.message for error in refusal.value.errors] == ["Unknown fragment 'Nowhere'."]


def test_a_list_in_a_variable_is_held_to_the_same_length() -> None:
    check_variables({"where": {"in": [1, 2, 3]}}, LIMITS)

    with pytest.raises(Refused):
        check_variables({"where": [{"in": [1, 2, 3, 4]}]}, LIMITS)


def test_a_standard_introspection_query_passes_the_defaults() -> None:
    document = read_document(SCHEMA, get_introspection_query(input_value_deprecation=True), Limits())

    assert document.operation(None).introspective


@pytest.mark.parametrize(
    ("taken", "above"),
    [
        ("#\n" * 200 + "{name}", "#\n" * 201 + "{name}"),
        ("{name}" + " " * 32_762, "{name}" + " " * 32_763),
        ('{name(where: {text: "' + "a" * 30_000 + '"})}', '{name(where: {text: "' + "a" * 40_000 + '"})}'),
        ("query(" + "$v: Int " * 498 + ") {x}", "query(" + "$v: Int " * 499 + ") {x}"),
    ],
)
def test_a_text_is_limited_before_it_is_a_document(taken: str, above: str) -> None:
    assert codes_of(taken) != ["GRAPHQL_PARSE_FAILED"]
    assert codes_of(above) == ["GRAPHQL_PARSE_FAILED"]


@pytest.mark.parametrize(
    "text",
    [
        "{self" * 600 + "{name}" + "}" * 600,
        "{name(of: " + "[" * 900 + "]" * 900 + ")}",
        "query($v: " + "[" * 900 + "Int" + "]" * 900 + ") {name}",
        "{" * 900 + "}" * 900,
    ],
)
def test_what_is_nested_beyond_reading_is_refused(text: str) -> None:
    assert codes_of(text) == ["GRAPHQL_PARSE_FAILED"]


def test_at_most_five_errors_are_told_without_suggestions() -> None:
    with pytest.raises(Refused) as refusal:
        read_document(SCHEMA, "{" + " ".join(f"nam{n}" for n in range(9)) + "}", Limits())

    messages = [error.message for error in refusal.value.errors]
    assert len(messages) == 6
    assert messages[-1] == "Too many validation errors, error limit reached. Validation aborted."
    assert not any("Did you mean" in message for message in messages)


def test_a_string_with_nul_is_refused_before_it_reaches_the_store() -> None:
    assert codes_of('{name(where: {text: "a\\u0000"})}') == ["BAD_USER_INPUT"]
