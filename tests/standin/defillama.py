"""What DefiLlama would say of a made-up world: the shapes of UPSTREAMS, *built*, no recorded answer."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from tests.standin.world import Family, Listing, World


class Unknown(Exception):
    """Something nobody has heard of: status and the plain text of the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def answer(world: World, path: str, query: Mapping[str, str]) -> str:
    """The body for a path; raises Unknown."""
    match path.strip("/").split("/"):
        case ["protocols"]:
            return _json([_protocol(world, listing) for listing in world.listings.values()])
        case ["overview", "fees"]:
            return _overview(world, query, None)
        case ["overview", "fees", chain]:
            if unquote(chain) not in world.chains:
                raise Unknown(500, "Internal server error")
            return _overview(world, query, unquote(chain))
        case ["summary", "fees", slug]:
            return _summary(world, unquote(slug), query)
        case ["chart", coins]:
            return _chart(world, unquote(coins).split(","), query)
        case _:
            raise Unknown(404, "404 page not found")


def seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _protocol(world: World, listing: Listing) -> dict[str, Any]:
    family = world.families.get(listing.parent or "")
    return {
        "id": listing.id,
        "name": listing.name,
        "slug": listing.slug,
        "symbol": listing.slug.upper() if listing.gecko_id else "-",
        "gecko_id": listing.gecko_id,
        "url": f"https://{listing.slug}.example",
        "description": f"{listing.name} is made up.",
        "category": listing.category,
        "chains": list(listing.chains),
        "tvl": None,
        "mcap": 1_000_000 if listing.gecko_id else None,
        **({"parentProtocol": family.id, "parentProtocolSlug": family.slug} if family else {}),
    }


def _row(listing: Listing) -> dict[str, Any]:
    """A row of `protocols`. Upstream leaves out what is falsy, and so does this."""
    row = {
        "defillamaId": listing.id,
        "name": listing.name,
        "displayName": listing.name,
        "slug": listing.slug,
        "category": listing.category,
        "chains": list(listing.chains),
        "protocolType": listing.kind,
        "parentProtocol": listing.parent,
        "doublecounted": listing.doublecounted,
        "methodology": {"Fees": f"What users of {listing.name} pay.", "Revenue": "What it keeps."},
        "methodologyURL": f"https://{listing.slug}.example/methodology",
        "total24h": 1,
    }
    return {name: value for name, value in row.items() if value}


def _overview(world: World, query: Mapping[str, str], chain: str | None) -> str:
    data_type = query.get("dataType", "dailyFees")
    here = [listing for listing in world.listings.values() if chain is None or chain in listing.chains]
    known = data_type in world.data_types
    chart = _breakdown(world, here, data_type, chain) if known else []
    return _json(
        {
            "totalDataChart": [],
            "totalDataChartBreakdown": chart,
            "breakdown24h": None,
            "chain": chain,
            "allChains": list(world.chains),
            "total24h": 1,
            "protocols": [_row(listing) for listing in here] if known else [],
        }
    )


def _breakdown(world: World, listings: Iterable[Listing], data_type: str, chain: str | None) -> list[Any]:
    rows = {listing.name: world.row(listing.id, data_type, chain) for listing in listings if listing.charted}
    chart: list[list[Any]] = []
    for place, day in enumerate(world.days):
        chart.append([seconds(day), {name: row[place] for name, row in rows.items() if row[place] is not None}])
    # Upstream ends on the current day, filled with yesterday's values.
    return [*chart, [seconds(world.today), dict(chart[-1][1])]]


def _summary(world: World, slug: str, query: Mapping[str, str]) -> str:
    for family in world.families.values():
        if family.slug == slug:
            return _json(_family(family))
    for listing in world.listings.values():
        if listing.slug == slug:
            return _json(_listing(world, listing, query.get("dataType", "dailyFees")))
    raise Unknown(400, f"Fees for {slug} not found, please visit /overview/fees to see available protocols")


def _family(family: Family) -> dict[str, Any]:
    return {
        "id": family.id,
        "name": family.name,
        "slug": family.slug,
        "symbol": family.gecko_id.upper(),
        "gecko_id": family.gecko_id,
        "category": None,
        "methodology": None,
        "childProtocols": [{}],
        "totalDataChart": [],
    }


def _listing(world: World, listing: Listing, data_type: str) -> dict[str, Any]:
    totals = [[seconds(day), world.value(listing.id, data_type, day)] for day in world.days]
    parts = [
        [seconds(day), {chain: {listing.name: world.value(listing.id, data_type, day, chain)}}]
        for day in world.days
        for chain in listing.chains
    ]
    known = [point for point in totals if point[1] is not None]
    return {"id": listing.id, "name": listing.name, "totalDataChart": known, "totalDataChartBreakdown": parts}


def _chart(world: World, coins: Iterable[str], query: Mapping[str, str]) -> str:
    """Points every day from `start`, some minutes off; coins it does not know it leaves out."""
    known = {f"coingecko:{listing.gecko_id}" for listing in world.listings.values() if listing.gecko_id}
    known |= {f"coingecko:{family.gecko_id}" for family in world.families.values()}
    first = datetime.fromtimestamp(int(query["start"]), UTC).date()
    days = [first + timedelta(days=ahead) for ahead in range(int(query["span"]))]
    charts = {
        coin: {
            "symbol": coin.upper(),
            "confidence": 0.99,
            "prices": [
                {
                    "timestamp": seconds(day) + 240,
                    "price": world.price(coin.removeprefix("coingecko:"), day - timedelta(days=1)),
                }
                for day in days
                if day <= world.today
            ],
        }
        for coin in coins
        if coin in known
    }
    return _json({"coins": charts})


def _json(value: Any) -> str:
    """JSON in which each Decimal stands as it is written."""
    numbers: list[str] = []

    def placed(number: Decimal) -> str:
        numbers.append(format(number, "f"))
        return "\u0000"

    text = json.dumps(value, default=placed, separators=(",", ":"))
    first, *others = text.split('"\\u0000"')
    return first + "".join(number + rest for number, rest in zip(numbers, others, strict=True))
