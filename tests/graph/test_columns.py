"""`columns` says what `points` says, as two lists."""

from typing import Any

import orjson
import pytest

from models.store import Store
from tests.graph.asking import asked
from tests.graph.world import open_market

QUERY = """query ($interval: Interval!, $fill: Fill!) { protocol(by: {slug: "aave"}) {
  series(keys: [REVENUE, FEES], from: "2026-06-20", to: "2026-08-30", interval: $interval, fill: $fill,
    includeCurrent: true) { points { start value } columns } } }"""


def read(columns: Any) -> Any:
    return orjson.loads(orjson.dumps(columns))


@pytest.mark.parametrize("interval", ["DAY", "MONTH"])
@pytest.mark.parametrize("fill", ["NONE", "ZERO", "PREVIOUS"])
async def test_columns_hold_what_the_points_hold(sqlite_store: Store, interval: str, fill: str) -> None:
    await open_market(sqlite_store)

    found = (await asked(sqlite_store, QUERY, interval=interval, fill=fill))["protocol"]["series"]

    assert len(found) == 2
    for series in found:
        columns = read(series["columns"])
        assert columns["days"] == [point["start"] for point in series["points"]]
        assert columns["values"] == [point["value"] for point in series["points"]]
