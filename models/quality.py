"""What the checks of a publish find suspicious in the data: opened when it is first seen, closed when it is gone."""

from sqlalchemy import Column, ColumnElement, FromClause, Index, Integer, Text, and_, select

from models.base import Code, Day, Instant
from models.versioned import versioned
from models.vocabulary import IssueKind, Metric

# `ref` is what is wrong with what, and names the issue for good: an issue that returns is opened again under its
# number. `scope` is the series that was looked at, 0 for what is seen across series: only what a publish looks at
# again can it close.
quality_issue = versioned(
    "quality_issue",
    Column("issue_id", Integer, nullable=False, autoincrement=False),
    Column("ref", Text, nullable=False),
    Column("kind", Code(IssueKind), nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("metric", Code(Metric)),
    Column("scope", Integer, nullable=False),
    Column("first_day", Day),
    Column("last_day", Day),
    Column("detail", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    key=("ref",),
    id_="issue_id",
)

Index(None, quality_issue.every_version.c.subject_id)


def disagreeing(issues: FromClause) -> ColumnElement[bool]:
    """Those that say of a series, their scope, that another source's contradicts it, and are open."""
    kinds = (IssueKind.SOURCE_DISAGREEMENT, IssueKind.UNIT_SUSPECT)
    return and_(issues.c.scope != 0, issues.c.kind.in_(kinds), issues.c.resolved_at.is_(None))


def contested(issues: FromClause) -> ColumnElement[bool]:
    """Whether there is any of these."""
    return select(issues.c.scope).where(disagreeing(issues)).exists().label("contested")
