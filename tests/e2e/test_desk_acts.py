"""Every act of the desk in the browser, the list narrowed and long, files that cannot be sent, alerts, and no socket."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from funnel.core.ids import new_id
from tests.api.standing import PNG
from tests.e2e.agents import DeskAgent
from tests.e2e.browser import HAND_OVER
from tests.e2e.conftest import Demo
from tests.e2e.desk import DeskPage, open_desk
from tests.e2e.visitors import visitor_of, waiting

pytestmark = pytest.mark.slow
NOBODY_LOOKS = """document.hasFocus = () => false;
  window.Notification = class { constructor(heading, more) { window.called(heading, more.body); } close() {}
    static permission = 'default'; static requestPermission() { this.permission = 'granted'; return Promise.resolve('granted'); } };
  window.tones = 0; const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };"""


async def _choose(desk: DeskPage, menu: str, item: str) -> None:
    await desk.page.get_by_role("button", name=menu, exact=True).click()
    await desk.page.get_by_role("menuitem", name=item).click()


async def test_snooze_release_hand_back_and_reopen(browser: Browser, demo: Demo, agent: DeskAgent) -> None:
    visitor = await visitor_of(demo, "Ida Every-Act")
    conversation_id = await waiting(visitor, "My kettle whistles off key")
    async with open_desk(browser, demo) as desk:
        # Right after coming, while the desk does not know its queues yet.
        known = await desk.hold("**/v1/queues?*")
        await desk.page.reload()
        await desk.button("Take next").click()
        known.set()
        await expect(desk.log()).to_contain_text("Taken: You")
        assert desk.page.url.endswith(conversation_id)
        await _choose(desk, "Snooze", "Other time")
        await desk.page.get_by_role("dialog").wait_for()
        await desk.page.keyboard.press("Escape")
        await desk.page.get_by_role("button", name="Snooze", exact=True).click()
        await desk.page.get_by_role("menuitem").first.click()
        await expect(desk.log()).to_contain_text("Snoozed")
        await desk.page.get_by_role("link", name="Snoozed").click()
        await expect(desk.page.locator("[data-row]", has_text="Ida Every-Act")).to_be_visible()
        await visitor.say("it still does", conversation_id)
        await desk.page.get_by_role("link", name="Mine").click()
        await desk.page.locator("[data-row]", has_text="Ida Every-Act").click()
        await expect(desk.log()).to_contain_text("it still does")

        await _choose(desk, "More actions", "Release to the queue")
        await expect(desk.page.get_by_text("Back in the queue.")).to_be_visible()
        await expect(desk.page.locator(".head .chip").first).to_contain_text("Waits in")
        await desk.button("Take").first.click()
        await _choose(desk, "More actions", "Hand back to the assistant")
        await expect(desk.page.get_by_text("The assistant has it again")).to_be_visible()
        await expect(
            desk.page.get_by_text("The assistant is talking. Your reply takes over.")
        ).to_be_visible()
        await desk.reply("I am back: a new whistle is on its way.")
        await expect(desk.log().locator("[data-seq]", has_text="a new whistle")).to_be_visible()
        await desk.button("Resolve").click()
        await expect(desk.page.get_by_text("This conversation is resolved.")).to_be_visible()
        await desk.button("Reopen").first.click()
        await expect(desk.page.get_by_text("This conversation is resolved.")).to_have_count(0)
        await desk.button("Resolve").wait_for()
    types = [one["type"] for one in await _log(agent, conversation_id)]
    for kind in ("conversation.snoozed", "conversation.woken", "conversation.released", "conversation.handed_back",
                 "conversation.resolved", "conversation.reopened"):  # fmt: skip
        assert types.count(kind) == 1, (kind, types)
    await visitor.close()


async def _log(agent: DeskAgent, conversation_id: str) -> list[dict[str, Any]]:
    page = (await agent.http.get(f"/v1/conversations/{conversation_id}/events?limit=200")).json()
    items: list[dict[str, Any]] = page["items"]
    return items


async def test_files_are_pasted_and_dropped_and_refused_in_words(browser: Browser, demo: Demo) -> None:
    visitor = await visitor_of(demo, "Files")
    conversation_id = await waiting(visitor, "Can you send me the manual?")
    async with open_desk(browser, demo) as desk:
        await desk.open(conversation_id)
        box, tray = desk.page.locator("#composer-text"), desk.page.locator(".composer")
        await box.evaluate(HAND_OVER, ["paste", "pasted.png", "image/png", len(PNG), list(PNG)])
        await expect(desk.button("Remove pasted.png")).to_be_visible()
        await box.evaluate(HAND_OVER, ["drop", "dropped.png", "image/png", len(PNG), list(PNG)])
        await expect(desk.button("Remove dropped.png")).to_be_visible()
        for name, size, sentence in (
            ("nothing.png", 0, "empty"),
            ("large.png", 11 * 1024 * 1024, "10 MB"),
            ("program.exe", 64, "kind"),
        ):
            await box.evaluate(
                HAND_OVER, ["drop", name, "application/octet-stream", size, list(b"MZ\x90\x00")]
            )
            await expect(tray.locator(".wrong", has_text=sentence)).to_be_visible()
            await expect(tray).to_contain_text(name)
        await desk.watched.axe("desk-files-refused")
        for name in ("nothing.png", "large.png", "program.exe", "dropped.png"):
            await desk.button(f"Remove {name}").click()
        await desk.reply("Here it is.")
        await expect(desk.log().locator("img")).to_have_count(1)

        # Sent while a file is on its way, the words leave with it.
        arrived = await desk.hold("**/v1/uploads")
        await box.evaluate(HAND_OVER, ["paste", "late.png", "image/png", len(PNG), list(PNG)])
        await box.fill("And the back of it.")
        await box.press("Control+Enter")
        await expect(box).to_have_value("And the back of it.")
        arrived.set()
        await expect(box).to_have_value("")
        await desk.send_now()
        await expect(desk.log().locator("img")).to_have_count(2)
    await visitor.close()


async def test_the_list_narrowed_by_priority_and_tag(browser: Browser, demo: Demo, agent: DeskAgent) -> None:
    visitor, other = await visitor_of(demo, "Urgent Una"), await visitor_of(demo, "Plain Pia")
    urgent, plain = await waiting(visitor, "It burns!"), await waiting(other, "No hurry at all")
    await agent.act(urgent, "priority", {"priority": "urgent"})
    await agent.act(urgent, "tags", {"add": ["fire"]})
    async with open_desk(browser, demo, locale="en") as desk:
        page, rows = desk.page, desk.page.locator("[data-row]")
        await page.goto(f"{demo.base_url}/desk/inbox/waiting")
        await rows.filter(has_text="Plain Pia").wait_for()
        await desk.button("Filter the list").click()
        await page.get_by_role("menuitemradio", name="Urgent").click()
        await expect(rows.filter(has_text="Plain Pia")).to_have_count(0)
        await expect(rows.filter(has_text="Urgent Una")).to_have_count(1)
        await desk.button("Filter the list").click()
        await page.get_by_role("menuitemradio", name="fire").click()
        await expect(rows.filter(has_text="Urgent Una")).to_have_count(1)
        await desk.watched.axe("desk-list-narrowed")
        # What changes while the list is narrowed stays out of it, or leaves it.
        await agent.act(plain, "priority", {"priority": "high"})
        await agent.act(urgent, "priority", {"priority": "low"})
        await expect(page.get_by_text("No conversation fits these filters")).to_be_visible()
        await desk.button("Remove the filter Urgent").click()
        await expect(rows.filter(has_text="Urgent Una")).to_have_count(1)
        await expect(rows.filter(has_text="Plain Pia")).to_have_count(0)
        await desk.button("Remove the filter fire").click()
        await expect(rows.filter(has_text="Plain Pia")).to_have_count(1)
    await visitor.close()
    await other.close()


async def test_ten_thousand_conversations_are_a_few_rows_of_the_page(
    browser: Browser, demo: Demo, agent: DeskAgent
) -> None:
    visitor = await visitor_of(demo, "One Of Many")
    await waiting(visitor, "Am I alone here?")
    [real] = (await agent.http.get("/v1/inbox?view=queue&status=open")).json()["items"]
    ids = [new_id() for _ in range(10_000)]

    async def many(route: Route) -> None:
        """The one that is there, many times: the gateway's own answer in all but number."""
        start = int(_parameter(route.request.url, "cursor") or 0)
        items = [real | {"id": one} for one in ids[start : start + 100]]
        following = str(start + 100) if start + 100 < len(ids) else None
        await route.fulfill(
            content_type="application/json", body=json.dumps({"items": items, "next": following})
        )

    async with open_desk(browser, demo, None) as desk:
        await desk.page.route("**/v1/inbox?*", many)
        await desk.sign_in()
        await desk.page.get_by_role("link", name="Waiting").click()
        await desk.page.locator("[data-row='0']").wait_for()
        await desk.page.evaluate(
            """async () => { const list = document.querySelector('.rows');
                 while (!list.querySelector("[data-row='9999']")) { list.scrollTop = list.scrollHeight; await new Promise(requestAnimationFrame); } }"""
        )
        await expect(desk.page.locator("[data-row='9999']")).to_be_visible()
        assert await desk.page.locator("[data-row]").count() < 60
        await desk.page.locator("[data-row='9999']").focus()
        await desk.page.keyboard.press("Home")
        await expect(desk.page.locator("[data-row='0']")).to_be_focused()
    await visitor.close()


