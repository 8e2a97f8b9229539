"""The readers of our own format: strict, and each refusal says where."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.vocabulary import (
    ClaimStatus,
    EntityKind,
    Metric,
)
from sync.dataset.entities import chain_of
from sync.dataset.listings import listed_protocols, listed_totals
from sync.dataset.record import BadRecord, Record, ours, records
from sync.dataset.statements import claims_of, entry_of, policy_of
from sync.dataset.tables import Table, stated_in
from sync.facts import ClaimFact, PolicyFact, SeriesKey

POLICY: dict[str, object] = {
    "ref": "a",
    "protocol": "hyperliquid",
    "status": "ACTIVE",
    "base": "REVENUE",
    "base_label": "revenue",
    "basis": "PERCENT_OF_BASE",
    "rules": [{"recipient": "holders", "mechanism": "DIRECT_REVENUE_SHARE", "percent": 100}],
    "source": "defillama-adapters",
    "source_url": "https://example.org/adapter.ts",
    "recorded": "2026-08-22",
    "confidence": "HIGH",
}
CLAIM: dict[str, object] = {
    "ref": "seed:price",
    "subject": "token:hype",
    "topic": "hype:price",
    "predicate": "price",
    "value": "12",
    "source": "token-metrics",
    "recorded": "2025-09-21",
    "confidence": "UNVERIFIED",
}
FLOWS = """# source: farside
# origin: https://example.org/flows.json
# scale: 1000000
recorded_at,day,fund:ibit FUND_NET_FLOW,token:btc FUND_NET_FLOW
"""


def test_a_bad_record_names_its_file_and_line() -> None:
    text = '[\n  {"ref": "a"},\n  {\n    "ref": "b"\n  }\n]\n'

    first, second = records("ledger.json", text)

    assert (first.place, second.place) == ("ledger.json, line 2", "ledger.json, line 3")
    with pytest.raises(BadRecord, match=r"^ledger\.json, line 3: no recorded$"):
        entry_of(second)


def test_broken_json_names_its_line() -> None:
    with pytest.raises(BadRecord, match=r"^claims\.json, line 3: "):
        list(records("claims.json", '[\n  {},\n  {"ref": }\n]'))


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("status", "SETTLED", "status: 'SETTLED'"),
        ("effective_from", "2025-02-30", "effective_from: day is out of range for month"),
        ("colour", "red", "unknown: colour"),
        ("source", " ", "source: not a text: ' '"),
        ("source_url", None, "no source_url"),
        ("recorded", "2026-08-22T10:00:00", "recorded: a time without a zone: 2026-08-22T10:00:00"),
    ],
)
def test_a_policy_with_a_bad_field_is_refused(field: str, value: str | None, why: str) -> None:
    with pytest.raises(BadRecord) as refused:
        policy_of(Record("policies.json, line 7", POLICY | {field: value}))

    assert str(refused.value) == f"policies.json, line 7: {why}"


def test_rules_that_leave_a_part_open_must_say_so() -> None:
    part = POLICY | {"rules": [{"recipient": "holders", "mechanism": "DIRECT_REVENUE_SHARE", "percent": 30}]}

    with pytest.raises(BadRecord, match="share out 30 % of the base, and the note doesn't say that no more is stated"):
        policy_of(Record("policies.json, line 7", part))
    said_so = policy_of(Record("policies.json, line 7", part | {"note": "30 % of the base is stated."}))

    assert isinstance(said_so.fact, PolicyFact)


def test_rules_can_t_share_out_more_than_all() -> None:
    rule = {"recipient": "holders", "mechanism": "DIRECT_REVENUE_SHARE", "percent": 60}

    with pytest.raises(BadRecord, match="the rules share out 120 % of the base"):
        policy_of(Record("policies.json, line 7", POLICY | {"rules": [rule, rule]}))


def test_a_claim_is_unverified_until_the_day_it_was_checked() -> None:
    check = {"on": "2026-08-22", "status": "REFUTED", "corrected_as_of": "2025-04-10", "resolution": "impossible"}

    made, checked = claims_of(Record("claims.json, line 2", CLAIM | {"checked": [check]}))

    assert (made.recorded.date(), checked.recorded.date()) == (date(2025, 9, 21), date(2026, 8, 22))
    assert isinstance(made.fact, ClaimFact)
    assert isinstance(checked.fact, ClaimFact)
    assert (made.fact.status, made.fact.corrected_as_of) == (ClaimStatus.UNVERIFIED, None)
    assert (checked.fact.status, checked.fact.corrected_as_of) == (ClaimStatus.REFUTED, date(2025, 4, 10))


def test_a_table_scales_its_cells_and_an_empty_one_says_nothing() -> None:
    first, second = stated_in(Table("flows.csv", FLOWS + "2026-04-13,2026-04-10,1.5,-2\n2026-04-13,2026-04-13,,\n"))

    assert first.key == SeriesKey(ours(EntityKind.FUND, "ibit"), Metric.FUND_NET_FLOW, "farside")
    assert [first.value, second.value] == [Decimal(1_500_000), Decimal(-2_000_000)]
    assert first.recorded == datetime(2026, 4, 13, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2026-04-13,2026-04-10,1.5\n", "3 cells under 4 columns"),
        ("2026-04-13,2026-04-31,1.5,\n", "day is out of range for month"),
        ("2026-04-13,2026-04-10,a lot,\n", "not a number: a lot"),
        ("2026-04-13,2026-04-10,NaN,\n", "not a number: NaN"),
    ],
)
def test_a_bad_row_of_a_table_names_its_line(row: str, why: str) -> None:
    with pytest.raises(BadRecord) as refused:
        list(stated_in(Table("flows.csv", FLOWS + row)))

    assert str(refused.value) == f"flows.csv, line 5: {why}"


def test_a_table_without_an_origin_is_refused() -> None:
    with pytest.raises(BadRecord, match="no origin in the header"):
        list(stated_in(Table("flows.csv", "# source: farside\nrecorded_at,day,fund:ibit FUND_NET_FLOW\n")))


def test_an_identity_that_was_read_nowhere_is_refused() -> None:
    with pytest.raises(BadRecord, match=r"^chains\.json, line 2: no sources$"):
        chain_of(Record("chains.json, line 2", {"slug": "base", "name": "Base"}))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",Aave,1", "listings.csv, line 6: no slug"),
        ("aave,,1", "listings.csv, line 6: no name"),
    ],
)
def test_a_listing_needs_a_slug_and_a_name(row: str, why: str) -> None:
    with pytest.raises(BadRecord) as refused:
        list(listed_protocols(Table("listings.csv", PAGE + "slug,name,D7\n" + row), frozenset()))

    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("REVENUE D8", "1", "REVENUE D8: no such window: D8"),
        ("TURNOVER", "1", "TURNOVER: 'TURNOVER'"),
        ("D7", "few", "D7: not a number: few"),
    ],
)
def test_a_figure_that_means_nothing_is_refused(column: str, cell: str, why: str) -> None:
    with pytest.raises(BadRecord) as refused:
        list(listed_totals(Table("listings.csv", PAGE + f"slug,{column}\naave,{cell}\n")))

    assert str(refused.value) == f"listings.csv, line 6: {why}"


def test_a_sum_of_the_page_is_a_claim_about_its_days() -> None:
    (dated,) = listed_totals(Table("listings.csv", PAGE + "slug,FEES D7\naave,11737012\n"))

    assert isinstance(dated.fact, ClaimFact)
    assert (dated.fact.predicate, dated.fact.value, dated.fact.unit) == ("fees over 7 days", "11737012", "USD")
    assert (dated.fact.valid_from_day, dated.fact.valid_to_day) == (date(2026, 1, 1), date(2026, 1, 7))
    assert dated.fact.status is ClaimStatus.UNVERIFIED


PAGE = """# source: defillama
# origin: https://example.org/page.csv
# recorded: 2026-01-08
# through: 2026-01-07
"""
