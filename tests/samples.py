"""Reads a folder of recorded answers: `python -m tests.samples FOLDER`, which is what `make parse-samples` runs.

A line per file: which source's parser reads most of it, how many values that is, and what it refuses.
"""

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sync.errors import Unintelligible
from sync.response import numbers_as_written, said_in
from sync.sources import (
    coingecko,
    coingecko_parse,
    coingecko_treasuries,
    defillama,
    defillama_parse,
    emissions,
    etf_flows,
    ethereum_activity,
    hyperliquid,
    hyperliquid_fills,
    treasuries,
)
from sync.sources.row import Row

PARSERS: Mapping[str, Iterable[Callable[[Any], Any]]] = {
    defillama.NAME: (
        defillama_parse.parse_overview,
        defillama_parse.parse_summary,
        defillama_parse.parse_protocols,
        defillama_parse.parse_prices,
    ),
    hyperliquid.NAME: (
        hyperliquid.parse_spot,
        hyperliquid.parse_balances,
        hyperliquid.parse_details,
        hyperliquid_fills.parse_fills,
    ),
    coingecko.NAME: (
        coingecko_parse.parse_markets,
        coingecko_parse.parse_chart,
        coingecko_treasuries.parse_holders,
    ),
    etf_flows.NAME: (etf_flows.parse_chart, etf_flows.parse_flows, etf_flows.parse_snapshot),
    ethereum_activity.NAME: (ethereum_activity.parse_history, ethereum_activity.parse_fundamentals),
    treasuries.NAME: (treasuries.parse_companies,),
    emissions.NAME: (emissions.parse_tokens, emissions.parse_schedule),
}
# Where what was parsed keeps what it could not read, and what it says of itself.
REFUSED = frozenset({"refused", "spoilt", "bad"})
ITS_OWN = frozenset({"length", "last", "index"})


class Reading(NamedTuple):
    """What one parser makes of an answer."""

    source: str
    parser: str
    values: int
    refused: list[Any]


def readings(body: Any) -> Iterator[Reading]:
    """By every parser that understands the answer and finds something in it."""
    for source, parsers in PARSERS.items():
        for parse in parsers:
            try:
                parsed = parse(body)
            except Unintelligible:
                continue
            if values := counted(parsed):
                yield Reading(source, parse.__name__, values, list(refused(parsed)))


def counted(parsed: Any) -> int:
    """How many values are known of what was parsed."""
    if isinstance(parsed, Row):
        return sum(value is not None for value in parsed.model_dump(exclude_unset=True).values())
    if isinstance(parsed, defillama_parse.Points):
        return len(parsed.values)
    if is_plain(parsed):
        return int(parsed is not None)
    return sum(counted(part) for name, part in parts(parsed) if name not in REFUSED | ITS_OWN)


def refused(parsed: Any) -> Iterator[Any]:
    """What was no row or no number of what was parsed, as it says so itself."""
    if isinstance(parsed, Row) or is_plain(parsed):
        return
    for name, part in parts(parsed):
        yield from (part.items() if isinstance(part, Mapping) else part) if name in REFUSED else refused(part)


def is_plain(parsed: Any) -> bool:
    return isinstance(parsed, str) or not (hasattr(parsed, "__iter__") or is_dataclass(parsed))


def parts(parsed: Any) -> Iterator[tuple[str, Any]]:
    """The parts of what was parsed, by name where they have one."""
    match parsed:
        case Mapping():
            yield from (("", value) for value in parsed.values())
        case tuple() if hasattr(parsed, "_fields"):
            yield from zip(parsed._fields, parsed, strict=True)
        case (list() | dict() as rows, list() as none):
            yield from (("", rows), ("refused", none))
        case _ if is_dataclass(parsed):
            yield from ((field.name, getattr(parsed, field.name)) for field in fields(parsed))
        case _:
            yield from (("", value) for value in parsed)


def told(path: Path) -> Iterator[str]:
    """What is to be said of a file."""
    raw = path.read_bytes()
    try:
        body = numbers_as_written(zlib.compress(raw))
    except Unintelligible as error:
        yield f"no answer: {error}"
        return
    best = max(readings(body), key=lambda reading: reading.values, default=None)
    if best is None:
        names_its_error = isinstance(body, dict) and not {"error", "status"}.isdisjoint(body)
        yield f"an error that says: {said_in(raw)}" if names_its_error else "no source reads it"
        return
    yield f"{best.source} {best.parser}: {best.values} values, {len(best.refused)} refused"
    yield from (f"  refused: {str(each)[:200]}" for each in best.refused)


def main(folder: Path) -> None:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for line in told(path):
            sys.stdout.write(f"{path.relative_to(folder)}: {line}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
