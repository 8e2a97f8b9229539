"""The docs say everything there is to set, run, reach and watch; all of it read from the code."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from prometheus_client.registry import REGISTRY
from pydantic import SecretStr
from starlette.routing import Route

from server.app import create_app
from server.cli import app
from server.settings import PREFIX, Settings
from sync.sources import SOURCES

DOCS = Path(__file__).parent.parent / "docs"
OPERATING = (DOCS / "operating.md").read_text()
IN_CODE_MARKS = set(re.findall(r"`([^`\n]+)`", OPERATING))


def commands(parent: object, words: tuple[str, ...] = ("accrual",)) -> Iterator[tuple[str, set[str]]]:
    """Each command as it is typed, with its options."""
    children = getattr(parent, "commands", None)
    if children is None:
        options = {option for parameter in getattr(parent, "params", []) for option in parameter.opts}
        yield " ".join(words), options - {"--help"}
        return
    for name, child in children.items():
        yield from commands(child, (*words, name))


def as_documented(default: object) -> str:
    """A default as the table of settings shows it: what one would write into the variable."""
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, tuple):
        default = json.dumps(default)
    if isinstance(default, float):
        default = f"{default:g}"
    return "none" if default in (None, "") else f"`{default}`"


COMMANDS = dict(commands(typer.main.get_command(app)))
ROUTES = [route.path for route in create_app(Settings()).routes if isinstance(route, Route)]
METRICS = [metric.name for metric in REGISTRY.collect() if metric.name.startswith("accrual_")]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    row = re.search(rf"^\| `{PREFIX}{name.upper()}` \| (.+?) \|", OPERATING, re.MULTILINE)

    assert row is not None, f"docs/operating.md does not say what {PREFIX}{name.upper()} is"
    assert row[1] == as_documented(Settings.model_fields[name].get_default())


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_description(name: str) -> None:
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_with_its_options(command: str) -> None:
    shown = [mark for mark in IN_CODE_MARKS if mark == command or mark.startswith(f"{command} ")]

    assert shown, f"docs/operating.md does not say what `{command}` does"
    assert {option for option in COMMANDS[command] if not any(option in mark for mark in shown)} == set()


@pytest.mark.parametrize("path", ROUTES)
def test_every_route_is_documented(path: str) -> None:
    assert f"| `{path}` |" in OPERATING


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_documented(name: str) -> None:
    assert any(mark.removesuffix("_total") == name for mark in IN_CODE_MARKS)


@pytest.mark.parametrize("source", [source.name for source in SOURCES])
def test_every_source_is_documented(source: str) -> None:
    assert f"`{source}`" in (DOCS / "sources.md").read_text()


def test_nothing_is_documented_that_is_not_there() -> None:
    settings = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    documented = {mark for mark in IN_CODE_MARKS if re.fullmatch(rf"{PREFIX}[A-Z_]+", mark)}

    assert documented - settings - {f"{PREFIX}TEST_POSTGRES_URL", f"{PREFIX}TEST_REDIS_URL"} == set()


def test_what_partners_are_told_of_subscriptions_are_the_limits_there_are() -> None:
    settings = Settings()
    passage = " ".join(
        (DOCS / "clients.md").read_text().partition("**Subscriptions.**")[2].partition("\n\n")[0].split()
    )

    for told in (
        f"hold {settings.max_sockets} of either, and {settings.max_socket_operations} operations on a socket",
        f"`connection_init` within {settings.socket_init_seconds:g} seconds",
        f"pings a socket every {settings.socket_ping_seconds:g} seconds",
        f"comment every {settings.heartbeat_seconds:g} seconds",
    ):
        assert told in passage
    assert settings.socket_seconds == 3_600
