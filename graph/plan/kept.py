"""What the requests of an epoch share: whole answers, batch values, and the JSON of fields that need nothing else."""

from collections.abc import Hashable, Iterable
from typing import Any, TypeAlias

import orjson

from graph.execution import Answer
from graph.plan.cache import Cache
from models.epoch import Pin
from resolvers.context import Batch

Asked: TypeAlias = tuple[Batch[Any, Any], Pin]

_ABSENT = object()


class Kept:
    """Caches whose keys begin with an epoch.

    `answers` by what was asked and the caller's scope, `values` by (epoch, day, batch, key), as the context
    shares them, and `written` by those and the selection. `sent` is for whoever sends answers, by the bytes asked.
    """

    def __init__(self, answers_bytes: int, values_bytes: int, written_bytes: int, sent_bytes: int = 0) -> None:
        self.answers: Cache[Answer] = Cache(answers_bytes, keep=lambda answer: not answer.errors)
        self.values: Cache[Any] = Cache(values_bytes)
        self.written: Cache[bytes] = Cache(written_bytes)
        self.sent: Cache[Any] = Cache(sent_bytes)

    @classmethod
    def within(cls, limit_bytes: int) -> "Kept | None":
        """So many bytes in all, most of them for values. None where there are none."""
        fifth = limit_bytes // 5
        return cls(fifth, 2 * fifth, fifth, fifth) if fifth else None

    def recall(self, asked: Asked, keys: Iterable[Hashable], into: dict[Hashable | None, Any]) -> list[Hashable]:
        """Put what is kept of a batch into `into`; returns the other keys."""
        batch, pin = asked
        missing = []
        for key in keys:
            value = self.values.peek((pin.epoch, pin.day, batch, key), _ABSENT)
            if value is _ABSENT:
                missing.append(key)
            else:
                into[key] = value
        return missing

    def written_of(
        self, asked: Asked, selected: str, keys: Iterable[Hashable | None]
    ) -> dict[Hashable | None, orjson.Fragment]:
        """Kept JSON of a selection, by key."""
        batch, pin = asked
        found = {}
        for key in keys:
            text = self.written.peek((pin.epoch, pin.day, batch, selected, key))
            if text is not None:
                found[key] = orjson.Fragment(text)
        return found

    def write(self, asked: Asked, selected: str, key: Hashable | None, text: bytes) -> None:
        batch, pin = asked
        self.written.put((pin.epoch, pin.day, batch, selected, key), text)

    def forget_before(self, epoch: int) -> None:
        """Drop the epochs that have left."""
        for cache in (self.answers, self.values, self.written, self.sent):
            cache.forget_before(epoch)
