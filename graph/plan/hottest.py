"""What is asked most: run again when an epoch begins, so that the first to ask does not wait."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from graph.execution import Job
from resolvers.context import Context


@dataclass(slots=True)
class Wanted:
    """A request and how often it came."""

    job: Job
    context: Context
    times: int = 0


class Hottest:
    """Counts of the requests of late: at most `limit` different ones, those that came last."""

    def __init__(self, limit: int = 500) -> None:
        self.limit = limit
        self._wanted: OrderedDict[Hashable, Wanted] = OrderedDict()

    def note(self, key: Hashable, job: Job, context: Context) -> None:
        """One more of it. `key` is what makes two requests equal, whatever the epoch."""
        wanted = self._wanted.get(key)
        if wanted is None:
            self._wanted[key] = wanted = Wanted(job, context)
            if len(self._wanted) > self.limit:
                self._wanted.popitem(last=False)
        else:
            self._wanted.move_to_end(key)
        wanted.times += 1

    def take(self, count: int) -> list[Wanted]:
        """Those that came most, most first; counting begins anew."""
        found = sorted(self._wanted.values(), key=lambda wanted: -wanted.times)[:count]
        self._wanted.clear()
        return found
