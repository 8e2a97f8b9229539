"""Claims: what was said, what became of it, and who says otherwise."""

from datetime import date

from models.store import Store
from models.vocabulary import ClaimStatus, Confidence
from tests.answering import counted
from tests.builders import claim_fact, protocol_fact, published, source_fact, token_fact, token_ref
from tests.graph.asking import asked

NODES = "totalCount nodes { ref value status spreadPct subject { __typename } rivals { ref value } }"


async def world(store: Store) -> None:
    await published(
        store,
        source_fact("article"),
        source_fact("press", precedence=20),
        protocol_fact("aave", token="aave"),
        token_fact("aave"),
        claim_fact("a1", token_ref("aave"), topic="low", value="12", unit="USD per AAVE, about", source="article"),
        claim_fact("p1", token_ref("aave"), topic="low", value="9", unit="USD per AAVE", source="press"),
        claim_fact("p2", token_ref("aave"), topic="low", value="cheap", unit="text", source="press"),
        claim_fact("a2", "aave", value="97", source="article", status=ClaimStatus.REFUTED),
    )


async def test_claims_are_found_by_source_subject_and_status(store: Store) -> None:
    await world(store)

    data = await asked(
        store,
        """{
          bySource: claims(source: "article") { nodes { ref } }
          bySubject: claims(subject: "aave") { totalCount }
          byStatus: claims(status: [REFUTED]) { nodes { ref } }
          none: claims(subject: "nobody") { totalCount }
          protocol(by: {slug: "aave"}) { claims { nodes { ref } } token { claims(source: "press") { nodes { ref } } } }
        }""",
    )

    assert data == {
        "bySource": {"nodes": [{"ref": "a1"}, {"ref": "a2"}]},
        "bySubject": {"totalCount": 4},
        "byStatus": {"nodes": [{"ref": "a2"}]},
        "none": {"totalCount": 0},
        "protocol": {
            "claims": {"nodes": [{"ref": "a2"}]},
            "token": {"claims": {"nodes": [{"ref": "p1"}, {"ref": "p2"}]}},
        },
    }


async def test_rivals_are_the_other_claims_of_the_topic_and_the_spread_is_in_percent(store: Store) -> None:
    await world(store)

    [first, _] = (await asked(store, f'{{ claims(source: "article") {{ {NODES} }} }}'))["claims"]["nodes"]

    assert first == {
        "ref": "a1",
        "value": "12",
        "status": "UNVERIFIED",
        "spreadPct": 25.0,
        "subject": {"__typename": "Token"},
        "rivals": [{"ref": "p1", "value": "9"}, {"ref": "p2", "value": "cheap"}],
    }


async def test_a_claim_without_comparable_numbers_has_no_spread(store: Store) -> None:
    await world(store)

    nodes = (await asked(store, f'{{ claims(source: "press") {{ {NODES} }} }}'))["claims"]["nodes"]

    assert [(node["ref"], node["spreadPct"]) for node in nodes] == [("p1", 100 / 3), ("p2", None)]


async def test_a_correction_stands_beside_what_was_stated(store: Store) -> None:
    await world(store)
    corrected = claim_fact(
        "a1",
        token_ref("aave"),
        topic="low",
        value="12",
        source="article",
        status=ClaimStatus.REFUTED,
        confidence=Confidence.LOW,
        stated_as_of="April 2024",
        corrected_as_of=date(2025, 4, 10),
        corrected_value="12.17",
    )
    await published(store, corrected)
    query = (
        '{ claims(first: 1, source: "article"%s) { nodes { value statedAsOf correctedAsOf correctedValue status } } }'
    )

    then, now = [(await asked(store, query % at))["claims"]["nodes"] for at in (", at: {epoch: 1}", "")]

    assert then == [
        {"value": "12", "statedAsOf": None, "correctedAsOf": None, "correctedValue": None, "status": "UNVERIFIED"}
    ]
    assert now == [
        {
            "value": "12",
            "statedAsOf": "April 2024",
            "correctedAsOf": "2025-04-10",
            "correctedValue": "12.17",
            "status": "REFUTED",
        }
    ]


async def test_claims_take_as_many_statements_for_one_as_for_all(store: Store) -> None:
    await world(store)
    counts = []
    for first in (1, 3):
        with counted() as seen:
            await asked(store, f'{{ claims(subject: "aave", first: {first}) {{ {NODES} }} }}')
        counts.append(len(seen))

    assert counts[0] == counts[1]
