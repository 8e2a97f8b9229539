"""The pages for people: what this is, and a place to write queries; as built from web/ by hatch_build.py."""

import mimetypes
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

import structlog
from graphql import GraphQLSchema
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.document import Document
from graph.schema import schema
from server.compression import ACCEPTED, liked_best
from server.edge.persisted import BadManifest, trusted_documents
from server.edge.reply import names

log = structlog.get_logger("server.pages")

STATIC = Path(__file__).with_name("static")
DOCUMENTS = STATIC / "documents.json"
ABSENT = Template(Path(__file__).with_name("absent.html").read_text(encoding="utf-8"))
BUILD = "<code>make web</code> builds it; the API works without."
NOT_BUILT = (
    "The page was not built when this server was installed: there was no Node.js, or npm did not find its packages. "
    + BUILD
)
STALE = f"This page was built for another schema than the server's, which would refuse its queries. {BUILD}"
SDL = schema.as_str() + "\n"
OF_A_BODY = ("content-length", "content-type")
# Weak: it may be compressed on its way.
SDL_TAG = f'W/"{sha256(SDL.encode()).hexdigest()[:32]}"'

_OWN = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
STRICT = _OWN.format(styles="'self'")
# GraphiQL's editor writes style elements as it goes.
STYLED = _OWN.format(styles="'self' 'unsafe-inline'")
VARY = {"vary": "Accept-Encoding"}
# Names of these files hold a hash of their content.
KEPT, ASKED_AGAIN = "public, max-age=31536000, immutable", "no-cache"


# What the build packs each text as, and how it names that.
PACKED = {"br": ".br", "gzip": ".gz"}


def routes(fits: bool = True) -> list[Route]:
    """`fits`: whether the page's own queries are of this schema; where they are not it says so instead."""
    page = _page if fits else _stale
    return [
        Route("/graphiql", graphiql),
        Route("/schema.graphql", sdl),
        Route("/assets/{path:path}", asset),
        Route("/docs", docs),
        Route("/docs/{name:str}", docs),
        Route("/llms.txt", llms),
        Route("/", page),
        Route("/p/{slug:str}", page),
        Route("/treasuries", page),
        Route("/flows", page),
        Route("/status", page),
    ]


def documents(schema: GraphQLSchema) -> dict[str, Document] | None:
    """What the page sends, by hash; nothing where there is no page, None where it was built for another schema."""
    try:
        return trusted_documents(schema, DOCUMENTS if DOCUMENTS.is_file() else None)
    except BadManifest as error:
        log.warning("the page was built for another schema, `make web` builds it anew", reason=str(error))
        return None


async def _page(request: Request) -> Response:
    """One document for all of the page's addresses: it reads its own."""
    return _document(request, "index.html", STRICT)


async def _stale(request: Request) -> Response:
    return _instead(STALE)


async def graphiql(request: Request) -> Response:
    return _document(request, "graphiql.html", STYLED)


async def docs(request: Request) -> Response:
    return _document(request, f"docs/{request.path_params.get('name') or 'index'}.html", STRICT)


async def llms(request: Request) -> Response:
    return _file(request, STATIC / "llms.txt", {"cache-control": ASKED_AGAIN}) or missing(request)


async def asset(request: Request) -> Response:
    name = request.path_params["path"]
    kept = {"cache-control": KEPT if name.startswith("kept/") else ASKED_AGAIN}
    # A worker's own requests are held to the policy that comes with its file.
    return _file(request, STATIC / "assets" / name, {**kept, "content-security-policy": STRICT}) or missing(request)


async def sdl(request: Request) -> Response:
    headers = {"access-control-allow-origin": "*", "cache-control": ASKED_AGAIN, "etag": SDL_TAG, **VARY}
    return _unless_known(request, PlainTextResponse(SDL, headers=headers))


class IdeFirst:
    """Wraps the endpoint: a browser that opens its address without a query gets GraphiQL."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        opened = scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"]
        if opened and "text/html" in Headers(scope=scope).get("accept", ""):
            await (await graphiql(Request(scope)))(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _document(request: Request, name: str, policy: str) -> Response:
    headers = {"cache-control": ASKED_AGAIN, "content-security-policy": policy}
    if not (STATIC / "index.html").is_file():
        return _instead(NOT_BUILT)
    return _file(request, STATIC / name, headers) or missing(request)


def _instead(reason: str) -> Response:
    """What stands where a page would, with what is open to whoever came for it."""
    headers = {"cache-control": ASKED_AGAIN, "content-security-policy": STYLED, **VARY}
    return HTMLResponse(ABSENT.substitute(reason=reason), 503, headers)


def _file(request: Request, path: Path, headers: Mapping[str, str]) -> Response | None:
    """A built file, as it was packed beside it where the caller takes that; None where there is no such file."""
    path = path.resolve()
    if not path.is_relative_to(STATIC) or not path.is_file():
        return None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    encoding = liked_best(request.scope.get(ACCEPTED, ""), tuple(PACKED))
    packed = path.with_name(path.name + PACKED.get(encoding, ""))
    if encoding in PACKED and packed.is_file():
        path, headers = packed, {**headers, "content-encoding": encoding}
    found = FileResponse(path, media_type=kind, headers={**headers, **VARY}, stat_result=path.stat())
    return _unless_known(request, found)


def _unless_known(request: Request, found: Response) -> Response:
    """304 where the caller has it already."""
    if not names(request.headers.get("if-none-match"), found.headers["etag"]):
        return found
    kept = {name: value for name, value in found.headers.items() if name not in OF_A_BODY}
    return Response(status_code=304, headers=kept)


async def nothing_there(request: Request, error: Exception) -> Response:
    return missing(request)


def missing(request: Request) -> Response:
    """There is nothing at this address: a page for browsers, the form of the API's errors for programs."""
    told = f"There is nothing at {request.url.path}."
    headers = {"content-security-policy": STYLED, "vary": "Accept"}
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(ABSENT.substitute(reason=escape(told)), 404, headers)
    return JSONResponse({"errors": [{"message": told, "extensions": {"code": "NOT_FOUND"}}]}, 404, headers)
