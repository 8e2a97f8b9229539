"""What an order asks: its document checked and made one of pages, each of them a request like any other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLSchema

from graph.document import Document, read_document
from graph.execution import Job, job_of
from graph.export_columns import Column, columns_of
from graph.export_document import PageQuery, only_query, page_query
from graph.limits import Limits
from resolvers.argument import LARGEST_PAGE

# What is added to a document so that it asks for pages.
MORE_TOKENS, MORE_CHARACTERS = 50, 500


@dataclass(frozen=True, slots=True)
class Question:
    """The document of pages, and the columns of its rows."""

    document: Document
    query: PageQuery
    variables: Mapping[str, Any]
    columns: Sequence[Column]

    def job(self, schema: GraphQLSchema, limits: Limits, cursor: str | None, size: int) -> Job:
        """The page of `size` rows behind a cursor."""
        page = {self.query.size: size, self.query.cursor: cursor}
        return job_of(schema, self.document, None, {**self.variables, **page}, limits)

    def page_size(self, most_cost: int, most_objects: int) -> tuple[int, int] | None:
        """The most rows that one page may have, and its price in points; None where even one row is too dear."""
        (operation,) = self.document.operations.values()
        for size in range(LARGEST_PAGE, 0, -1):
            total = operation.price.total({**self.variables, self.query.size: size})
            if total.cost <= most_cost and total.objects <= most_objects:
                return size, total.cost
        return None


def question_of(schema: GraphQLSchema, text: str, variables: Mapping[str, Any], limits: Limits) -> Question:
    """Hold a document to the limits, to the schema and to the rules of exports; raises Refused, NotExportable."""
    document = read_document(schema, text, limits)
    only_query(document)
    coerced = job_of(schema, document, None, variables, limits).coerced.coerced
    query = page_query(schema, document, coerced)
    wider = replace(limits, tokens=limits.tokens + MORE_TOKENS, characters=limits.characters + MORE_CHARACTERS)
    paged = read_document(schema, query.text, wider, trusted=True)
    return Question(paged, query, variables, columns_of(schema, paged, query.key, coerced))
