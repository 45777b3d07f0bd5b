"""What a channel still lets us say is part of the conversation: shown to agents, kept to by bot and composer."""

import time

import pytest

from funnel.core.ids import new_id
from tests.api.channels_world import SECRETS, ChannelInbox, open_inbox, read_all
from tests.api.gateway import Caller, Gateway, Json
from tests.api.test_media import arrive
from tests.api.test_outbox import hurry, reply, send
from tests.simulators.http_double import Answer, Taken, http_double
from tests.simulators.platforms import Line


def whatsapp(key: str, at: float, text: str = "a person please") -> Json:
    said = {
        "id": key,
        "from": "4917012345",
        "timestamp": str(int(at)),
        "type": "text",
        "text": {"body": text},
    }
    value = {"metadata": {"phone_number_id": "1"}, "contacts": [{"wa_id": "4917012345"}], "messages": [said]}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"changes": [{"field": "messages", "value": value}]}],
    }


def wechat(key: str, at: float, text: str = "a person please") -> bytes:
    return (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><CreateTime>{int(at)}</CreateTime>"
        f"<MsgType>text</MsgType><Content>{text}</Content><MsgId>{key}</MsgId></xml>"
    ).encode()


async def shown(gateway: Gateway, inbox: ChannelInbox, agent: Caller) -> Json:
    """The one conversation of the inbox as an agent sees it."""
    key = await gateway.db.pool.fetchval(
        "select id::text from conversations where inbox_id = $1::uuid", inbox.id
    )
    found: Json = (await agent.call("GET", f"/v1/conversations/{key}")).json()
    return found


async def test_a_closed_window_is_shown_refuses_words_and_opens_with_the_next_message(
    outward: Gateway,
) -> None:
    agent = await outward.agent(preset="admin")
    inbox = await open_inbox(outward, "whatsapp", agent)
    await arrive(outward, inbox, whatsapp("w1", time.time() - 90_000))
    conversation = await shown(outward, inbox, agent)
    assert conversation["window"]["left"] is None
    key = conversation["id"]
    reply = {"client_message_id": new_id(), "text": "hello"}
    refused = await agent.call("POST", f"/v1/conversations/{key}/messages", reply)
    assert (refused.status_code, refused.json()["code"]) == (409, "window_closed")
    assert refused.json()["window"]["can_send"] == ["template"]
    await arrive(
        outward, inbox, whatsapp("w2", time.time() + 9_000, "still there?")
    )  # a clock that runs ahead
    window = (await shown(outward, inbox, agent))["window"]
    until = await outward.db.pool.fetchval(
        "select extract(epoch from $1::text::timestamptz)::float8", window["until"]
    )
    assert 86_300 < until - time.time() <= 86_400
    await arrive(outward, inbox, whatsapp("w0", time.time() - 80_000, "an older one comes late"))
    assert (await shown(outward, inbox, agent))["window"]["until"] == window["until"]
    taken = await agent.call(
        "POST", f"/v1/conversations/{key}/messages", {**reply, "client_message_id": new_id()}
    )
    assert taken.status_code == 201, taken.text


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
async def test_a_page_may_answer_for_a_day_after_the_contact_s_own_last_word(
    outward: Gateway, channel: str
) -> None:
    agent = await outward.agent(preset="admin")
    inbox = await open_inbox(outward, channel, agent)

    def one(at: float, *, echo: bool = False) -> Json:
        ends = ({"id": "7"}, {"id": "1"})
        said = {"mid": new_id(), "text": "a person please", **({"is_echo": True} if echo else {})}
        event = {
            "sender": ends[echo],
            "recipient": ends[not echo],
            "timestamp": int(at * 1000),
            "message": said,
        }
        return {"object": "page", "entry": [{"id": "1", "messaging": [event]}]}

    await arrive(outward, inbox, one(time.time() - 90_000))
    conversation = await shown(outward, inbox, agent)
    assert (conversation["window"]["left"], conversation["window"]["can_send"]) == (None, [])
    path = f"/v1/conversations/{conversation['id']}/messages"
    refused = await agent.call("POST", path, {"client_message_id": new_id(), "text": "hello"})
    assert (refused.status_code, refused.json()["code"]) == (409, "window_closed")
    await arrive(outward, inbox, one(time.time(), echo=True))  # what the page says itself opens nothing
    assert (await shown(outward, inbox, agent))["window"] == conversation["window"]
    await arrive(outward, inbox, one(time.time()))
    window = (await shown(outward, inbox, agent))["window"]
    until = await outward.db.pool.fetchval(
        "select extract(epoch from $1::text::timestamptz)::float8", window["until"]
    )
    assert 86_300 < until - time.time() <= 86_400
    taken = await agent.call("POST", path, {"client_message_id": new_id(), "text": "hello"})
    assert taken.status_code == 201, taken.text


