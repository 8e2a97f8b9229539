"""Orders of exports: who may give one, what is taken, and what is told of it."""

from dataclasses import replace
from typing import Any

import pytest

from models.epoch import AsOf
from models.vocabulary import ExportFormat, ExportStatus
from resolvers.caller import Caller
from resolvers.errors import UserError
from resolvers.export import ExportInput, ExportPayload
from tests.builders import entry_fact, published
from tests.server.export.bureau import BEGAN, Bureau, client_of, entries


def reasons(payload: ExportPayload) -> list[tuple[str, tuple[str, ...] | None]]:
    assert payload.job is None
    return [(error.code, error.path) for error in payload.errors]


async def test_an_order_waits_at_its_epoch_and_says_what_a_page_costs(any_bureau: Bureau) -> None:
    job = await any_bureau.ordered(format=ExportFormat.CSV)

    assert (job.status, job.format, job.epoch, job.snapshot) == (ExportStatus.QUEUED, ExportFormat.CSV, 1, "1")
    assert (job.cost, job.page_cost, job.rows, job.files, job.error) == (0, 302, 0, [], None)
    assert (job.created_at, job.finished_at, job.expires_at) == (BEGAN, None, None)
    assert job == await any_bureau.told(job.number)


async def test_it_is_filled_as_of_the_epoch_it_was_ordered_at(any_bureau: Bureau) -> None:
    job = await any_bureau.ordered()
    await published(any_bureau.store, *entries(5), entry_fact("later", "one"))
    again = await any_bureau.ordered(at=AsOf(epoch=1))
    newest = await any_bureau.ordered()

    while await any_bureau.worker.work():
        pass

    told = [await any_bureau.told(each.number) for each in (job, again, newest)]
    assert [(each.epoch, each.rows) for each in told if each] == [(1, 5), (1, 5), (2, 6)]


@pytest.mark.parametrize(
    ("caller", "code"),
    [
        (Caller("address:local", tier="local"), "UNAUTHENTICATED"),
        (Caller("key:acme", "acme", "abcdefgh", scopes=("read", "subscribe")), "FORBIDDEN"),
        (Caller("key:acme", "acme", "abcdefgh", scopes=("export",), documents="persisted"), "FORBIDDEN"),
    ],
    ids=["nobody", "without the scope", "of the manifest alone"],
)
async def test_who_may_not_order_is_told_why(bureau: Bureau, caller: Caller, code: str) -> None:
    payload = await bureau.order(caller=caller)

    assert [code_ for code_, _ in reasons(payload)] == [code]
    assert not await bureau.worker.work()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"query": "{ ledger {"}, [("GRAPHQL_PARSE_FAILED", ("input", "query"))]),
        ({"query": "{ ledger { nodes { nope } } }"}, [("GRAPHQL_VALIDATION_FAILED", ("input", "query"))]),
        ({"query": "{ sectors { key } }"}, [("EXPORT_NOT_ONE_CONNECTION", ("input", "query", "sectors"))]),
        ({"variables": "[1]"}, [("BAD_USER_INPUT", ("input", "variables"))]),
        ({"variables": '{"a": 1, "a": 2}'}, [("BAD_USER_INPUT", ("input", "variables"))]),
        ({"variables": "{"}, [("BAD_USER_INPUT", ("input", "variables"))]),
        (
            {"query": "query($n: Int!) { ledger(first: $n) { nodes { ref } } }", "variables": '{"n": "one"}'},
            [("BAD_USER_INPUT", ("input", "query"))],
        ),
        ({"at": AsOf(epoch=9)}, [("EPOCH_NOT_PUBLISHED", ("input", "at"))]),
        ({"at": AsOf(epoch=1, known_at=BEGAN)}, [("BAD_USER_INPUT", ("input", "at"))]),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else "",
)
async def test_an_order_that_can_not_be_filled_is_refused_with_the_place(
    bureau: Bureau, order: dict[str, Any], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert reasons(await bureau.order(**order)) == expected


async def test_an_order_of_which_one_row_is_too_dear_is_refused(bureau: Bureau) -> None:
    desk = bureau.exports.desk()
    poor = replace(desk, edge=desk.edge.model_copy(update={"max_cost_with_key": 2}))

    payload = await poor.start(_order("{ ledger { nodes { protocol { slug } } } }"), await bureau.context())

    assert reasons(payload) == [("COST_LIMIT_EXCEEDED", ("input", "query"))]


async def test_pages_are_as_large_as_an_operation_may_cost(bureau: Bureau) -> None:
    desk = bureau.exports.desk()
    poor = replace(desk, edge=desk.edge.model_copy(update={"max_cost_with_key": 42}))

    payload = await poor.start(_order("{ ledger { nodes { protocol { slug } } } }"), await bureau.context())
    assert await bureau.worker.work()

    assert payload.job is not None
    told = await bureau.told(payload.job.number)
    assert told is not None
    # A page costs 1, pageInfo 1, and each row 2: 20 rows at once, 12 pages.
    assert (payload.job.page_cost, told.status, told.rows, told.cost) == (42, ExportStatus.DONE, 230, 12 * 42)


async def test_only_the_clients_own_keys_see_its_exports(bureau: Bureau) -> None:
    job = await bureau.ordered()
    other, nobody = await client_of(bureau.store, "rival"), Caller("address:local")
    second = await client_of(bureau.store, "acme")

    seen = [await bureau.told(job.number, caller) for caller in (other, nobody, second)]
    cancelled = await bureau.exports.desk().cancel(job.number, await bureau.context(other))

    assert seen == [None, None, job]
    assert reasons(cancelled) == [("NOT_FOUND", ("id",))]


async def test_a_client_has_so_many_exports_and_cancelling_makes_room(any_bureau: Bureau) -> None:
    desk = any_bureau.exports.desk()
    narrow = replace(desk, settings=desk.settings.model_copy(update={"export_jobs": 2}))
    context = await any_bureau.context()
    first, _ = [await narrow.start(_order(), context) for _ in range(2)]

    full = await narrow.start(_order(), context)
    assert first.job is not None
    cancelled = await narrow.cancel(first.job.number, context)
    again = await narrow.start(_order(), context)

    assert reasons(full) == [("TOO_MANY_EXPORTS", None)]
    assert cancelled.job is not None
    assert (cancelled.job.status, cancelled.errors) == (ExportStatus.EXPIRED, ())
    assert again.job is not None


async def test_cancelling_deletes_the_files_of_one_that_is_done(bureau: Bureau) -> None:
    job = await bureau.filled()

    payload = await bureau.exports.desk().cancel(job.number, await bureau.context())

    assert payload.job is not None
    assert (payload.job.status, payload.job.files) == (ExportStatus.EXPIRED, [])
    assert not bureau.exports.place.folder(job.number).exists()


async def test_nobody_cancels_without_a_key(bureau: Bureau) -> None:
    payload = await bureau.exports.desk().cancel(1, await bureau.context(Caller("address:local")))

    assert payload.errors == (UserError("UNAUTHENTICATED", "This needs an API key with the scope 'export'."),)


def _order(query: str = "{ ledger { nodes { ref } } }") -> ExportInput:
    return ExportInput(query)
