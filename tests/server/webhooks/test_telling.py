"""What an epoch has for webhooks: each alert is written once, and arrives."""

import asyncio
import hmac
from base64 import b64decode, b64encode
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from models.epoch import epoch
from models.store import Store
from models.vocabulary import Metric, Window
from models.webhook import webhook
from resolvers.alert_rule import AlertOp, AlertRule
from resolvers.context import Context
from server.webhooks import evaluation, outbox
from server.webhooks.evaluation import Evaluation
from tests.builders import entry_fact, policy_fact, published, revenue
from tests.server.webhooks.conftest import Telling
from tests.server.webhooks.killed_teller import lived

POLICIES = AlertRule(AlertOp.POLICY_CHANGED)
ABOVE = AlertRule(AlertOp.CROSSES_ABOVE, metric=Metric.REVENUE, window=Window.D1, threshold=Decimal(100))
CHOSEN = "fragment P on AlertEvent { seq op protocol { slug } value { value } }"


async def entries(store: Store, *refs: str) -> None:
    await published(store, *(entry_fact(ref, "one", usd=Decimal(5)) for ref in refs))


async def test_what_meets_the_rules_arrives_as_it_was_chosen(telling: Telling) -> None:
    await published(telling.store, revenue("one", {2: 60}))
    await telling.order("/in", "acme", replace(POLICIES, protocol="one"), ABOVE, payload_query=CHOSEN)
    await published(telling.store, policy_fact("one:all", "one"), entry_fact("a", "one"), revenue("one", {1: 150}))

    await telling.tell()

    first, second = telling.received()
    assert (first["type"], first["data"]["op"]) == ("alert.policy_changed", "POLICY_CHANGED")
    assert first["data"].keys() == {"seq", "op", "protocol", "value"}
    assert (second["type"], second["data"]["value"]) == ("alert.crosses_above", {"value": "150.000000"})
    assert second["data"]["protocol"] == {"slug": "one"}
    assert len(set(telling.headers("webhook-id"))) == 2


async def test_a_message_is_signed_with_the_secret_that_was_shown(telling: Telling) -> None:
    secret = (await telling.order()).secret
    await entries(telling.store, "a")

    await telling.tell()

    [headers], [asked] = telling.receiver.headers, telling.receiver.asked
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{asked.removeprefix('/in')}"
    assert secret is not None
    signature = hmac.new(b64decode(secret.removeprefix("whsec_")), content.encode(), sha256).digest()
    assert headers["webhook-signature"] == f"v1,{b64encode(signature).decode()}"
    assert int(headers["webhook-timestamp"]) == telling.clock().timestamp()


async def test_each_alert_is_written_once_however_often_it_is_looked_for(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "PAGE", 2)
    await telling.order()
    for refs in ("abc", "de", "f"):
        await entries(telling.store, *refs)

    others = [Evaluation(telling.store, telling.payloads, lambda at: Context(telling.store, at), telling.clock)] * 2
    await asyncio.gather(telling.look(), *(other.look(4) for other in others))
    await telling.look()

    [hook] = await telling.hooks()
    seqs = [message.seq for message in await telling.messages()]
    assert len(seqs) == len(set(seqs)) == 6
    assert hook.told == 4


async def test_the_epoch_in_which_it_was_ordered_is_not_told(telling: Telling) -> None:
    await entries(telling.store, "a")
    await telling.order()

    await telling.tell()

    assert telling.received() == []


async def test_every_webhook_is_told_of_its_own_rules(telling: Telling) -> None:
    await telling.order("/entries")
    await telling.order("/policies", "other", POLICIES)
    await published(telling.store, policy_fact("one:all", "one"), entry_fact("a", "one"))

    await telling.tell()

    assert [each["type"] for each in telling.received("/entries")] == ["alert.new_ledger_entry"]
    assert [each["type"] for each in telling.received("/policies")] == ["alert.policy_changed"]


async def test_no_more_is_written_than_may_wait_and_nothing_is_left_out(
    simple: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "MOST_PENDING", 3)
    await simple.order()
    await entries(simple.store, *"abcde")

    await simple.look()
    await simple.look()
    waiting = len(await simple.messages())
    await simple.tell()
    await simple.tell()

    assert waiting == 3
    assert len({each["data"]["seq"] for each in simple.received()}) == len(simple.received()) == 5


async def test_what_was_pruned_before_it_was_looked_through_is_told_as_a_gap(telling: Telling) -> None:
    await telling.order()
    await entries(telling.store, "a")
    async with telling.store.writer.begin() as connection:
        await connection.execute(update(epoch).where(epoch.c.epoch == 1).values(retained=False))

    await telling.tell()
    await entries(telling.store, "b")
    await telling.tell()

    gap, later = telling.received()
    assert (gap["type"], gap["data"]) == ("gap", {"after": 1, "until": 2})
    assert later["type"] == "alert.new_ledger_entry"


async def test_a_fragment_that_is_no_longer_valid_tells_why(simple: Telling) -> None:
    await simple.order()
    async with simple.store.writer.begin() as connection:
        await connection.execute(update(webhook).values(payload="fragment P on AlertEvent { was }"))
    await entries(simple.store, "a")

    await simple.tell()

    [told] = simple.received()
    assert told["data"] is None
    assert told["errors"][0]["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}


async def test_a_payload_that_is_too_large_tells_where_it_was(simple: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.webhooks.message.LONGEST_BYTES", 200)
    await simple.order()
    await entries(simple.store, "a")

    await simple.tell()

    [told] = simple.received()
    [message] = await simple.messages()
    assert told["data"] == {"seq": message.seq}
    assert told["errors"][0]["extensions"] == {"code": "PAYLOAD_TOO_LARGE"}


async def test_one_webhook_that_fails_keeps_no_other_from_being_told(simple: Telling) -> None:
    await simple.order()
    await simple.order("/other", "other")
    async with simple.store.writer.begin() as connection:
        await connection.execute(update(webhook).where(webhook.c.owner == "acme").values(rules=[{"op": "NONSENSE"}]))
    await entries(simple.store, "a")

    with capture_logs() as lines:
        await simple.tell()

    assert [line["webhook"] for line in lines] == [1]
    assert [each["type"] for each in simple.received("/other")] == ["alert.new_ledger_entry"]
    assert [hook.told for hook in await simple.hooks()] == [1, 2]


async def test_a_webhook_that_is_deleted_while_it_is_looked_at_leaves_nothing(simple: Telling) -> None:
    payload = await simple.order()
    await entries(simple.store, "a")
    assert payload.webhook is not None
    [found] = await outbox.behind(simple.store, 2)
    await simple.desk.delete("acme", payload.webhook.number)

    await simple.evaluation._tell(found, 2)

    assert await simple.messages() == []


async def test_a_process_killed_before_any_of_its_writes_leaves_nothing_out_and_writes_nothing_twice(
    telling: Telling, url: str
) -> None:
    await telling.order()
    await entries(telling.store, *"ab")

    lives = await asyncio.to_thread(lived, url)

    assert lives > 5
    messages = await telling.messages()
    assert len({message.seq for message in messages}) == len(messages) == 2
    assert all(message.delivered for message in messages)
    came = Counter(zip(telling.headers("webhook-id"), telling.receiver.asked, strict=True))
    assert len(came) == len({id_ for id_, _ in came}) == 2
    assert max(came.values()) > 1
