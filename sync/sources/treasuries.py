"""Companies that hold tokens, as DefiLlama follows them: how much each holds; only with a key.

https://api-docs.defillama.com
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from pydantic import Field

from models.vocabulary import EntityKind, Metric, ObservationMethod
from sync.client import Client
from sync.errors import Unintelligible
from sync.facts import OrganisationFact, Ref, SourceFact
from sync.source import Ask, Reading, Source
from sync.sources.coingecko_treasuries import slug_of
from sync.sources.collected import Collected
from sync.sources.row import ByKey, MaybeText, Number, Refused, Row, day_of_seconds, rows

NAME = "treasuries"
PUBLISHER = SourceFact(
    "defillama-treasuries", "DefiLlama, treasuries", ObservationMethod.THIRD_PARTY, 100, "https://defillama.com"
)
PATH = "/dat/institutions"
# Times are seconds in some of its arrays and milliseconds in others: what is below is seconds.
LARGEST_SECONDS = 10**12


class Holding(Row):
    """What a company has of an asset; amounts are numbers or texts. Its cost is left to come."""

    amount: Number | None = None


class Institution(Row):
    id: str = Field(validation_alias="institutionId", min_length=1)
    name: str = Field(min_length=1)
    ticker: MaybeText = None
    holdings: ByKey = Field({})


class Asset(Row):
    """`ticker`: what its holdings are kept under."""

    ticker: str = Field(min_length=1)


class Companies(NamedTuple):
    """An answer: who there is, the ticker of each asset, and the day it is of."""

    institutions: list[Institution]
    tickers: dict[str, str]
    day: date
    refused: Refused


async def fetch(client: Client, ask: Ask) -> Reading | None:
    answer = await client.get(client.upstreams.defillama_pro, PATH, parse_companies)
    companies = await answer.value()
    collected, organisations = Collected(PUBLISHER), list[OrganisationFact]()
    for company in companies.institutions:
        fact = _organisation(company)
        organisations.append(fact)
        for asset, said in company.holdings.items():
            for holding in rows(Holding, [said], companies.refused):
                stream = companies.tickers.get(asset, asset).lower()
                collected.add(fact.refs[0], Metric.TREASURY_HOLDING, companies.day, holding.amount, stream)
    collected.refuse(PATH, companies.refused)
    facts = collected.facts()
    facts.organisations = organisations
    return Reading(facts)


def _organisation(company: Institution) -> OrganisationFact:
    ref = Ref(EntityKind.ORGANISATION, "defillama-dat", company.id)
    return OrganisationFact((ref,), slug_of(company.name, company.ticker), company.name, "TREASURY_COMPANY")


def parse_companies(body: Any) -> Companies:
    """An answer of /dat/institutions; its arrays of times, flows and ratios are not taken."""
    if not isinstance(body, dict) or not isinstance(body.get("institutionMetadata"), dict):
        raise Unintelligible("holds no institutions")
    refused: Refused = []
    found = list(rows(Institution, body["institutionMetadata"].values(), refused))
    if any(body["institutionMetadata"].values()) and not found:
        raise Unintelligible(f"holds no institution that can be read, the first fails at {refused[0][1]}")
    assets = body.get("assetMetadata")
    tickers = {
        name: row.ticker
        for name, said in (assets.items() if isinstance(assets, dict) else ())
        for row in rows(Asset, [said], refused)
    }
    return Companies(found, tickers, day_of(body.get("lastUpdated")), refused)


def day_of(said: Any) -> date:
    """The UTC day of a time that is written out, or in seconds, or in milliseconds."""
    try:
        if isinstance(said, int):
            return day_of_seconds(said if said < LARGEST_SECONDS else said // 1000)
        moment = datetime.fromisoformat(str(said))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).date()
    except (ValueError, OverflowError) as error:
        raise Unintelligible(f"does not say when it was updated: {str(said)[:60]}") from error


SOURCE = Source(
    name=NAME,
    home="https://defillama.com/digital-asset-treasuries",
    terms="https://defillama.com/terms",
    cadence=timedelta(hours=6),
    fetch=fetch,
    needs_key=("defillama",),
)
