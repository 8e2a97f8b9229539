"""Programs of tests/clients, run by Node with the packages locked there."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

import hatch_build

CLIENTS = Path(__file__).parents[2] / "clients"


async def node(program: str, *arguments: str) -> str:
    """What a program prints; the test fails with what it complains of."""
    require_packages()
    process = await asyncio.create_subprocess_exec(
        *("node", program, *arguments),
        cwd=CLIENTS,
        env=with_node(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    return said.decode()


def with_node() -> dict[str, str]:
    """An environment whose PATH leads to Node: the system's, or else that of the package which `make clients` takes."""
    try:
        return {**os.environ, "PATH": hatch_build.npm_and_path()[1]}
    except hatch_build.NoNode:
        return dict(os.environ)


def require_packages() -> None:
    """Without Node or its packages a test skips, but in CI."""
    if shutil.which("node", path=with_node()["PATH"]) and (CLIENTS / "node_modules").is_dir():
        return
    missing = "no Node with the packages of tests/clients: run `make clients`"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
