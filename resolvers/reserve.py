"""What a protocol holds of its own token: the fund that its purchases go to."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, and_, select

from models.observation import pack, series
from models.pack import Year
from models.protocol import protocol
from models.source import source
from models.statement import Draft, prepared
from models.store import Reader
from models.token import token
from models.vocabulary import Metric
from resolvers.history import History


async def reserves_of(reader: Reader, token_ids: Iterable[int]) -> dict[int, History]:
    """The holding of each token by its protocol, as the preferred source states it. One statement at most."""
    ids = list(dict.fromkeys(token_ids))
    found: dict[int, History] = {}
    for token_id, series_id, year, days in await reader.run(_reserves, tokens=ids) if ids else ():
        history = found.setdefault(token_id, History(series_id))
        if history.series_id == series_id:
            history.years[year] = Year.unpacked(year, days)
    return found


@prepared
def _reserves(draft: Draft) -> Select[Any]:
    tables = (token, protocol, series, pack, source)
    tokens, owners, holdings, packed, sources = (draft.live(table) for table in tables)
    held = and_(holdings.c.subject_id == owners.c.protocol_id, holdings.c.stream == tokens.c.slug)
    return (
        select(tokens.c.token_id, holdings.c.series_id, packed.c.year, packed.c.days)
        .join(owners, owners.c.token_id == tokens.c.token_id)
        .join(holdings, held)
        .join(packed, packed.c.series_id == holdings.c.series_id)
        .join(sources, sources.c.source_id == holdings.c.source_id)
        .where(draft.among(tokens.c.token_id, "tokens"), holdings.c.metric == Metric.TREASURY_HOLDING)
        .order_by(sources.c.precedence, sources.c.source_id, holdings.c.series_id)
    )
