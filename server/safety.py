"""What every answer tells a browser, whatever the route: to guess no type, name no page, share no window."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]
# To come over TLS alone for a year.
OVER_TLS = (b"strict-transport-security", b"max-age=31536000")


class Safe:
    """Wraps an application. `tls`: callers reach this server over TLS, also where a request does not say so."""

    def __init__(self, app: ASGIApp, tls: bool = False) -> None:
        self.app, self.tls = app, tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        added = [*SAFE, OVER_TLS] if self.tls or scope.get("scheme") == "https" else SAFE

        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self.app(scope, receive, safe if scope["type"] == "http" else send)
