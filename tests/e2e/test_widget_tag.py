"""The widget as a site puts it on its pages: the tag's attributes, the host page's variables and calls, nothing left behind, any zoom."""

import time
from typing import Any

import jwt
import pytest
from playwright.async_api import Route, expect

from tests.e2e.agents import DeskAgent
from tests.e2e.conftest import Demo
from tests.e2e.desk import open_desk
from tests.e2e.widget import Visitors, WidgetPage

pytestmark = pytest.mark.slow
QUESTION = "How long does delivery take?"
# What the page itself does: a button of its own, and variables for the widget.
OWN = """() => { const own = document.createElement('button'); own.id = 'own'; own.textContent = 'Ask us'; document.body.prepend(own);
  const style = new CSSStyleSheet(); document.adoptedStyleSheets = [style];
  style.replaceSync('funnel-widget { --funnel-accent: rgb(120, 20, 90); --funnel-offset-y: 44px }'); }"""
SHIFTS = """window.shift = 0; new PerformanceObserver(list => { for (const one of list.getEntries()) window.shift += one.value; })
  .observe({ type: 'layout-shift', buffered: true });"""
HEARD = (
    """name => { window.heard ??= {}; window.heard[name] = new Promise(done => Funnel.on(name, done)); }"""
)


async def _styled(visitor: WidgetPage, selector: str, name: str) -> str:
    found: str = await visitor.panel.locator(selector).first.evaluate(
        "(node, name) => getComputedStyle(node)[name]", name
    )
    return found


async def test_attributes_of_the_tag_and_variables_of_the_page(visitors: Visitors, demo: Demo) -> None:
    visitor = await visitors.page()
    attributes = 'data-locale="ar" data-theme="dark" data-position="start" data-launcher="#own" data-site='

    async def with_attributes(route: Route) -> None:
        answer = await route.fetch()
        page = await answer.text()
        assert page.count("data-site=") == 1
        await route.fulfill(response=answer, body=page.replace("data-site=", attributes))

    await visitor.page.route("**/demo?lang=en", with_attributes)
    await visitor.page.goto(f"{demo.base_url}/demo?lang=en")
    await visitor.launcher.wait_for(state="attached")
    await expect(visitor.launcher).to_be_hidden()
    await visitor.page.evaluate(OWN)
    await visitor.page.locator("#own").click()
    await visitor.field.wait_for()
    await expect(visitor.panel).to_have_attribute("dir", "rtl")
    box = await visitor.panel.bounding_box()
    assert box is not None
    # The start of a line, which in Arabic is at the right.
    assert box["x"] + box["width"] > 1280 - 40
    assert await _styled(visitor, "header", "backgroundColor") == "rgb(120, 20, 90)"
    assert await visitor.panel.evaluate("node => getComputedStyle(node).colorScheme") == "dark"
    # Who wants less motion gets none.
    assert await visitor.panel.evaluate("node => getComputedStyle(node).animationName") == "none"
    await visitor.accessible("widget-themed")
    assert visitor.complaints == []


async def test_nothing_is_left_behind_or_pushed_aside(visitors: Visitors) -> None:
    context = await visitors.context()
    await context.add_init_script(SHIFTS)
    visitor = await visitors.page(context)
    await visitor.goto()
    assert await visitor.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    before = await visitor.page.evaluate("document.documentElement.scrollHeight")
    await visitor.open()
    await visitor.say(QUESTION)
    await visitor.panel.locator(".verdict").wait_for()
    assert await visitor.page.evaluate("document.documentElement.scrollHeight") == before
    assert await visitor.page.evaluate("window.shift") == 0
    assert await context.cookies() == []


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_the_page_says_who_its_visitor_is(visitors: Visitors, demo: Demo) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    now = int(time.time())
    claims: dict[str, Any] = {"sub": "kim-7", "aud": demo.banner["site_key"], "iat": now, "exp": now + 300}
    for secret, heard in (
        ("not the secret of this site at all", "refused"),
        (demo.banner["site_secret"], "identified"),
    ):
        await visitor.page.evaluate(HEARD, heard)
        await visitor.page.evaluate(
            "token => Funnel.identify(token)", jwt.encode(claims, secret, algorithm="HS256")
        )
        await visitor.page.evaluate("name => window.heard[name]", heard)


async def test_zoomed_in_fourfold_everything_is_within_reach(visitors: Visitors) -> None:
    visitor = await visitors.page(viewport={"width": 320, "height": 215})
    await visitor.goto()
    await visitor.open()
    await visitor.say(QUESTION)
    yes = visitor.panel.locator(".verdict").get_by_role("button").first
    await yes.scroll_into_view_if_needed()
    await yes.click()
    await expect(visitor.panel.get_by_text("Thank you!", exact=True)).to_be_visible()
    assert await visitor.panel.evaluate("node => node.scrollWidth <= node.clientWidth")
    for name in ("Talk to a person", "More", "Send"):
        box = await visitor.button(name).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["y"] + box["height"] <= 215
    await visitor.accessible("widget-zoomed")


async def test_who_writes_and_who_has_read_is_shown(visitors: Visitors, agent: DeskAgent, demo: Demo) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    await visitor.say("I want to talk to a person")
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    conversation = await agent.take_next()
    async with open_desk(visitors.browser, demo) as desk:
        await desk.open(conversation, "mine")
        await expect(visitor.panel.locator(".meta").filter(has_text="Seen")).to_have_count(1)
        await desk.page.locator("#composer-text").press_sequentially("One mo")
        await expect(visitor.panel.locator(".typing")).to_contain_text("is typing")
