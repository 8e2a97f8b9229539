"""Numbers that were replaced after they were published."""

import datetime
from decimal import Decimal

import strawberry

from graph.chain import Chain
from graph.connection import Edge, PageInfo
from graph.fields import described, resolved_by
from graph.source import Source
from graph.subject import Subject
from models.vocabulary import Metric, Unit
from resolvers.restatement import (
    resolve_chain_of_restatement,
    resolve_methodology_after,
    resolve_methodology_before,
    resolve_source_of_restatement,
    resolve_subject_of_restatement,
)


@strawberry.type(description="A day's number as it was published, and what took its place. Both stay readable by `at`.")
class Restatement:
    metric: Metric = described("What is measured.")
    stream: str = described("The part of the income it is of; empty for all of it.")
    day: datetime.date = described("The UTC day the number is about, for example 2026-02-11.")
    unit: Unit = described("What both values are counted in.")
    before: Decimal = described('As it was, for example "2329330.000000".')
    after: Decimal | None = described('As it is from then on, e.g. "2157298.000000"; null where it was withdrawn.')
    withdrawn: bool = described("Whether the source took the number back without another.")
    difference_pct: float | None = described("After against before in percent, for example -7.4; null without both.")
    before_epoch: int = described("The epoch that published the number that was replaced.")
    after_epoch: int = described("The epoch that replaced it.")
    before_known_at: datetime.datetime = described("When the number that was replaced was published.")
    after_known_at: datetime.datetime = described("When it was replaced.")
    cause: str = described("What brought the new number: the note of its epoch, or the run that read it.")
    revision: int = described("How often this day was replaced up to then, this time included, for example 2.")
    subject: Subject | None = resolved_by(resolve_subject_of_restatement, "What the number is about.")
    chain: Chain | None = resolved_by(resolve_chain_of_restatement, "The chain it is of; null for all of them.")
    source: Source | None = resolved_by(resolve_source_of_restatement, "Whose number it is.")
    methodology_before: str | None = resolved_by(
        resolve_methodology_before, "How the source reckoned then, in its words; null where it didn't say."
    )
    methodology_after: str | None = resolved_by(
        resolve_methodology_after, "How the source reckoned when it was replaced; null where it didn't say."
    )


@strawberry.type(description="A page of restatements, in the order in which they were published.")
class RestatementConnection:
    edges: list[Edge[Restatement]] = described("The restatements of this page with their cursors.")
    nodes: list[Restatement] = described("The restatements of this page.")
    page_info: PageInfo = described("Where the page lies.")
