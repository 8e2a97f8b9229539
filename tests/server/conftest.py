"""A receiver of messages that leave, for exports and webhooks."""

from collections.abc import Generator

import pytest

from tests.standin.server import Standin, serving


@pytest.fixture(scope="module")
def machine() -> Generator[Standin, None, None]:
    with serving(lambda path, asked: "{}") as standin:
        yield standin


@pytest.fixture
def receiver(machine: Standin) -> Standin:
    """That forgets what came before."""
    machine.asked.clear()
    machine.headers.clear()
    machine.most_at_once = 0
    machine.fault = lambda path, number: None
    return machine
