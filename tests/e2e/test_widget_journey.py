"""The widget beside the golden path: keyboard alone, search as you type, what the host page hears, and the menu."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.api.standing import PNG
from tests.e2e.browser import HAND_OVER
from tests.e2e.conftest import Demo
from tests.e2e.widget import Visitors

pytestmark = pytest.mark.slow
QUESTION = "How long does delivery take?"


async def test_keyboard_alone(visitors: Visitors) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.launcher.focus()
    keyboard = visitor.page.keyboard
    await keyboard.press("Enter")
    await expect(visitor.field).to_be_focused()
    await keyboard.type(QUESTION)
    await keyboard.press("Enter")
    await visitor.panel.locator(".verdict").wait_for()
    yes = visitor.button("Yes")
    for _ in range(12):
        await keyboard.press("Shift+Tab")
        if await yes.evaluate("node => node.matches(':focus')"):
            break
    await keyboard.press("Enter")
    await expect(visitor.panel.get_by_text("Thank you!", exact=True)).to_be_visible()
    await visitor.button("More").focus()
    await keyboard.press("Enter")
    await expect(visitor.panel.get_by_role("menuitemcheckbox")).to_be_focused()
    await keyboard.press("ArrowDown")
    await keyboard.press("Escape")
    await expect(visitor.button("More")).to_be_focused()
    await keyboard.press("Escape")
    await expect(visitor.panel).to_be_hidden()
    await expect(visitor.launcher).to_be_focused()


async def test_search_as_you_type_and_what_the_host_page_hears(visitors: Visitors) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.page.evaluate(
        """window.heard = []; window.all = new Promise((resolve) => {
             const awaited = new Set(['open', 'close', 'message', 'handover']);
             for (const name of [...awaited]) Funnel.on(name, () => {
               window.heard.push(name); awaited.delete(name); if (!awaited.size) resolve(true); }); }); null;"""
    )
    await visitor.page.evaluate("Funnel.open()")
    await visitor.panel.get_by_role("searchbox").fill("return a lamp")
    await expect(visitor.panel.get_by_role("status").filter(has_text="found")).to_be_visible()
    await visitor.panel.locator("details").first.click()
    await visitor.accessible("widget-search")
    await visitor.say("I want to talk to a person")
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    await visitor.page.evaluate("Funnel.close()")
    await expect(visitor.panel).to_be_hidden()
    assert await visitor.page.evaluate("window.all")
    assert (await visitor.page.evaluate("window.heard"))[0] == "open"


async def test_the_menu_saves_takes_along_and_ends(visitors: Visitors) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    await visitor.say(QUESTION)
    await visitor.panel.locator(".verdict").wait_for()
    await visitor.button("More").click()
    await visitor.accessible("widget-menu")
    async with visitor.page.expect_download() as downloading:
        await visitor.panel.get_by_role("menuitem", name="Save the conversation").click()
    saved = (await (await downloading.value).path()).read_text(encoding="utf-8")
    assert QUESTION in saved

    await visitor.button("More").click()
    await visitor.panel.get_by_role("menuitem", name="Continue on another device").click()
    link = await visitor.panel.get_by_label("Continue on another device").input_value()
    await visitor.accessible("widget-device")
    other = await visitors.page()
    await other.page.goto(link)
    await other.bubble(QUESTION).wait_for()
    assert "funnel-resume" not in other.page.url

    await visitor.button("More").click()
    await visitor.panel.get_by_role("menuitem", name="Where should the answer go").click()
    await visitor.panel.get_by_label("E-mail").fill("not an address")
    await visitor.button("Save").click()
    await expect(visitor.panel.get_by_text("doesn't look like an e-mail")).to_be_visible()
    await visitor.panel.get_by_label("E-mail").fill("kim@example.com")
    await visitor.button("Save").click()
    await expect(visitor.panel.locator(".card").get_by_text("will also reach you")).to_be_visible()
    await visitor.button("More").click()
    await visitor.panel.get_by_role("menuitem", name="End the conversation").click()
    await expect(visitor.panel.get_by_text("This conversation is closed.")).to_be_visible()
    await expect(other.panel.get_by_text("This conversation is closed.")).to_be_visible()
    await visitor.page.reload()
    await visitor.open()
    await visitor.bubble(QUESTION).wait_for()


async def test_a_known_issue_is_announced_before_the_first_message(visitors: Visitors, demo: Demo) -> None:
    texts = {"en": "Cards fail just now. We are on it.", "ar": "تعذّر الدفع بالبطاقة الآن. نعمل على إصلاحه."}
    async with demo.client("admin") as admin:
        before = (await admin.get("/v1/switches")).json()["items"]
        announced = {"kind": "announce", "reason": "payments are down", "texts": texts}
        kept = [{"id": one["id"], "kind": one["kind"], "reason": one["reason"]} for one in before]
        on = await admin.put("/v1/switches", json={"items": [*kept, announced]})
        assert on.is_success, on.text
        try:
            for lang, text in texts.items():
                visitor = await visitors.page()
                await visitor.goto("/demo", lang)
                await visitor.open()
                await expect(visitor.panel.get_by_role("note")).to_contain_text(text)
                await visitor.accessible(f"widget-announced-{lang}")
                assert visitor.complaints == []
        finally:
            await admin.put("/v1/switches", json={"items": kept})


async def test_files_are_pasted_and_dropped(visitors: Visitors) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    await visitor.field.evaluate(HAND_OVER, ["paste", "pasted.png", "image/png", len(PNG), list(PNG)])
    await visitor.panel.get_by_role("button", name=re.compile("Remove.+pasted.png")).wait_for()
    log = visitor.panel.locator(".scroll")
    await log.evaluate(HAND_OVER, ["dragenter", "dropped.png", "image/png", len(PNG), list(PNG)])
    await expect(visitor.panel).to_have_class(re.compile("dropping"))
    await visitor.shot("widget-dropping")
    await log.evaluate(HAND_OVER, ["drop", "dropped.png", "image/png", len(PNG), list(PNG)])
    await visitor.panel.get_by_role("button", name=re.compile("Remove.+dropped.png")).wait_for()
    await expect(visitor.panel).not_to_have_class(re.compile("dropping"))
    await visitor.say("Both are of the same lamp")
    await expect(visitor.panel.locator(".photo img")).to_have_count(2)
    assert visitor.complaints == []


async def test_enter_during_an_upload_sends_when_it_has_arrived(visitors: Visitors) -> None:
    """Nobody presses twice: the words wait for their file, and who goes on writing is not cut off."""
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    held: list[Route] = []
    await visitor.page.route("**/v1/uploads", lambda route: held.append(route))
    await visitor.field.evaluate(HAND_OVER, ["paste", "lamp.png", "image/png", len(PNG), list(PNG)])
    await visitor.panel.locator(".file progress").wait_for()
    send = visitor.button("Send")
    await visitor.field.fill("This lamp")
    await visitor.field.press("Enter")
    await expect(send).to_have_attribute("aria-disabled", "true")
    await visitor.field.press_sequentially(" hums")
    await expect(send).to_have_attribute("aria-disabled", "false")
    await visitor.field.press("Enter")
    await expect(send).to_have_attribute("aria-disabled", "true")
    await expect(visitor.field).to_have_value("This lamp hums")
    await held[0].continue_()
    await visitor.bubble("This lamp hums").wait_for()
    await expect(visitor.panel.locator(".photo img")).to_have_count(1)
    await expect(visitor.field).to_have_value("")
    assert len(held) == 1
    assert visitor.complaints == []


async def test_the_host_page_tells_where_its_visitor_is(visitors: Visitors) -> None:
    """A page that changes without loading says so, and what helps there is shown."""
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    async with visitor.page.expect_request(
        lambda asked: "/kb/suggest" in asked.url and "%2Freturns%2Fstart" in asked.url
    ):
        await visitor.page.evaluate("Funnel.page(location.origin + '/returns/start', 'Returns')")
    await visitor.panel.get_by_text("Returning something within 30 days").wait_for()
    assert visitor.complaints == []
