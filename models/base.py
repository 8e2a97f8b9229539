"""The ground every table stands on: constraint names and the column types of this store."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import IntEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Text,
    TypeDecorator,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)

# One fact is at most a trillion dollars: then the difference of two facts still fits in 64 bits. SQLite turns
# an overflowing `a - b` into a float without a word; only its sum() raises.
LARGEST_USD = Decimal(10) ** 12
MICRO = Decimal("0.000001")
# Wide enough for any numeric(78, 0): the default context would round at 28 digits.
EXACT = Context(prec=100)


def usd(amount: Decimal | float | str) -> Decimal:
    """An upstream amount as whole micro-dollars, half to even: how money enters the store."""
    return Decimal(str(amount)).quantize(MICRO, ROUND_HALF_EVEN, EXACT)


def spelled(moment: datetime) -> str:
    """An aware moment as everyone is told of it: RFC 3339 in UTC, with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class MicroUsd(TypeDecorator[Decimal]):
    """US dollars, exact to the millionth: an int64 of micro-dollars in the store, a Decimal in Python.

    Refuses what it can't keep exactly: a seventh decimal, or more than a trillion.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        micro = value.scaleb(6, EXACT)
        if micro != micro.to_integral_value(context=EXACT) or abs(value) > LARGEST_USD:
            raise ValueError(f"not an amount of whole micro-dollars up to a trillion: {value}")
        return int(micro)

    def process_result_value(self, value: int | Decimal | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-6, EXACT)


class Quantity(TypeDecorator[Decimal]):
    """A token quantity or an exact amount of up to 18 decimals: numeric(78, 18), text on SQLite.

    SQLite has no exact number this wide: what is summed there is summed by `exact_total` of models.engine.
    """

    impl = Numeric(78, 18)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else Numeric(78, 18)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | Decimal | None:
        if value is None or dialect.name != "sqlite":
            return value
        return format(value.normalize(EXACT), "f")

    def process_result_value(self, value: str | Decimal | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).normalize(EXACT)


class Words(TypeDecorator[tuple[str, ...]]):
    """A few words in a fixed order, comma-separated in the store: comparable, unlike PostgreSQL's json."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else ",".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(value.split(",")) if value else ()


class Structure(TypeDecorator[Any]):
    """A small nested value as canonical JSON text: equal values are equal text, so a diff can compare them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, aware on both sides; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Day(TypeDecorator[date]):
    """A UTC day; on SQLite its ordinal, which is half the size of the text and as sortable."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Integer() if dialect.name == "sqlite" else Date()

    def process_bind_param(self, value: date | None, dialect: Dialect) -> date | int | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.toordinal()

    def process_result_value(self, value: date | int | None, dialect: Dialect) -> date | None:
        return date.fromordinal(value) if isinstance(value, int) else value


Word = TypeVar("Word", bound=IntEnum)


class Code(TypeDecorator[Word], Generic[Word]):
    """A member of a closed vocabulary, kept as its number."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        super().__init__()
        self.words = words

    def process_result_value(self, value: int | None, dialect: Dialect) -> Word | None:
        return None if value is None else self.words(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """By one look-up: enumerations are slow to call, and rows have several codes each."""
        words: dict[int | None, Word | None] = {None: None, **{int(word): word for word in self.words}}
        return words.__getitem__


class _Total(TypeDecorator[Decimal]):
    """What exact_sum yields: numeric micro-dollars, or on SQLite the two halves as 'high:low'."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | Decimal | None, dialect: Dialect) -> Decimal | None:
        if isinstance(value, str):
            high, low = value.split(":")
            value = Decimal((int(high) << 32) + int(low))
        return None if value is None else value.scaleb(-6, EXACT)


class exact_sum(FunctionElement[Decimal]):
    """The sum of a MicroUsd column in dollars, exact at any size; None over no rows."""

    inherit_cache = True
    name = "exact_sum"
    type = _Total()


@compiles(exact_sum)
def _sum_in_numeric(element: exact_sum, compiler: SQLCompiler, **options: Any) -> str:
    return f"sum({_argument(element, compiler, options)})"


@compiles(exact_sum, "sqlite")
def _sum_in_halves(element: exact_sum, compiler: SQLCompiler, **options: Any) -> str:
    column = _argument(element, compiler, options)
    return f"(sum({column} >> 32) || ':' || sum({column} & 4294967295))"


class exact_total(FunctionElement[Decimal]):
    """The sum of a Quantity column, exact; None over no rows. SQLite calls the aggregate of models.engine."""

    inherit_cache = True
    name = "exact_total"
    type = Quantity()


@compiles(exact_total, "postgresql")
def _total_in_numeric(element: exact_total, compiler: SQLCompiler, **options: Any) -> str:
    return f"sum({_argument(element, compiler, options)})"


@compiles(exact_total, "sqlite")
def _total_of_texts(element: exact_total, compiler: SQLCompiler, **options: Any) -> str:
    return f"exact_total({_argument(element, compiler, options)})"


def _argument(element: exact_sum | exact_total, compiler: SQLCompiler, options: dict[str, Any]) -> str:
    (column,) = element.clauses
    return compiler.process(column, **options)


def whole(column: ColumnElement[Any]) -> ColumnElement[int]:
    """A MicroUsd column as the integer it is stored as: for arithmetic that stays in SQL."""
    return type_coerce(column, BigInteger())
