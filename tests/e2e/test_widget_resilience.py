"""Nothing is lost or doubled: reload and a second tab in the middle, the network cut, the gateway restarted."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Demo
from tests.e2e.widget_browser import DeskAgent, Visitors, WidgetPage
from tests.faults.tcpchaos import ChaosProxy

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
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
    await expect(first.launcher).to_have_attribute("aria-label", re.compile("1 new message"))
    await expect(first.page).to_have_title(re.compile(r"^\(1\) "))
    await first.shot("13-unread")
    await first.open()
    await _once(first, "Hello from Noor")
    await expect(first.page).not_to_have_title(re.compile(r"^\("))
    assert first.complaints + second.complaints == []


@pytest_asyncio.fixture
async def proxied(demo: Demo, browser: Browser) -> AsyncIterator[tuple[Visitors, ChaosProxy]]:
    """Visitors whose every byte goes through a proxy that can be cut."""
    port = urlsplit(demo.banner["base_url"]).port
    assert port is not None
    async with ChaosProxy(port) as proxy, httpx.AsyncClient(base_url=demo.banner["base_url"]) as http:
        login = await http.post("/v1/auth/login", json=demo.banner["admin"])
        http.headers["authorization"] = f"Bearer {login.json()['token']}"
        http.cookies.clear()
        [site] = [
            one
            for one in (await http.get("/v1/sites")).json()["items"]
            if one["key"] == demo.banner["site_key"]
        ]
        here = f"http://127.0.0.1:{proxy.port}"
        changed = await http.put(f"/v1/sites/{site['id']}", json={"origins": [*site["origins"], here]})
        assert changed.is_success, changed.text
        made = Visitors(browser, here)
        yield made, proxy
        await made.close()
        await http.put(f"/v1/sites/{site['id']}", json={"origins": site["origins"]})


async def test_what_is_written_while_the_network_is_cut_arrives_once(
    proxied: tuple[Visitors, ChaosProxy], agent: DeskAgent
) -> None:
    visitors, proxy = proxied
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    await visitor.say("I want to talk to a person")
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    conversation = await agent.take_next()
    await expect(visitor.panel.locator(".dot")).to_be_visible()
    proxy.toxics.refuse = True
    proxy.cut_all()
    await visitor.say("written in a tunnel")
    await agent.reply(conversation, "said meanwhile")
    await expect(visitor.panel.locator(".alert")).to_contain_text("Reconnecting")
    await visitor.shot("14-reconnecting")
    await expect(visitor.bubble("said meanwhile")).to_have_count(0)
    proxy.toxics.refuse = False
    await visitor.bubble("said meanwhile").wait_for(timeout=40_000)
    await _once(visitor, "said meanwhile")
    await expect(visitor.panel.locator(".row", has_text="written in a tunnel")).not_to_contain_text(
        "Sending", timeout=40_000
    )
    await _once(visitor, "written in a tunnel")
    await expect(visitor.panel.locator(".alert")).to_be_empty()
    events = (await agent.http.get(f"/v1/conversations/{conversation}/events?limit=200")).json()["items"]
    said = [one["data"].get("text") for one in events if one["type"] == "message.created"]
    assert said.count("written in a tunnel") == 1


async def test_the_gateway_restarts_in_the_middle(browser: Browser, tmp_path: Path) -> None:
    running = Demo(tmp_path).start()
    visitors = Visitors(browser, running.banner["base_url"])
    try:
        visitor = await visitors.page()
        await visitor.goto()
        await visitor.open()
        await visitor.say(QUESTION)
        await visitor.panel.locator(".verdict").wait_for()
        assert running.stop() == 0
        await visitor.say("written while it was down")
        running.port = urlsplit(running.banner["base_url"]).port or 0
        running.start()
        await expect(visitor.panel.locator(".row", has_text="written while it was down")).not_to_contain_text(
            re.compile("Sending|Not sent"), timeout=60_000
        )
        await _once(visitor, "written while it was down")
        await _once(visitor, QUESTION)
    finally:
        await visitors.close()
        running.stop()
