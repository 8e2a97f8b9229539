"""How many connections each caller holds open."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from server.edge.fault import Fault


class Places:
    """At most `most` for each account."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken: Counter[str] = Counter()

    @contextmanager
    def one(self, account: str) -> Generator[None, None, None]:
        """Within, the account holds one of its places; raises Fault 429 when it has none left."""
        self.check(account)
        self.taken[account] += 1
        try:
            yield
        finally:
            self.taken[account] -= 1
            if not self.taken[account]:
                del self.taken[account]

    def check(self, account: str) -> None:
        """Raises Fault 429 when the account has no place left."""
        if self.taken[account] >= self.most:
            message = f"A caller may hold {self.most} connections."
            raise Fault(429, "TOO_MANY_CONNECTIONS", message, {"retry-after": "5"})
