"""What a visitor does at the end: ends the conversation, takes it to another device, reads what everybody should know."""

from typing import Any

import httpx

from funnel.core.ids import new_id
from funnel.escalation.rule_sets.switches import SwitchDraft
from funnel.people.sites import SiteChanges
from tests import builders
from tests.api.gateway import Caller, Gateway


async def _visitor(gateway: Gateway) -> Caller:
    answer = await gateway.http.post("/v1/widget/session", json={"site_key": gateway.site.key})
    return Caller(gateway.http, answer.json()["visitor_token"])


async def test_the_visitor_ends_it_and_comes_back(gateway: Gateway) -> None:
    visitor = await _visitor(gateway)
    conversation_id = (await visitor.say("Where is my order 4711?"))["conversation"]["id"]
    body = {"client_message_id": new_id()}
    ended = await visitor.call("POST", f"/v1/conversations/{conversation_id}/end", body)
    assert ended.status_code == 201, ended.text
    resolved = [one["data"] for one in ended.json()["events"] if one["type"] == "conversation.resolved"]
    assert resolved == [{"by": "contact", "how": "ended", "need_met": "unknown"}]
    assert "rating.requested" not in {one["type"] for one in ended.json()["events"]}
    again = await visitor.call("POST", f"/v1/conversations/{conversation_id}/end", body)
    assert again.status_code == 200
    back = await visitor.say("One more thing: how do I return it?")
    assert back["conversation"]["id"] == conversation_id
    assert back["conversation"]["status"] == "open"
    repeated = await visitor.call("POST", f"/v1/conversations/{conversation_id}/end", body)
    assert repeated.status_code == 200
    assert repeated.json()["conversation"]["status"] == "open"


async def test_it_ends_while_waiting_for_a_person(gateway: Gateway) -> None:
    visitor = await _visitor(gateway)
    asked = await visitor.call(
        "POST", "/v1/conversations", {"client_message_id": new_id(), "human": True, "text": "a person please"}
    )
    conversation_id = asked.json()["conversation"]["id"]
    ended = await visitor.call(
        "POST", f"/v1/conversations/{conversation_id}/end", {"client_message_id": new_id()}
    )
    assert ended.json()["conversation"]["status"] == "resolved"
    inbox = (await (await gateway.agent()).call("GET", "/v1/inbox?view=queue")).json()["items"]
    assert conversation_id not in {one["id"] for one in inbox}


async def test_a_link_opens_the_conversation_once_on_another_device(gateway: Gateway) -> None:
    visitor = await _visitor(gateway)
    conversation_id = (await visitor.say("How do I return a lamp?"))["conversation"]["id"]
    made = await visitor.call("POST", f"/v1/conversations/{conversation_id}/resume-link")
    assert made.status_code == 201, made.text

    async def use() -> httpx.Response:
        return await gateway.http.post("/v1/widget/resume", json={"link_token": made.json()["link_token"]})

    first, second = await use(), await use()
    assert first.json()["conversation"]["id"] == conversation_id
    assert first.json()["visitor_token"] != visitor.token
    assert second.status_code == 401
    stranger = await _visitor(gateway)
    refused = await stranger.call("POST", f"/v1/conversations/{conversation_id}/resume-link")
    assert refused.status_code == 404


async def test_the_sites_notice_is_told_in_the_visitors_language(gateway: Gateway) -> None:
    async def session(locale: str) -> dict[str, object]:
        body = {"site_key": gateway.site.key, "locale": locale}
        answer = await gateway.http.post("/v1/widget/session", json=body)
        assert answer.json()["now"].endswith("Z")
        site: dict[str, object] = answer.json()["site"]
        return site

    assert (await session("ar"))["notice"] is None
    await gateway.services.people.sites.update(
        gateway.site.id, _changes({"notice": {"en": "Parcels are late.", "ar": "الطرود متأخرة."}})
    )
    await gateway.services.directory.refresh()
    assert (await session("en"))["notice"] == "Parcels are late."
    assert (await session("ar"))["notice"] in ("الطرود متأخرة.", "Parcels are late.")


