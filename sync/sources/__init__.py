"""Every upstream, in the order of their say: of two that state the same thing the earlier is believed."""

from sync.source import Source
from sync.sources import defillama

SOURCES: tuple[Source, ...] = (defillama.SOURCE,)
