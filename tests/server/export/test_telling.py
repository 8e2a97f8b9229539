"""An address that an order named is told how its export ended, signed, and until it takes it."""

import base64
import hmac
import json
import ssl
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from models.export import export_job
from models.store import Store
from resolvers.declare import URL
from resolvers.errors import UserError
from resolvers.export import ExportInput
from server.outbound import Message, Outbound, Reply
from tests.builders import published
from tests.server.export.bureau import Bureau, bureau_of, entries
from tests.standin.server import Fault, Standin

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
async def telling(store: Store, tmp_path: Path) -> Bureau:
    """On each engine; it may send to this machine."""
    await published(store, *entries(5))
    return await bureau_of(store, tmp_path / "files", webhook_loopback=True)


def received(receiver: Standin) -> list[dict[str, Any]]:
    return [json.loads(asked.removeprefix("/ended")) for asked in receiver.asked]


async def next_at(bureau: Bureau) -> object:
    async with bureau.store.readers.connect() as connection:
        return await connection.scalar(select(export_job.c.tell_at))


async def test_an_end_is_told_once_and_signed_with_the_secret_of_the_export(telling: Bureau, receiver: Standin) -> None:
    job = await telling.filled(webhook_url=URL(f"{receiver.url}/ended"))
    other = await telling.filled()

    for _ in range(2):
        await telling.worker.telling.tell()

    [body], [headers] = receiver.asked, receiver.headers
    told = {"id": job.id, "rows": 5, "bytes": job.bytes, "epoch": 1, "error": None}
    assert received(receiver) == [{"type": "export.done", "timestamp": "2026-07-10T12:00:00Z", "data": told}]
    assert (headers["webhook-id"], other.webhook_secret, await next_at(telling)) == ("export_1", None, None)
    assert job.webhook_secret is not None
    secret = base64.b64decode(job.webhook_secret.removeprefix("whsec_"))
    content = f"export_1.{headers['webhook-timestamp']}.{body.removeprefix('/ended')}".encode()
    signature = base64.b64encode(hmac.new(secret, content, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"


async def test_one_that_failed_is_told_with_the_reason(telling: Bureau, receiver: Standin) -> None:
    desk = telling.exports.desk()
    await telling.ordered(webhook_url=URL(f"{receiver.url}/ended"))
    settings = desk.settings.model_copy(update={"export_rows": 4})
    assert await telling.another(settings=settings).work()

    await telling.worker.telling.tell()

    [told] = received(receiver)
    assert (told["type"], told["data"]["error"]) == ("export.failed", "EXPORT_TOO_LARGE: It has more than 4 rows.")


async def test_what_is_not_taken_is_told_again_later_and_given_up_after_a_day(
    telling: Bureau, receiver: Standin
) -> None:
    receiver.fail(Fault.BROKEN, times=100)
    await telling.filled(webhook_url=URL(f"{receiver.url}/ended"))
    for seconds in (0, 9, 1, 29, 1):
        telling.clock.on(seconds=seconds)
        await telling.worker.telling.tell()
    soon = len(receiver.asked)

    for _ in range(12):
        telling.clock.on(hours=4)
        await telling.worker.telling.tell()

    # At once, after 10 s and after 30 s more; then ever more rarely.
    assert soon == 3
    assert await next_at(telling) is None
    assert len(set(receiver.asked)) == 1
    assert 3 + 4 < len(receiver.asked) < 3 + 10


async def test_who_wants_no_more_is_told_no_more(telling: Bureau, receiver: Standin) -> None:
    receiver.fail(Fault.GONE)
    await telling.filled(webhook_url=URL(f"{receiver.url}/ended"))

    await telling.worker.telling.tell()

    assert await next_at(telling) is None


async def test_a_message_is_sent_by_one_process(telling: Bureau, receiver: Standin) -> None:
    await telling.filled(webhook_url=URL(f"{receiver.url}/ended"))
    due = [await telling.worker.telling._due() for _ in range(2)]

    for rows in due:
        for row in rows:
            await telling.worker.telling._tell(row)

    assert len(receiver.asked) == 1


async def test_nobody_is_told_of_an_export_that_was_cancelled(telling: Bureau, receiver: Standin) -> None:
    job = await telling.filled(webhook_url=URL(f"{receiver.url}/ended"))

    await telling.exports.desk().cancel(job.number, await telling.context())
    await telling.worker.telling.tell()

    assert (receiver.asked, await next_at(telling)) == ([], None)


async def test_where_webhooks_are_off_by_now_nobody_is_told(filled_store: Store, tmp_path: Path) -> None:
    bureau = await bureau_of(filled_store, tmp_path / "files", webhook_loopback=True)
    off = await bureau_of(filled_store, tmp_path / "files", webhook_loopback=True, webhooks="off")
    await bureau.filled(webhook_url=URL("http://127.0.0.1:8443"))
    due = await next_at(bureau)

    await off.worker.telling.tell()

    assert due is not None
    assert await next_at(bureau) == due


async def test_one_that_can_not_be_told_holds_up_no_other(telling: Bureau, receiver: Standin) -> None:
    class Broken(Outbound):
        async def post(self, url: str, message: Message) -> Reply:
            if message.id_ == "export_1":
                raise RuntimeError("not today")
            return await super().post(url, message)

    for _ in range(2):
        await telling.filled(webhook_url=URL(f"{receiver.url}/ended"))

    with capture_logs() as lines:
        await replace(telling.worker.telling, outbound=Broken(True, tls=NO_AUTHORITIES)).tell()
    first = [headers["webhook-id"] for headers in receiver.headers]
    telling.clock.on(seconds=60)
    await telling.worker.telling.tell()

    assert [(line["export"], line["log_level"]) for line in lines if "export" in line] == [(1, "error")]
    assert (first, [headers["webhook-id"] for headers in receiver.headers]) == (["export_2"], ["export_2", "export_1"])


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/in",
        "https://user:secret@partner.example/in",
        "https://10.0.0.1/in",
        "https://[::1]/in",
        "https://169.254.169.254/latest",
        "https://partner.example:22/",
        "https://partner..example/",
        "ftp://partner.example/",
        "nonsense",
    ],
)
async def test_an_address_that_no_message_may_go_to_is_refused(bureau: Bureau, url: str) -> None:
    payload = await bureau.order(webhook_url=URL(url))

    [error] = payload.errors
    assert (payload.job, error.code, error.path) == (None, "BAD_URL", ("input", "webhookUrl"))


async def test_a_name_that_leads_nowhere_yet_is_taken(bureau: Bureau) -> None:
    job = await bureau.ordered(webhook_url=URL("https://partner.example/exports"))

    assert job.webhook_secret is not None


async def test_where_webhooks_are_off_nobody_can_be_told(filled_store: Store, tmp_path: Path) -> None:
    bureau = await bureau_of(filled_store, tmp_path / "files", webhooks="off")
    order = ExportInput("{ ledger { nodes { ref } } }", webhook_url=URL("https://partner.example/exports"))

    payload = await bureau.exports.desk().start(order, await bureau.context())

    assert payload.errors == (UserError("WEBHOOKS_OFF", "This server has no webhooks.", ("input", "webhookUrl")),)
