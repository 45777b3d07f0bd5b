"""The weekly review by those who edit rules: a filled sample, stratified by site and language, read and answered."""

from collections import Counter
from datetime import timedelta

from funnel.core.clock import SystemClock
from funnel.core.ids import new_id
from funnel.escalation.reviews import SAMPLE, week_of
from tests.api.gateway import Gateway
from tests.api.test_rules import ok, ops

LAST_WEEK = SystemClock().now() - timedelta(days=7)
EACH = 34


async def filled(gateway: Gateway) -> None:
    """Conversations of last week that only the bot had: more than a sample in English and in Arabic, four in Chinese; the
    later ones the riskier."""
    contact = await gateway.visitor()
    rows, decisions = [], []
    for locale, count in (("en", EACH), ("ar", EACH), ("zh-Hant", 4)):
        for number in range(count):
            conversation_id = new_id()
            rows.append((conversation_id, f'{{"locale": "{locale}"}}'))
            facts = f'{{"signals": {{"anger": {{"score": {number / 100}, "evidence": []}}}}, "rules": []}}'
            decisions.append((new_id(), conversation_id, facts))
    await gateway.db.pool.executemany(
        "insert into conversations (id, site_id, inbox_id, contact_id, thread, channel, status, owner_kind, queue_id, snapshot, updated_at)"
        " values ($1::uuid, $3::uuid, $4::uuid, $5::uuid, $1::text, 'web', 'resolved', 'bot', $6::uuid, $2::jsonb, $7)",
        [(*row, gateway.site.id, gateway.site.inbox_id, contact.id, gateway.site.queue_id, LAST_WEEK) for row in rows],
    )  # fmt: skip
    await gateway.db.pool.executemany(
        "insert into decisions (id, conversation_id, turn_id, at, outcome, rule_set_version, facts)"
        " values ($1::uuid, $2::uuid, $1::uuid, $4, 'answer', '1', $3::jsonb)",
        [(*decision, LAST_WEEK) for decision in decisions],
    )


async def test_thirty_of_each_site_and_language_half_at_random_half_by_risk(gateway: Gateway) -> None:
    await filled(gateway)
    caller = await ops(gateway)
    found = (await ok(caller.call("GET", "/v1/rules/reviews")))["items"]
    assert Counter(one["locale"] for one in found) == {"en": SAMPLE, "ar": SAMPLE, "zh-Hant": 4}
    for locale in ("en", "ar"):
        mine = [one for one in found if one["locale"] == locale]
        assert Counter(one["stratum"] for one in mine) == {"random": SAMPLE // 2, "risk": SAMPLE // 2}
        risky = {one["risk"] for one in mine if one["stratum"] == "risk"}
        left_out = {number / 100 for number in range(EACH)} - {one["risk"] for one in mine}
        assert min(risky) > max(left_out), "the riskiest of the rest are in"
    again = (await ok(caller.call("GET", "/v1/rules/reviews")))["items"]
    assert again == found
    assert {one["week"] for one in found} == {week_of(LAST_WEEK.date()).isoformat()}
    for number, one in enumerate(found[:52]):
        answer = {"should_have": "yes" if number % 4 == 0 else "no"}
        await ok(caller.call("POST", f"/v1/rules/reviews/{one['conversation_id']}", answer), 204)
    tally = (await ok(caller.call("GET", "/v1/rules/verdicts")))["reviews"]
    assert tally["random"]["n"] + tally["risk"]["n"] == 52
    assert all(one["share"] is None for one in tally.values()), "under fifty no percentage"


async def test_ops_read_what_they_are_asked_about_and_nothing_else(gateway: Gateway) -> None:
    visitor, other = await gateway.visitor(), await gateway.visitor()
    said = await visitor.say("do you sell purple elephants?")
    conversation_id = said["conversation"]["id"]
    hidden = (await other.say("do you sell green elephants?"))["conversation"]["id"]
    await gateway.db.pool.execute(
        "insert into review_samples (week, conversation_id, site_id, locale, risk, stratum) values ($1, $2::uuid, $3::uuid, 'en', 0, 'risk')",
        week_of(LAST_WEEK.date()), conversation_id, gateway.site.id,
    )  # fmt: skip
    caller = await ops(gateway)
    reading = ("/v1/conversations/{}/events", "/v1/conversations/{}", "/v1/decisions?conversation_id={}")
    for path in reading:
        await ok(caller.call("GET", path.format(conversation_id)))
        await ok(caller.call("GET", path.format(hidden)), 404)
    events = (await ok(caller.call("GET", reading[0].format(conversation_id))))["items"]
    message = next(one["data"] for one in events if one["type"] == "message.created")
    assert message["text"] == "do you sell purple elephants?"
    for what, body in (
        ("claim", {}),
        ("notes", {"client_message_id": new_id(), "text": "hm"}),
        ("resolve", {}),
    ):
        assert (await caller.act(conversation_id, what, body)).status_code in (403, 404)
    assert (await caller.call("GET", f"/v1/conversations/{conversation_id}/context")).status_code in (
        403,
        404,
    )
    answer = {"should_have": "yes", "from_message_id": message["message_id"]}
    await ok(caller.call("POST", f"/v1/rules/reviews/{conversation_id}", answer), 204)
    writer = await gateway.agent(preset="writer")
    for path in reading:
        assert (await writer.call("GET", path.format(conversation_id))).status_code == 404


async def test_what_a_back_test_shows_is_read_too(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    shown = (await visitor.say("do you sell purple elephants?"))["conversation"]["id"]
    caller, runner = await ops(gateway), gateway.services.judgement.runner
    path = f"/v1/conversations/{shown}/events"
    await ok(caller.call("GET", path), 404)
    await runner.stop()
    missed = {"id": "sooner", "description": "x", "when": {"fact": "progress.missed", "equals": True}, "then": {"human": {}}}  # fmt: skip
    span = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "rules": [missed]}
    job = await ok(caller.call("POST", "/v1/rules/backtests", span), 201)
    await runner.work()
    result = (await ok(caller.call("GET", f"/v1/rules/backtests/{job['id']}")))["result"]
    assert result["newly"]["samples"][0]["conversation_id"] == shown
    await ok(caller.call("GET", path))
