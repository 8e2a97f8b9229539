"""The checks of a publish: what each finds, and that issues open, stay, close and come back."""

from array import array
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pack import MISSING, Year
from models.store import Store
from models.vocabulary import ClaimStatus, IssueKind, MechanismKind, Metric
from sync.disagreement import Contest, Rival, Said, disagreements, disputes, impossible_dates, latest_day, premature
from sync.finding import Finding, Line, findings_of
from sync.identities import (
    Books,
    Promise,
    Windows,
    books_of,
    broken_promises,
    counted_twice,
    overpaid,
    stale,
    unbalanced,
    uncovered,
)
from tests.builders import (
    NOON,
    claim_fact,
    daily,
    days_ago,
    entry_fact,
    policy_fact,
    protocol_fact,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.graph.asking import asked

USD = 1_000_000
THROUGH = date(2026, 7, 9)
ISSUES = """query($open: Boolean, $kind: [IssueKind!]) { qualityIssues(open: $open, kind: $kind) {
  totalCount nodes { kind metric from to detail open openedAt resolvedAt subject { ... on Protocol { slug } } } } }"""


def line(values: dict[int, int], metric: Metric = Metric.REVENUE, usual: int | None = 2_000) -> Line:
    """2026 with a usual value every day but those in `values`, in dollars; MISSING for a day nobody knows."""
    year = Year.empty(2026)
    for place in range(len(year.values)):
        if (value := values.get(place, usual)) is not None:
            year.values[place] = value if value == MISSING else value * USD
    return Line(1, 7, metric, f"{metric.name} by Upstream", year, before=False, after=False)


def kinds(findings: Iterator[Finding] | list[Finding]) -> list[IssueKind]:
    return [finding.kind for finding in findings]


def windows(metric: Metric, month: int, *, quarter: int = 0, days: int = 30, **fields: Any) -> Windows:
    """Dollars over 30 and 90 days of protocol 7."""
    last_day, derived = fields.get("last_day", THROUGH), fields.get("derived", False)
    known = (month * USD, days, quarter * USD, 90, 400)
    return Windows(fields.get("subject_id", 7), metric, *known, last_day, THROUGH, derived)


def books(*some: Windows) -> Books:
    [found] = books_of(some, THROUGH)
    return found


def test_steady_days_are_nothing_to_speak_of() -> None:
    assert list(findings_of(line({}))) == []


def test_days_between_known_ones_are_missing() -> None:
    [finding] = findings_of(line({40: MISSING, 41: MISSING, 50: MISSING}))

    assert finding.kind is IssueKind.MISSING_DAYS
    assert (finding.first_day, finding.last_day) == (date(2026, 2, 10), date(2026, 2, 20))
    assert finding.detail == "REVENUE by Upstream is not known on 3 days: 2026-02-10 to 2026-02-11, 2026-02-20."


def test_days_before_the_first_and_after_the_last_are_not_missing() -> None:
    ends = dict.fromkeys((*range(30), *range(300, 365)), MISSING)

    assert list(findings_of(line(ends))) == []


def test_single_figures_far_apart_leave_no_gaps() -> None:
    assert list(findings_of(line(dict.fromkeys(range(0, 365, 10), 2000), usual=None))) == []


def test_days_missing_while_a_series_was_kept_are_told_when_it_thins_out_or_began_thin() -> None:
    kept = {place: 2000 for place in range(100, 200) if place != 150}
    late, early = ({**kept, **dict.fromkeys(range(*thin, 15), 2000)} for thin in ((210, 365), (0, 90)))

    for values in (late, early):
        [finding] = findings_of(line(values, usual=None))
        assert finding.kind is IssueKind.MISSING_DAYS
        assert (finding.first_day or date.max) <= date(2026, 5, 31) <= (finding.last_day or date.min)


def test_funds_rest_on_weekends_and_on_a_holiday() -> None:
    first = date(2026, 1, 1).toordinal()
    weekends = {n: MISSING for n in range(365) if date.fromordinal(first + n).weekday() > 4}
    two_working_days = {4: MISSING, 5: MISSING}

    assert list(findings_of(line({**weekends, 0: MISSING}, Metric.FUND_NET_FLOW))) == []
    assert kinds(findings_of(line(weekends | two_working_days, Metric.FUND_NET_FLOW))) == [IssueKind.MISSING_DAYS]


def test_a_day_far_above_or_below_those_around_it_is_an_outlier() -> None:
    high, low = findings_of(line({40: 41_000, 80: 99}))

    assert (high.kind, high.first_day) == (IssueKind.OUTLIER, date(2026, 2, 10))
    assert high.detail == "REVENUE by Upstream of 2026-02-10 was 41,000 USD, far above the 2,000 USD around it."
    assert low.detail == "REVENUE by Upstream of 2026-03-22 was 99 USD, far below the 2,000 USD around it."


def test_growth_and_small_amounts_are_no_outliers() -> None:
    doubling = {place: 2_000 * 2 ** (place // 60) for place in range(365)}

    assert list(findings_of(line(doubling))) == []
    assert list(findings_of(line({40: 900}, usual=10))) == []


def test_a_number_below_zero_is_told_but_for_flows_of_funds() -> None:
    assert kinds(findings_of(line({40: -500}))) == [IssueKind.NEGATIVE_VALUE]
    assert list(findings_of(line({40: -500}, Metric.FUND_NET_FLOW))) == []


VALUES = st.one_of(st.just(MISSING), st.integers(-(10**15), 10**15))


@given(st.lists(st.tuples(st.integers(1, 60), VALUES), max_size=40))
def test_whatever_a_year_holds_its_findings_lie_in_it(runs: list[tuple[int, int]]) -> None:
    values = [value for days, value in runs for _ in range(days)] + [MISSING] * 365
    year = Year(2026, array("q", values[:365]), bytearray(365))

    for finding in findings_of(Line(1, 7, Metric.REVENUE, "REVENUE", year, before=True, after=True)):
        assert date(2026, 1, 1) <= (finding.first_day or date.min) <= (finding.last_day or date.min)
        assert (finding.last_day or date.max) <= date(2026, 12, 31)


def test_fees_that_are_not_revenue_and_supply_side_break_an_identity() -> None:
    parts = [windows(Metric.REVENUE, 0, quarter=60), windows(Metric.SUPPLY_SIDE_REVENUE, 0, quarter=30)]

    [finding] = unbalanced(books(windows(Metric.FEES, 0, quarter=100), *parts))

    assert (finding.kind, finding.metric) == (IssueKind.IDENTITY_BROKEN, Metric.FEES)
    assert finding.detail == "Over 90 days FEES is 100 USD, but REVENUE and SUPPLY_SIDE_REVENUE come to 90 USD."
    assert list(unbalanced(books(windows(Metric.FEES, 0, quarter=90), *parts))) == []


def test_an_identity_with_an_unknown_part_is_not_judged() -> None:
    assert list(unbalanced(books(windows(Metric.FEES, 0, quarter=100), windows(Metric.REVENUE, 0, quarter=6)))) == []


def test_paying_out_more_than_was_earned_is_told() -> None:
    earned = windows(Metric.REVENUE, 100)

    assert kinds(overpaid(books(earned, windows(Metric.HOLDERS_REVENUE, 105)))) == [IssueKind.PAYOUT_EXCEEDS_REVENUE]
    assert list(overpaid(books(earned, windows(Metric.HOLDERS_REVENUE, 100)))) == []
    assert list(overpaid(books(earned, windows(Metric.HOLDERS_REVENUE, 105, days=20)))) == []


def test_paying_out_more_than_was_earned_in_a_quarter_is_told_beyond_what_comes_late() -> None:
    earned = windows(Metric.REVENUE, 100, quarter=300)
    [finding] = overpaid(books(earned, windows(Metric.BUYBACK_EXECUTED, 100, quarter=316)))

    assert finding.detail == "Over 90 days BUYBACK_EXECUTED is 316 USD, more than REVENUE of 300 USD."
    assert list(overpaid(books(earned, windows(Metric.BUYBACK_EXECUTED, 100, quarter=315)))) == []


def test_fees_without_revenue_are_a_gap() -> None:
    [finding] = uncovered(books(windows(Metric.FEES, 100)))

    assert (finding.kind, finding.metric) == (IssueKind.COVERAGE_GAP, Metric.REVENUE)
    assert list(uncovered(books(windows(Metric.FEES, 100), windows(Metric.REVENUE, 50)))) == []


def test_a_series_that_stopped_is_stale_after_a_week() -> None:
    week, longer = (windows(Metric.FEES, 1, last_day=THROUGH - timedelta(days=days)) for days in (7, 8))

    assert list(stale(books(week))) == []
    assert kinds(stale(books(longer))) == [IssueKind.STALE_SERIES]
    assert list(stale(books(longer._replace(derived=True)))) == []


@pytest.mark.parametrize(("paid", "found"), [(97, []), (93, []), (80, [IssueKind.POLICY_MISMATCH])])
def test_what_holders_received_is_held_against_the_policy(paid: int, found: list[IssueKind]) -> None:
    promise = Promise("p", Metric.REVENUE, Decimal(97), date(2026, 1, 1), None)
    held = books(windows(Metric.REVENUE, 100), windows(Metric.HOLDERS_REVENUE, paid))

    assert kinds(broken_promises(held, [promise])) == found
    assert list(broken_promises(held, [promise._replace(since=THROUGH)])) == []


def test_two_that_count_and_earn_the_very_same_are_told() -> None:
    both = books_of([windows(Metric.REVENUE, 123, subject_id=id_) for id_ in (7, 8)], THROUGH)

    [finding] = counted_twice(both, {7: "Aave", 8: "Aave V3"})

    assert (finding.kind, finding.subject_id) == (IssueKind.DOUBLE_COUNT, 8)
    assert list(counted_twice(both, {7: "Aave"})) == []


def contest(ours: int, theirs: int) -> Contest:
    first, second = (line({}, usual=value).year for value in (ours, theirs))
    return Contest(7, Metric.REVENUE, (Rival(1, "One", {2026: first}), Rival(2, "Two", {2026: second})))


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        (1040, []),
        (1100, [IssueKind.SOURCE_DISAGREEMENT]),
        (100_000, [IssueKind.UNIT_SUSPECT]),
        (1, [IssueKind.UNIT_SUSPECT]),
    ],
)
def test_sources_apart_disagree_and_a_power_of_ten_is_a_unit(theirs: int, found: list[IssueKind]) -> None:
    assert kinds(disagreements(contest(1000, theirs))) == found


def said(ref: str, value: str, **fields: Any) -> Said:
    known = {"topic": "low", "predicate": "lowest price", "unit": "USD", "stated_as_of": None, "source": "Press"}
    return Said(ref, 7, value=value, status=fields.pop("status", ClaimStatus.UNVERIFIED), **{**known, **fields})


def test_claims_that_still_stand_and_contradict_each_other_are_told() -> None:
    [finding] = disputes([said("a", "12"), said("b", "9")])

    assert (finding.kind, finding.detail) == (
        IssueKind.SOURCE_DISAGREEMENT,
        "Sources disagree on low: 12 USD (Press); 9 USD (Press).",
    )
    assert list(disputes([said("a", "12"), said("b", "9", status=ClaimStatus.REFUTED)])) == []
    assert list(disputes([said("a", "12"), said("b", "11.9")])) == []


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("April 2024", date(2024, 4, 30)),
        ("September 2025, undated", date(2025, 9, 30)),
        ("late 2024", date(2024, 12, 31)),
        ("2025-11-04", date(2025, 11, 4)),
        ("2025-13-04", None),
        ("last week", None),
    ],
)
def test_a_date_in_words_means_its_last_day(words: str, day: date | None) -> None:
    assert latest_day(words) == day


