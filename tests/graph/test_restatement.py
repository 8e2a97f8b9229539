"""Restatements: both values, when each was known, and why."""

from datetime import timedelta
from typing import Any

from models.store import Store
from models.vocabulary import Metric
from tests.builders import NOON, daily, days_ago, protocol_fact, published, revenue
from tests.graph.asking import asked

QUERY = """query($after: DateTime = "2026-01-01T00:00:00Z", $before: DateTime, $protocol: String,
                 $metric: [MetricKey!], $first: Int, $cursor: String, $last: Int, $end: String) {
  restatements(knownAfter: $after, knownBefore: $before, protocol: $protocol, metric: $metric,
               first: $first, after: $cursor, last: $last, before: $end) {
    nodes {
      subject { ... on Protocol { slug } } metric day before after withdrawn differencePct
      beforeKnownAt afterKnownAt beforeEpoch afterEpoch cause revision source { slug }
    }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
FIRST = NOON - timedelta(days=3)


async def world(store: Store) -> None:
    """A day of aave published as 10, then 20 and 30, and taken back; one of maker once replaced."""
    await published(store, protocol_fact("aave"), protocol_fact("maker"), recorded_at=FIRST - timedelta(days=1))
    await published(store, revenue("aave", {9: 10}), revenue("maker", {9: 1}), recorded_at=FIRST)
    await published(store, revenue("aave", {9: 20}), recorded_at=FIRST + timedelta(days=1), note="Late chains.")
    await published(
        store, revenue("aave", {9: 30, 8: 1}), revenue("maker", {9: 2}), recorded_at=FIRST + timedelta(days=2)
    )
    gone = daily("aave", Metric.REVENUE, {}, withdrawn=[days_ago(9)])
    await published(store, gone, recorded_at=FIRST + timedelta(days=3))


async def found(store: Store, **variables: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await asked(store, QUERY, **variables))["restatements"]["nodes"]
    return nodes


async def test_a_restatement_has_both_values_when_each_was_known_and_the_cause(store: Store) -> None:
    await world(store)

    first, *_ = await found(store)

    assert first == {
        "subject": {"slug": "aave"},
        "metric": "REVENUE",
        "day": days_ago(9).isoformat(),
        "before": "10.000000",
        "after": "20.000000",
        "withdrawn": False,
        "differencePct": 100.0,
        "beforeKnownAt": "2026-07-07T12:00:00Z",
        "afterKnownAt": "2026-07-08T12:00:00Z",
        "beforeEpoch": 2,
        "afterEpoch": 3,
        "cause": "Late chains.",
        "revision": 1,
        "source": {"slug": "upstream"},
    }


async def test_they_come_in_the_order_in_which_they_were_published(store: Store) -> None:
    await world(store)

    rows = [(each["afterEpoch"], each["before"], each["after"], each["revision"]) for each in await found(store)]

    assert rows == [
        (3, "10.000000", "20.000000", 1),
        (4, "20.000000", "30.000000", 2),
        (4, "1.000000", "2.000000", 1),
        (5, "30.000000", None, 3),
    ]


async def test_one_without_a_note_names_the_run_that_read_it(store: Store) -> None:
    await world(store)

    assert (await found(store))[1]["cause"] == "Read anew from its source by sync run 4."


async def test_they_can_be_limited_to_a_span_a_protocol_and_metrics(store: Store) -> None:
    await world(store)

    span = await found(store, after="2026-07-08T12:00:00Z", before="2026-07-09T12:00:00Z")
    maker, fees, nobody = [
        await found(store, **limits) for limits in ({"protocol": "maker"}, {"metric": ["FEES"]}, {"protocol": "nobody"})
    ]

    assert [each["afterEpoch"] for each in span] == [4, 4]
    assert [each["after"] for each in maker] == ["2.000000"]
    assert (fees, nobody) == ([], [])


async def test_pages_follow_each_other_across_a_sync(store: Store) -> None:
    await world(store)
    whole = await found(store)
    page = (await asked(store, QUERY, first=3))["restatements"]
    await published(store, revenue("maker", {9: 5}), recorded_at=FIRST + timedelta(days=3, hours=1))

    rest = await found(store, first=3, cursor=page["pageInfo"]["endCursor"])

    assert page["nodes"] + rest == whole


async def test_the_last_are_the_newest_and_what_came_before_follows(store: Store) -> None:
    await world(store)
    whole = await found(store)

    newest = (await asked(store, QUERY, last=3))["restatements"]
    older = (await asked(store, QUERY, last=3, end=newest["pageInfo"]["startCursor"]))["restatements"]

    assert older["nodes"] + newest["nodes"] == whole
    assert [(page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]) for page in (newest, older)] == [
        (True, False),
        (False, True),
    ]
