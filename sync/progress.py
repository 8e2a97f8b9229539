"""A sync as a person at a terminal sees it: how far each source is, and at the end a table."""

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from sync.pipeline import OnProgress, Step
from sync.report import Report

COUNTS = ("fetched", "new", "restated", "withdrawn", "rejected", "unchanged")


@contextmanager
def showing(console: Console) -> Generator[OnProgress, None, None]:
    """What to call on each step; shows a line per source while it runs, and nothing where nobody looks."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[state]}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def show(step: Step) -> None:
            if step.source not in tasks:
                tasks[step.source] = progress.add_task(step.source, total=None, state="")
            over = step.outcome is not None
            progress.update(tasks[step.source], state=_state(step), total=1 if over else None, completed=int(over))

        yield show


def _state(step: Step) -> str:
    if step.outcome is None:
        return f"{step.answers} answers"
    return f"{step.answers} answers, {step.outcome.status}"


def table(report: Report) -> Table:
    """What became of each source."""
    shown = Table("source", "status")
    for name in COUNTS:
        shown.add_column(name, justify="right")
    shown.add_column("seconds", justify="right")
    for line in report.lines:
        counts = (f"{getattr(line, name):,}" for name in COUNTS)
        shown.add_row(line.source, line.status, *counts, f"{line.seconds:.1f}")
    return shown


def remarks(report: Report) -> list[str]:
    """In a line each: what was published, what failed, what was skipped."""
    said = [report.error or _published(report)]
    said += [f"{line.source} was skipped: {line.skipped_because}" for line in report.lines if line.skipped_because]
    return said + [line.error for line in report.lines if line.error]


def _published(report: Report) -> str:
    return "nothing changed: no epoch published" if report.epoch is None else f"epoch {report.epoch} published"