def test_a_claim_of_before_the_beginning_is_impossible() -> None:
    claim = said("a", "12", stated_as_of="April 2024")

    assert kinds(impossible_dates([claim], {7: date(2024, 11, 29)})) == [IssueKind.DATE_IMPOSSIBLE]
    assert list(impossible_dates([claim], {7: date(2024, 4, 30)})) == []
    assert kinds(premature({7: date(2024, 1, 1)}, {7: date(2024, 11, 29)})) == [IssueKind.DATE_IMPOSSIBLE]


def amounts(days: int, value: int, *, without: int | None = None) -> dict[date, int]:
    return {days_ago(ago): value for ago in range(1, days + 1) if ago != without}


async def test_an_issue_opens_stays_closes_and_comes_back_under_its_number(store: Store) -> None:
    both = [daily("aave", metric, amounts(40, 5_000, without=9)) for metric in (Metric.FEES, Metric.REVENUE)]
    await published(store, protocol_fact("aave"), *both, recorded_at=NOON)
    filled = [daily("aave", metric, {days_ago(9): 5_000}) for metric in (Metric.FEES, Metric.REVENUE)]
    await published(store, *filled, recorded_at=NOON + timedelta(hours=1))
    gone = daily("aave", Metric.FEES, {}, withdrawn=[days_ago(9)])
    await published(store, gone, recorded_at=NOON + timedelta(hours=2))
    query = "{ %s: qualityIssues(%skind: [MISSING_DAYS]) { nodes { id metric open openedAt resolvedAt } } }"

    first, second, third = [
        (await asked(store, query % ("found", at)))["found"]["nodes"]
        for at in ("at: {epoch: 1}, ", "at: {epoch: 2}, ", "")
    ]

    assert [each["open"] for each in (*first, *second)] == [True, True, False, False]
    assert {each["resolvedAt"] for each in second} == {"2026-07-10T13:00:00Z"}
    [back] = [each for each in third if each["open"]]
    assert (back["metric"], back["openedAt"], back["resolvedAt"]) == ("FEES", "2026-07-10T14:00:00Z", None)
    assert back["id"] in {each["id"] for each in first}


