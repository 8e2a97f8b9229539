"""The command line as real processes: what it prints, and what it returns."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from models.store import Store
from server.cli import app
from sync.generate import SYNTHETIC, World, facts_of
from sync.publish import publish
from tests.builders import TODAY
from tests.server.processes import accrual

COMMANDS = list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/store.db"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])

    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fly"], "No such command 'fly'"),
        (["serve", "--workers", "0"], "Invalid value for '--workers'"),
        (["sync", "--source", "nobody"], "there is no source 'nobody', only "),
        (["sync", "--every", "soon"], "'soon' is not a time such as 30s, 15m, 1h or 1d"),
        (["sync", "--since", "yesterday"], "Invalid value for '--since'"),
    ],
)
def test_a_wrong_command_says_what_is_wrong_and_returns_2(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 2
    assert said in result.output


def test_a_bad_setting_is_one_sentence_and_returns_2(url: str, tmp_path: Path) -> None:
    done = accrual(url, "migrate", cwd=tmp_path, ACCRUAL_LOG_LEVEL="LOUD")

    assert done.returncode == 2
    assert done.stderr == "accrual: ACCRUAL_LOG_LEVEL: input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'\n"
    assert done.stdout == ""


def test_an_unreachable_store_is_one_sentence_and_returns_1(tmp_path: Path) -> None:
    done = accrual("postgresql+asyncpg://root:hunter2@127.0.0.1:1/nowhere", "migrate", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith("accrual: ")
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2" not in done.stderr


def test_the_schema_is_printed(url: str, tmp_path: Path) -> None:
    done = accrual(url, "schema", cwd=tmp_path)

    assert done.returncode == 0
    assert done.stdout == (Path(__file__).parents[2] / "schema.graphql").read_text()
    assert not (tmp_path / "store.db").exists()


def test_a_store_is_migrated_and_says_to_which_revision(url: str, tmp_path: Path) -> None:
    done = accrual(url, "migrate", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The store is at revision ")


def test_a_world_is_generated_and_listed_as_an_epoch(url: str, tmp_path: Path) -> None:
    made = accrual(url, "generate", "--protocols", "3", "--days", "40", "--entries", "2", cwd=tmp_path)
    listed = accrual(url, "epochs", cwd=tmp_path)

    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == "Published epoch 1: 3 protocols, 40 days, all made up.\n"
    (row,) = [line for line in listed.stdout.splitlines() if SYNTHETIC in line]
    assert row.split("│")[1].strip() == "1"


def test_generate_refuses_a_store_with_real_data(url: str, tmp_path: Path) -> None:
    assert accrual(url, "load-bundled", cwd=tmp_path).returncode == 0

    refused = accrual(url, "generate", "--protocols", "3", cwd=tmp_path)

    assert refused.returncode == 1
    assert refused.stderr == "accrual: this store holds real data; name an empty one in ACCRUAL_DATABASE_URL\n"


async def test_a_second_publisher_says_so_and_returns_3(sqlite_store: Store, tmp_path: Path) -> None:
    url = sqlite_store.url.render_as_string(hide_password=False)

    async with sqlite_store.publishing() as publication:
        done = accrual(url, "generate", "--protocols", "3", cwd=tmp_path)
        await publish(publication, {SYNTHETIC: facts_of(World(1, 1, 0, TODAY))}, note=SYNTHETIC)

    assert (done.returncode, done.stderr) == (3, "accrual: another sync is publishing to this store\n")


def test_without_a_run_there_is_nothing_to_report(url: str, tmp_path: Path) -> None:
    done = accrual(url, "sync", "--report", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "No sync has run yet.\n")


def test_pruning_lets_go_of_nothing_that_is_new(url: str, tmp_path: Path) -> None:
    accrual(url, "generate", "--protocols", "3", "--days", "40", cwd=tmp_path)

    pruned = accrual(url, "epochs", "prune", cwd=tmp_path)

    assert (pruned.returncode, pruned.stdout) == (0, "There is no epoch to let go of.\n")
