"""The outbox when a platform is away for hours, and when an inbox goes while its messages are on their way."""

import asyncio

from tests.api.channels_world import message
from tests.api.gateway import Gateway
from tests.api.test_outbox import conversation, hear, reply, send, states, texts, webhook_inbox
from tests.simulators.http_double import Answer, HttpDouble

MINUTE = 60
_LATER = """
with moved as (
  update deliveries set due_at = due_at - $1::int * interval '1 second', expires_at = expires_at - $1::int * interval '1 second',
    lease_until = lease_until - $1::int * interval '1 second' where state = 'queued'
)
update inbox_health set paused_until = paused_until - $1::int * interval '1 second',
  probe_at = probe_at - $1::int * interval '1 second', failed_at = failed_at - $1::int * interval '1 second'
"""


async def later(gateway: Gateway, seconds: int) -> None:
    """So much time passes for all that waits, and the outbox does what is due."""
    await gateway.db.pool.execute(_LATER, seconds)
    await gateway.services.channels.outbox.tend()
    await send(gateway)


async def test_two_hours_away_lose_no_agent_s_word_and_send_no_stale_answer(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await webhook_inbox(outward, double)
    key, agent = await conversation(outward, inbox)
    other, colleague = await conversation(outward, inbox, "u2")
    double.rule = lambda taken: Answer(500)
    await hear(outward, inbox, message("a person please", sender="u3"))
    stale = await outward.db.pool.fetchval("select count(*) from deliveries")
    assert stale
    said = [f"line {n}" for n in range(3)]
    for text in said:
        await reply(agent, key, text)
        await reply(colleague, other, f"{text} too")
    for _ in range(120):
        await later(outward, MINUTE)
    tries = len(double.taken)
    assert 2 * 12 <= tries <= (2 + stale) * 25
    double.rule = lambda taken: Answer(200)
    for _ in range(12):
        await later(outward, 10 * MINUTE)
    taken = [one.json["data"] for one in double.taken[tries:]]
    by_place: dict[str, list[str]] = {}
    for one in taken:
        by_place.setdefault(one["conversation_id"], []).append(one["message"]["text"])
    assert by_place == {key: said, other: [f"{text} too" for text in said]}
    ends = await states(outward)
    assert ends.count(("sent", None)) == 6
    assert {end for end in ends if end[0] != "sent"} == {("failed", "expired")}
    told = [one for one in await inbox.events("delivery.updated") if one["state"] == "failed"]
    assert len(told) == stale
    assert all(one["error"].startswith("expired") for one in told)


async def test_an_inbox_that_goes_while_its_messages_are_on_their_way(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await webhook_inbox(outward, double)
    key, agent = await conversation(outward, inbox)
    answered = asyncio.Event()
    double.rule = lambda taken: Answer(200, after=answered)
    await reply(agent, key, "on its way")
    await reply(agent, key, "behind it")
    sending = asyncio.create_task(send(outward))
    await double.until(1)
    assert (await inbox.deliver(message("and this came just before", sender="u1"))).status_code == 200
    admin = await outward.agent(preset="admin")
    assert (await admin.call("DELETE", f"/v1/inboxes/{inbox.id}")).status_code in (200, 204)
    answered.set()
    assert await sending == 1
    outward.services.people.accounts.forget()
    assert await outward.services.channels.intake.read_due() == 1
    assert await outward.services.channels.intake.read_due() == 0
    await send(outward)
    assert texts(double) == ["on its way"]
    assert await states(outward) == [("sent", None), ("failed", "drop")]
    told = [(one["state"], one.get("error")) for one in await inbox.events("delivery.updated")]
    assert told == [("sent", None), ("failed", "drop:inbox_closed")]
    assert (await inbox.deliver(message("too late", sender="u1"))).status_code == 404
