"""The worker: one at a time, carried on after any death, given back, bounded, cleared away."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from models.store import Store
from models.vocabulary import ExportFormat, ExportStatus
from resolvers.caller import Caller
from server.draining import Draining
from server.edge.fault import Fault
from server.edge.keyring import revoke
from server.export.jobs import ClaimLost
from server.export.order import Finished
from server.export.pages import Page, PageFailed, Pages
from server.export.worker import Worker
from tests.server.export.bureau import ENTRIES, Bureau, bureau_of, client_of

KILLED = "the process is killed"


class Killed(BaseException):
    """What nothing in the worker may catch."""


class Interrupted:
    """Pages of which one, counted from 0, never comes: `how` is raised or done instead."""

    def __init__(self, pages: Pages, number: int, how: BaseException) -> None:
        self.pages, self.left, self.how = pages, number, how
        self.cursors: list[str | None] = []

    def question(self, asked: Any) -> Any:
        return self.pages.question(asked)

    async def read(self, question: Any, pin: Any, caller: Caller, cursor: str | None, size: int) -> Page:
        self.cursors.append(cursor)
        self.left -= 1
        if self.left == -1:
            raise self.how
        return await self.pages.read(question, pin, caller, cursor, size)


def interrupted(bureau: Bureau, number: int, how: BaseException) -> Worker:
    pages: Any = Interrupted(bureau.worker.pages, number, how)
    return bureau.another(pages=pages)


async def status_of(bureau: Bureau, number: int) -> ExportStatus:
    job = await bureau.told(number)
    assert job is not None
    return job.status


def refs(bureau: Bureau, contents: list[bytes]) -> list[str]:
    return [orjson.loads(line)["ref"] for content in contents for line in content.splitlines()]


async def test_two_workers_never_take_the_same(any_bureau: Bureau) -> None:
    others = [await client_of(any_bureau.store, f"client{n}") for n in range(4)]
    for other in others:
        assert (await any_bureau.order(caller=other)).job is not None

    claims = await asyncio.gather(*(any_bureau.jobs.claim() for _ in range(8)))

    numbers = [claim.number for claim in claims if claim]
    assert len(numbers) == len(set(numbers)) >= 1


async def test_the_exports_of_a_client_run_one_after_the_other(any_bureau: Bureau) -> None:
    first, _ = [await any_bureau.ordered() for _ in range(2)]
    other = await client_of(any_bureau.store, "rival")
    theirs = await any_bureau.order(caller=other)

    claims = [await any_bureau.jobs.claim() for _ in range(3)]

    assert theirs.job is not None
    assert [claim.number if claim else None for claim in claims] == [first.number, theirs.job.number, None]


async def test_what_a_dead_worker_had_is_taken_when_its_claim_is_over(any_bureau: Bureau) -> None:
    job = await any_bureau.ordered()
    dead = await any_bureau.jobs.claim()
    assert dead is not None

    any_bureau.clock.on(seconds=59)
    early = await any_bureau.jobs.claim()
    await any_bureau.jobs.renew(dead)
    any_bureau.clock.on(seconds=59)
    renewed = await any_bureau.jobs.claim()
    any_bureau.clock.on(seconds=1)
    late = await any_bureau.jobs.claim()

    assert (early, renewed) == (None, None)
    assert late is not None
    assert (late.number, late.started_at) == (job.number, dead.started_at)
    for change in (
        any_bureau.jobs.renew(dead),
        any_bureau.jobs.report(dead, Finished("a", "b", 1, 1), None, 1),
        any_bureau.jobs.fail(dead, "no"),
        any_bureau.jobs.give_back(dead, at_fault=True),
    ):
        with pytest.raises(ClaimLost):
            await change
    assert await any_bureau.jobs.files(job.number) == []


async def test_a_killed_worker_is_followed_by_one_that_goes_on_behind_its_last_file(bureau: Bureau) -> None:
    job = await bureau.ordered()
    with pytest.raises(Killed):
        await interrupted(bureau, 2, Killed()).work()
    left = [path.name for path in sorted(bureau.exports.place.folder(job.number).iterdir())]
    bureau.clock.on(seconds=61)
    follower = interrupted(bureau, -1, Killed())

    assert await follower.work()

    done = await bureau.told(job.number)
    assert done is not None
    # The third page was not reported, so it is read again; the first two are not.
    assert len(follower.pages.cursors) == 1  # type: ignore[attr-defined]
    assert (done.status, done.rows, done.cost) == (ExportStatus.DONE, 230, 906)
    assert refs(bureau, bureau.contents(done)) == [f"e{n}" for n in range(230)]
    assert len(left) == 2


async def test_where_a_file_is_not_there_the_export_begins_anew(bureau: Bureau) -> None:
    job = await bureau.ordered()
    with pytest.raises(Killed):
        await interrupted(bureau, 2, Killed()).work()
    bureau.exports.place.delete(job.number)
    bureau.clock.on(seconds=61)

    assert await bureau.worker.work()

    done = await bureau.told(job.number)
    assert done is not None
    assert (done.rows, done.cost, len(done.files)) == (230, 906, 3)
    assert refs(bureau, bureau.contents(done)) == [f"e{n}" for n in range(230)]


async def test_a_server_that_ends_gives_its_export_back(filled_store: Store, tmp_path: Path) -> None:
    bureau = await bureau_of(filled_store, tmp_path / "files")
    job = await bureau.ordered()
    leaving = bureau.another()
    leaving.leaving.set()

    for _ in range(5):
        assert await leaving.work()
        assert await status_of(bureau, job.number) is ExportStatus.QUEUED
    assert await bureau.worker.work()

    assert await status_of(bureau, job.number) is ExportStatus.DONE


async def test_cancelling_one_that_runs_stops_it(bureau: Bureau) -> None:
    job = await bureau.ordered()

    class Cancelling(Interrupted):
        async def read(self, *asked: Any) -> Page:
            page = await super().read(*asked)
            await bureau.exports.desk().cancel(job.number, await bureau.context())
            return page

    pages: Any = Cancelling(bureau.worker.pages, -1, Killed())
    assert await bureau.another(pages=pages).work()

    assert len(pages.cursors) == 1
    assert await status_of(bureau, job.number) is ExportStatus.EXPIRED
    assert not await bureau.worker.work()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"export_rows": 229}, "EXPORT_TOO_LARGE: It has more than 229 rows."),
        ({"export_seconds": 30.0}, "EXPORT_TOO_SLOW: It took longer than 30 seconds."),
    ],
)
async def test_an_export_beyond_its_bounds_fails_and_leaves_nothing(
    filled_store: Store, tmp_path: Path, said: dict[str, Any], error: str
) -> None:
    bureau = await bureau_of(filled_store, tmp_path / "files", export_file_rows=100, **said)

    class Slow(Interrupted):
        async def read(self, *asked: Any) -> Page:
            bureau.clock.on(seconds=16)
            return await super().read(*asked)

    job = await bureau.ordered()
    pages: Any = Slow(bureau.worker.pages, -1, Killed())
    assert await bureau.another(pages=pages).work()

    failed = await bureau.told(job.number)
    assert failed is not None
    assert (failed.status, failed.error, failed.files) == (ExportStatus.FAILED, error, [])
    assert not bureau.exports.place.folder(job.number).exists()


async def test_so_many_megabytes_and_no_more(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.export.filling.MEGABYTE", 10)

    job = await bureau.filled()

    assert job.error == "EXPORT_TOO_LARGE: Its files have more than 1000 megabytes."


async def test_a_key_that_ends_ends_what_it_ordered(bureau: Bureau) -> None:
    job = await bureau.ordered()
    await revoke(bureau.store, bureau.caller.key_id or "")

    assert await bureau.worker.work()

    failed = await bureau.told(job.number)
    assert failed is not None
    assert failed.error == "UNAUTHENTICATED: The key that ordered this export has ended."


async def test_a_page_that_fails_for_good_fails_the_export(bureau: Bureau) -> None:
    job = await bureau.ordered()

    assert await interrupted(bureau, 1, PageFailed("EPOCH_PRUNED", "epoch 1 was pruned")).work()

    failed = await bureau.told(job.number)
    assert failed is not None
    assert (failed.status, failed.error) == (ExportStatus.FAILED, "EPOCH_PRUNED: epoch 1 was pruned")


async def test_a_page_that_fails_by_chance_is_tried_three_times(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.export.worker.REST_SECONDS", 0)
    job = await bureau.ordered()
    seen = []
    for _ in range(3):
        assert await interrupted(bureau, 0, PageFailed("OPERATION_TIMEOUT", "This took too long.")).work()
        seen.append(await status_of(bureau, job.number))

    failed = await bureau.told(job.number)
    assert failed is not None
    assert seen == [ExportStatus.QUEUED, ExportStatus.QUEUED, ExportStatus.FAILED]
    assert failed.error == "OPERATION_TIMEOUT: This took too long."


async def test_an_export_that_kills_its_workers_is_given_up(any_bureau: Bureau) -> None:
    job = await any_bureau.ordered()
    for _ in range(3):
        assert await any_bureau.jobs.claim() is not None
        any_bureau.clock.on(seconds=61)

    assert await any_bureau.jobs.claim() is None

    failed = await any_bureau.told(job.number)
    assert failed is not None
    assert failed.error == "INTERNAL_SERVER_ERROR: This export could not be finished."


async def test_where_points_run_out_it_waits_for_them(bureau: Bureau) -> None:
    job = await bureau.ordered()
    waited: list[float] = []

    class Poor(Interrupted):
        async def read(self, *asked: Any) -> Page:
            if not waited:
                waited.append(0.01)
                raise Fault(429, "RATE_LIMITED", "There are 0 points left.", {"retry-after": "0.01"})
            return await super().read(*asked)

    pages: Any = Poor(bureau.worker.pages, -1, Killed())
    assert await bureau.another(pages=pages).work()

    assert await status_of(bureau, job.number) is ExportStatus.DONE


async def test_a_client_pays_for_each_page_and_its_queries_keep_half_of_its_points(bureau: Bureau) -> None:
    pages = bureau.worker.pages
    question = pages.question((await _claimed(bureau)).asked)
    owner = await bureau.worker.owner(bureau.caller.key_id or "")
    assert owner is not None
    allowance = pages.operations.purses.allowance(owner)
    await pages.operations.purses.buckets.charge(owner.account, allowance, allowance.capacity // 2)

    page = await pages.read(question, (await bureau.context()).pin, owner, None, 100)

    assert (len(page.rows), page.is_last, page.cost) == (100, False, 302)
    # 302 points below the half, less what came back meanwhile, at 5,000 a second.
    assert 0 < page.wait <= 302 / 5_000


async def _claimed(bureau: Bureau) -> Any:
    await bureau.ordered()
    return await bureau.jobs.claim()


async def test_what_is_over_is_expired_and_its_files_are_deleted(any_bureau: Bureau) -> None:
    job = await any_bureau.filled()
    any_bureau.clock.on(hours=23)
    await any_bureau.worker.tidy()
    kept = await status_of(any_bureau, job.number)
    any_bureau.clock.on(hours=1)
    told = await any_bureau.told(job.number)

    await any_bureau.worker.tidy()

    assert told is not None
    assert (kept, told.status, told.files) == (ExportStatus.DONE, ExportStatus.EXPIRED, [])
    assert await status_of(any_bureau, job.number) is ExportStatus.EXPIRED
    assert not any_bureau.exports.place.folder(job.number).exists()
    any_bureau.clock.on(days=31)
    await any_bureau.worker.tidy()
    assert await any_bureau.told(job.number) is None


async def test_folders_of_no_export_are_deleted_and_nothing_else(bureau: Bureau) -> None:
    place = bureau.exports.place
    job = await bureau.filled()
    for name in ("999", "notes"):
        (place.directory / name).mkdir()

    await bureau.worker.tidy()

    assert {path.name for path in place.directory.iterdir()} == {str(job.number), "notes"}


async def test_a_server_works_from_its_start_to_its_end_and_is_rung(bureau: Bureau) -> None:
    draining, done = Draining(), asyncio.Event()
    finish = bureau.jobs.finish

    class Telling(type(bureau.jobs)):  # type: ignore[misc]
        async def finish(self, *given: Any) -> None:
            await finish(*given)
            done.set()

    telling = Telling(bureau.jobs.store, bureau.jobs.claim_seconds, bureau.jobs.clock)
    worker = replace(bureau.worker, jobs=telling)
    async with worker.working(draining):
        job = await bureau.ordered()
        async with asyncio.timeout(30):
            await done.wait()
        draining.announced.set()

    assert await status_of(bureau, job.number) is ExportStatus.DONE
    assert worker.leaving.is_set()


async def test_a_server_that_leaves_the_work_to_others_takes_none(filled_store: Store, tmp_path: Path) -> None:
    bureau = await bureau_of(filled_store, tmp_path / "files", exports="off")
    job = await bureau.ordered(ENTRIES, format=ExportFormat.CSV)

    async with bureau.worker.working(Draining()):
        pass

    assert await status_of(bureau, job.number) is ExportStatus.QUEUED
