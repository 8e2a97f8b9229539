"""DefiLlama's words in ours: kinds of revenue, categories, chains."""

from collections.abc import Iterable

from models.vocabulary import Metric, ProtocolKind, SectorKey

# The `dataType` of each metric taken.
DATA_TYPES = {
    Metric.FEES: "dailyFees",
    Metric.REVENUE: "dailyRevenue",
    Metric.HOLDERS_REVENUE: "dailyHoldersRevenue",
    Metric.SUPPLY_SIDE_REVENUE: "dailySupplySideRevenue",
    Metric.PROTOCOL_REVENUE: "dailyProtocolRevenue",
}

# The labels under which a listing's `methodology` describes each.
METHODOLOGY_LABELS = {
    "Fees": Metric.FEES,
    "UserFees": Metric.USER_FEES,
    "Revenue": Metric.REVENUE,
    "HoldersRevenue": Metric.HOLDERS_REVENUE,
    "SupplySideRevenue": Metric.SUPPLY_SIDE_REVENUE,
    "ProtocolRevenue": Metric.PROTOCOL_REVENUE,
}

KINDS = {"protocol": ProtocolKind.PROTOCOL, "chain": ProtocolKind.CHAIN, "collection": ProtocolKind.COLLECTION}

SECTORS = {
    "Derivatives": SectorKey.PERPS,
    "Dexs": SectorKey.SPOT_DEX,
    "DEX Aggregator": SectorKey.SPOT_DEX,
    "Lending": SectorKey.LENDING,
    "CDP": SectorKey.CDP,
    "CDP Manager": SectorKey.CDP,
    "Liquid Staking": SectorKey.LIQUID_STAKING,
    "Staking Pool": SectorKey.LIQUID_STAKING,
    "Restaking": SectorKey.RESTAKING,
    "Liquid Restaking": SectorKey.RESTAKING,
    "Launchpad": SectorKey.LAUNCHPAD,
    "SoFi": SectorKey.CREATOR_ECONOMY,
    "Yield": SectorKey.YIELD,
    "Yield Aggregator": SectorKey.YIELD,
    "Farm": SectorKey.YIELD,
    "Oracle": SectorKey.ORACLE,
    "DePIN": SectorKey.DEPIN,
    "RWA": SectorKey.RWA,
    "RWA Lending": SectorKey.RWA,
    "Bridge": SectorKey.BRIDGE,
    "Cross Chain Bridge": SectorKey.BRIDGE,
    "Canonical Bridge": SectorKey.BRIDGE,
    "Bridge Aggregator": SectorKey.BRIDGE,
    "Telegram Bot": SectorKey.WALLET_BOT,
    "Trading App": SectorKey.WALLET_BOT,
    "Wallets": SectorKey.WALLET_BOT,
    "Interface": SectorKey.WALLET_BOT,
    "CEX": SectorKey.EXCHANGE_TOKEN,
    "Chain": SectorKey.L1,
    "Rollup": SectorKey.L2,
    "Stablecoin Issuer": SectorKey.STABLECOIN,
    "Partially Algorithmic Stablecoin": SectorKey.STABLECOIN,
    "Algo-Stables": SectorKey.STABLECOIN,
    "Dual-Token Stablecoin": SectorKey.STABLECOIN,
}

# The same chain under its older and internal names: answers of different ages and routes mix them.
CHAIN_ALIASES = {
    "Optimism": "OP Mainnet",
    "hyperliquid": "Hyperliquid L1",
    "Hyperliquid": "Hyperliquid L1",
    "Binance": "BSC",
    "bsc": "BSC",
    "BNB": "BSC",
    "BNB Chain": "BSC",
    "BNB Smart Chain": "BSC",
    "xDai": "Gnosis",
    "xdai": "Gnosis",
    "era": "ZKsync Era",
    "zkSync Era": "ZKsync Era",
    "avax": "Avalanche",
}


def sectors(category: str | None, kind: ProtocolKind) -> tuple[SectorKey, ...] | None:
    """What a listing of this category does; None where it has none."""
    if kind is ProtocolKind.CHAIN:
        # Its category may be missing; whether a chain is a layer of another is not said.
        return (SECTORS.get(category or "", SectorKey.L1),)
    return None if category is None else (SECTORS.get(category, SectorKey.OTHER),)


def chain_name(said: str) -> str:
    """The display name of a chain that was called by this or by an older name."""
    return CHAIN_ALIASES.get(said, said)


def aliases(chain: str) -> Iterable[str]:
    """Every name of a chain that is known, its own first."""
    yield chain
    yield from (old for old, new in CHAIN_ALIASES.items() if new == chain)
