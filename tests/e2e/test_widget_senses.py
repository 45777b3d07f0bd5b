"""The widget's sound, the on-screen keyboard and the edges of a phone: what a device adds to a page."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.agents import DeskAgent
from tests.e2e.conftest import Demo
from tests.e2e.widget import PHONE, Visitors, WidgetPage

pytestmark = pytest.mark.slow
# Counts the tones that a running audio device is really given; each still sounds.
LISTEN = """window.tones = 0; const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { if (this.context.state === 'running') window.tones += 1; return start.call(this, at); };"""
# Whether the tab is in front, as the browser would say it.
IN_FRONT = """front => { Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => front ? 'visible' : 'hidden' });
  document.dispatchEvent(new Event('visibilitychange')); }"""
# No headless browser has an on-screen keyboard: it takes this much of what is seen, and the page may be moved up under it.
KEYBOARD = """([height, top]) => { const seen = window.visualViewport;
  Object.defineProperty(seen, 'height', { configurable: true, get: () => height });
  Object.defineProperty(seen, 'offsetTop', { configurable: true, get: () => top });
  seen.dispatchEvent(new Event('resize')); }"""
# An override reaches the page in its own time.
INSET = """async top => { const probe = document.createElement('div'); probe.style.height = 'env(safe-area-inset-top)';
  document.body.append(probe); while (probe.offsetHeight !== top) await new Promise(requestAnimationFrame); probe.remove(); }"""
INSETS = {"top": 47, "right": 12, "bottom": 34, "left": 30}


async def _tones(visitor: WidgetPage) -> int:
    found: int = await visitor.page.evaluate("window.tones")
    return found


async def _choose_sound(visitor: WidgetPage) -> None:
    await visitor.button("More").click()
    await visitor.panel.get_by_role("menuitemcheckbox").click()


async def test_it_sounds_for_those_who_want_it_and_do_not_look(
    visitors: Visitors, agent: DeskAgent, demo: Demo
) -> None:
    context = await visitors.context()
    await context.add_init_script(LISTEN)
    visitor = await visitors.page(context)
    await visitor.goto()
    await visitor.open()
    await visitor.say("I want to talk to a person")
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    conversation = await agent.take_next()

    async def answered(text: str) -> None:
        await agent.reply(conversation, text)
        await visitor.bubble(text).wait_for(state="attached")

    await visitor.page.keyboard.press("Escape")
    await agent.reply(conversation, "Nobody asked for a sound")
    await expect(visitor.launcher).to_have_attribute("aria-label", re.compile("1\\W? new message"))
    assert await _tones(visitor) == 0

    await visitor.open()
    await _choose_sound(visitor)
    # It is heard when it is chosen.
    await _heard(visitor, 2)
    await answered("Read as it comes")
    assert await _tones(visitor) == 2
    await visitor.page.evaluate(IN_FRONT, False)
    await answered("The tab is behind another")
    await _heard(visitor, 4)
    await visitor.page.evaluate(IN_FRONT, True)
    await visitor.page.keyboard.press("Escape")
    await agent.reply(conversation, "The chat is closed")
    await _heard(visitor, 6)

    # The choice is kept; a click is all that the page needs.
    await visitor.page.reload()
    await visitor.open()
    await visitor.page.evaluate(IN_FRONT, False)
    await answered("On another page of the shop")
    await _heard(visitor, 2)
    await visitor.page.evaluate(IN_FRONT, True)
    await _choose_sound(visitor)
    await visitor.page.keyboard.press("Escape")
    await agent.reply(conversation, "Silence is back")
    await expect(visitor.launcher).to_have_attribute("aria-label", re.compile("1\\W? new message"))
    assert await _tones(visitor) == 2
    assert visitor.complaints == []


async def _heard(visitor: WidgetPage, tones: int) -> None:
    """So many tones come to be played; the page's own policy forbids the browser driver to wait for it in the page."""
    async with asyncio.timeout(60):
        while await _tones(visitor) < tones:
            await visitor.page.evaluate("new Promise(requestAnimationFrame)")
    assert await _tones(visitor) == tones


