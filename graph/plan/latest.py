"""A few things made on first use and kept: documents, operations, plans."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from graph.plan.fallback import NotPlanned

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why something was not planned; the exception itself would keep its frames alive."""

    reason: str


class Latest(Generic[V]):
    """At most `limit` values made on first use, least recently used out first.

    A refusal is kept as well, or what can't be planned would be looked at again at every request.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: OrderedDict[object, V | _Refusal] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: object, make: Callable[[], V]) -> V:
        """The value of a key. Raises NotPlanned if making it did."""
        if key not in self._kept:
            self._kept[key] = _made(make)
            if len(self._kept) > self.limit:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        found = self._kept[key]
        if isinstance(found, _Refusal):
            raise NotPlanned(found.reason)
        return found


def _made(make: Callable[[], V]) -> V | _Refusal:
    try:
        return make()
    except NotPlanned as refusal:
        return _Refusal(str(refusal))
