"""Two tabs of one visitor: nothing is lost or doubled, and the waiting message is counted where nobody looks."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.agents import DeskAgent
from tests.e2e.widget import Visitors, WidgetPage

pytestmark = pytest.mark.slow
QUESTION = "How long does delivery take?"


async def _once(visitor: WidgetPage, text: str) -> None:
    await expect(visitor.bubble(text)).to_have_count(1)
    row = visitor.panel.locator(".row").filter(has=visitor.page.locator(".bubble", has_text=text))
    await expect(row).not_to_contain_text("Sending")


async def test_a_reload_and_a_second_tab_in_the_middle(visitors: Visitors, agent: DeskAgent) -> None:
    await agent.clear()
    context = await visitors.context()
    first = await visitors.page(context)
    await first.goto()
    await first.open()
    await first.say(QUESTION)
    await first.panel.locator(".verdict").wait_for()
    second = await visitors.page(context)
    await second.goto("/demo/basket")
    await second.open()
    await _once(second, QUESTION)
    await second.button("Talk to a person").click()
    await expect(first.panel.locator(".bar")).to_contain_text("A person will answer")
    await first.page.reload()
    await first.open()
    await expect(first.panel.locator(".bar")).to_contain_text("A person will answer")
    await first.say("said in the first tab")
    await _once(second, "said in the first tab")
    await second.page.keyboard.press("Escape")
    await first.page.keyboard.press("Escape")
    conversation = await agent.take_next()
    await agent.reply(conversation, "Hello from Noor")
    await expect(first.launcher).to_have_attribute("aria-label", re.compile("1\\W? new message"))
    await expect(first.page).to_have_title(re.compile(r"^\(1\) "))
    await first.shot("widget-unread")
    await first.open()
    await _once(first, "Hello from Noor")
    await expect(first.page).not_to_have_title(re.compile(r"^\("))
    assert first.complaints + second.complaints == []
