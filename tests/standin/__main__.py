"""A stand-in of DefiLlama to measure against: `python -m tests.standin PROTOCOLS DAYS`, until it is stopped."""

import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime

from tests.standin.defillama import answer
from tests.standin.server import serving
from tests.standin.world import World

protocols, days = map(int, sys.argv[1:])
world = World(size=protocols, length=days, today=datetime.now(UTC).date())
made: dict[tuple[str, str], str] = {}


def once(path: str, query: Mapping[str, str]) -> str:
    """Each answer is made once: it is the sync that is measured."""
    key = path, str(sorted(query.items()))
    if key not in made:
        made[key] = answer(world, path, query)
    return made[key]


with serving(once) as standin:
    sys.stdout.write(f"ACCRUAL_DEFILLAMA_URL={standin.url} ACCRUAL_DEFILLAMA_COINS_URL={standin.url}\n")
    sys.stdout.flush()
    threading.Event().wait()
