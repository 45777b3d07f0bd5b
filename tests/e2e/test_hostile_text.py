"""Sixty strings that want to be markup, in names, file names and articles: no dialog, no request, no policy report, on both sides."""

import asyncio

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.agents import DeskAgent
from tests.e2e.conftest import Demo
from tests.e2e.desk import open_desk
from tests.e2e.hostile import HOSTILE
from tests.e2e.visitors import Visitor, findable, visitor_of, waiting
from tests.e2e.widget import Visitors

pytestmark = pytest.mark.slow
MOST_NAME = 80
FILES_A_MESSAGE = 10
# Elements no text of strangers is ever made into, and attributes that run something.
FOREIGN = """root => [...root.querySelectorAll('*')].filter(one =>
  ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'STYLE', 'LINK', 'MATH', 'BASE', 'META', 'MARQUEE', 'VIDEO'].includes(one.tagName)
  || [...one.attributes].some(({ name, value }) => /^on/.test(name) || /^\\s*(javascript|vbscript):/i.test(value)))
  .map(one => one.outerHTML)"""


def _names() -> list[str]:
    """The strings as names: one line, short enough, and none that is only made of what cannot be seen."""
    return [" ".join(text.split())[:MOST_NAME] for text in HOSTILE]


async def _untouched(page: Page, within: str) -> None:
    assert await page.locator(within).first.evaluate(FOREIGN) == []
    assert await page.evaluate("window.hacked === undefined")


async def test_names_of_visitors(browser: Browser, demo: Demo, agent: DeskAgent) -> None:
    people: list[Visitor] = [await visitor_of(demo) for _ in HOSTILE]

    async def comes(person: Visitor, name: str) -> None:
        await person.call("PUT", "/v1/me", {"name": name})
        await waiting(person, f"{name} wants a person")

    for start in range(0, len(people), 10):
        some = zip(people[start : start + 10], _names()[start : start + 10], strict=True)
        await asyncio.gather(*(comes(person, name) for person, name in some))
    async with open_desk(browser, demo, None) as desk:
        await desk.sign_in("lead")
        await desk.page.goto(f"{demo.base_url}/desk/inbox/waiting")
        await desk.page.locator("[data-row]").first.wait_for()
        seen: set[str] = set()
        there = await desk.page.locator("[data-row]").first.locator("xpath=..").get_attribute("aria-setsize")
        for number in range(int(there or 0)):
            row = desk.page.locator(f"[data-row='{number}']")
            await row.focus()
            seen.update(" ".join(text.split()) for text in await row.locator("bdi").all_text_contents())
            if number % 10 == 0:
                await _untouched(desk.page, ".list")
            await desk.page.keyboard.press("ArrowDown")
        assert sum(name in seen for name in _names()) >= len(HOSTILE) * 0.9
        await desk.page.locator("[data-row]").first.click()
        await desk.log().wait_for()
        await _untouched(desk.page, "body > div")
        await desk.watched.picture("desk-hostile-names")
    await agent.clear()
    for person in people:
        await person.close()


async def test_names_of_files_and_words_of_articles(
    browser: Browser, demo: Demo, visitors: Visitors, agent: DeskAgent
) -> None:
    async with demo.client("admin") as admin:
        body = "How the zanzibar lamp is cleaned: with water.\n\n" + "\n\n".join(HOSTILE)
        article = {
            "locale": "en",
            "title": f"Zanzibar lamp {HOSTILE[0]}",
            "body": body,
            "status": "published",
        }
        made = await admin.post("/v1/kb/articles", json=article)
        assert made.status_code == 201, made.text
        await findable(demo, "how is the zanzibar lamp cleaned", "Zanzibar lamp")
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    search = visitor.panel.get_by_role("searchbox")
    found = visitor.panel.locator("details", has_text="Zanzibar lamp <script>")
    await search.fill("how is the zanzibar lamp cleaned")
    try:
        await expect(found.first).to_be_visible()
    finally:
        await visitor.shot("widget-hostile-article")
    await found.first.click()
    await _untouched(visitor.page, "funnel-widget .panel")
    await visitor.say("How do I clean the zanzibar lamp?")
    await visitor.panel.locator(".bubble").nth(1).wait_for()
    await _untouched(visitor.page, "funnel-widget .panel")
    await visitor.button("Talk to a person").click()
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    conversation_id = await agent.take_next()
    names = [name.replace("/", "∕") + ".txt" for name in _names()]
    for start in range(0, len(names), FILES_A_MESSAGE):
        some = names[start : start + FILES_A_MESSAGE]
        stored = await asyncio.gather(*(_upload(agent.http, name) for name in some))
        await agent.act(
            conversation_id, "messages",
            {"client_message_id": stored[0], "text": f"Files from {start}", "attachments": list(stored)},
        )  # fmt: skip
    await expect(visitor.panel.locator(".filelink")).to_have_count(len(names))
    await _untouched(visitor.page, "funnel-widget .panel")
    assert await visitor.panel.evaluate("node => node.scrollWidth <= node.clientWidth")
    await visitor.shot("widget-hostile-files")
    async with open_desk(browser, demo) as desk:
        await desk.open(conversation_id, "mine")
        await expect(desk.log().locator("[data-seq]", has_text="Files from 50")).to_be_visible()
        await desk.page.get_by_role("complementary").locator("section").first.wait_for()
        await _untouched(desk.page, "body > div")
        await desk.watched.picture("desk-hostile-files")
    assert visitor.complaints == []


async def _upload(http: httpx.AsyncClient, name: str) -> str:
    answer = await http.post("/v1/uploads", files={"file": (name, b"plain words", "text/plain")})
    assert answer.status_code == 201, answer.text
    upload_id: str = answer.json()["upload_id"]
    return upload_id
