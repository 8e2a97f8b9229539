"""JSON as it is sent: one writer for every transport."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from graph.execution import Answer


def written(value: object) -> bytes:
    """Compact JSON. orjson refuses integers over 64 bits and half surrogate pairs, which json writes."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def body_of(answer: Answer, errors: Sequence[Mapping[str, Any]], extensions: Mapping[str, Any]) -> bytes:
    """A response with data: errors first, so that nobody has to read past the data to see them."""
    data = answer.data if isinstance(answer.data, bytes) else written(answer.data)
    head = b'"errors":' + written(errors) + b"," if errors else b""
    return b"{" + head + b'"data":' + data + b',"extensions":' + written(extensions) + b"}"


def refusal(errors: Sequence[Mapping[str, Any]]) -> bytes:
    """A response without data, for a request that was not executed."""
    return written({"errors": errors})
