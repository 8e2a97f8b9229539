"""The feed of changes: complete, in one order, from any place on, across syncs and pruning."""

from typing import Any

from sqlalchemy import update

from models.epoch import epoch
from models.store import Store
from models.vocabulary import Metric
from tests.answering import counted
from tests.builders import (
    claim_fact,
    daily,
    days_ago,
    entry_fact,
    policy_fact,
    protocol_fact,
    published,
    revenue,
    token_fact,
)
from tests.graph.asking import asked, refused

FEED = """query($after: String, $first: Int, $kinds: [ChangeKind!], $types: [ChangedType!]) {
  changes(after: $after, first: $first, kinds: $kinds, types: $types) {
    nextCursor caughtUp oldestCursor
    nodes {
      seq epoch kind type id fields
      node { __typename ... on Protocol { slug name } ... on LedgerEntry { ref } }
      series { metric firstDay lastDay created restated withdrawn source { slug } }
    }
  }
}"""


async def three_epochs(store: Store) -> None:
    await published(
        store,
        token_fact("aave"),
        protocol_fact("aave"),
        protocol_fact("maker"),
        revenue("aave", {5: 1, 4: 2}),
        claim_fact("said", "aave"),
    )
    await published(
        store,
        protocol_fact("aave", name="Aave Labs"),
        policy_fact("aave:all", "aave"),
        entry_fact("buy", "aave"),
        revenue("aave", {4: 3, 3: 4}),
    )
    await published(
        store,
        protocol_fact("maker", withdrawn=True),
        entry_fact("buy", "aave", withdrawn=True),
        daily("aave", Metric.REVENUE, {}, withdrawn=[days_ago(5)]),
    )


async def whole(store: Store, size: int, after: str | None = None, **options: Any) -> list[dict[str, Any]]:
    """Every change after a cursor, read in pages of a size."""
    found: list[dict[str, Any]] = []
    while True:
        page = (await asked(store, FEED, after=after, first=size, **options))["changes"]
        found += page["nodes"]
        after = page["nextCursor"]
        if page["caughtUp"]:
            return found


def told(changes: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    return [(change["epoch"], change["type"], change["kind"]) for change in changes]


async def test_the_feed_tells_every_change_once_in_the_order_of_epochs(store: Store) -> None:
    await three_epochs(store)

    changes = told(await whole(store, 100))

    assert changes == [
        (1, "TOKEN", "CREATED"),
        (1, "PROTOCOL", "CREATED"),
        (1, "PROTOCOL", "CREATED"),
        (1, "CLAIM", "CLAIM_CHANGED"),
        (1, "SERIES", "CREATED"),
        (2, "PROTOCOL", "UPDATED"),
        (2, "POLICY", "POLICY_CHANGED"),
        (2, "LEDGER_ENTRY", "CREATED"),
        (2, "SERIES", "RESTATED"),
        (3, "PROTOCOL", "DELETED"),
        (3, "LEDGER_ENTRY", "DELETED"),
        (3, "SERIES", "RESTATED"),
    ]


async def test_small_pages_tell_the_same_as_a_large_one(store: Store) -> None:
    await three_epochs(store)

    assert await whole(store, 1) == await whole(store, 5) == await whole(store, 500)


async def test_a_change_names_the_fields_that_differ_and_shows_the_thing_as_it_is(store: Store) -> None:
    await three_epochs(store)

    [change] = await whole(store, 10, kinds=["UPDATED"])

    assert (change["fields"], change["node"]) == (
        ["name"],
        {"__typename": "Protocol", "slug": "aave", "name": "Aave Labs"},
    )


async def test_what_is_gone_has_an_id_and_no_node(store: Store) -> None:
    await three_epochs(store)

    gone = await whole(store, 10, kinds=["DELETED"])

    assert [(change["type"], change["node"], bool(change["id"])) for change in gone] == [
        ("PROTOCOL", None, True),
        ("LEDGER_ENTRY", None, True),
    ]


async def test_the_days_of_a_series_are_told_together(store: Store) -> None:
    await three_epochs(store)

    second, third = [change["series"] for change in await whole(store, 10, types=["SERIES"], kinds=["RESTATED"])]

    day = {ago: days_ago(ago).isoformat() for ago in (3, 4, 5)}
    about = {"metric": "REVENUE", "source": {"slug": "upstream"}}
    assert second == about | {"firstDay": day[4], "lastDay": day[3], "created": 1, "restated": 1, "withdrawn": 0}
    assert third == about | {"firstDay": day[5], "lastDay": day[5], "created": 0, "restated": 0, "withdrawn": 1}


async def test_a_cursor_goes_on_after_a_sync_with_what_that_brought(store: Store) -> None:
    await three_epochs(store)
    before = (await asked(store, FEED, first=500))["changes"]
    again = (await asked(store, FEED, first=500, after=before["nextCursor"]))["changes"]
    await published(store, revenue("aave", {2: 9}))

    changes = await whole(store, 10, after=again["nextCursor"])

    assert (before["caughtUp"], again["nodes"]) == (True, [])
    assert told(changes) == [(4, "SERIES", "UPDATED")]


async def test_the_feed_begins_at_its_oldest_cursor(store: Store) -> None:
    await three_epochs(store)
    oldest = (await asked(store, FEED))["changes"]["oldestCursor"]

    assert await whole(store, 100, after=oldest) == await whole(store, 100)


async def given_up(store: Store, number: int) -> None:
    async with store.writer.begin() as connection:
        await connection.execute(update(epoch).where(epoch.c.epoch == number).values(retained=False))


async def test_a_pruned_epoch_is_told_with_the_next_that_can_be_read(store: Store) -> None:
    await three_epochs(store)
    await given_up(store, 2)

    changes = told(await whole(store, 100))

    # The entry came and went in between: whoever begins now need not know of it.
    assert [change for change in changes if change[0] > 1] == [
        (3, "PROTOCOL", "UPDATED"),
        (3, "PROTOCOL", "DELETED"),
        (3, "POLICY", "POLICY_CHANGED"),
        (3, "SERIES", "RESTATED"),
    ]


async def test_who_has_read_up_to_a_pruned_epoch_is_refused(store: Store) -> None:
    await three_epochs(store)
    page = (await asked(store, FEED, first=9))["changes"]
    await given_up(store, 2)

    code, message = await refused(store, FEED, after=page["nextCursor"])

    assert (code, "epoch 2 was pruned" in message) == ("CURSOR_PRUNED", True)


async def test_a_cursor_of_an_epoch_to_come_is_refused(store: Store) -> None:
    await three_epochs(store)
    cursor = (await asked(store, FEED, first=500))["changes"]["nextCursor"]

    code, _ = await refused(store, FEED.replace("changes(", "changes(at: {epoch: 2}, "), after=cursor)

    assert code == "EPOCH_NOT_PUBLISHED"


async def test_what_is_no_cursor_is_refused(store: Store) -> None:
    await three_epochs(store)

    assert (await refused(store, FEED, after="nonsense"))[0] == "BAD_USER_INPUT"
    assert (await refused(store, FEED, first=501))[0] == "BAD_USER_INPUT"


async def test_a_page_takes_as_many_statements_for_few_changes_as_for_many(store: Store) -> None:
    await three_epochs(store)
    counts = []
    for size in (4, 9):
        with counted() as seen:
            await asked(store, FEED, first=size, types=["PROTOCOL", "SERIES"])
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 15
