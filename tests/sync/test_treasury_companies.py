"""Companies as DefiLlama follows them: what each holds, and what of it was no row."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from models.vocabulary import Metric
from sync.sources import treasuries
from sync.upstream import Upstreams
from tests.standin.elsewhere import Elsewhere, llama
from tests.standin.server import serving
from tests.sync.asking import AT_ONCE, USUAL, amounts, asked, at

NOW = datetime(2026, 8, 10, 9, 30, tzinfo=UTC)


async def test_a_holding_that_is_no_row_is_refused_beside_those_that_are() -> None:
    body = json.loads(llama(Elsewhere(NOW.date()), "/dat/institutions", {}))
    body["institutionMetadata"]["7"]["holdings"]["solana"] = {"amount": [1]}

    with serving(lambda path, query: json.dumps(body)) as standin:
        upstreams = Upstreams(patience=AT_ONCE, defillama_pro=at(standin, USUAL.defillama_pro, key="s3cret"))
        reading = await asked(treasuries.SOURCE, upstreams, NOW)

    assert amounts(reading.facts, "7", Metric.TREASURY_HOLDING, "btc") == {NOW.date(): Decimal("640031.5")}
    assert {refused.reason.split(":")[0] for refused in reading.facts.rejected} == {"institutionId", "amount.int"}
