"""Answers made smaller on their way: zstd, Brotli or gzip, whichever a caller likes best, of equals in this order."""

from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type, remove_compress_type

from server.edge.negotiation import Media, weighed

# Smaller bodies travel in one packet either way.
LEAST_BYTES = 1_400
ENCODINGS, PLAIN = ("zstd", "br", "gzip"), "identity"
HEADER = b"accept-encoding"
# Where a request's own header is kept, for answers that were packed when the server was built.
ACCEPTED = "accrual.accept-encoding"

add_compress_type(Media.RESPONSE.value)
# An event is there to be read at once, and is small.
remove_compress_type(Media.EVENTS.value)


def compressed(app: ASGIApp) -> "LikedBest":
    """Wraps an application. Quick levels: the loop stands still meanwhile."""
    return LikedBest(CompressMiddleware(app, minimum_size=LEAST_BYTES, zstd_level=3, brotli_quality=2, gzip_level=4))


class LikedBest:
    """Wraps the library's middleware, which takes its own first choice of all encodings that are taken at all.

    `Vary` names each header once, however many added to it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            sent = [value for name, value in scope["headers"] if name == HEADER]
            if sent:
                others = [header for header in scope["headers"] if header[0] != HEADER]
                scope[ACCEPTED] = b",".join(sent).decode("latin-1")
                scope["headers"] = [*others, (HEADER, liked_best(scope[ACCEPTED]).encode())]
            send = _varying_once(send)
        await self.app(scope, receive, send)


def _varying_once(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, b", ".join(dict.fromkeys(value.split(b", "))) if name == b"vary" else value)
                for name, value in message.get("headers", ())
            ]
        await send(message)

    return sent


@lru_cache(maxsize=256)
def liked_best(accepted: str, encodings: tuple[str, ...] = ENCODINGS) -> str:
    """The encoding of an answer, by the weights of `Accept-Encoding`; one that is liked as well as none goes first."""
    weights = dict(weighed(accepted))
    best = max(encodings, key=lambda name: weights.get(name, weights.get("*", 0.0)))
    weight = weights.get(best, weights.get("*", 0.0))
    return best if weight > 0 and weight >= weights.get(PLAIN, 0.0) else PLAIN