async def test_an_announcement_stands_before_the_sites_own_notice(gateway: Gateway) -> None:
    async def notice() -> object:
        answer = await gateway.http.post(
            "/v1/widget/session", json={"site_key": gateway.site.key, "locale": "en"}
        )
        return answer.json()["site"]["notice"]

    await gateway.services.people.sites.update(
        gateway.site.id, _changes({"notice": {"en": "Closed on Monday."}})
    )
    await gateway.services.directory.refresh()
    switches = gateway.services.judgement.switches
    on = await switches.turn_on(
        SwitchDraft(
            "announce", "payments are down", texts={"en": "Cards fail just now.", "ar": "تعذّر الدفع."}
        ),
        None,
    )
    elsewhere = await switches.turn_on(
        SwitchDraft("announce", "mail is slow", channel="email", texts={"en": "Not for you."}), None
    )
    assert await notice() == "Cards fail just now.\n\nClosed on Monday."
    await switches.turn_off(on.id, None)
    await switches.turn_off(elsewhere.id, None)
    assert await notice() == "Closed on Monday."


async def test_a_name_given_later_is_on_the_conversation_that_goes_on(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    for name in ("Ada", "Ada", "Ada Lovelace"):
        told = await visitor.call("PUT", "/v1/me", {"name": name})
        assert told.json()["contact"]["name"] == name
        shown = (await agent.call("GET", f"/v1/conversations/{conversation_id}")).json()
        assert shown["contact"] == {"id": visitor.id, "name": name, "verified": False}
    inbox = (await agent.call("GET", "/v1/inbox", params={"view": "queue", "q": "Lovelace"})).json()["items"]
    assert [row["contact"]["name"] for row in inbox] == ["Ada Lovelace"]
    page = (await visitor.call("GET", f"/v1/conversations/{conversation_id}/events")).json()["items"]
    names = [event["data"]["name"] for event in page if event["type"] == "contact.identified"]
    assert names == ["Ada", "Ada Lovelace"]


async def test_the_conversation_travels_along(gateway: Gateway) -> None:
    """Times of later receipts are those of where the visitor is, told by their own word or by their next page."""
    visitor, agent = await gateway.visitor(), await gateway.agent()
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    for zone in ("Africa/Cairo", "Africa/Cairo", "Asia/Taipei"):
        assert (await visitor.call("PUT", "/v1/me", {"timezone": zone})).status_code == 200
    page = {"site_key": gateway.site.key, "visitor_token": visitor.token}
    for zone in ("Asia/Taipei", "Europe/Paris", "Nowhere/None"):
        opened = await gateway.http.post("/v1/widget/session", json={**page, "timezone": zone})
        assert opened.status_code == 200, opened.text
    seen = (await agent.call("GET", f"/v1/conversations/{conversation_id}/events")).json()["items"]
    zones = [event["data"]["zone"] for event in seen if event["type"] == "contact.identified"]
    assert zones == ["Africa/Cairo", "Asia/Taipei", "Europe/Paris"]
    shown = (await visitor.call("GET", f"/v1/conversations/{conversation_id}/events")).json()["items"]
    assert not [event for event in shown if "zone" in event["data"]]


async def test_who_logs_in_after_writing_is_known_to_the_agent(gateway: Gateway) -> None:
    """The contact that wrote is merged into the one the site knows; what is known of that one is what counts."""

    async def session(**tokens: str) -> dict[str, Any]:
        answer = await gateway.http.post("/v1/widget/session", json={"site_key": gateway.site.key, **tokens})
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    identity = builders.identity_token(gateway.site, sub="u-7", name="Una", email="una@home.example")
    known = await session(identity_token=identity)
    visitor = await gateway.visitor()
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    merged = await session(identity_token=identity, visitor_token=str(visitor.token))
    assert merged["contact"]["id"] == known["contact"]["id"] != visitor.id
    agent = await gateway.agent()
    bundle = (await agent.call("GET", f"/v1/conversations/{conversation_id}/context")).json()
    assert (bundle["verified"], bundle["contact"]["verified"]) == (True, True)
    assert (bundle["contact"]["name"], bundle["contact"]["email"]) == ("Una", "una@home.example")
    assert bundle["contact"]["external_id"] == "u-7"


def _changes(texts: dict[str, dict[str, str]]) -> SiteChanges:
    return SiteChanges(texts=texts)
