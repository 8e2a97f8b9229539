"""What the settings make of a sync: where the upstreams are, and what the gate lets pass."""

from dataclasses import replace

from pydantic import SecretStr

from server.settings import Settings
from sync.gate import Gate
from sync.upstream import Upstreams

USUAL = Upstreams()


def upstreams_of(settings: Settings) -> Upstreams:
    hosts = Upstreams(
        defillama=replace(USUAL.defillama, url=settings.defillama_url),
        defillama_coins=replace(USUAL.defillama_coins, url=settings.defillama_coins_url),
        coingecko=replace(USUAL.coingecko, url=settings.coingecko_url, per_minute=settings.coingecko_per_minute),
        hyperliquid=replace(USUAL.hyperliquid, url=settings.hyperliquid_url),
        sosovalue=replace(USUAL.sosovalue, url=settings.sosovalue_url),
        growthepie=replace(USUAL.growthepie, url=settings.growthepie_url),
    )
    return (
        hosts.with_defillama_key(_text(settings.defillama_key), settings.defillama_pro_url)
        .with_coingecko_key(_text(settings.coingecko_key))
        .with_coingecko_pro_key(_text(settings.coingecko_pro_key), settings.coingecko_pro_url)
        .with_sosovalue_key(_text(settings.sosovalue_key))
    )


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def gate_of(settings: Settings) -> Gate:
    return Gate(gone_share=settings.sync_gone_share, gone_few=settings.sync_gone_few)
