"""What reached holders against what was earned, over the whole history."""

from datetime import date, timedelta

from models.pack import MISSING, Year
from models.store import Store
from models.vocabulary import IssueKind, Metric
from sync.payout import Record, overpaid_quarters
from tests.builders import NOON, daily, protocol_fact, published
from tests.graph.asking import asked

USD = 1_000_000
SPRING = [date(2024, 4, 1) + timedelta(days=n) for n in range(91)]


def year(values: dict[date, int], usual: int | None) -> dict[int, Year]:
    """2024 in dollars by day."""
    found = Year.empty(2024)
    for place in range(len(found.values)):
        value = values.get(date.fromordinal(found.first_ordinal + place), usual)
        found.values[place] = MISSING if value is None else value * USD
    return {2024: found}


def record(paid: dict[int, Year], earned: dict[int, Year]) -> Record:
    return Record(7, 1, "HOLDERS_REVENUE by Upstream", paid, earned)


def test_a_quarter_long_ago_in_which_more_was_paid_than_earned_is_told() -> None:
    [finding] = overpaid_quarters(record(year(dict.fromkeys(SPRING, 106), 90), year({}, 100)))

    assert (finding.kind, finding.metric) == (IssueKind.PAYOUT_EXCEEDS_REVENUE, Metric.HOLDERS_REVENUE)
    assert (finding.first_day, finding.last_day) == (date(2024, 4, 1), date(2024, 6, 30))
    told = "from 2024-04-01 to 2024-06-30 9,646 USD of 9,100 USD"
    assert finding.detail == f"HOLDERS_REVENUE by Upstream is more than REVENUE {told}."


def test_what_is_paid_a_little_later_or_known_in_part_is_let_pass() -> None:
    late = year(dict.fromkeys(SPRING, 105), 90)
    few = year(dict.fromkeys(SPRING[:80], 200), None)

    assert [*overpaid_quarters(record(late, year({}, 100))), *overpaid_quarters(record(few, year({}, 100)))] == []


async def test_an_overpaid_quarter_stays_open_until_the_source_corrects_it(store: Store) -> None:
    history = [date(2025, 7, 1) + timedelta(days=n) for n in range(330)]
    paid = {day: 120 if day.year == 2025 else 80 for day in history}
    lines = [daily("dex", Metric.REVENUE, dict.fromkeys(history, 100)), daily("dex", Metric.HOLDERS_REVENUE, paid)]
    await published(store, protocol_fact("dex"), *lines, recorded_at=NOON)
    await published(store, protocol_fact("other"), recorded_at=NOON + timedelta(hours=1))
    corrected = {day: value for day, value in dict.fromkeys(history, 80).items() if day.year == 2025}
    await published(store, daily("dex", Metric.HOLDERS_REVENUE, corrected), recorded_at=NOON + timedelta(hours=2))

    query = "{ qualityIssues(at: {epoch: %d}, kind: [PAYOUT_EXCEEDS_REVENUE]) { nodes { from to open } } }"
    then, later, now = [(await asked(store, query % epoch))["qualityIssues"]["nodes"] for epoch in (1, 2, 3)]

    issue = {"from": "2025-07-01", "to": "2025-12-31"}
    assert then == later == [{**issue, "open": True}]
    assert now == [{**issue, "open": False}]
