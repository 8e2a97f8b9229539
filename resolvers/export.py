"""Whole tables taken away: what is ordered, what is told of an order, and who takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol

from models.epoch import AsOf
from models.vocabulary import ExportFormat, ExportStatus
from resolvers.context import Context, Info
from resolvers.declare import ID, URL, argument
from resolvers.errors import UserError
from resolvers.identity import global_id, identity_of

TYPE = "ExportJob"


# Without slots: the schema reads the defaults of an input off its class.
@dataclass
class ExportInput:
    """An order: a document whose one connection is read to its end, and how its rows are to be written."""

    query: str
    variables: str | None = None
    format: ExportFormat = ExportFormat.JSONL
    at: AsOf | None = None
    webhook_url: URL | None = None


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A finished file; `url` holds for a while."""

    url: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ExportJob:
    """An order and how far it is. `files` are there when it is done, and until it expires."""

    number: int
    status: ExportStatus
    format: ExportFormat
    rows: int
    bytes: int
    files: Sequence[ExportFile]
    epoch: int
    cost: int
    page_cost: int
    error: str | None
    webhook_secret: str | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def snapshot(self) -> str:
        return str(self.epoch)


@dataclass(frozen=True, slots=True)
class ExportPayload:
    """The job of an order that was taken, or why it was not."""

    job: ExportJob | None
    errors: Sequence[UserError] = ()


class Desk(Protocol):
    """Where orders are taken: a part of the server, as is what reads their documents."""

    async def start(self, order: ExportInput, context: Context) -> ExportPayload: ...

    async def cancel(self, number: int, context: Context) -> ExportPayload: ...

    async def job(self, number: int, context: Context) -> ExportJob | None:
        """A job of the caller's client, None where it has none of that number."""
        ...


async def start_export(
    info: Info,
    input: Annotated[ExportInput, argument("What to export, at which epoch, and how to write it.")],
) -> ExportPayload:
    """Take an order; its document is held to every limit now, and read page by page later."""
    desk: Desk = info.context.exports
    return await desk.start(input, info.context)


async def cancel_export(
    info: Info, id: Annotated[ID, argument("The id of an export of the caller's client.")]
) -> ExportPayload:
    """End an export and delete its files, whatever it has come to."""
    desk: Desk = info.context.exports
    return await desk.cancel(identity_of(id, TYPE).number, info.context)


async def resolve_export_job(
    info: Info, id: Annotated[ID, argument("The id of an export of the caller's client.")]
) -> ExportJob | None:
    """How far an export is, as of now: it is of no epoch."""
    desk: Desk = info.context.exports
    return await desk.job(identity_of(id, TYPE).number, info.context)
