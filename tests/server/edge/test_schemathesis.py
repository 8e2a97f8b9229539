"""schemathesis against the served schema: whatever it draws, the server answers by its own rules."""

import asyncio
import os
import sys
from pathlib import Path

from models.store import Store
from tests.graph.world import open_market
from tests.server.processes import serving

# Examples for each root field. `make schemathesis` draws 60, which are 2,000 cases.
EXAMPLES = os.environ.get("ACCRUAL_TEST_EXAMPLES", "1")
HOOKS = Path(__file__).with_name("hooks.py")


async def test_schemathesis_finds_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    await open_market(sqlite_store)
    url = sqlite_store.url.render_as_string(hide_password=False)
    async with serving(url, cwd=tmp_path) as server:
        command = (
            *(str(Path(sys.executable).with_name("st")), "run", f"{server.url}/graphql", "--phases", "fuzzing"),
            *("--max-examples", EXAMPLES, "--checks", "answered_by_its_own_rules", "--seed", "1", "--no-color"),
        )
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()

    report = said.decode()[-4_000:]
    sys.stdout.write(report)
    assert process.returncode == 0, report
