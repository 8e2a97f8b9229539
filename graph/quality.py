"""Issues with the data, and facts that were refused."""

import datetime

import strawberry

from graph.connection import Edge, Node, PageInfo
from graph.fields import described, resolved_by, views
from graph.subject import Subject
from models.vocabulary import IssueKind, Metric
from resolvers.quality import IssueRow, resolve_revision_of_issue, resolve_subject_of_issue


@strawberry.type(description="Something in the data that a check of each publish found suspicious.")
class QualityIssue(Node):
    is_type_of = views(IssueRow)

    kind: IssueKind = described("What is wrong.")
    metric: Metric | None = described("With which metric; null where with no single one.")
    from_: datetime.date | None = strawberry.field(
        name="from", description="First UTC day it is about; null where it is about no days."
    )
    to: datetime.date | None = described("Last UTC day it is about; null where it is about no days.")
    detail: str = described("What was found, in a sentence with the numbers.")
    opened_at: datetime.datetime = described("When it was first seen, or seen again after it had gone.")
    resolved_at: datetime.datetime | None = described("When it was seen to be gone; null while it is there.")
    revision: int = resolved_by(
        resolve_revision_of_issue, "How often it was changed since it was first seen, in the epochs that are kept."
    )
    open: bool = described("Whether it is still there.")
    subject: Subject | None = resolved_by(resolve_subject_of_issue, "What it is about; null where that is gone.")


@strawberry.type(description="One part of what a source stated.")
class FactPart:
    name: str = described("What it calls it, for example days.")
    value: str = described("What it stated, in words.")


@strawberry.type(description="What a source stated and the store did not take.")
class RejectedFact:
    source: str = described("The source of the run that stated it, for example defillama.")
    reason: str = described("Why it was not taken, for example two values for one day.")
    at: datetime.datetime = described("When the run began.")
    fact: list[FactPart] = described("What was stated.")


@strawberry.type(description="A page of refused facts, the newest first.")
class RejectedFactConnection:
    edges: list[Edge[RejectedFact]] = described("The refused facts of this page with their cursors.")
    nodes: list[RejectedFact] = described("The refused facts of this page.")
    page_info: PageInfo = described("Where the page lies.")
