"""Saved replies: shared ones of leads, personal ones of their owner, shortcuts, placeholders, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.core.errors import FunnelError
from funnel.core.ids import new_id
from funnel.replies.model import VARIABLES, ReplyDraft, checked, placeholders
from tests.api.gateway import Caller, Gateway, Json

PATH = "/v1/saved-replies"


async def save(caller: Caller, **fields: object) -> Json:
    body = {"title": "Label sent", "text": "Hello {{contact.name|there}}, the label is on its way.", **fields}
    answer = await caller.call("POST", PATH, body)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


async def titles(caller: Caller) -> list[str]:
    return [one["title"] for one in (await caller.call("GET", PATH)).json()["items"]]


async def test_personal_ones_are_their_owners_and_shared_ones_everybodys(gateway: Gateway) -> None:
    noor, lin = await gateway.agent(), await gateway.agent(preset="lead", lead=True)
    own = await save(noor, title="Mine", shortcut="/Mine")
    shared = await save(lin, title="All", shared=True, locale="zh-TW", shortcut="all")
    assert (own["shared"], own["shortcut"], shared["locale"]) == (False, "mine", "zh-Hant")
    assert await titles(noor) == ["Mine", "All"]
    assert await titles(lin) == ["All"]
    for method in ("GET", "PUT", "DELETE"):
        answer = await lin.call(method, f"{PATH}/{own['id']}", {"title": "x"} if method == "PUT" else None)
        assert answer.status_code == 404
        refused = await noor.call(
            method, f"{PATH}/{shared['id']}", {"title": "x"} if method == "PUT" else None
        )
        assert refused.status_code == (200 if method == "GET" else 403)
    changed = await noor.call("PUT", f"{PATH}/{own['id']}", {"text": "Done."})
    assert (changed.json()["title"], changed.json()["text"]) == ("Mine", "Done.")
    assert (await noor.call("PUT", f"{PATH}/{own['id']}", {"shared": True})).status_code == 403
    assert (await noor.call("DELETE", f"{PATH}/{own['id']}")).status_code == 204
    assert (await noor.call("GET", f"{PATH}/{own['id']}")).status_code == 404
    assert await titles(noor) == ["All"]


async def test_an_admin_tends_to_all_and_a_writer_to_none(gateway: Gateway) -> None:
    noor, sam = await gateway.agent(), await gateway.agent(preset="admin")
    writer, visitor = await gateway.agent(preset="writer"), await gateway.visitor()
    own = await save(noor)
    changed = await sam.call("PUT", f"{PATH}/{own['id']}", {"title": "Better"})
    assert changed.json()["title"] == "Better"
    assert await titles(noor) == ["Better"]
    assert (await writer.call("GET", PATH)).status_code == 403
    assert (await visitor.call("GET", PATH)).status_code == 401


async def test_a_shortcut_is_one_in_its_language(gateway: Gateway) -> None:
    lin, noor = await gateway.agent(preset="lead"), await gateway.agent()
    await save(lin, shared=True, shortcut="refund", locale="en")
    await save(lin, shared=True, shortcut="refund", locale="ar")
    await save(noor, shortcut="refund", locale="en")
    taken = await lin.call(
        "POST", PATH, {"title": "t", "text": "t", "shared": True, "shortcut": "REFUND", "locale": "en"}
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "shortcut_taken")
    free = await save(lin, shared=True, shortcut="other")
    moved = await lin.call("PUT", f"{PATH}/{free['id']}", {"shortcut": "refund", "locale": "en"})
    assert (moved.status_code, moved.json()["code"]) == (409, "shortcut_taken")


async def test_pages_follow_each_other(gateway: Gateway) -> None:
    noor = await gateway.agent()
    for number in range(5):
        await save(noor, title=f"r{number}")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await noor.call("GET", PATH, params=params)).json()
        seen += [one["title"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"r{number}" for number in range(5)]
    assert (await noor.call("GET", PATH, params={"cursor": "no"})).json()["code"] == "cursor_invalid"


async def test_the_context_names_those_that_fit(gateway: Gateway) -> None:
    noor, visitor = await gateway.agent(), await gateway.visitor()
    await save(noor, title="Refund on its way", text="Your refund was sent today.")
    await save(noor, title="Opening hours", text="We are open from nine to five.")
    asked = await visitor.say("Where is my refund?")
    conversation_id = asked["conversation"]["id"]
    await visitor.call("POST", f"/v1/conversations/{conversation_id}/human", {"client_message_id": new_id()})
    bundle = (await noor.call("GET", f"/v1/conversations/{conversation_id}/context")).json()
    found = bundle["suggestions"]["saved_replies"]
    assert [one["title"] for one in found] == ["Refund on its way"]
    assert found[0]["text"] == "Your refund was sent today."


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": "{{contact.password}}"}, "variable_unknown"),
        ({"text": " \n "}, "text_invalid"),
        ({"title": "   "}, "invalid"),
        ({"shortcut": "two words"}, "shortcut_invalid"),
        ({"locale": "xx-nowhere"}, "locale_invalid"),
    ],
)
async def test_what_cannot_be_used_is_refused_and_nothing_is_kept(
    gateway: Gateway, fields: Json, code: str
) -> None:
    noor = await gateway.agent()
    answer = await noor.call("POST", PATH, {"title": "t", "text": "t", **fields})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await titles(noor) == []


@given(
    st.lists(st.sampled_from(sorted(VARIABLES)), max_size=5),
    st.text(st.characters(exclude_characters="{}|"), max_size=20),
)
def test_known_placeholders_always_pass_and_unknown_ones_never(names: list[str], words: str) -> None:
    text = "x" + "".join(f"{words}{{{{{name}|{words}}}}}" for name in names)
    assert placeholders(text) == names
    assert checked(ReplyDraft("t", text)).text == text
    with pytest.raises(FunnelError, match="variable_unknown"):
        checked(ReplyDraft("t", text + "{{agent.salary}}"))
