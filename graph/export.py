"""Whole tables taken away, as far as they are."""

import datetime

import strawberry

from graph.fields import described
from graph.scalars import URL
from models.vocabulary import ExportFormat, ExportStatus


@strawberry.type(description="A file of an export.")
class ExportFile:
    url: URL = described(
        "Where it is fetched without a key, for an hour or as the operator says; asked anew it is new."
    )
    sha256: str = described("The SHA-256 of its bytes, in hex.")
    rows: int = described("How many rows it holds, for example 100000.")
    bytes: int = described("How long it is, for example 18234112.")


@strawberry.type(description="An export of a client, and how far it is. It is of no epoch, and no `node`.")
class ExportJob:
    id: strawberry.ID = described("Global id, opaque, which `exportJob` takes.")
    status: ExportStatus = described("How far it is.")
    format: ExportFormat = described("How its rows are written.")
    rows: int = described("Rows in files that are finished, for example 250000.")
    bytes: int = described("Bytes of those files, for example 45120000.")
    files: list[ExportFile] = described("Its files in the order of their rows; none before it is done.")
    snapshot: strawberry.ID = described('The number of the epoch its rows are read at, for example "41".')
    epoch: int = described("The same as a number, for example 41.")
    cost: int = described("Points taken so far from the client, page by page, for the rows in its files.")
    page_cost: int = described("Points that a page of its rows is priced at, for example 100.")
    error: str | None = described("Why it failed: a code, a colon and a sentence; null where it did not.")
    webhook_secret: str | None = described(
        "What the message to its `webhookUrl` is signed with, by Standard Webhooks; null where it names none."
    )
    created_at: datetime.datetime = described("When it was ordered, in UTC.")
    finished_at: datetime.datetime | None = described("When it ended, in UTC; null before.")
    expires_at: datetime.datetime | None = described("When its files are deleted, in UTC; null before it is done.")
