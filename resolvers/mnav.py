"""What the market pays for a treasury: mNAV by share basis."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from models.source import source
from models.store import Reader
from models.treasury import share_count
from models.vocabulary import Unit
from resolvers.figure import Figure, figure_of, outcome_of
from valuation.outcome import Outcome, State
from valuation.treasury import Shares, mnav

_UNCOUNTED = Outcome(None, State.NOT_REPORTED, "No source states how many shares there are.")
_UNPRICED = Outcome(None, State.NOT_REPORTED, "No source states the price of a share.")
NO_SHARES: tuple[Shares, Outcome, date | None] = (Shares(_UNCOUNTED, _UNCOUNTED, _UNCOUNTED), _UNPRICED, None)


class MnavKey(NamedTuple):
    """What an mNAV is made of."""

    shares: Outcome
    share_price: Outcome
    worth: Figure
    counted_on: date | None


async def mnavs(reader: Reader, keys: Sequence[MnavKey]) -> list[Figure]:
    """Shares times their price over what the treasury is worth. No statement."""
    return [mnav_of(key) for key in keys]


def mnav_of(key: MnavKey) -> Figure:
    found = mnav(key.shares, key.share_price, outcome_of(key.worth))
    return figure_of(found, Unit.RATIO, key.counted_on, key.worth.inputs)


async def shares_of(reader: Reader, ids: Sequence[int]) -> dict[int, tuple[Shares, Outcome, date | None]]:
    """The newest share counts of each organisation, the preferred source's of a day."""
    live, sources = reader.live(share_count), reader.live(source)
    query = (
        select(live.c.organisation_id, live.c.day, live.c.realized, live.c.realistic, live.c.maximum, live.c.price_usd)
        .join(sources, sources.c.source_id == live.c.source_id)
        .where(reader.among(live.c.organisation_id, ids), live.c.day <= (reader.pin.day or date.max))
        .order_by(live.c.day, sources.c.precedence.desc(), sources.c.source_id.desc())
    )
    return {
        id_: (Shares(*(_known(count, _UNCOUNTED) for count in counts)), _known(price, _UNPRICED), day)
        for id_, day, *counts, price in await reader.rows(query)
    }


def _known(value: Decimal | None, missing: Outcome) -> Outcome:
    return missing if value is None else Outcome(value)
