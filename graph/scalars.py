"""The scalars: exact decimals, UTC days and moments, and addresses."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from models.base import spelled
from resolvers.declare import URL as URL

Columns = NewType("Columns", object)

# Wider than any number of this API, and short enough to be read at once.
LONGEST_DECIMAL = 60


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError('a Decimal is written as a string, for example "1234.56"')
    text = str(value)
    try:
        number = Decimal(text) if len(text) <= LONGEST_DECIMAL else Decimal("NaN")
    except InvalidOperation as error:
        raise ValueError(f"not a decimal number: {text}") from error
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_DECIMAL:
        raise ValueError("not a decimal number of up to 60 digits")
    return number


def _written_decimal(value: Decimal) -> str:
    return format(value, "f")


def _date(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError('a Date is written as a string, for example "2026-02-12"')
    return date.fromisoformat(value)


def _written_date(value: date) -> str:
    return value.isoformat()


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError('a DateTime is written as a string, for example "2026-02-12T00:00:00Z"')
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a DateTime says its offset from UTC, for example Z or +02:00")
    return moment.astimezone(UTC)


def _address(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError('a URL is written as a string, for example "https://example.org"')
    return value


def _as_it_is(value: object) -> object:
    return value


def _refused(value: object) -> object:
    raise ValueError("Columns are answered, never taken")


SCALARS: dict[Any, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number, written as a string and without an exponent, for example "1234.56".',
        specified_by_url="https://www.w3.org/TR/xmlschema11-2/#decimal",
        serialize=_written_decimal,
        parse_value=_decimal,
    ),
    date: strawberry.scalar(
        name="Date",
        description='A UTC day, for example "2026-02-12".',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=_written_date,
        parse_value=_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='A moment with its offset from UTC, answered in UTC, for example "2026-02-12T08:30:00Z".',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=spelled,
        parse_value=_moment,
    ),
    URL: strawberry.scalar(
        name="URL",
        description='An address, for example "https://hyperliquid.xyz".',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3986",
        serialize=str,
        parse_value=_address,
    ),
    Columns: strawberry.scalar(
        name="Columns",
        description='A series as one JSON object of two lists of equal length, days and Decimals, for example {"days": '
        '["2026-02-01", "2026-02-02"], "values": ["12.5", null]}. Only ever answered, never taken.',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=_as_it_is,
        parse_value=_refused,
    ),
}
