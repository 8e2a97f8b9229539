"""Where the settings put the upstreams."""

from server.settings import Settings
from sync.upstream import Host, Upstreams


def upstreams_of(settings: Settings) -> Upstreams:
    hosts = Upstreams(
        defillama=Host(settings.defillama_url),
        defillama_coins=Host(settings.defillama_coins_url),
    )
    key = settings.defillama_key
    return hosts.with_defillama_key(key.get_secret_value() if key else None, settings.defillama_pro_url)
