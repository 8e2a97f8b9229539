"""Every upstream, in the order of their say: of two that state the same thing the earlier is believed."""

from sync.source import Source
from sync.sources import coingecko, defillama, emissions, etf_flows, ethereum_activity, hyperliquid, treasuries

SOURCES: tuple[Source, ...] = (
    defillama.SOURCE,
    hyperliquid.SOURCE,
    coingecko.SOURCE,
    etf_flows.SOURCE,
    ethereum_activity.SOURCE,
    treasuries.SOURCE,
    emissions.SOURCE,
)
