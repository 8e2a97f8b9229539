"""Rows and words of the sample schema, and the small SQLite store they are read from."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import orjson
from sqlalchemy import insert

from models.base import metadata
from models.epoch import epoch
from models.ledger import ledger
from models.protocol import protocol
from models.store import Store
from models.token import token
from models.vocabulary import (
    Confidence,
    Disposition,
    FundingSource,
    LedgerKind,
    MechanismKind,
    ObservationMethod,
    ProtocolKind,
)

R = TypeVar("R")

FIRST_DAY = date(2024, 1, 1)
PROTOCOLS = 12


class State(enum.Enum):
    KNOWN = "known"
    ESTIMATED = "estimated"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ProtocolRow:
    protocol_id: int
    slug: str
    name: str
    kind: ProtocolKind
    parent_id: int | None
    token_id: int | None
    chains: tuple[str, ...]
    launched_on: date | None

    @property
    def id(self) -> str:
        return f"protocol:{self.protocol_id}"

    @property
    def auditors(self) -> list[str | None] | None:
        return [None, self.slug] if self.protocol_id % 2 else None

    @property
    def share(self) -> float | None:
        return self.protocol_id / 3 if self.protocol_id % 4 else None


class TokenRow(NamedTuple):
    token_id: int
    symbol: str
    generated_on: date | None

    @property
    def id(self) -> str:
        return f"token:{self.token_id}"


class EntryRow(NamedTuple):
    protocol_id: int
    at: datetime
    usd: Decimal | None
    kind: LedgerKind


@dataclass(frozen=True, slots=True)
class SpentRow:
    """US dollars over the last `days` days up to the pin's day."""

    usd: Decimal
    days: int
    through: date | None
    change: float | None


class PointRow(NamedTuple):
    day: date
    value: Decimal | None
    state: State


@dataclass(frozen=True, slots=True)
class SeriesRow:
    points: list[PointRow]

    @property
    def columns(self) -> orjson.Fragment:
        """The points as two arrays, ready JSON."""
        days = [point.day for point in self.points]
        values = [point.value for point in self.points]
        return orjson.Fragment(orjson.dumps({"days": days, "values": values}, default=str))


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edge(Generic[R]):
    cursor: str
    node: R


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    edges: Sequence[Edge[R]]
    has_next_page: bool

    @property
    def nodes(self) -> list[R]:
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> PageInfo:
        return PageInfo(self.has_next_page, self.edges[-1].cursor if self.edges else None)


async def filled(path: Path) -> Store:
    """A store of two epochs: in the second, protocol 3 has another name and protocol 5 has left."""
    store = Store(f"sqlite+aiosqlite:///{path}")
    async with store.writer.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(insert(epoch), [_epoch(1), _epoch(2)])
        await connection.execute(insert(token.every_version), [_token(n) for n in range(1, PROTOCOLS)])
        rows = [row for n in range(1, PROTOCOLS + 1) for row in _protocol(n)]
        await connection.execute(insert(protocol.every_version), rows)
        entries = [_entry(n, owner) for owner in range(1, PROTOCOLS + 1) for n in range(owner % 4 * 2)]
        await connection.execute(insert(ledger.every_version), entries)
    return store


def _epoch(number: int) -> dict[str, Any]:
    published = datetime(2024, 3, number, tzinfo=UTC)
    return {"epoch": number, "published_at": published, "through": {}, "sync_run_id": 1, "recorded": False, "stats": {}}


def _protocol(n: int) -> list[dict[str, Any]]:
    row = {
        "protocol_id": n,
        "slug": f"p{n}",
        "name": f"Protocol “{n}”",
        "kind": list(ProtocolKind)[n % 4],
        "parent_id": (n // 2 or None) if n % 3 else PROTOCOLS + n,
        "token_id": n if n % 3 else None,
        "sectors": (),
        "chains": tuple(f"chain{i}" for i in range(n % 3)),
        "launched_on": FIRST_DAY - timedelta(days=n * 30) if n % 5 else None,
        "doublecounted": False,
        "valid_from": 1,
        "valid_to": 2147483647,
    }
    if n == 3:
        return [{**row, "valid_to": 2}, {**row, "name": "Renamed", "valid_from": 2}]
    return [{**row, "valid_to": 2}] if n == 5 else [row]


def _token(n: int) -> dict[str, Any]:
    generated = FIRST_DAY if n % 2 else None
    return {"token_id": n, "slug": f"t{n}", "symbol": f"TK{n}", "name": "", "generated_on": generated, "valid_from": 1}


def _entry(n: int, owner: int) -> dict[str, Any]:
    return {
        "entry_id": owner * 100 + n,
        "ref": f"{owner}/{n}",
        "protocol_id": owner,
        "kind": list(LedgerKind)[n % 3],
        "mechanism": MechanismKind.BUYBACK_BURN,
        "at": datetime(2024, 2, 1 + n, tzinfo=UTC),
        "usd": Decimal(n * owner) / 8 if n % 3 else None,
        "funding": FundingSource.UNKNOWN,
        "disposition": Disposition.UNKNOWN,
        "method": ObservationMethod.MANUAL,
        "confidence": Confidence.LOW,
        "source_id": 1,
        "valid_from": 1 if n % 4 else 2,
    }