def _parameter(url: str, name: str) -> str | None:
    parts = dict(part.split("=", 1) for part in url.partition("?")[2].split("&") if "=" in part)
    return parts.get(name)


async def test_who_does_not_look_is_called(browser: Browser, demo: Demo, agent: DeskAgent) -> None:
    visitor = await visitor_of(demo, "Ringing Rita")
    called: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    async with open_desk(browser, demo, None) as desk:
        await desk.page.expose_function("called", lambda heading, body: called.put_nowait((heading, body)))
        await desk.page.add_init_script(NOBODY_LOOKS)
        await desk.sign_in()
        await desk.page.get_by_role("button", name="Noor").click()
        await desk.page.get_by_role("menuitem", name="Alerts").click()
        for choice in ("Notifications of the system", "Sound"):
            await desk.page.get_by_role("menuitemcheckbox", name=choice).click()
        assert await desk.page.evaluate("[Notification.permission, window.tones]") == ["granted", 2]
        await desk.page.keyboard.press("Escape")
        conversation_id = await waiting(visitor, "Is anybody there?")
        assert await asyncio.wait_for(called.get(), 60) == ("Somebody waits in Support", "Ringing Rita")
        # Once the desk knows her first words, what calls again are the next ones.
        await expect(desk.page.locator("[data-row]", has_text="Ringing Rita")).to_contain_text(
            "Is anybody there?"
        )
        await agent.act(conversation_id, "claim")
        await visitor.say("hello?", conversation_id)
        assert await asyncio.wait_for(called.get(), 60) == ("Ringing Rita", "hello?")
        await expect(desk.page).to_have_title("(1) Funnel desk")
    await visitor.close()


async def test_where_no_socket_gets_through_the_log_is_polled(browser: Browser, demo: Demo) -> None:
    visitor = await visitor_of(demo, "Behind A Proxy")
    conversation_id = await waiting(visitor, "Does this reach you?")
    async with open_desk(browser, demo, None, locale="zh-Hans") as desk:
        await desk.page.add_init_script(
            "window.WebSocket = class { constructor() { throw new DOMException('no', 'SecurityError'); } };"
        )
        await desk.sign_in()
        await desk.page.goto(f"{demo.base_url}/desk/inbox/waiting/{conversation_id}")
        await expect(desk.log()).to_contain_text("Does this reach you?")
        await desk.reply("一直都在。")
        await expect(desk.log().locator("[data-seq]", has_text="一直都在。")).to_be_visible()
        await visitor.say("it does", conversation_id)
        await expect(desk.log()).to_contain_text("it does")
        await expect(desk.page.get_by_role("status").filter(has_text="连接")).to_have_count(0)
        await desk.watched.axe("desk-simplified-polling")
    await visitor.close()
