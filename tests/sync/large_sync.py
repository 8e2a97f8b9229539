"""Two syncs one after the other: `python -m tests.sync.large_sync URL STANDIN MOMENT`.

Prints a line of JSON for each: [epoch, status, facts fetched], and then the most megabytes that were held.
"""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path

from models.store import Store
from sync.pipeline import sync
from sync.sources import defillama
from sync.upstream import Host, Upstreams


async def main(url: str, standin: str, now: datetime) -> None:
    host = Host(standin, per_minute=1_000_000)
    for _ in range(2):
        store = Store(url)
        hosts = Upstreams(defillama=host, defillama_coins=host)
        report = await sync(store, hosts, [defillama.SOURCE], clock=lambda: now)
        await store.close()
        (line,) = report.lines
        say([report.epoch, line.status, line.fetched])
    say(most_megabytes())


def most_megabytes() -> int:
    """`ru_maxrss` counts those of the process that began this one, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:"))


def say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3], datetime.fromisoformat(sys.argv[3])))
