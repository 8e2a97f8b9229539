"""One record of a JSON file, read field by field: each problem names the file and the line."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from typing import Any, TypeVar

from models.vocabulary import EntityKind
from sync.facts import Ref

# Whose names our own slugs are.
OURS = "accrual"

Word = TypeVar("Word", bound=IntEnum)
Value = TypeVar("Value")


class BadRecord(ValueError):
    """A record that can't be taken as it is written; says in which file and line."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")


def ours(kind: EntityKind, slug: str) -> Ref:
    """An entity by our own slug for it."""
    return Ref(kind, OURS, slug)


def moment(text: str) -> datetime:
    """An instant in UTC; of a recording known by its day only, the last second of that day."""
    if len(text) == len("2026-08-22"):
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"a time without a zone: {text}")
    return instant.astimezone(UTC)


def amount(text: str) -> Decimal:
    """A decimal as written, finite."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"not a number: {text}") from None
    if not value.is_finite():
        raise ValueError(f"not a number: {text}")
    return value


class Record:
    """A JSON object whose every field must be asked for: `done` refuses what nobody asked for."""

    def __init__(self, place: str, fields: dict[str, Any]) -> None:
        self.place = place
        self._fields = dict(fields)

    def read(self, name: str, convert: Callable[[Any], Value]) -> Value:
        """A field that must be there."""
        value = self.maybe(name, convert)
        if value is None:
            raise BadRecord(self.place, f"no {name}")
        return value

    def maybe(self, name: str, convert: Callable[[Any], Value]) -> Value | None:
        """A field that may be missing; one that is null counts as missing."""
        value = self._fields.pop(name, None)
        if value is None:
            return None
        try:
            return convert(value)
        except (ValueError, KeyError, TypeError) as error:
            raise BadRecord(self.place, f"{name}: {error}") from error

    def text(self, name: str) -> str:
        return self.read(name, _text)

    def note(self, name: str) -> str | None:
        return self.maybe(name, _text)

    def day(self, name: str) -> date | None:
        return self.maybe(name, date.fromisoformat)

    def number(self, name: str) -> Decimal | None:
        return self.maybe(name, lambda value: amount(str(value)))

    def word(self, name: str, words: type[Word]) -> Word:
        """A member of a closed vocabulary, by its name."""
        return self.read(name, lambda value: words[value])

    def word_or(self, name: str, default: Word) -> Word:
        word = self.maybe(name, lambda value: type(default)[value])
        return default if word is None else word

    def ours(self, name: str, kind: EntityKind) -> Ref:
        """Another entity of this dataset, by its slug."""
        return self.read(name, lambda slug: ours(kind, _text(slug)))

    def ours_or_none(self, name: str, kind: EntityKind) -> Ref | None:
        return self.maybe(name, lambda slug: ours(kind, _text(slug)))

    def subject(self, name: str) -> Ref:
        """An entity written as kind:slug, say protocol:hyperliquid."""
        return self.read(name, subject)

    def records(self, name: str) -> "list[Record]":
        """The objects of a list; none when the field is missing."""
        return [Record(self.place, fields) for fields in self.maybe(name, list) or []]

    def words(self, name: str) -> list[str]:
        return [_text(word) for word in self.maybe(name, list) or []]

    def slug(self) -> str:
        """The record's own name, which may be asked for again."""
        slug = self.text("slug")
        self._fields["slug"] = slug
        return slug

    def done(self) -> None:
        if self._fields:
            raise BadRecord(self.place, f"unknown: {', '.join(self._fields)}")


def subject(text: str) -> Ref:
    """The entity meant by kind:slug."""
    kind, _, slug = _text(text).partition(":")
    return ours(EntityKind[kind.upper()], slug)


def records(name: str, text: str) -> Iterator[Record]:
    """The objects of a JSON array, each with the line it starts on; numbers stay exact."""
    decoder = json.JSONDecoder(parse_float=Decimal)
    at = _skip(text, text.index("[") + 1)
    while text[at] != "]":
        place = f"{name}, line {text.count(chr(10), 0, at) + 1}"
        try:
            fields, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise BadRecord(f"{name}, line {error.lineno}", error.msg) from error
        yield Record(place, fields)
        at = _skip(text, at)


def _skip(text: str, at: int) -> int:
    while text[at] in " \t\r\n,":
        at += 1
    return at


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"not a text: {value!r}")
    return value
