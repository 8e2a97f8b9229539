"""What a person at a terminal sees of a sync."""

from io import StringIO

from rich.console import Console

from sync.pipeline import Step
from sync.progress import showing
from sync.report import Outcome

STEPS = [Step("one", 1), Step("two", 3), Step("one", 2, Outcome("one", "published"))]


def test_a_terminal_sees_how_far_each_source_is() -> None:
    screen = Console(file=StringIO(), force_terminal=True, width=80)

    with showing(screen) as show:
        for step in STEPS:
            show(step)

    seen = screen.file.getvalue()
    assert "2 answers, published" in seen
    assert "3 answers" in seen


def test_where_nobody_looks_nothing_is_shown() -> None:
    pipe = Console(file=StringIO(), force_terminal=False)

    with showing(pipe) as show:
        for step in STEPS:
            show(step)

    assert pipe.file.getvalue() == ""
