"""Documents: read, limited, validated and priced once, and kept, refusals too."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from graph.cost import price_of
from graph.dryrun import DryRun, dry_run_of
from graph.limits import INTROSPECTION, Limits, check, fields_of
from graph.price import Price
from graph.refusal import Refused, coded, refused
from graph.variables import Coerce, coercion

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)

# Their answers depend on who asks or on the hour, not on the epoch alone.
VOLATILE = frozenset(("exportJob", "meta", "rateLimit", "viewer"))


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document.

    `volatile`: its answer may not be kept for an epoch, as that of a mutation never is; `introspective`: it asks of
    the schema alone.
    """

    name: str | None
    kind: OperationType
    node: OperationDefinitionNode
    price: Price
    volatile: bool
    introspective: bool
    dry_run: DryRun | None
    coerce: Coerce


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document; `digest` is the SHA-256 of its text in hex."""

    digest: str
    node: DocumentNode
    operations: Mapping[str | None, Operation]

    def operation(self, name: str | None) -> Operation:
        """The named operation, or the only one; raises Refused."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise refused(UNRESOLVED, "This document has several operations: say which one by operationName.")
        if name not in self.operations:
            raise refused(UNRESOLVED, "This document has no operation of that name.")
        return self.operations[name]


UNRESOLVED = "OPERATION_RESOLUTION_FAILURE"


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class Documents:
    """The documents of one schema, least recently used out first.

    Bounded by number and by the characters of their texts, which is what their memory is in proportion to.
    """

    def __init__(
        self, schema: GraphQLSchema, limits: Limits | None = None, most: int = 512, characters: int = 1_000_000
    ) -> None:
        self.schema, self.limits, self.most, self.most_characters = schema, limits or Limits(), most, characters
        self.hits = self.misses = self.characters = 0
        self._kept: OrderedDict[str, Document | Refused] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def read(self, text: str) -> Document:
        """The document of a text; raises Refused, at once when it was refused before."""
        found = self._kept.get(text)
        if found is None:
            self.misses += 1
            found = self._keep(text)
        else:
            self.hits += 1
            self._kept.move_to_end(text)
        if isinstance(found, Refused):
            raise Refused(found.errors)
        return found

    def _keep(self, text: str) -> Document | Refused:
        try:
            made: Document | Refused = read_document(self.schema, text, self.limits)
        except Refused as refusal:
            # A new one: this one's traceback holds every frame it passed through.
            made = Refused(refusal.errors)
        if len(text) <= self.limits.characters:
            self._kept[text] = made
            self.characters += len(text)
        while len(self._kept) > self.most or self.characters > self.most_characters:
            oldest, _ = self._kept.popitem(last=False)
            self.characters -= len(oldest)
        return made


def read_document(schema: GraphQLSchema, text: str, limits: Limits, trusted: bool = False) -> Document:
    """Parse, limit and validate; raises Refused. A `trusted` text is ours, and only has to be valid."""
    node = _parsed(text, limits)
    if not trusted:
        check(node, limits)
    errors = validate(
        schema, node, RULES, max_errors=limits.errors, hide_suggestions=True, allow_empty_selection_sets=False
    )
    if errors:
        raise Refused([_with_code(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
    definitions = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
    operations = [_operation(schema, node, definition) for definition in definitions]
    if not operations:
        raise refused(UNRESOLVED, "This document has no operation.")
    return Document(digest_of(text), node, MappingProxyType({each.name: each for each in operations}))


def _parsed(text: str, limits: Limits) -> DocumentNode:
    if len(text) > limits.characters:
        raise refused("GRAPHQL_PARSE_FAILED", f"A document may have {limits.characters} characters.")
    try:
        return parse(
            text,
            max_lexical_tokens=limits.tokens,
            max_comments=limits.comments,
            allow_empty_selection_sets=False,
        )
    except GraphQLSyntaxError as error:
        raise Refused([_with_code(error, "GRAPHQL_PARSE_FAILED")]) from error


def _with_code(error: GraphQLError, code: str) -> GraphQLError:
    """A copy with a code and without what the original holds on to: the document and the frames."""
    copy = coded(code, error.message)
    copy.locations = error.locations
    return copy


def _operation(schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode) -> Operation:
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    roots = {field.name.value for field in fields_of([node.selection_set], fragments, set())}
    return Operation(
        node.name.value if node.name else None,
        node.operation,
        node,
        price_of(schema, document, node),
        node.operation is not OperationType.QUERY or bool(roots & VOLATILE),
        roots <= INTROSPECTION | {"__typename"},
        dry_run_of(document, node),
        coercion(schema, node),
    )