async def test_a_publish_finds_each_kind_that_several_things_make(store: Store) -> None:
    share = {"recipient": "Stakers", "mechanism": MechanismKind.DIRECT_REVENUE_SHARE.name, "percent": "50"}
    rest = {"recipient": "Treasury", "mechanism": MechanismKind.TREASURY_RETENTION.name, "percent": "50"}
    await published(
        store,
        source_fact("rival", precedence=20),
        token_fact("aave", generated_on=days_ago(10)),
        protocol_fact("aave", token="aave"),
        protocol_fact("copy"),
        policy_fact("half", "aave", rules=(share, rest), effective_from=date(2026, 1, 1)),
        daily("aave", Metric.FEES, amounts(100, 9_000)),
        daily("aave", Metric.REVENUE, amounts(100, 5_000)),
        daily("aave", Metric.SUPPLY_SIDE_REVENUE, amounts(100, 1_000)),
        daily("aave", Metric.HOLDERS_REVENUE, amounts(100, 6_000)),
        daily("aave", Metric.REVENUE, amounts(100, 6_000), source="rival"),
        daily("aave", Metric.FEES, amounts(100, 9_000_000), source="rival"),
        daily("copy", Metric.REVENUE, amounts(100, 5_000)),
        daily("copy", Metric.FEES, {days_ago(ago): 1 for ago in range(40, 100)}),
        entry_fact("early", "aave", token=token_ref("aave"), at=NOON - timedelta(days=20), usd=Decimal(5)),
        claim_fact("a", "aave", topic="t", value="5", status=ClaimStatus.DISPUTED),
        claim_fact("b", "aave", topic="t", value="6", status=ClaimStatus.DISPUTED),
    )

    found = {node["kind"] for node in (await asked(store, ISSUES, open=True))["qualityIssues"]["nodes"]}

    assert found == {kind.name for kind in IssueKind} - {"MISSING_DAYS", "OUTLIER", "NEGATIVE_VALUE"}


async def test_issues_are_found_by_kind_and_about_a_protocol(store: Store) -> None:
    await published(store, protocol_fact("aave"), daily("aave", Metric.FEES, amounts(40, 5_000, without=9)))

    data = await asked(
        store,
        "{ qualityIssues(kind: [OUTLIER], open: true) { totalCount } "
        'protocol(by: {slug: "aave"}) { issues(kind: [MISSING_DAYS]) { nodes { kind metric from to } } } }',
    )

    day = days_ago(9).isoformat()
    assert data["qualityIssues"]["totalCount"] == 0
    assert data["protocol"]["issues"]["nodes"] == [{"kind": "MISSING_DAYS", "metric": "FEES", "from": day, "to": day}]


async def test_facts_that_were_refused_are_told_with_the_reason(store: Store) -> None:
    await published(store, protocol_fact("aave"), entry_fact("x", "nobody"))

    [fact] = (await asked(store, "{ rejectedFacts { nodes { source reason fact { name value } } } }"))["rejectedFacts"][
        "nodes"
    ]

    assert (fact["source"], fact["reason"]) == ("upstream", "unknown protocol: accrual nobody")
    assert {"name": "ref", "value": "x"} in fact["fact"]
