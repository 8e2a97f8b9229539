"""Orders about webhooks: taken for the owner of a key, refused in words, and seen by nobody else."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from graph.schema import schema
from models.vocabulary import LedgerKind, Metric, Window
from resolvers.alert_rule import AlertOp, AlertRule, restored, stored
from resolvers.caller import Caller
from resolvers.identity import global_id
from tests.builders import entry_fact, published
from tests.conftest import Recording
from tests.server.webhooks.conftest import Telling, caller

CREATE = """
mutation Create($input: WebhookInput!) {
  createWebhook(input: $input) {
    webhook { id url active signingKeyId rules watches { op protocol metric window threshold } toldEpoch createdAt }
    secret errors { code message path }
  }
}"""
MINE = """{ viewer { webhooks {
  id url active inactiveBecause signingKeyId previousSigningKeyId previousUntil rules payloadQuery deadInRow
  lastDelivery { eventSeq } deliveries(first: 2) { id messageId at state status error attempts nextAttemptAt endedAt }
} } }"""
RULE = {"op": "NEW_LEDGER_ENTRY"}
PAYLOAD = "fragment P on AlertEvent { seq }"
LEDGER = "ledger(first: 100) { nodes"
DEAR = f"fragment P on AlertEvent {{ protocol {{ {LEDGER} {{ protocol {{ {LEDGER} {{ id }} }} }} }} }} }} }}"
CHOSEN = ["input", "payloadQuery"]
AN_ENTRY, FIRST = "{op: NEW_LEDGER_ENTRY}", global_id("Webhook", 1)


def given(telling: Telling, **more: Any) -> dict[str, Any]:
    return {"url": f"{telling.receiver.url}/in", "rules": [RULE], **more}


async def created(telling: Telling, who: Caller | None = None, **more: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await telling.ask(CREATE, who, input=given(telling, **more)))["createWebhook"]
    return payload


async def done(telling: Telling, field: str, id_: str, who: Caller | None = None) -> dict[str, Any]:
    query = f"""mutation($id: ID!) {{ {field}(id: $id) {{
      webhook {{ id signingKeyId }} secret delivery {{ state eventSeq }} errors {{ code path }} }} }}"""
    payload: dict[str, Any] = (await telling.ask(query, who, id=id_))[field]
    return payload


async def changed(telling: Telling, id_: str, who: Caller | None = None, **more: Any) -> dict[str, Any]:
    query = """mutation($input: WebhookChange!) { updateWebhook(input: $input) {
      webhook { url rules payloadQuery active inactiveBecause toldEpoch } errors { code path } } }"""
    payload: dict[str, Any] = (await telling.ask(query, who, input={"id": id_, **more}))["updateWebhook"]
    return payload


async def mine(telling: Telling, who: Caller | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await telling.ask(MINE, who))["viewer"]["webhooks"]
    return found


async def test_an_order_is_taken_and_its_secret_shown_once(telling: Telling) -> None:
    rule = {"op": "CROSSES_ABOVE", "metric": "REVENUE", "window": "D7", "threshold": "1.50", "protocol": "one"}

    payload = await created(telling, rules=[RULE, rule], payloadQuery=PAYLOAD)

    found = payload["webhook"]
    assert payload["errors"] == []
    assert (found["url"], found["active"], found["rules"], found["toldEpoch"]) == (
        f"{telling.receiver.url}/in",
        True,
        2,
        1,
    )
    assert found["watches"][1] == rule
    assert payload["secret"].startswith("whsec_")
    [row], [seen] = await telling.hooks(), await mine(telling)
    assert payload["secret"] not in str(row)
    assert (seen["id"], seen["payloadQuery"], seen["deliveries"]) == (found["id"], PAYLOAD, [])


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (None, "UNAUTHENTICATED"),
        (Caller("address:local", tier="local"), "UNAUTHENTICATED"),
        (caller("acme", "read", "export"), "FORBIDDEN"),
    ],
)
@pytest.mark.parametrize(
    ("field", "argument"),
    [
        ("createWebhook", f'input: {{url: "https://partner.example", rules: [{AN_ENTRY}]}}'),
        ("updateWebhook", f'input: {{id: "{FIRST}", active: false}}'),
        *((each, f'id: "{FIRST}"') for each in ("deleteWebhook", "rotateWebhookSecret", "testWebhook")),
    ],
)
async def test_every_order_about_webhooks_needs_a_key_with_their_scope_and_is_refused_as_one_of_exports(
    simple: Telling, who: Caller | None, code: str, field: str, argument: str
) -> None:
    await simple.order()
    before = await simple.hooks()
    context = replace(await simple.context(), caller=who)
    query = f"mutation {{ {field}({argument}) {{ webhook {{ id }} secret errors {{ code message path }} }} }}"

    result = await schema.execute(query, context_value=context)

    said = {
        "UNAUTHENTICATED": "This needs an API key with the scope 'webhook'.",
        "FORBIDDEN": "This key has not the scope 'webhook'.",
    }
    assert result.errors is None
    refused = {"code": code, "message": said[code], "path": None}
    assert result.data == {field: {"webhook": None, "secret": None, "errors": [refused]}}
    assert await simple.hooks() == before
    assert await simple.messages() == []


async def test_a_key_without_the_scope_sees_no_webhooks(simple: Telling) -> None:
    context = replace(await simple.context(), caller=caller("acme", "read"))

    result = await schema.execute(MINE, context_value=context)

    assert result.errors is not None
    assert (result.errors[0].extensions or {})["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("flaw", "errors"),
    [
        ({"url": "http://93.184.215.14/in"}, [("BAD_URL", ["input", "url"])]),
        ({"url": "https://10.0.0.1/in"}, [("BAD_URL", ["input", "url"])]),
        ({"url": "nonsense"}, [("BAD_URL", ["input", "url"])]),
        ({"rules": []}, [("BAD_USER_INPUT", ["input", "rules"])]),
        ({"rules": [RULE] * 21}, [("BAD_USER_INPUT", ["input", "rules"])]),
        ({"rules": [RULE, {"op": "CROSSES_ABOVE"}]}, [("BAD_USER_INPUT", ["input", "rules", "1"])]),
        ({"rules": [{**RULE, "protocol": "nobody"}]}, [("BAD_USER_INPUT", ["input", "rules"])]),
        ({"payloadQuery": "{ meta { __typename } }"}, [("GRAPHQL_VALIDATION_FAILED", CHOSEN)]),
        ({"payloadQuery": "fragment P on Protocol { slug }"}, [("GRAPHQL_VALIDATION_FAILED", CHOSEN)]),
        ({"payloadQuery": f"{PAYLOAD} {{ meta }}"}, [("GRAPHQL_VALIDATION_FAILED", CHOSEN)]),
        ({"payloadQuery": "fragment P on AlertEvent { nope }"}, [("GRAPHQL_VALIDATION_FAILED", CHOSEN)]),
        ({"payloadQuery": "fragment P on AlertEvent { ...P }"}, [("GRAPHQL_VALIDATION_FAILED", CHOSEN)]),
        ({"payloadQuery": "fragment P on"}, [("GRAPHQL_PARSE_FAILED", CHOSEN)]),
        ({"payloadQuery": DEAR}, [("COST_LIMIT_EXCEEDED", CHOSEN)]),
        ({"secretRef": "whk_of_nobody"}, [("BAD_SECRET_REF", ["input", "secretRef"])]),
        ({"url": "ftp://a", "payloadQuery": "}"}, [("BAD_URL", ["input", "url"]), ("GRAPHQL_PARSE_FAILED", CHOSEN)]),
    ],
)
async def test_broken_input_is_told_and_nothing_is_done(
    simple: Telling, flaw: dict[str, Any], errors: list[tuple[str, list[str]]]
) -> None:
    payload = await created(simple, **flaw)

    assert [(each["code"], each["path"]) for each in payload["errors"]] == errors
    assert (payload["webhook"], payload["secret"], await simple.hooks()) == (None, None, [])


async def test_a_client_has_so_many_webhooks_and_no_more(telling: Telling) -> None:
    payloads = [await created(telling) for _ in range(4)]
    other = await created(telling, caller("other"))

    assert [[each["code"] for each in payload["errors"]] for payload in payloads] == [[], [], [], ["TOO_MANY_WEBHOOKS"]]
    assert other["errors"] == []


async def test_nobody_else_sees_or_touches_a_webhook(telling: Telling) -> None:
    id_, stranger = (await created(telling))["webhook"]["id"], caller("other")

    seen = await mine(telling, stranger)
    touched = [await done(telling, f"{verb}", id_, stranger) for verb in ("deleteWebhook", "rotateWebhookSecret")]
    touched += [await done(telling, "testWebhook", id_, stranger), await changed(telling, id_, stranger, active=False)]
    unknown = await done(telling, "deleteWebhook", global_id("Webhook", 999))

    assert seen == []
    assert {each["code"] for payload in (*touched, unknown) for each in payload["errors"]} == {"NOT_FOUND"}
    assert [hook["active"] for hook in await mine(telling)] == [True]


async def test_two_webhooks_may_share_a_secret(simple: Telling) -> None:
    first = await created(simple)
    second = await created(simple, secretRef=first["webhook"]["signingKeyId"])
    stranger = await created(simple, caller("other"), secretRef=first["webhook"]["signingKeyId"])

    assert second["webhook"]["signingKeyId"] == first["webhook"]["signingKeyId"]
    assert second["secret"] is None
    assert [each["code"] for each in stranger["errors"]] == ["BAD_SECRET_REF"]


async def test_a_new_secret_signs_beside_the_one_of_before_for_a_day(telling: Telling) -> None:
    before = await created(telling)
    after = await done(telling, "rotateWebhookSecret", before["webhook"]["id"])
    [seen] = await mine(telling)

    for refs in ("a", "ab"):
        await published(telling.store, *(entry_fact(ref, "one") for ref in refs))
        await telling.tell()
        telling.clock.forward(days=1, seconds=1)

    assert after["secret"] not in (None, before["secret"])
    assert seen["previousSigningKeyId"] == before["webhook"]["signingKeyId"] != after["webhook"]["signingKeyId"]
    assert [len(each.split()) for each in telling.headers("webhook-signature")] == [2, 1]


async def test_what_is_given_is_changed_and_the_rest_stays(telling: Telling) -> None:
    id_ = (await created(telling, payloadQuery=PAYLOAD))["webhook"]["id"]

    paths = await changed(telling, id_, url=f"{telling.receiver.url}/other", rules=[RULE, RULE])
    usual = await changed(telling, id_, payloadQuery="")
    broken = await changed(telling, id_, url="ftp://a")

    assert (paths["webhook"]["url"], paths["webhook"]["rules"], paths["webhook"]["payloadQuery"]) == (
        f"{telling.receiver.url}/other",
        2,
        PAYLOAD,
    )
    assert (usual["webhook"]["payloadQuery"], usual["webhook"]["rules"]) == (None, 2)
    assert broken == {"webhook": None, "errors": [{"code": "BAD_URL", "path": ["input", "url"]}]}


async def test_a_paused_webhook_is_told_again_from_the_next_epoch_on(telling: Telling) -> None:
    id_ = (await created(telling))["webhook"]["id"]
    await published(telling.store, entry_fact("a", "one"))
    await telling.look()

    paused = await changed(telling, id_, active=False)
    refused = await done(telling, "testWebhook", id_)
    await published(telling.store, *(entry_fact(ref, "one") for ref in "ab"))
    await telling.tell()
    again = await changed(telling, id_, active=True)
    await published(telling.store, *(entry_fact(ref, "one") for ref in "abc"))
    await telling.tell()

    assert (paused["webhook"]["active"], paused["webhook"]["inactiveBecause"]) == (False, "OWNER")
    assert refused["errors"] == [{"code": "WEBHOOK_INACTIVE", "path": ["id"]}]
    assert (again["webhook"]["active"], again["webhook"]["toldEpoch"]) == (True, 3)
    assert [each["data"]["epoch"] for each in telling.received()] == [4]
    [seen] = await mine(telling)
    assert [each["state"] for each in seen["deliveries"]] == ["DELIVERED", "DEAD"]


async def test_a_deleted_webhook_leaves_nothing(telling: Telling) -> None:
    id_ = (await created(telling))["webhook"]["id"]
    await done(telling, "testWebhook", id_)

    payload = await done(telling, "deleteWebhook", id_)

    assert payload["webhook"]["id"] == id_
    assert (await telling.hooks(), await telling.messages()) == ([], [])


async def test_a_test_arrives_as_any_message(telling: Telling) -> None:
    id_ = (await created(telling))["webhook"]["id"]

    written = await done(telling, "testWebhook", id_)
    await telling.tell()

    assert written["delivery"]["state"] == "PENDING"
    assert telling.received() == [{"type": "ping", "timestamp": "2026-07-10T12:00:00Z", "data": {"webhook": id_}}]
    [seen] = await mine(telling)
    [delivery] = seen["deliveries"]
    assert (delivery["state"], delivery["status"], delivery["attempts"]) == ("DELIVERED", 200, 1)
    assert delivery["messageId"] == telling.headers("webhook-id")[0]
    assert seen["lastDelivery"]["eventSeq"] == written["delivery"]["eventSeq"]


async def test_where_there_are_none_no_order_is_taken(simple: Telling) -> None:
    id_ = (await created(simple))["webhook"]["id"]
    simple.offered = False

    codes = [
        [each["code"] for each in payload["errors"]]
        for payload in (await created(simple), await changed(simple, id_), await done(simple, "testWebhook", id_))
    ]

    assert codes == [["WEBHOOKS_OFF"]] * 3


async def test_webhooks_and_their_messages_take_as_many_statements_for_any_number(
    telling: Telling, statements: Recording
) -> None:
    counts = []
    for _ in range(2):
        id_ = (await created(telling))["webhook"]["id"]
        for _ in range(3):
            await done(telling, "testWebhook", id_)
        with statements(telling.store.readers) as seen:
            found = await mine(telling)
        counts.append(len([each for each in seen if "webhook" in each]))

    assert counts[0] == counts[1] == 3
    assert [len(hook["deliveries"]) for hook in found] == [2, 2]
    assert found[0]["deliveries"][0]["id"] == global_id("Delivery", 3)


@pytest.mark.parametrize(
    "rule",
    [
        AlertRule(AlertOp.POLICY_CHANGED, protocol="one"),
        AlertRule(AlertOp.NEW_LEDGER_ENTRY, ledger_kind=[LedgerKind.BURN], min_usd=Decimal("0.1")),
        AlertRule(AlertOp.CROSSES_ABOVE, metric=Metric.PAYOUT_RATIO, window=Window.D7, threshold=Decimal("-1E+3")),
    ],
)
def test_a_rule_is_restored_as_it_was_stored(rule: AlertRule) -> None:
    assert restored(stored(rule)) == rule
