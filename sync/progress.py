"""A sync as a person at a terminal sees it: how far each source is."""

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from sync.pipeline import OnProgress, Step


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
