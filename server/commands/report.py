"""How a sync went, as a table and a few sentences."""

import typer
from rich.table import Table

from server.commands.output import show
from sync.report import FAILED, SKIPPED, Report

COUNTS = ("fetched", "new", "restated", "withdrawn", "unchanged", "rejected")


def tell(report: Report) -> None:
    """Print what became of each source, and what was published, failed and skipped."""
    table = Table("source", "status")
    for name in COUNTS:
        table.add_column(name, justify="right")
    table.add_column("seconds", justify="right")
    for line in report.lines:
        counts = (f"{getattr(line, name):,}" for name in COUNTS)
        table.add_row(line.source, line.status, *counts, f"{line.seconds:.1f}")
    show(table)
    for sentence in _sentences(report):
        typer.echo(sentence)


def _sentences(report: Report) -> list[str]:
    published = _unpublished(report) if report.epoch is None else f"epoch {report.epoch} published"
    skipped = [f"{line.source} was skipped: {line.skipped_because}" for line in report.lines if line.skipped_because]
    return [report.error or published, *skipped, *(line.error for line in report.lines if line.error)]


def _unpublished(report: Report) -> str:
    statuses = {line.status for line in report.lines}
    if statuses <= {FAILED, SKIPPED}:
        return "no source was read: no epoch published"
    if FAILED in statuses:
        return "nothing changed in what could be read: no epoch published"
    return "nothing changed: no epoch published"
