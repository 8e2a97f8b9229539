"""The product in a process of its own, for tests whose clients are programs, or keep it for many tests."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]


@dataclass(slots=True)
class Product:
    """`accrual serve`, in a process of its own."""

    url: str
    database: str
    process: subprocess.Popen[str]

    def ask(self, query: str, **variables: object) -> dict[str, object]:
        answer = httpx.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=60).json()
        assert "errors" not in answer, answer
        data: dict[str, object] = answer["data"]
        return data

    def subscriptions(self) -> int:
        """How many were begun: what is published before one begins is not told."""
        text = httpx.get(f"{self.url}/metrics").text
        found = re.search(r'^accrual_operation_cost_count{type="subscription"} (\d+)', text, re.MULTILINE)
        return int(found[1]) if found else 0

    def until_subscribed(self, begun: int) -> None:
        """Wait for one more than were begun; each look takes the product some milliseconds."""
        assert any(self.subscriptions() > begun for _ in range(5_000))


@contextmanager
def running(folder: Path, database: str = "") -> Iterator[Product]:
    """The product, until the end of the block; over the bundled data where no database is named."""
    database = database or f"sqlite+aiosqlite:///{folder / 'accrual.db'}"
    # Beside other tests a machine may be slow.
    slow = {"ACCRUAL_EXECUTION_SECONDS": "60"}
    environment = {**os.environ, **slow, "ACCRUAL_DATABASE_URL": database, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "server", "serve", "--port", "0"]
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        found = next(match for line in process.stderr if (match := re.search(r"running on (http://[\d.:]+)", line)))
        with (folder / "log").open("w") as log:
            draining = subprocess.Popen(["cat"], stdin=process.stderr, stdout=log)
        yield Product(found[1], database, process)
        process.terminate()
        process.wait(30)
        draining.wait(30)
    finally:
        process.kill()
        process.stderr.close()