async def _within(visitor: WidgetPage, top: float, bottom: float) -> None:
    """The whole panel, its first and its last line come to be between these heights of the page."""
    async with asyncio.timeout(60):
        while await _parts_out_of(visitor, top, bottom):
            await visitor.page.evaluate("new Promise(requestAnimationFrame)")


async def _parts_out_of(visitor: WidgetPage, top: float, bottom: float) -> list[str]:
    parts = {
        "panel": visitor.panel,
        "header": visitor.panel.locator("header"),
        "field": visitor.field,
        "button": visitor.button("Send"),
    }
    boxes = {name: await part.bounding_box() for name, part in parts.items()}
    return [
        name for name, box in boxes.items() if not box or box["y"] < top or box["y"] + box["height"] > bottom
    ]


async def test_a_keyboard_on_the_screen_leaves_the_chat_what_is_left(visitors: Visitors) -> None:
    visitor = await visitors.page(**PHONE)
    await visitor.goto()
    await visitor.open()
    await visitor.say("How long does delivery take?")
    await visitor.panel.locator(".verdict").wait_for()
    await _within(visitor, 0, 740)
    await visitor.field.focus()
    # Over the page, as phones do it; moved up as well, as those of one maker do.
    for height, top in ((410, 0), (410, 90)):
        await visitor.page.evaluate(KEYBOARD, [height, top])
        await _within(visitor, top, top + height)
        await expect(visitor.panel.locator(".verdict")).to_be_in_viewport()
    await visitor.shot("widget-keyboard")
    await visitor.page.evaluate(KEYBOARD, [740, 0])
    await _within(visitor, 0, 740)
    # And where the whole page gets smaller.
    await visitor.page.evaluate("delete visualViewport.height; delete visualViewport.offsetTop")
    await visitor.page.set_viewport_size({"width": 360, "height": 400})
    await _within(visitor, 0, 400)
    assert visitor.complaints == []


async def test_nothing_is_under_a_notch_or_a_round_corner(visitors: Visitors) -> None:
    visitor = await visitors.page(**PHONE)
    await visitor.goto()
    devtools = await visitor.page.context.new_cdp_session(visitor.page)
    await devtools.send("Emulation.setSafeAreaInsetsOverride", {"insets": INSETS})
    await visitor.page.evaluate(INSET, INSETS["top"])
    launcher: Any = await visitor.launcher.bounding_box()
    assert launcher["x"] + launcher["width"] <= 360 - INSETS["right"]
    assert launcher["y"] + launcher["height"] <= 740 - INSETS["bottom"]
    await visitor.open()
    for name in ("Close the chat", "More", "Send", "Talk to a person"):
        box: Any = await visitor.button(name).first.bounding_box()
        assert box["y"] >= INSETS["top"], name
        assert box["y"] + box["height"] <= 740 - INSETS["bottom"], name
        assert box["x"] >= INSETS["left"], name
        assert box["x"] + box["width"] <= 360 - INSETS["right"], name
    await visitor.accessible("widget-notch")
    await visitor.page.set_viewport_size({"width": 740, "height": 360})
    await expect(visitor.field).to_be_in_viewport()
    first: Any = await visitor.panel.locator("header h2").bounding_box()
    assert first["x"] >= INSETS["left"]
    assert visitor.complaints == []


async def test_what_could_not_be_sent_goes_by_itself_and_a_card_makes_room(visitors: Visitors) -> None:
    """A network that is away for a moment breaks no connection: nothing but the browser says that it is back."""
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    await visitor.say("How long does delivery take?")
    await visitor.panel.locator(".verdict").wait_for()
    await visitor.button("More").click()
    await visitor.panel.get_by_role("menuitem", name="Where should the answer go").click()
    await visitor.panel.get_by_label("E-mail").wait_for()
    await visitor.page.context.set_offline(True)
    await visitor.say("I want to talk to a person")
    await expect(visitor.panel.get_by_label("E-mail")).to_have_count(0)
    await expect(visitor.button("Try again")).to_be_visible()
    await visitor.page.context.set_offline(False)
    await expect(visitor.button("Try again")).to_have_count(0)
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    await expect(visitor.bubble("I want to talk to a person")).to_have_count(1)
    assert visitor.complaints == []
