"""Where exports are ordered, looked at and cancelled; each client sees its own alone."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLSchema
from sqlalchemy import Row

from graph.export_document import NotExportable
from graph.refusal import Refused
from models.epoch import EpochError, Pin
from models.vocabulary import ExportStatus
from resolvers.caller import Caller, Client, client_of
from resolvers.context import Context
from resolvers.errors import ApiError, UserError
from resolvers.export import ExportFile, ExportInput, ExportJob, ExportPayload
from server.edge.errors import formatted
from server.edge.fault import Fault
from server.edge.persisted import PERSISTED
from server.edge.settings import EdgeSettings
from server.edge.strictjson import StrictJson
from server.export.jobs import Jobs
from server.export.links import Links
from server.export.order import Asked
from server.export.place import Place
from server.export.question import Question, question_of
from server.export_settings import ExportSettings
from server.outbound import BadTarget, Outbound
from server.signing import secret_of, shown

SCOPE = "export"
WEBHOOK_URL = ("input", "webhookUrl")


class NotTaken(Exception):
    """An order that is not taken, and why."""

    def __init__(self, *errors: UserError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class ExportDesk:
    """Takes orders for the workers of this store; `ring` wakes the one of this process.

    `outbound`: what messages leave by, None where none do.
    """

    schema: GraphQLSchema
    edge: EdgeSettings
    settings: ExportSettings
    jobs: Jobs
    place: Place
    links: Links
    json: StrictJson
    outbound: Outbound | None
    ring: Callable[[], None]

    async def start(self, order: ExportInput, context: Context) -> ExportPayload:
        try:
            client = _client(context)
            number = await self._add(await self._asked(order, context), client)
        except NotTaken as reason:
            return ExportPayload(None, reason.errors)
        self.ring()
        return ExportPayload(await self.job(number, context))

    async def cancel(self, number: int, context: Context) -> ExportPayload:
        try:
            client = _client(context)
        except NotTaken as reason:
            return ExportPayload(None, reason.errors)
        if await self.jobs.of_account(number, client.account) is None:
            return ExportPayload(None, (UserError("NOT_FOUND", "Your client has no such export.", ("id",)),))
        await self.jobs.cancel(number, client.account)
        await asyncio.to_thread(self.place.delete, number)
        return ExportPayload(await self.job(number, context))

    async def job(self, number: int, context: Context) -> ExportJob | None:
        caller: Caller | None = context.caller
        if caller is None or caller.key_id is None:
            return None
        row = await self.jobs.of_account(number, caller.account)
        if row is None:
            return None
        status = _status(row, self.jobs.clock())
        files = await self.jobs.files(number) if status is ExportStatus.DONE else ()
        secret = shown(secret_of(self.links.pepper, row.secret)) if row.webhook_url else None
        return _job(row, status, [self._file(row, file, caller.reached) for file in files], secret)

    async def _asked(self, order: ExportInput, context: Context) -> Asked:
        """Raises NotTaken."""
        variables = self._variables(order.variables)
        question = self._question(order.query, variables)
        dearest = min(self.edge.max_cost_with_key, self.edge.key_capacity)
        page = question.page_size(dearest, self.edge.max_objects)
        if page is None:
            message = f"Even one row at a time costs more than {dearest} points."
            raise NotTaken(UserError("COST_LIMIT_EXCEEDED", message, ("input", "query")))
        pin, url = await _pin(order, context), self._webhook(order.webhook_url)
        return Asked(order.query, variables, order.format, *page, pin, url)

    def _webhook(self, url: str | None) -> str | None:
        """Held to what it says by itself; where its name leads is seen when it is told. Raises NotTaken."""
        if url is None:
            return None
        if self.outbound is None:
            raise NotTaken(UserError("WEBHOOKS_OFF", "This server has no webhooks.", WEBHOOK_URL))
        try:
            self.outbound.check_text(url)
        except BadTarget as flaw:
            raise NotTaken(UserError("BAD_URL", str(flaw), WEBHOOK_URL)) from flaw
        return url

    def _variables(self, text: str | None) -> Mapping[str, Any]:
        try:
            found = {} if text is None else self.json.read(text)
        except Fault as fault:
            raise NotTaken(UserError("BAD_USER_INPUT", fault.message, ("input", "variables"))) from fault
        if not isinstance(found, dict):
            raise NotTaken(UserError("BAD_USER_INPUT", "The variables are a JSON object.", ("input", "variables")))
        return found

    def _question(self, text: str, variables: Mapping[str, Any]) -> Question:
        try:
            return question_of(self.schema, text, variables, self.edge.limits)
        except NotExportable as reason:
            raise NotTaken(UserError(reason.code, reason.message, ("input", "query", *reason.path))) from reason
        except Refused as reason:
            errors = formatted(reason.errors)
            raise NotTaken(
                *(UserError(each["extensions"]["code"], each["message"], ("input", "query")) for each in errors)
            ) from reason

    async def _add(self, asked: Asked, client: Client) -> int:
        most = self.settings.export_jobs
        number = await self.jobs.add(client.account, client.key_id, asked, most)
        if number is None:
            message = f"A client may have {most} exports that wait, run or can be fetched: cancel one."
            raise NotTaken(UserError("TOO_MANY_EXPORTS", message))
        return number

    def _file(self, job: Row[Any], file: Row[Any], reached: str) -> ExportFile:
        url = self.links.url(reached, job.export_job_id, file.number, job.secret)
        return ExportFile(url, file.sha256, file.rows, file.bytes)


def _client(context: Context) -> Client:
    """Who orders; raises NotTaken for one who may not."""
    try:
        client = client_of(context.caller, SCOPE)
    except ApiError as refused:
        raise NotTaken(UserError(refused.code, str(refused))) from refused
    if client.documents == PERSISTED:
        raise NotTaken(UserError("FORBIDDEN", "This key may only send documents of the manifest.", ("input", "query")))
    return client


async def _pin(order: ExportInput, context: Context) -> Pin:
    try:
        return await context.repin(context.pin, order.at, None)
    except (EpochError, ApiError) as error:
        raise NotTaken(UserError(error.code, str(error), ("input", "at"))) from error


def _status(row: Row[Any], now: datetime) -> ExportStatus:
    """As it is, whether or not anyone has cleared it away yet."""
    status: ExportStatus = row.status
    over = status is ExportStatus.DONE and row.expires_at is not None and row.expires_at <= now
    return ExportStatus.EXPIRED if over else status


def _job(row: Row[Any], status: ExportStatus, files: Sequence[ExportFile], secret: str | None) -> ExportJob:
    return ExportJob(
        number=row.export_job_id,
        status=status,
        format=row.format,
        rows=row.rows,
        bytes=row.bytes,
        files=files,
        epoch=row.epoch,
        cost=row.cost,
        page_cost=row.page_cost,
        error=row.error,
        webhook_secret=secret,
        created_at=row.created_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )
