"""What a kept value weighs in bytes, estimated."""

import sys
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

# A long list is weighed by its first items, so that weighing costs the same for any length.
SAMPLE = 8


def weigh(value: Any, depth: int = 6) -> int:
    """Estimated bytes of a value and what it holds; rows shared between values are counted each time."""
    size = sys.getsizeof(value)
    if depth == 0 or isinstance(value, str | bytes | int | float | type) or value is None:
        return size
    if isinstance(value, list | tuple):
        sample = [weigh(item, depth - 1) for item in islice(value, SAMPLE)]
        return size + (sum(sample) * len(value) // len(sample) if sample else 0)
    if isinstance(value, dict):
        return size + weigh(list(value.keys()), depth - 1) + weigh(list(value.values()), depth - 1)
    if is_dataclass(value):
        return size + sum(weigh(getattr(value, each.name), depth - 1) for each in fields(value))
    return size
