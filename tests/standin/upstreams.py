"""Where a sync of the tests finds its upstreams: all at one stand-in, asked without a pause."""

from datetime import timedelta

from sync.upstream import Host, Patience, Upstreams
from tests.standin.server import Standin

AT_ONCE = Patience(attempts=3, first=timedelta(0), longest=timedelta(0), jitter=timedelta(0))


def upstreams(standin: Standin) -> Upstreams:
    host = Host(standin.url, per_minute=1_000_000)
    return Upstreams(defillama=host, defillama_coins=host, patience=AT_ONCE)