async def test_messages_of_a_window_are_counted(outward: Gateway) -> None:
    agent = await outward.agent(preset="admin")
    inbox = await open_inbox(outward, "wechat", agent)
    await arrive(outward, inbox, wechat("1", time.time()))
    await read_all(outward.services.channels.intake)
    conversation = await shown(outward, inbox, agent)
    said = [one for one in await inbox.events() if one["direction"] == "outgoing"]
    assert conversation["window"]["left"] == 5 - len(said)
    for left in range(4 - len(said), -1, -1):
        body = {"client_message_id": new_id(), "text": f"{left} left"}
        taken = await agent.call("POST", f"/v1/conversations/{conversation['id']}/messages", body)
        assert taken.status_code == 201
        assert (await shown(outward, inbox, agent))["window"]["left"] == left
    body = {"client_message_id": new_id(), "text": "one too many"}
    refused = await agent.call("POST", f"/v1/conversations/{conversation['id']}/messages", body)
    assert (refused.status_code, refused.json()["code"], refused.json()["window"]["left"]) == (
        409,
        "window_closed",
        0,
    )
    await arrive(outward, inbox, wechat("2", time.time(), "and now?"))
    assert (await shown(outward, inbox, agent))["window"]["left"] == 5


def line(token: str, text: str) -> Json:
    event = {
        "type": "message", "webhookEventId": new_id(), "timestamp": int(time.time() * 1000), "mode": "active",
        "source": {"type": "user", "userId": "U1"}, "replyToken": token,
        "message": {"id": new_id(), "type": "text", "text": text},
    }  # fmt: skip
    return {"destination": "U0", "events": [event]}


async def send_all(gateway: Gateway) -> None:
    """Until nothing is queued, whatever it waits for."""
    while await gateway.db.pool.fetchval("select count(*) from deliveries where state = 'queued'"):
        await hurry(gateway)
        await send(gateway)


async def test_a_reply_token_answers_once_for_nothing_and_pushes_are_counted(outward: Gateway) -> None:
    platform = Line(quota=3)
    async with http_double(platform) as double:
        SECRETS["line"] = {**SECRETS["line"], "api_base": double.url}
        agent = await outward.agent(preset="admin")
        inbox = await open_inbox(outward, "line", agent)
        await outward.services.channels.allowances.ask_due()
        platform.tokens = {"first": "U1", "second": "U1"}
        await arrive(outward, inbox, line("first", "a person please"))
        said = [one for one in await inbox.events() if one["direction"] == "outgoing"]
        await send_all(outward)
        assert platform.calls["/v2/bot/message/reply"] == 1
        assert platform.pushed == len(said) - 1
        conversation = await shown(outward, inbox, agent)
        assert conversation["window"] == {"until": None, "left": 3 - platform.pushed, "can_send": []}
        while (await shown(outward, inbox, agent))["window"]["left"]:
            await reply(agent, conversation["id"], "by push")
        await send_all(outward)
        assert platform.pushed == 3
        health = (await agent.call("GET", f"/v1/inboxes/{inbox.id}/health")).json()
        assert health["pushes_left"] == 0
        refused = await agent.call(
            "POST",
            f"/v1/conversations/{conversation['id']}/messages",
            {"client_message_id": new_id(), "text": "x"},
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "window_closed")
        await arrive(outward, inbox, line("second", "still there?"))
        window = (await shown(outward, inbox, agent))["window"]
        assert window["left"] == 0
        assert window["free_until"] > conversation["updated_at"]
        await reply(agent, conversation["id"], "for nothing")
        await send_all(outward)
        assert platform.shown[-1] == ("U1", "for nothing")
        assert platform.pushed == 3


async def test_a_reply_token_that_is_refused_or_whose_answer_is_lost_is_followed_by_a_push(
    outward: Gateway,
) -> None:
    platform = Line()
    async with http_double(platform) as double:
        SECRETS["line"] = {**SECRETS["line"], "api_base": double.url}
        agent = await outward.agent(preset="admin")
        inbox = await open_inbox(outward, "line", agent)
        await arrive(outward, inbox, line("known to nobody", "a person please"))
        key = (await shown(outward, inbox, agent))["id"]
        await send_all(outward)
        said = [one["text"] for one in await inbox.events() if one["direction"] == "outgoing"]
        assert [text for _, text in platform.shown] == said
        assert platform.calls["/v2/bot/message/reply"] == 1
        await arrive(outward, inbox, line("lost", "hello?"))
        platform.tokens = {"lost": "U1"}
        take = platform.take

        def lose(taken: Taken) -> Answer:
            answer = take(taken)
            answer.breaks = taken.path.endswith("/reply")
            return answer

        platform.take = lose  # type: ignore[method-assign]
        await reply(agent, key, "once, perhaps twice")
        await send_all(outward)
        assert [text for _, text in platform.shown[-2:]] == ["once, perhaps twice"] * 2
        told = await outward.db.pool.fetchrow(
            "select state, possible_duplicate from deliveries order by position desc limit 1"
        )
        assert (told["state"], told["possible_duplicate"]) == ("sent", True)
