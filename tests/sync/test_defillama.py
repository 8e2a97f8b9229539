"""DefiLlama's answers in every shape they are known to take; all of them *built* by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from models.vocabulary import EntityKind, Metric, ProtocolKind, SectorKey
from sync.errors import Unintelligible
from sync.facts import Facts, MethodologyFact, Ref
from sync.sources.defillama_identity import identity, listings, parents
from sync.sources.defillama_models import ListingRow, Profile, ProtocolRow
from sync.sources.defillama_parse import (
    BadValue,
    parse_overview,
    parse_prices,
    parse_profile,
    parse_protocols,
    parse_summary,
)
from sync.sources.defillama_series import Cell, Numbers, series

DAY = date(2026, 8, 1)
SECONDS = int(datetime(2026, 8, 1, tzinfo=UTC).timestamp())
TODAY = date(2026, 8, 10)


def overview(*rows: Any, chart: list[Any] | None = None) -> dict[str, Any]:
    return {
        "allChains": ["Alder", None],
        "protocols": list(rows),
        "totalDataChart": [],
        "totalDataChartBreakdown": chart or [],
    }


def listed(id_: str, **fields: Any) -> dict[str, Any]:
    return {"defillamaId": id_, "name": f"Name {id_}", "slug": f"slug-{id_}", "chains": ["Alder"], **fields}


def entities(rows: list[dict[str, Any]], protocols: list[dict[str, Any]] | None = None) -> Facts:
    directory = parse_protocols(protocols).rows if protocols else {}
    found = listings([parse_overview(overview(*rows)).listings], directory)
    return identity(found, parents(found), ())


def test_a_chart_is_read_by_listing_name_exactly_as_written() -> None:
    chart = [[SECONDS, {"A": 12, "B": "0.1234565"}], [SECONDS + 86_400, {"A": "-3.5"}]]

    charts = parse_overview(overview(chart=chart)).charts

    assert (list(charts["A"].days), list(charts["A"].values)) == (
        [DAY.toordinal(), DAY.toordinal() + 1],
        [12_000_000, -3_500_000],
    )
    assert list(charts["B"].values) == [123_456]


def test_a_missing_day_and_a_null_are_gaps() -> None:
    chart = [[SECONDS, {"A": 1, "B": None}], [SECONDS + 86_400, None], [SECONDS + 2 * 86_400, {"A": 0}]]

    charts = parse_overview(overview(chart=chart)).charts

    assert list(charts["A"].days) == [DAY.toordinal(), DAY.toordinal() + 2]
    assert (list(charts["A"].values), list(charts["B"].values)) == ([1_000_000, 0], [])


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-Infinity", "1e300", "many", True, [1], {}, 10**40])
def test_what_is_no_number_is_kept_with_its_raw_value(raw: Any) -> None:
    chart = parse_overview(overview(chart=[[SECONDS, {"A": raw}]])).charts["A"]

    assert (list(chart.days), list(chart.values)) == ([], [])
    assert chart.bad == [BadValue(DAY.toordinal(), str(raw), "not a number that can be kept")]


@pytest.mark.parametrize(
    "body", [[], {}, "text", 3, {"protocols": []}, {"totalDataChartBreakdown": []}, {"protocols": {}}]
)
def test_an_overview_of_another_schema_is_unintelligible(body: Any) -> None:
    with pytest.raises(Unintelligible, match=r"^holds no (protocols|totalDataChartBreakdown)$"):
        parse_overview(body)


@pytest.mark.parametrize("point", [[SECONDS], SECONDS, None, ["yesterday", {}], [None, {}]])
def test_a_chart_point_without_time_is_unintelligible(point: Any) -> None:
    with pytest.raises(Unintelligible, match="has a chart point"):
        parse_overview(overview(chart=[point]))


@pytest.mark.parametrize("days", [3, 20_000_000])
def test_a_chart_far_ahead_of_today_is_unintelligible(days: int) -> None:
    seconds = SECONDS + days * 86_400
    price = {"coins": {"coingecko:a": {"prices": [{"timestamp": seconds, "price": 1}]}}}

    with pytest.raises(Unintelligible, match="times lie in the future"):
        parse_overview(overview(chart=[[seconds, {"A": 1}]]), DAY)
    with pytest.raises(Unintelligible, match="times lie in the future"):
        parse_summary({"totalDataChart": [[seconds, 1]]}, DAY)
    with pytest.raises(Unintelligible, match="times lie in the future"):
        parse_prices(price, DAY)


def test_a_chart_may_be_two_days_ahead_of_today() -> None:
    charts = parse_overview(overview(chart=[[SECONDS + 2 * 86_400, {"A": 1}]]), DAY).charts

    assert list(charts["A"].days) == [DAY.toordinal() + 2]


def test_a_row_that_is_none_is_refused_and_the_others_are_read() -> None:
    read = parse_overview(overview(listed("1"), None, {}, {"name": "No id"}, "text", listed("2", category=None)))

    assert [row.id for row in read.listings] == ["1", "2"]
    assert [reason for _, reason in read.refused] == [
        "defillamaId: Field required",
        "row: Input should be a valid dictionary or instance of ListingRow",
    ]


def test_a_row_may_lack_nearly_everything_or_have_it_null() -> None:
    nulls = dict.fromkeys(("category", "chains", "parentProtocol", "methodology", "linkedProtocols", "doublecounted"))

    rows = parse_overview(
        overview({"defillamaId": 7, "name": "A"}, {"defillamaId": "8", "name": "B", **nulls})
    ).listings

    assert [(row.id, row.chains, row.methodology, row.parent) for row in rows] == [
        ("7", [], {}, None),
        ("8", [], {}, None),
    ]


def test_a_summary_is_read_by_chain_under_either_name_of_it() -> None:
    breakdown = [
        [SECONDS, {"hyperliquid": {"Perps": 1, "Spot": 2}}],
        [SECONDS + 86_400, {"Hyperliquid L1": {"Perps": 4}, "Alder": {"Perps": "0.5"}}],
    ]

    summary = parse_summary({"totalDataChart": [[SECONDS, 3]], "totalDataChartBreakdown": breakdown})

    assert list(summary.total.values) == [3_000_000]
    assert {chain: list(points.values) for chain, points in summary.by_chain.items()} == {
        "Hyperliquid L1": [3_000_000, 4_000_000],
        "Alder": [500_000],
    }


def test_a_summary_without_breakdown_has_its_total() -> None:
    summary = parse_summary({"totalDataChart": [[SECONDS, 3]], "childProtocols": [{}], "total24h": None})

    assert (list(summary.total.values), summary.by_chain) == ([3_000_000], {})


def test_a_summary_without_chart_says_so() -> None:
    with pytest.raises(Unintelligible, match=r"^holds no totalDataChart$"):
        parse_summary({"name": "A"})


def test_a_chain_day_with_a_bad_part_is_not_summed() -> None:
    breakdown = [[SECONDS, {"Alder": {"A": 1, "B": "NaN"}}]]

    points = parse_summary({"totalDataChart": [], "totalDataChartBreakdown": breakdown}).by_chain["Alder"]

    assert (list(points.days), [bad.raw for bad in points.bad]) == ([], ["NaN"])


@pytest.mark.parametrize("body", [[], {}, {"protocols": []}, [None], [{"name": "No id"}]])
def test_a_list_of_no_protocols_is_unintelligible(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_protocols(body)


def test_of_two_protocols_with_one_id_the_first_is_taken() -> None:
    directory = parse_protocols([{"id": "1", "slug": "a"}, {"id": 1, "slug": "b"}])

    assert (directory.rows["1"].slug, directory.refused) == ("a", [("1", "id: stated twice")])


@pytest.mark.parametrize("body", [None, [], {}, "text", {"version": 2, "data": {}}])
def test_a_profile_of_nobody_is_unintelligible(body: Any) -> None:
    with pytest.raises(Unintelligible, match="describes no protocol"):
        parse_profile(body)


def test_a_price_near_midnight_closes_the_day_before() -> None:
    prices = [
        {"timestamp": SECONDS + 240, "price": "2.5"},
        {"timestamp": SECONDS - 300, "price": 9},
        {"timestamp": SECONDS + 86_400 - 60, "price": 3},
        {"timestamp": SECONDS + 43_200, "price": 7},
        {"timestamp": None, "price": 8},
        None,
    ]

    charts = parse_prices({"coins": {"coingecko:a": {"prices": prices}, "coingecko:b": {}, "coingecko:c": None}})

    closes = charts["coingecko:a"]
    assert (list(closes.days), list(closes.values)) == (
        [DAY.toordinal() - 1, DAY.toordinal()],
        [25_000_000_000, 30_000_000_000],
    )
    assert list(charts["coingecko:b"].days) == []


def test_a_parents_slug_is_what_its_members_say_and_never_the_suffix_of_its_id() -> None:
    rows = [listed("1", parentProtocol="parent#old-name")]

    facts = entities(rows, [{"id": "1", "parentProtocolSlug": "new.name", "slug": "slug-1"}])

    assert [(fact.refs[0].value, fact.slug) for fact in facts.protocols] == [
        ("parent#old-name", "new.name"),
        ("1", "slug-1"),
    ]


def test_no_two_protocols_have_one_slug() -> None:
    rows = [
        listed("20", slug="maple", parentProtocol="parent#m"),
        listed("3", slug="maple"),
        listed("chain#x", slug="maple"),
    ]

    facts = entities(rows, [{"id": "20", "parentProtocolSlug": "maple"}])

    assert {fact.refs[0].value: fact.slug for fact in facts.protocols} == {
        "parent#m": "maple",
        "3": "maple-3",
        "20": "maple-20",
        "chain#x": "maple-chain-x",
    }


@pytest.mark.parametrize(
    ("rows", "profile", "name"),
    [
        ([listed("1", name="House Perps"), listed("2", name="House Spot")], Profile(name="The House"), "The House"),
        ([listed("1", linkedProtocols=["House", "House Perps"])], None, "House"),
        ([listed("1", name="House Perps"), listed("2", name="House Spot")], None, "House"),
        ([listed("1", name="Perps"), listed("2", name="Spot")], None, "h"),
    ],
)
def test_a_parent_is_named_by_the_best_that_is_known(
    rows: list[dict[str, Any]], profile: Profile | None, name: str
) -> None:
    read = parse_overview(overview(*({**row, "parentProtocol": "parent#h"} for row in rows)))

    (parent,) = parents(listings([read.listings], {})).values()

    assert parent._replace(profile=profile).name == name


def test_who_there_is_becomes_facts() -> None:
    rows = [
        listed("1", category="Derivatives", chains=["Optimism", "Alder"], methodology={"Fees": "Paid.", "X": "?"}),
        listed("chain#e", protocolType="chain"),
        listed("3", category="Unheard of", doublecounted=True, breakdownMethodology={"Revenue": {"A": "a", "B": "b"}}),
    ]
    protocols = [{"id": "1", "symbol": "ONE", "gecko_id": "one"}, {"id": "3", "symbol": "-", "gecko_id": "three"}]

    facts = entities(rows, protocols)

    assert [(fact.kind, fact.sectors, fact.doublecounted) for fact in facts.protocols] == [
        (ProtocolKind.PROTOCOL, (SectorKey.PERPS,), False),
        (ProtocolKind.CHAIN, (SectorKey.L1,), False),
        (ProtocolKind.PROTOCOL, (SectorKey.OTHER,), True),
    ]
    assert [(token.refs, token.symbol) for token in facts.tokens] == [
        ((Ref(EntityKind.TOKEN, "coingecko", "one"),), "ONE")
    ]
    assert [fact.token for fact in facts.protocols] == [facts.tokens[0].refs[0], None, None]
    assert [(chain.name, chain.slug, len(chain.refs)) for chain in facts.chains] == [
        ("Alder", "alder", 1),
        ("OP Mainnet", "op-mainnet", 2),
    ]
    one, three = facts.protocols[0].refs[0], facts.protocols[2].refs[0]
    assert facts.methodologies == [
        MethodologyFact(one, Metric.FEES, "defillama", "Paid."),
        MethodologyFact(three, Metric.REVENUE, "defillama", "A: a\nB: b"),
    ]


def family(*rows: dict[str, Any], chart: list[Any]) -> dict[tuple[str, str | None], dict[date, Decimal]]:
    """What the series of a family and its members come to, by id and chain."""
    read = parse_overview(overview(*({**row, "parentProtocol": "parent#h"} for row in rows), chart=chart))
    found = listings([read.listings], {})
    ids = {row.name: row.id for row in read.listings}
    numbers = Numbers({Cell(ids[name], Metric.FEES): points for name, points in read.charts.items()})
    facts, _ = series(numbers, parents(found).values(), TODAY)
    return {
        (fact.key.subject.value, fact.key.chain.value if fact.key.chain else None): {
            date.fromordinal(day): Decimal(value) / 10**6 for day, value in zip(fact.days, fact.values, strict=True)
        }
        for fact in facts
    }


def test_a_parent_is_the_sum_of_its_members_that_are_not_doublecounted() -> None:
    chart = [[SECONDS, {"Name 1": 1, "Name 2": "2.5", "Name 3": 100}], [SECONDS + 86_400, {"Name 1": 4}]]

    sums = family(listed("1"), listed("2"), listed("3", doublecounted=True), chart=chart)

    assert sums["parent#h", None] == {DAY: Decimal("3.5"), date(2026, 8, 2): Decimal(4)}


def test_a_parent_on_several_chains_has_a_sum_on_each() -> None:
    sums = family(listed("1"), listed("2", chains=["Birch"]), chart=[[SECONDS, {"Name 1": 1, "Name 2": 2}]])

    assert sums["parent#h", "Alder"] == {DAY: Decimal(1)}
    assert sums["parent#h", "Birch"] == {DAY: Decimal(2)}


def test_a_day_of_which_a_part_is_refused_is_not_summed() -> None:
    chart = [[SECONDS, {"Name 1": 1, "Name 2": "NaN"}], [SECONDS + 86_400, {"Name 1": 4, "Name 2": 2}]]

    sums = family(listed("1"), listed("2"), chart=chart)

    assert sums["parent#h", None] == {date(2026, 8, 2): Decimal(6)}
    assert sums["1", None][DAY] == 1


def test_the_current_day_is_left_out() -> None:
    today = int(datetime(2026, 8, 10, tzinfo=UTC).timestamp())

    sums = family(listed("1"), chart=[[today - 86_400, {"Name 1": 5}], [today, {"Name 1": 5}]])

    assert sums["1", None] == {date(2026, 8, 9): Decimal(5)}


def test_a_sum_does_not_go_without_an_answer_that_did_not_come() -> None:
    read = parse_overview(
        overview(*(listed(id_, parentProtocol="parent#h") for id_ in "12"), chart=[[SECONDS, {"Name 1": 1}]])
    )
    numbers = Numbers({Cell("1", Metric.FEES): read.charts["Name 1"]}, {Cell("2", Metric.FEES)})

    facts, _ = series(numbers, parents(listings([read.listings], {})).values(), TODAY)

    assert [fact.key.subject.value for fact in facts] == ["1"]


def test_a_doublecount_in_one_answer_holds_for_all() -> None:
    once, twice = ListingRow(defillamaId="1", name="A"), ListingRow(defillamaId="1", name="A", doublecounted=True)

    found = listings([[once], [twice]], {"1": ProtocolRow(id="1")})

    assert found["1"].doublecounted
