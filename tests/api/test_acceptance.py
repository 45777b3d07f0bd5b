"""What clients written against the published contract stumbled over: each of these was an answer it does not allow."""

import pytest

from funnel.core.ids import new_id
from tests import builders
from tests.api.gateway import Caller, Gateway, Json


@pytest.mark.parametrize("field", ["visitor_token", "locale", "timezone"])
@pytest.mark.parametrize("value", ["", "\0", "x" * 9000, "not one of ours"])
async def test_a_session_is_never_refused_for_what_a_page_kept(
    standing: Gateway, field: str, value: str
) -> None:
    body = {"site_key": standing.site.key, field: value}
    answer = await standing.anonymous().call("POST", "/v1/widget/session", body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["site"]["locale"] == "en"


async def test_a_visitor_s_list_refuses_a_cursor_that_is_not_its_own(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    await visitor.say("Hello there")
    answer = await visitor.call("GET", "/v1/conversations", params={"cursor": "garbage"})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


async def test_queues_come_page_by_page(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    made = await admin.call("POST", "/v1/queues", {"name": "Second", "team_id": gateway.team_id})
    assert made.status_code == 201, made.text
    await gateway.services.directory.refresh()
    first = (await admin.call("GET", "/v1/queues", params={"limit": 1})).json()
    assert len(first["items"]) == 1
    second = (await admin.call("GET", "/v1/queues", params={"limit": 1, "cursor": first["next"]})).json()
    assert {first["items"][0]["id"], second["items"][0]["id"]} == {gateway.queue_id, made.json()["id"]}
    assert second["next"] is None
    assert (await admin.call("GET", "/v1/queues?nonsense=1")).status_code == 422
    assert (await admin.call("GET", "/v1/queues?cursor=garbage")).json()["code"] == "cursor_invalid"


async def test_a_key_that_sets_queues_up_may_list_them(gateway: Gateway) -> None:
    for scope, status in (("people", 200), ("channels", 403)):
        key = Caller(gateway.http, await builders.make_key(gateway.db, scope))
        answer = await key.call("GET", "/v1/queues")
        assert answer.status_code == status, answer.text
        if status == 200:
            assert [queue["id"] for queue in answer.json()["items"]] == [gateway.queue_id]


@pytest.mark.parametrize("sign", ["\U0001f600", "\u4e2d", "\u0645"])
async def test_the_longest_message_of_one_sign_is_taken(gateway: Gateway, sign: str) -> None:
    visitor = await gateway.visitor()
    said = await visitor.say(sign * 10_000)
    assert len(said["message"]["text"]) == 10_000


async def test_the_same_rating_with_its_comment_changes_nothing(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    started = await visitor.call("POST", "/v1/conversations", {"client_message_id": new_id(), "human": True})
    conversation_id = started.json()["conversation"]["id"]
    for what, body in (
        ("claim", {}),
        ("messages", {"client_message_id": new_id(), "text": "It is on its way."}),
        ("resolve", {}),
    ):
        assert (await agent.act(conversation_id, what, body)).status_code == 201
    rating = {"score": 5, "comment": "Quick and kind."}
    statuses = [(await visitor.act(conversation_id, "rating", rating)).status_code for _ in range(2)]
    assert statuses == [201, 200]


async def test_a_button_tapped_without_a_text_says_its_label(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    conversation_id = (await visitor.say("Where do you keep the purple elephants?"))["conversation"]["id"]
    buttons: list[Json] = []
    for text in ("And the quantum wombats of yours?", "Tell me about xylophone moons, please", ""):
        path = f"/v1/conversations/{conversation_id}/events"
        found = (await visitor.call("GET", path)).json()["items"]
        said = [event["data"] for event in found if event["type"] == "message.created"]
        buttons = [one for data in said for one in data["quick_replies"] if one["payload"] != "human"]
        if buttons or not text:
            break
        await visitor.say(text, conversation_id)
    assert buttons
    tap = {"client_message_id": new_id(), "payload": buttons[0]["payload"]}
    answers = [await visitor.act(conversation_id, "messages", tap) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert {answer.json()["message"]["text"] for answer in answers} == {buttons[0]["label"]}
    never = {"client_message_id": new_id(), "payload": "article:none"}
    refused = await visitor.act(conversation_id, "messages", never)
    assert (refused.status_code, refused.json()["code"]) == (422, "payload_unknown")
