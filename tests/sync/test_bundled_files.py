"""The files of the bundled dataset: each figure has its source, and what can be added up adds up."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from itertools import combinations
from pathlib import Path

import pytest

from models.vocabulary import (
    ClaimStatus,
    Metric,
    PolicyBasis,
    PolicyStatus,
)
from sync.dataset.record import BadRecord, subject
from sync.dataset.tables import Table
from sync.facts import ClaimFact, LedgerFact, PolicyFact, RaiseFact, RightsFact, RiskFact, SeriesKey
from sync.sources.bundled import TABLES, Dataset, check_names, dataset

HYPERLIQUID = "hyperliquid"
# These publish no page of their own: the article has no address, a search that found nothing neither.
WITHOUT_ADDRESS = {"token-metrics", "own-survey"}


@pytest.fixture(scope="module")
def found() -> Dataset:
    return dataset()


@pytest.fixture(scope="module")
def policies(found: Dataset) -> list[PolicyFact]:
    return [dated.fact for dated in found.statements if isinstance(dated.fact, PolicyFact)]


@pytest.fixture(scope="module")
def entries(found: Dataset) -> dict[str, LedgerFact]:
    return {dated.fact.ref: dated.fact for dated in found.statements if isinstance(dated.fact, LedgerFact)}


@pytest.fixture(scope="module")
def claims(found: Dataset) -> list[ClaimFact]:
    return [dated.fact for dated in found.statements if isinstance(dated.fact, ClaimFact)]


def lines(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file, read without our own reader."""
    text = files("sync").joinpath("bundled", name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def test_every_number_and_statement_names_a_publisher_and_a_place(found: Dataset) -> None:
    publishers = {source.slug for source in found.standing.sources}

    for dated in found.statements:
        assert dated.fact.source in publishers
        match dated.fact:
            case RightsFact(sources=addresses):
                assert addresses
            case RiskFact(topics=topics):
                assert topics
            case fact:
                assert fact.source_url or fact.source in WITHOUT_ADDRESS
    for value in found.values:
        assert value.key.source in publishers


def test_every_table_says_where_it_was_read() -> None:
    for name in TABLES:
        text = files("sync").joinpath("bundled", name).read_text(encoding="utf-8")
        assert Table(name, text).required("origin").startswith("https://github.com/")


def test_every_publisher_and_entity_is_used_or_known_by_one_name(found: Dataset) -> None:
    standing = found.standing
    for stated in (standing.chains, standing.tokens, standing.protocols, standing.organisations, standing.funds):
        refs = [ref for fact in stated for ref in fact.refs]
        slugs = [fact.slug for fact in stated]
        assert len(refs) == len(set(refs))
        assert len(slugs) == len(set(slugs))


def test_the_protocols_of_the_seed_and_of_the_facts_are_there(found: Dataset) -> None:
    slugs = {protocol.slug for protocol in found.standing.protocols}

    assert slugs >= {"hyperliquid", "pumpfun", "geodnet", "auki", "ethereum", "aave", "sky", "maple", "ether-fi"}
    assert slugs >= {"raydium", "jupiter", "uniswap", "pendle", "helium", "dydx", "sushi", "lighter", "gains-network"}
    assert len(slugs) == 589


def test_percent_rules_share_out_the_whole_base_or_the_note_says_what_is_known(policies: list[PolicyFact]) -> None:
    for policy_ in policies:
        if policy_.basis is not PolicyBasis.PERCENT_OF_BASE:
            continue
        total = sum(Decimal(rule["percent"]) for rule in policy_.rules if rule["percent"] is not None)
        assert total == 100 or f"{total} % of the base" in str(policy_.note), policy_.ref


def test_no_two_policies_in_force_share_out_the_same_base_twice(policies: list[PolicyFact]) -> None:
    scopes: dict[tuple[object, ...], list[PolicyFact]] = {}
    for policy_ in policies:
        if policy_.status in (PolicyStatus.ACTIVE, PolicyStatus.ENDED):
            key = (policy_.protocol, policy_.base, policy_.scope_chain, policy_.scope_product)
            scopes.setdefault(key, []).append(policy_)

    for sharing in scopes.values():
        for one, other in combinations(sharing, 2):
            assert (one.effective_to or date.max) < (other.effective_from or date.min) or (
                other.effective_to or date.max
            ) < (one.effective_from or date.min), (one.ref, other.ref)


def test_what_a_statement_points_at_is_there(policies: list[PolicyFact], entries: dict[str, LedgerFact]) -> None:
    refs = {policy_.ref for policy_ in policies}

    assert {policy_.supersedes for policy_ in policies} - {None} <= refs
    assert {entry.policy_ref for entry in entries.values()} - {None} <= refs
    assert {entry.origin_ref for entry in entries.values()} - {None} <= entries.keys()


def test_each_purchase_of_a_known_price_is_its_quantity_times_that_price(entries: dict[str, LedgerFact]) -> None:
    priced = [entry for entry in entries.values() if entry.price_usd is not None]

    assert len(priced) == 2
    for entry in priced:
        assert entry.tokens is not None
        assert entry.price_usd is not None
        assert round(entry.tokens * entry.price_usd) == round(entry.usd or 0)


def test_the_purchases_of_the_assistance_fund_move_its_balance(found: Dataset, entries: dict[str, LedgerFact]) -> None:
    balance = SeriesKey(subject("protocol:hyperliquid"), Metric.TREASURY_HOLDING, HYPERLIQUID, None, "hype")
    held = {value.day: value.value for value in found.values if value.key == balance}

    bought = entries["hyperliquid:af:2026-02-12"].tokens

    assert bought == Decimal("44632.74")
    assert round(held[date(2026, 2, 12)] - held[date(2026, 2, 11)], 6) == bought


def test_the_partly_recorded_day_says_so(entries: dict[str, LedgerFact]) -> None:
    partial = entries["hyperliquid:af:2026-02-13"]

    assert partial.at == datetime(2026, 2, 13, 14, 42, 2, tzinfo=UTC)
    assert "in part" in str(partial.note)


def test_the_ten_months_of_ether_fi_sum_to_what_is_stated(entries: dict[str, LedgerFact]) -> None:
    months = [entry for ref, entry in entries.items() if ref.startswith("ether-fi:")]

    assert len(months) == 10
    assert sum(entry.usd or 0 for entry in months) == 1_307_000
    assert round(sum((entry.tokens or Decimal()) for entry in months)) == 1_040_832
    assert {(entry.window_start, entry.window_end) for entry in months} >= {(date(2025, 2, 1), date(2025, 2, 28))}


def test_the_entries_of_lighter_sum_to_what_the_review_counts(entries: dict[str, LedgerFact]) -> None:
    bought = sum(entry.usd or 0 for ref, entry in entries.items() if ref.startswith("lighter:"))

    assert bought == 26_874_966


def test_every_claim_of_the_seed_was_checked(claims: list[ClaimFact]) -> None:
    made = [claim_ for claim_ in claims if claim_.source == "token-metrics" and claim_.resolution is None]
    checked = [claim_ for claim_ in claims if claim_.source == "token-metrics" and claim_.resolution is not None]

    assert len(made) == len(checked) == 25
    assert {claim_.status for claim_ in made} == {ClaimStatus.UNVERIFIED}
    assert {claim_.ref for claim_ in made} == {claim_.ref for claim_ in checked}


def test_the_sums_of_the_revenue_page_are_those_of_the_days() -> None:
    days = {date.fromisoformat(row["day"]): row for row in lines("hyperliquid-income.csv")}
    (page,) = [row for row in lines("listings.csv") if row["slug"] == HYPERLIQUID]
    last = date(2026, 1, 7)

    sums = [
        sum(int(days[last - timedelta(back)]["protocol:hyperliquid REVENUE"]) for back in range(length))
        for length in (1, 7, 30)
    ]

    assert sums == [int(page["D1"]), int(page["D7"]), int(page["D30"])]


def test_revenue_and_holders_revenue_were_equal_while_both_are_on_record() -> None:
    rows = lines("hyperliquid-income.csv")

    assert len(rows) == 75
    assert all(row["protocol:hyperliquid REVENUE"] == row["protocol:hyperliquid HOLDERS_REVENUE"] for row in rows)


def test_the_total_of_the_bitcoin_funds_is_their_sum_where_all_reported() -> None:
    rows = lines("bitcoin-fund-flows.csv")
    funds = [column for column in rows[0] if column.startswith("fund:")]

    differing = [
        row["day"]
        for row in rows
        if abs(sum(Decimal(row[column] or 0) for column in funds) - Decimal(row["token:btc FUND_NET_FLOW"]))
        > Decimal("0.05")
    ]

    # Shown with the figure of one fund while the total was already another's.
    assert (len(rows), differing) == (185, ["2026-04-13"])


def test_a_risk_points_at_claims_that_are_there(found: Dataset) -> None:
    topics = {dated.fact.topic for dated in found.statements if isinstance(dated.fact, ClaimFact)}
    risks = [dated.fact for dated in found.statements if isinstance(dated.fact, RiskFact)]

    assert risks
    assert [risk for risk in risks if not topics.issuperset(risk.topics)] == []


def test_a_raise_and_its_claims_say_the_same(found: Dataset) -> None:
    claims = [dated.fact for dated in found.statements if isinstance(dated.fact, ClaimFact)]
    amounts = {claim.topic: Decimal(claim.value) for claim in claims if claim.topic in ("forward:raise", "forward:atm")}
    raises = [dated.fact for dated in found.statements if isinstance(dated.fact, RaiseFact)]

    assert {each.topic: each.amount_usd for each in raises} == amounts


def test_a_name_that_no_record_states_is_refused(found: Dataset) -> None:
    without = replace(found, standing=replace(found.standing, tokens=[], sources=found.standing.sources[1:]))

    with pytest.raises(BadRecord, match=r"names without a record: .*hype.* \['defillama'\]"):
        check_names(without)


def test_every_file_is_described() -> None:
    described = (Path(__file__).parents[2] / "docs" / "bundled.md").read_text(encoding="utf-8")

    names = {each.name for each in files("sync").joinpath("bundled").iterdir()}
    assert {name for name in names if f"`{name}`" not in described} == set()
