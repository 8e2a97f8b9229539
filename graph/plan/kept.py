"""What the requests of an epoch share: whole answers, batch values, and the JSON of fields that need nothing else."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

from graph.execution import Answer
from graph.plan.cache import Cache
from graph.plan.weight import weigh
from models.epoch import Pin
from resolvers.context import Batch

Asked: TypeAlias = tuple[Batch[Any, Any], Pin]

_ABSENT = object()


class Filled(NamedTuple):
    """What was answered to each of some rows. The rows are held, so that no others are taken for them."""

    rows: Sequence[Any]
    values: list[Any]


class Kept:
    """Caches whose keys begin with an epoch.

    `answers` by what was asked and the caller's scope, `values` by (epoch, day, batch, key), as the context
    shares them, and `written` by those and the selection. `columns` has either of them for many rows at once. `sent` is
    for whoever sends answers, by the bytes asked.
    """

    def __init__(
        self, answers_bytes: int, values_bytes: int, written_bytes: int, columns_bytes: int = 0, sent_bytes: int = 0
    ) -> None:
        self.answers: Cache[Answer] = Cache(answers_bytes, keep=lambda answer: not answer.errors)
        self.values: Cache[Any] = Cache(values_bytes)
        self.written: Cache[bytes] = Cache(written_bytes)
        self.columns: Cache[Filled] = Cache(columns_bytes)
        self.sent: Cache[Any] = Cache(sent_bytes)
        self._all: tuple[Cache[Any], ...] = (self.answers, self.values, self.written, self.columns, self.sent)

    @classmethod
    def within(cls, limit_bytes: int) -> "Kept | None":
        """So many bytes in all, most of them for values. None where there are none."""
        tenth = limit_bytes // 10
        return cls(tenth, 3 * tenth, 2 * tenth, 2 * tenth, 2 * tenth) if tenth else None

    def recall(self, asked: Asked, keys: Iterable[Hashable], into: dict[Hashable | None, Any]) -> list[Hashable]:
        """Put what is kept of a batch into `into`; returns the other keys."""
        batch, pin = asked
        epoch, day, peek = pin.epoch, pin.day, self.values.peek
        missing = []
        for key in keys:
            value = peek((epoch, day, batch, key), _ABSENT)
            if value is _ABSENT:
                missing.append(key)
            else:
                into[key] = value
        return missing

    def written_of(self, asked: Asked, selected: str, keys: Iterable[Hashable | None]) -> dict[Hashable | None, bytes]:
        """Kept JSON of a selection, by key."""
        batch, pin = asked
        epoch, day, peek = pin.epoch, pin.day, self.written.peek
        found = {}
        for key in keys:
            text = peek((epoch, day, batch, selected, key))
            if text is not None:
                found[key] = text
        return found

    def write(self, asked: Asked, selected: str, key: Hashable | None, text: bytes) -> None:
        batch, pin = asked
        self.written.put((pin.epoch, pin.day, batch, selected, key), text)

    def fill(self, place: Hashable, rows: Sequence[Any], values: list[Any], texts_bytes: int = 0) -> None:
        """Keep the values of a column; not those of one with a failure. `texts_bytes`: of JSON that the values hold."""
        if not any(isinstance(value, Exception) for value in values):
            self.columns.put(place, Filled(rows, values), weigh(place) + weigh(values) + texts_bytes)

    def counts(self) -> list[tuple[int, int]]:
        """Hits and misses of each cache so far."""
        return [(cache.hits, cache.misses) for cache in self._all]

    def count_again(self, counts: list[tuple[int, int]]) -> None:
        """Go on from what `counts` was: what was looked for since will be looked for again."""
        for cache, (hits, misses) in zip(self._all, counts, strict=True):
            cache.hits, cache.misses = hits, misses

    def forget_before(self, epoch: int) -> None:
        """Drop the epochs that have left."""
        for cache in self._all:
            cache.forget_before(epoch)
