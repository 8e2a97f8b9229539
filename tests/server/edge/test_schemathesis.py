"""schemathesis against the served schema: whatever it draws, the server answers by its own rules."""

import asyncio
import os
import sys
from pathlib import Path

from models.store import Store
from tests.server.processes import serving

# Examples for each root field. ACCRUAL_TEST_EXAMPLES=60 makes 2,000 cases of them.
EXAMPLES = os.environ.get("ACCRUAL_TEST_EXAMPLES", "5")
HOOKS = Path(__file__).with_name("hooks.py")


async def test_schemathesis_finds_nothing(sqlite_store: Store, tmp_path: Path) -> None:
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

    assert process.returncode == 0, said.decode()[-4_000:]
