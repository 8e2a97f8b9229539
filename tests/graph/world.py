"""A small market: two parents' worth of protocols with tokens, policies, a ledger and 400 days of numbers."""

from datetime import date, timedelta
from decimal import Decimal

from models.store import Store
from models.vocabulary import (
    Disposition,
    EntityKind,
    FundingSource,
    LedgerKind,
    MechanismKind,
    Metric,
    ProtocolKind,
    SectorKey,
)
from sync.facts import DeploymentFact, FundFact, MethodologyFact, OrganisationFact, Ref
from sync.publish import Published
from tests.builders import (
    NOON,
    SOURCE,
    TODAY,
    Fact,
    chain_fact,
    chain_ref,
    daily,
    days_ago,
    entry_fact,
    policy_fact,
    protocol_fact,
    protocol_ref,
    published,
    source_fact,
    token_fact,
    token_ref,
)

COINGECKO = Ref(EntityKind.PROTOCOL, "coingecko", "hyper-liquid")


def span(days: int, value: Decimal | int, ago: int = 1) -> dict[date, Decimal | int]:
    """The same value on each of the days up to `ago` days before TODAY."""
    return {TODAY - timedelta(days=n): value for n in range(ago, ago + days)}


def market() -> list[Fact]:
    return [
        source_fact(),
        source_fact("rival", precedence=20),
        chain_fact("ethereum"),
        chain_fact("solana"),
        token_fact("hype", chain=chain_ref("ethereum"), generated_on=date(2024, 11, 29)),
        token_fact("aave"),
        DeploymentFact(token_ref("hype"), chain_ref("ethereum"), "0xabc", 18),
        protocol_fact(
            "hyperliquid",
            refs=(COINGECKO,),
            kind=ProtocolKind.PROTOCOL,
            token="hype",
            sectors=(SectorKey.PERPS,),
            chains=("ethereum",),
            description="Perpetual futures.",
            homepage="https://hyperliquid.example",
            launched_on=date(2023, 2, 1),
        ),
        protocol_fact(
            "aave", kind=ProtocolKind.PARENT, token="aave", sectors=(SectorKey.LENDING,), chains=("ethereum", "solana")
        ),
        protocol_fact("aave-v3", parent="aave", sectors=(SectorKey.LENDING,), chains=("ethereum",)),
        protocol_fact("quiet", sectors=(SectorKey.PERPS,), chains=("solana",)),
        protocol_fact("ethereum-chain", kind=ProtocolKind.CHAIN, chains=("ethereum",)),
        *numbers(),
        *deeds(),
    ]


def numbers() -> list[Fact]:
    hype = token_ref("hype")
    return [
        MethodologyFact(protocol_ref("hyperliquid"), Metric.REVENUE, SOURCE, "Fees kept by the fund."),
        daily("hyperliquid", Metric.FEES, span(400, Decimal("120.5"))),
        daily("hyperliquid", Metric.REVENUE, span(400, 100)),
        daily("hyperliquid", Metric.REVENUE, span(400, 96), source="rival"),
        daily("hyperliquid", Metric.REVENUE, span(400, 60), stream="perps"),
        daily("hyperliquid", Metric.REVENUE, span(400, 40), stream="spot"),
        daily("hyperliquid", Metric.HOLDERS_REVENUE, span(20, 97)),
        daily("aave", Metric.REVENUE, span(400, 50)),
        daily("aave", Metric.REVENUE, span(400, 30), chain="ethereum"),
        daily("aave", Metric.REVENUE, span(400, 20), chain="solana"),
        daily("aave-v3", Metric.REVENUE, span(400, 45)),
        daily("ethereum-chain", Metric.REVENUE, span(400, 1000)),
        daily(hype, Metric.PRICE, span(30, Decimal("40.25"))),
        daily(hype, Metric.CIRCULATING_SUPPLY, {days_ago(1): 1000}),
        daily(hype, Metric.TOTAL_SUPPLY, {days_ago(1): 2000}),
    ]


def deeds() -> list[Fact]:
    return [
        policy_fact("hyperliquid/97", "hyperliquid", effective_to=date(2025, 8, 30)),
        policy_fact("hyperliquid/99", "hyperliquid", effective_from=date(2025, 8, 31), supersedes="hyperliquid/97"),
        *(purchase(n) for n in range(1, 6)),
        entry_fact(
            "burn",
            "hyperliquid",
            LedgerKind.BURN,
            at=NOON - timedelta(days=3),
            token=token_ref("hype"),
            tokens=Decimal("10.5"),
            usd=Decimal(400),
        ),
        OrganisationFact(
            (Ref(EntityKind.ORGANISATION, "accrual", "blackrock"),), "blackrock", "BlackRock", "issuer", "BLK"
        ),
        FundFact(
            (Ref(EntityKind.FUND, "accrual", "ihyp"),),
            "ihyp",
            "IHYP",
            "HYPE Trust",
            token_ref("hype"),
            Ref(EntityKind.ORGANISATION, "accrual", "blackrock"),
            Decimal("0.25"),
        ),
    ]


def purchase(number: int) -> Fact:
    """Purchase `number`, so many days ago, of that many times ten tokens at 40 dollars."""
    return entry_fact(
        f"buy-{number}",
        "hyperliquid",
        LedgerKind.PURCHASE,
        at=NOON - timedelta(days=number),
        token=token_ref("hype"),
        tokens=Decimal(10 * number),
        usd=Decimal(400 * number),
        mechanism=MechanismKind.BUYBACK_HOLD,
        funding=FundingSource.PERIOD_REVENUE,
        disposition=Disposition.HELD,
        tx_hash=f"0x{number}",
    )


async def open_market(store: Store) -> Published:
    """The market as first published, at noon of TODAY."""
    return await published(store, *market(), recorded_at=NOON)
