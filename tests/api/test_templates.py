"""Templates: what a platform approved is listed, filled and sent as an agent's words, also outside of the window."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from funnel.core.ids import new_id
from funnel.turns.outbox.buckets import Buckets
from tests.api.channels_world import SECRETS, ChannelInbox, open_inbox
from tests.api.gateway import Caller, Gateway, Json
from tests.api.test_media import arrive
from tests.api.test_outbox import hurry, send
from tests.api.test_uploads import _picture
from tests.api.test_windows import shown, whatsapp
from tests.simulators.http_double import http_double
from tests.simulators.platforms import WhatsApp

DAY_AGO = 90_000


def template(name: str, body: str, language: str = "en", status: str = "APPROVED", *more: Json) -> Json:
    components = [{"type": "BODY", "text": body, "example": {"body_text": [["4711", "Friday"]]}}, *more]
    return {
        "name": name,
        "language": language,
        "status": status,
        "category": "UTILITY",
        "components": components,
    }


TEMPLATES = [
    template("order_ready", "Order {{1}} is ready, come by until {{2}}.", "en", "APPROVED",
             {"type": "HEADER", "format": "TEXT", "text": "Good news"}, {"type": "FOOTER", "text": "The shop"},
             {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Thanks"}]}),
    template("order_ready", "您的订单 {{1}} 已备好，请于 {{2}} 前取货。", "zh_CN"),
    template("follow_up", "Hello {{name}}, did that help?"),
    template("paused_one", "Hello", "en", "PAUSED"),
    template("place", "Come by", "en", "APPROVED", {"type": "HEADER", "format": "LOCATION"}),
    template("picture", "Look", "en", "APPROVED", {"type": "HEADER", "format": "IMAGE"}),
    template("invoice", "Your invoice", "en", "APPROVED", {"type": "HEADER", "format": "DOCUMENT"}),
    template("coupon", "A present", "en", "APPROVED",
             {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Thanks"},
                                             {"type": "COPY_CODE", "text": "Copy offer code", "example": ["25OFF"]}]}),
    template("form", "Tell us", "en", "APPROVED", {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Begin"}]}),
]  # fmt: skip


class Shop:
    """An inbox of WhatsApp with its platform and an agent."""

    def __init__(self, gateway: Gateway, inbox: ChannelInbox, platform: WhatsApp, agent: Caller) -> None:
        self.gateway, self.inbox, self.platform, self.agent = gateway, inbox, platform, agent

    async def conversation(self, age: float = DAY_AGO) -> str:
        await arrive(self.gateway, self.inbox, whatsapp(new_id(), time.time() - age))
        await self.gateway.db.pool.execute("delete from deliveries where inbox_id = $1::uuid", self.inbox.id)
        found: str = (await shown(self.gateway, self.inbox, self.agent))["id"]
        return found

    async def listed(self, key: str, anew: bool = False) -> httpx.Response:
        query = "?anew=true" if anew else ""
        return await self.agent.call("GET", f"/v1/conversations/{key}/templates{query}")

    async def send(
        self, key: str, name: str, language: str = "en", files: tuple[str, ...] = (), **values: Any
    ) -> httpx.Response:
        body = {
            "client_message_id": new_id(),
            "name": name,
            "language": language,
            "values": values,
            "attachments": files,
        }
        return await self.agent.call("POST", f"/v1/conversations/{key}/templates", body)


@pytest.fixture
async def shop(outward: Gateway) -> AsyncIterator[Shop]:
    platform = WhatsApp(templates=[dict(one) for one in TEMPLATES])
    async with http_double(platform) as double:
        SECRETS["whatsapp"] = {**SECRETS["whatsapp"], "api_base": double.url, "business_account_id": "77"}
        agent = await outward.agent(preset="admin")
        yield Shop(outward, await open_inbox(outward, "whatsapp", agent), platform, agent)


async def test_templates_are_listed_once_and_again_when_the_platform_says_they_changed(shop: Shop) -> None:
    key = await shop.conversation()
    first = (await shop.listed(key)).json()
    assert [(one["name"], one["language"], one["state"]) for one in first["items"]] == [
        ("order_ready", "en", "approved"), ("order_ready", "zh_CN", "approved"), ("follow_up", "en", "approved"),
        ("paused_one", "en", "paused"), ("place", "en", "approved"), ("picture", "en", "approved"),
        ("invoice", "en", "approved"), ("coupon", "en", "approved"), ("form", "en", "approved"),
    ]  # fmt: skip
    ready = first["items"][0]
    assert [(one["key"], one["example"]) for one in ready["variables"]] == [
        ("body.1", "4711"),
        ("body.2", "Friday"),
    ]
    assert (ready["header"], ready["footer"], ready["buttons"]) == ("Good news", "The shop", ["Thanks"])
    assert [one["cannot"] for one in first["items"][4:]] == ["header", "", "", "", "flow"]
    takes = [[(v["key"], v["takes"], v["example"]) for v in one["variables"]] for one in first["items"][5:8]]
    assert takes == [
        [("media.image", "image", "")],
        [("media.document", "document", "")],
        [("code.1", "code", "25OFF")],
    ]
    asked = sum(shop.platform.calls.values())
    assert (await shop.listed(key)).json() == first
    assert sum(shop.platform.calls.values()) == asked == 5
    shop.platform.templates[3] = template("paused_one", "Hello")
    change = {
        "field": "message_template_status_update",
        "value": {"event": "APPROVED", "message_template_name": "paused_one"},
    }
    await arrive(
        shop.gateway, shop.inbox, {"entry": [{"id": "77", "time": int(time.time()), "changes": [change]}]}
    )
    again = (await shop.listed(key)).json()
    assert [one["state"] for one in again["items"]] == ["approved"] * 9
    shop.platform.locked = True
    kept = await shop.listed(key, anew=True)
    assert kept.json() == again  # the platform is away: what it told last still counts


async def test_a_template_reaches_a_contact_whose_window_is_closed(shop: Shop) -> None:
    key = await shop.conversation()
    window = (await shown(shop.gateway, shop.inbox, shop.agent))["window"]
    assert window["can_send"] == ["template"]
    sent = await shop.send(key, "order_ready", **{"body.1": "4711", "body.2": "Friday"})
    assert sent.status_code == 201, sent.text
    words = "Good news\n\nOrder 4711 is ready, come by until Friday.\n\nThe shop\n\n[Thanks]"
    assert sent.json()["message"]["text"] == words
    assert sent.json()["message"]["template"] == {"name": "order_ready", "language": "en"}
    assert sent.json()["conversation"]["owner"]["kind"] == "agent"
    await shop.send(key, "follow_up", **{"body.name": "Ada"})
    while await send(shop.gateway):
        pass
    shop_said = [json.loads(text) for _, text in shop.platform.shown]
    assert shop_said[0] == {
        "name": "order_ready", "language": {"code": "en"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "4711"}, {"type": "text", "text": "Friday"}]}],
    }  # fmt: skip
    assert shop_said[1]["components"][0]["parameters"] == [
        {"type": "text", "text": "Ada", "parameter_name": "name"}
    ]
    told = await shop.inbox.events("delivery.updated")
    assert [one["state"] for one in told] == ["sent", "sent"]
    plain = {"client_message_id": new_id(), "text": "and free words?"}
    refused = await shop.agent.call("POST", f"/v1/conversations/{key}/messages", plain)
    assert refused.json()["code"] == "window_closed"


async def test_what_the_platform_would_refuse_is_refused_with_its_reason(shop: Shop) -> None:
    key = await shop.conversation()
    missing = await shop.send(key, "order_ready", **{"body.1": "4711", "body.2": "  "})
    assert (missing.status_code, missing.json()["code"]) == (422, "template_values_missing")
    assert [one["field"] for one in missing.json()["errors"]] == ["values.body.2"]
    broken = await shop.send(key, "order_ready", **{"body.1": "47\n11", "body.2": "Friday"})
    assert (broken.status_code, broken.json()["code"]) == (422, "template_values_invalid")
    unknown = await shop.send(key, "order_ready", **{"body.1": "4711", "body.2": "Friday", "body.9": "x"})
    assert (unknown.status_code, unknown.json()["errors"]) == (422, [])
    paused = await shop.send(key, "paused_one")
    assert (paused.status_code, paused.json()["code"]) == (409, "template_not_approved")
    assert paused.json()["template"] == {"state": "paused"}
    for name, cannot in (("place", "header"), ("form", "flow")):
        refused = await shop.send(key, name)
        assert (refused.status_code, refused.json()["code"]) == (409, "template_unsupported")
        assert refused.json()["template"] == {"state": "approved", "cannot": cannot}
    for name, values in (
        ("picture", {"media.image": "http://cdn.example/a.png"}), ("picture", {"media.image": "https:///a"}),
        ("picture", {"media.image": "file:///etc/passwd"}), ("coupon", {"code.1": "HAS BLANKS"}), ("coupon", {"code.1": "S" * 16}),
    ):  # fmt: skip
        wrong = await shop.send(key, name, **values)
        assert (wrong.status_code, wrong.json()["code"]) == (422, "template_values_invalid")
    assert (await shop.send(key, "picture")).json()["code"] == "template_values_missing"
    for name, language in (("nothing", "en"), ("order_ready", "fr")):
        assert (await shop.send(key, name, language)).status_code == 404
    assert shop.platform.shown == []
    assert [one for one in await shop.inbox.events() if one.get("template")] == []


async def test_pictures_documents_and_codes_are_part_of_a_template(shop: Shop) -> None:
    key = await shop.conversation()
    picture = await _upload(shop, "a.png", _picture())
    text = await _upload(shop, "Rechnung 4711.txt", b"4711")
    for name, file in (("picture", text), ("invoice", picture), ("coupon", text)):
        wrong = await shop.send(key, name, files=(file,), **({"code.1": "25OFF"} if name == "coupon" else {}))
        assert (wrong.status_code, wrong.json()["code"]) == (422, "template_values_invalid")
    twice = await shop.send(key, "picture", files=(picture,), **{"media.image": "https://cdn.example/a.png"})
    assert twice.json()["code"] == "template_values_invalid"
    linked = await shop.send(key, "picture", **{"media.image": "https://cdn.example/a.png"})
    assert linked.json()["message"]["text"] == "https://cdn.example/a.png\n\nLook"
    for name, files, values in (
        ("picture", (picture,), {}), ("invoice", (text,), {}), ("coupon", (), {"code.1": "25OFF"}),
    ):  # fmt: skip
        sent = await shop.send(key, name, files=files, **values)
        assert sent.status_code == 201, sent.text
        assert len(sent.json()["message"]["attachments"]) == len(files)
    assert sent.json()["message"]["text"] == "A present\n\n[Thanks]\n\n[Copy offer code: 25OFF]"
    for seconds in (0.0, 60.0):  # three at once to one number, then one every six seconds
        shop.gateway.services.channels.outbox._buckets = Buckets(lambda now=seconds: now)
        await hurry(shop.gateway)
        while await send(shop.gateway):
            pass
    said = [json.loads(text)["components"][0] for _, text in shop.platform.shown]
    assert len(said) == 4
    assert said[0]["parameters"] == [{"type": "image", "image": {"link": "https://cdn.example/a.png"}}]
    assert "/v1/attachments/" in said[1]["parameters"][0]["image"]["link"]
    assert said[2]["parameters"][0]["document"]["filename"] == "Rechnung 4711.txt"
    assert said[3] == {
        "type": "button", "sub_type": "copy_code", "index": "1",
        "parameters": [{"type": "coupon_code", "coupon_code": "25OFF"}],
    }  # fmt: skip


async def _upload(shop: Shop, name: str, content: bytes) -> str:
    answer = await shop.agent.call("POST", "/v1/uploads", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["upload_id"]
    return found


async def test_a_channel_without_templates_and_an_inbox_that_does_not_know_its_account_say_so(
    outward: Gateway,
) -> None:
    agent = await outward.agent(preset="admin")
    inbox = await open_inbox(outward, "whatsapp", agent)
    await arrive(outward, inbox, whatsapp("w1", time.time()))
    untold = (await shown(outward, inbox, agent))["id"]
    web = (await (await outward.visitor()).say("a person please"))["conversation"]["id"]
    for key in (untold, web):
        answer = await agent.call("GET", f"/v1/conversations/{key}/templates")
        assert (answer.status_code, answer.json()["code"]) == (409, "templates_unsupported")
