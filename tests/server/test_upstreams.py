"""Each host is where the settings put it, with the key it is given and no other."""

import pytest

from server.commands.upstreams import upstreams_of
from server.settings import Settings
from sync.upstream import Upstreams


def hosts(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Upstreams:
    for name, value in variables.items():
        monkeypatch.setenv(f"ACCRUAL_{name}", value)
    return upstreams_of(Settings.from_environment())


@pytest.mark.parametrize(
    "name", ["defillama", "defillama_coins", "hyperliquid", "coingecko", "sosovalue", "growthepie"]
)
def test_a_host_is_where_it_is_set_to_be(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    found = hosts(monkeypatch, **{f"{name.upper()}_URL": "http://localhost:9000/here"})

    assert getattr(found, name).base == "http://localhost:9000/here"


def test_without_settings_the_hosts_are_the_usual_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hosts(monkeypatch) == Upstreams()


def test_a_key_of_defillama_opens_its_paid_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    found = hosts(monkeypatch, DEFILLAMA_KEY="s3cret", DEFILLAMA_PRO_URL="http://localhost:9000")

    assert found.defillama.base == "http://localhost:9000/s3cret/api"
    assert found.defillama_coins.base == "http://localhost:9000/s3cret/coins"
    assert found.defillama_pro.base == "http://localhost:9000/s3cret"
    assert "s3cret" not in repr(found)


def test_a_key_of_a_paid_plan_of_coingecko_goes_before_one_of_the_demo_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = hosts(monkeypatch, COINGECKO_KEY="demo", COINGECKO_PER_MINUTE="100").coingecko
    paid = hosts(monkeypatch, COINGECKO_PRO_KEY="paid", COINGECKO_PRO_URL="http://localhost:9000")

    assert (demo.header_values(), demo.per_minute) == ({"x-cg-demo-api-key": "demo"}, 100)
    assert (paid.coingecko.header_values(), paid.coingecko.base) == (
        {"x-cg-pro-api-key": "paid"},
        "http://localhost:9000",
    )
    assert paid.coingecko_days == "max"


def test_a_key_of_sosovalue_goes_in_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hosts(monkeypatch, SOSOVALUE_KEY="s3cret").sosovalue.header_values() == {"x-soso-api-key": "s3cret"}
