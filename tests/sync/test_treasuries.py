"""What companies hold, as DefiLlama follows them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from models.vocabulary import Metric
from sync.errors import Unintelligible
from sync.sources import treasuries
from sync.sources.treasuries import day_of, parse_companies
from sync.upstream import Upstreams
from tests.standin.elsewhere import Elsewhere, llama
from tests.standin.server import serving
from tests.sync.asking import AT_ONCE, USUAL, amounts, asked, at

NOW = datetime(2026, 8, 10, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


async def test_a_company_has_the_slug_we_know_it_by_and_its_amounts_by_ticker() -> None:
    with serving(partial(llama, Elsewhere(TODAY))) as standin:
        hosts = Upstreams(patience=AT_ONCE, defillama_pro=at(standin, USUAL.defillama_pro, key="s3cret"))

        reading = await asked(treasuries.SOURCE, hosts, NOW)

    (company,) = reading.facts.organisations
    assert (company.slug, company.kind, company.refs[0].value) == ("strategy", "TREASURY_COMPANY", "7")
    assert amounts(reading.facts, "7", Metric.TREASURY_HOLDING, "btc") == {TODAY: Decimal("640031.5")}
    assert [refusal.reason.split(":")[0] for refusal in reading.facts.rejected] == ["institutionId"]


@pytest.mark.parametrize(
    "said", [1_786_320_000, 1_786_320_000_000, "2026-08-10T00:00:00.000Z", "2026-08-10", "2026-08-10T01:00:00+01:00"]
)
def test_a_time_is_seconds_or_milliseconds_or_written_out(said: Any) -> None:
    assert day_of(said) == date(2026, 8, 10)


@pytest.mark.parametrize("said", [None, "soon", 10**30, "1.5"])
def test_a_time_that_is_none_is_not_understood(said: Any) -> None:
    with pytest.raises(Unintelligible):
        day_of(said)


@pytest.mark.parametrize("body", [[], {}, {"institutionMetadata": []}, {"institutionMetadata": {"1": {"name": "X"}}}])
def test_what_lists_no_institutions_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_companies(body)
