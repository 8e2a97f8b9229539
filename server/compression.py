"""Answers made smaller on their way: zstd, Brotli or gzip, whichever of them a caller takes first in this order."""

from starlette.types import ASGIApp
from starlette_compress import CompressMiddleware, add_compress_type, remove_compress_type

from server.edge.negotiation import Media

# Smaller bodies travel in one packet either way.
LEAST_BYTES = 1_400

add_compress_type(Media.RESPONSE.value)
# An event is there to be read at once, and is small.
remove_compress_type(Media.EVENTS.value)


def compressed(app: ASGIApp) -> CompressMiddleware:
    """Wraps an application. Quick levels: the loop stands still meanwhile."""
    return CompressMiddleware(app, minimum_size=LEAST_BYTES, zstd_level=3, brotli_quality=2, gzip_level=4)
