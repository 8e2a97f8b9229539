"""JSON as strangers send it, read without surprises: bounded, unambiguous, and text that can be stored."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson

from server.edge.fault import bad_request

# A string swallowed whole, or one bracket. It has no way to backtrack, so any text takes one pass.
BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)

# Digits of the largest integer that orjson reads as one.
LONGEST_INTEGER = 20


@dataclass(frozen=True, slots=True)
class StrictJson:
    """Reads JSON by limits. `string`: characters of any string but the member `query` of the outermost object."""

    depth: int = 32
    digits: int = 40
    string: int = 4_096

    def plain(self, body: bytes) -> Any:
        """The value of a body as most clients write it, found quickly; None for one that has to be looked at closely.

        What is written again in the same bytes names no member twice and holds no number that was changed on the way.
        """
        if len(body) > self.string or self.digits < LONGEST_INTEGER or b"\\u" in body:
            return None
        if body.count(b"[") + body.count(b"{") > self.depth:
            return None
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        return value if orjson.dumps(value) == body else None

    def read(self, text: str) -> Any:
        """The value; raises Fault for anything unbounded, ambiguous or not JSON."""
        if text.count("[") + text.count("{") > self.depth and _depth(text) > self.depth:
            raise bad_request(f"JSON may be nested {self.depth} levels deep.")
        try:
            value = json.loads(
                text,
                object_pairs_hook=_unique,
                parse_int=self._integer,
                parse_float=_finite,
                parse_constant=_no_constant,
            )
        except ValueError as error:
            raise bad_request("This is not JSON.") from error
        # A short text without escapes can't hold what this looks for.
        if len(text) > self.string or "\\u" in text:
            self._check_strings(value)
        return value

    def _integer(self, digits: str) -> int:
        if len(digits.lstrip("-")) > self.digits:
            raise bad_request(f"An integer may have {self.digits} digits.")
        return int(digits)

    def _check_strings(self, value: Any) -> None:
        if isinstance(value, dict) and isinstance(value.get("query"), str):
            _check_characters(value["query"])
            value = {name: member for name, member in value.items() if name != "query"}
        waiting = [value]
        while waiting:
            found = waiting.pop()
            if isinstance(found, str):
                _check_characters(found)
                if len(found) > self.string:
                    raise bad_request(f"A string may have {self.string} characters.")
            elif isinstance(found, dict):
                waiting += [*found.keys(), *found.values()]
            elif isinstance(found, list):
                waiting += found


def _depth(text: str) -> int:
    depth = deepest = 0
    for found in BRACKETS.finditer(text):
        if found[0] in ("[", "{"):
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in ("]", "}"):
            depth -= 1
    return deepest


def _check_characters(text: str) -> None:
    """A lone surrogate is no text at all, and PostgreSQL stores no NUL."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise bad_request("A string may hold neither NUL nor half a surrogate pair.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise bad_request("An object may name a member once.")
    return found


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise bad_request("A number must be within the range of a double.")
    return number


def _no_constant(name: str) -> NoReturn:
    raise bad_request(f"{name} is not JSON.")
