"""What is read off an answer: its numbers as they are written, and how long it says to wait."""

import json
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from sync.errors import Unintelligible


def numbers_as_written(packed: bytes, redacted: Callable[[str], str] = str) -> Any:
    """A compressed JSON text as Python values: whole numbers as int, all others as they are written, as str.

    Raises Unintelligible, which cites what is `redacted`; for `null`, too: the file routes of DefiLlama say so when a
    file is missing.
    """
    raw = zlib.decompress(packed)
    try:
        value = json.loads(raw.decode(), parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        start = " ".join(redacted(raw[:1_000].decode(errors="replace"))[:60].split())
        raise Unintelligible(f"is not whole JSON, it begins: {start}" if start else "is empty") from error
    if value is None:
        raise Unintelligible("is null")
    return value


def said_in(body: bytes, redacted: Callable[[str], str] = str) -> str:
    """The sentence in the body of an error, or how the body begins, redacted before it is cut.

    CoinGecko alone has three forms: {"error": "…"}, {"status": {"error_message": "…"}}, and that within "error".
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    while isinstance(found, dict):
        names = ("error", "status", "error_message", "message", "msg")
        found = next((found[name] for name in names if found.get(name)), None)
    text = found if isinstance(found, str) else body[:2_000].decode(errors="replace")
    return " ".join(redacted(text)[:200].split())


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds a Retry-After asks for, in either form; None without one that can be read.

    A moment is measured against the answer's own Date, as the upstream's clock need not be ours.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    moment = _http_date(asked)
    if moment is None:
        return None
    return max(0.0, (moment - (_http_date(headers.get("date", "")) or now)).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
