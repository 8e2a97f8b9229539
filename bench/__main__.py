"""`python -m bench`: measure, print the tables, keep them as JSON and as a chart."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson
import uvloop
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from bench import report
from bench.chart import chart
from bench.contest import Contest, Effort
from bench.database import postgresql, postmaster_of
from bench.during import During, during
from bench.field import asked_world, field, product
from bench.growth import Grown, Memory, growth, memory
from bench.machine import described
from bench.queries import TEXTS
from models.epoch import BeforeFirstEpoch
from models.store import Store

HERE = Path(__file__).parent
CHARTS = HERE.parent / "docs"
NORMAL = Effort(rounds=5, seconds=2.0, connections=16)
# Megabytes: small, so that it is full long before the requests are over.
SMALL = 64
QUICK = Effort(rounds=2, seconds=0.7, connections=16)


def main() -> None:
    arguments = _arguments()
    print(described(), flush=True)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "sqlite" in arguments.engines:
            url = f"sqlite+aiosqlite:///{arguments.sqlite or folder / 'bench.db'}"
            found["sqlite"] = _measured("SQLite", url, folder, arguments)
        if "postgresql" in arguments.engines:
            with postgresql(folder) as url:
                found["postgresql"] = _measured("PostgreSQL", url, folder, arguments)
    (HERE / "results.json").write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds over a smaller store")
    parser.add_argument("--engines", nargs="+", default=["postgresql", "sqlite"], choices=["postgresql", "sqlite"])
    parser.add_argument("--protocols", type=int, help="protocols to generate, 5,000 if not said (quick: 500)")
    parser.add_argument("--sqlite", type=Path, help="a file filled before, to be measured as it is")
    parser.add_argument("--charts", action="store_true", help="write the charts of the documentation anew")
    found = parser.parse_args()
    found.protocols = found.protocols or (500 if found.quick else 5_000)
    return found


def _measured(engine: str, url: str, folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    _fill(url, arguments.protocols)
    contest = uvloop.run(_contest(engine, url, folder, QUICK if arguments.quick else NORMAL))
    medians, (grown, held) = contest.medians(), uvloop.run(_sizes(url, 3_000 if arguments.quick else 100_000))
    print("\n" + report.table(report.HEAD, report.rows(engine, medians)) + "\n")
    print(report.table(["ratio", "query", "reached", "bar", "met"], report.bars(medians)) + "\n", flush=True)
    lines = [[f"{each.length}", f"{each.cpu_us:,.0f}", f"{each.cpu_us / each.length:,.0f}"] for each in grown]
    print(report.table(["protocols", "CPU µs", "CPU µs each"], lines) + "\n")
    print(report.memory_line(held) + "\n", flush=True)
    # The last: afterwards the store has another epoch than the statements written by hand read.
    beside = uvloop.run(_during(url, arguments.protocols))
    print(report.table(report.BESIDE, report.beside(beside)) + "\n\n" + report.publish_line(beside) + "\n", flush=True)
    if arguments.charts:
        title = f"Requests per second, {engine}, {arguments.protocols:,} protocols"
        (CHARTS / f"performance-{engine.lower()}.svg").write_text(chart(title, medians))
    return report.as_json(medians)


async def _contest(engine: str, url: str, folder: Path, effort: Effort) -> Contest:
    print(f"{engine}: {effort.rounds} rounds of {effort.seconds:g} s", flush=True)
    contest = Contest(effort, await postmaster_of(url))
    async with field(url, folder, megabytes=512) as contestants:
        await contest.run(contestants, list(TEXTS))
    return contest


async def _sizes(url: str, requests: int) -> tuple[list[Grown], Memory]:
    with product("without caches", url, 0) as cold, product("with small caches", url, SMALL) as small:
        return await growth(cold), await memory(small, await asked_world(small), SMALL * 1_000_000, requests)


async def _during(url: str, protocols: int) -> During:
    with product("product", url, 512) as warm:
        return await during(warm, url, protocols)


def _fill(url: str, protocols: int) -> None:
    """By the product's own command; a store that is filled already stays as it is."""
    environment = {**os.environ, "ACCRUAL_DATABASE_URL": url}
    subprocess.run([sys.executable, "-m", "server", "migrate"], env=environment, check=True)
    if uvloop.run(_is_empty(url)):
        command = ["generate", "--protocols", str(protocols)]
        subprocess.run([sys.executable, "-m", "server", *command], env=environment, check=True)
    uvloop.run(_analyzed(url))


async def _is_empty(url: str) -> bool:
    store = Store(url)
    try:
        await store.current()
    except BeforeFirstEpoch:
        return True
    else:
        return False
    finally:
        await store.close()


async def _analyzed(url: str) -> None:
    """What autovacuum would do in its time: without statistics the planner reads whole tables."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(text("ANALYZE"))


if __name__ == "__main__":
    main()
