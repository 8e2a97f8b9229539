"""What recordings said of who is who: a live source fills what they left open, and overrules none of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import func, select

from models.epoch import epoch
from models.fund import fund, organisation
from models.protocol import protocol
from models.publication import Publication
from models.token import chain, token
from models.vocabulary import EntityKind

TABLES = {
    EntityKind.PROTOCOL: protocol,
    EntityKind.TOKEN: token,
    EntityKind.CHAIN: chain,
    EntityKind.ORGANISATION: organisation,
    EntityKind.FUND: fund,
}

Row: TypeAlias = Mapping[str, Any]
Title: TypeAlias = tuple[EntityKind, str]
"""What people call an entity of a kind, in whatever case; of a token with its symbol."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The entities of the newest recording, by kind and number; none in a store without, or while one is published."""

    rows: Mapping[EntityKind, Mapping[int, Row]] = field(default_factory=dict[EntityKind, Mapping[int, Row]])

    def __contains__(self, id_: object) -> bool:
        return any(id_ in rows for rows in self.rows.values())

    def over(self, kind: EntityKind, id_: int, row: dict[str, Any]) -> dict[str, Any]:
        """What a live source states of an entity, with all that was recorded of it put over."""
        recorded = self.rows.get(kind, {}).get(id_, {})
        return row | {name: value for name, value in recorded.items() if name in row and says_something(value)}

    def titles(self) -> Iterator[tuple[Title, int]]:
        for kind, rows in self.rows.items():
            for id_, row in rows.items():
                yield title_of(kind, row), id_


def says_something(value: object) -> bool:
    """Whether a value of an entity is known: None, no words, an unset mark are there before anyone speaks."""
    return value is not None and value != () and value is not False


def title_of(kind: EntityKind, named: Row) -> Title:
    words = (named["symbol"], named["name"]) if kind is EntityKind.TOKEN else (named["name"],)
    return kind, " ".join(words).casefold()


async def recorded_entities(publication: Publication) -> Recorded:
    """As they stood in the newest recorded epoch. One statement for each kind."""
    newest, rows = await newest_recording(publication), {}
    async with publication.transaction() as connection:
        for kind, table in TABLES.items():
            found = (await connection.execute(select(table.at(newest)))).mappings()
            rows[kind] = {row[table.identity[0]]: dict(row) for row in found}
        return Recorded(rows)


async def newest_recording(publication: Publication) -> int:
    """The newest recorded epoch, 0 where there is none."""
    async with publication.transaction() as connection:
        return await connection.scalar(select(func.max(epoch.c.epoch)).where(epoch.c.recorded)) or 0
