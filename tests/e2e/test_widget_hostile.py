"""The widget where things are against it: strange pages, no storage, no socket, a wrong clock, bad files, strings that attack."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.agents import DeskAgent
from tests.e2e.hostile import ATTACKS
from tests.e2e.widget import Visitors, WidgetPage

pytestmark = pytest.mark.slow
QUESTION = "How long does delivery take?"
HOSTILE_CSS = """
html > *, html > * * { all: unset !important; display: none !important; color: red !important; font-size: 3px !important; }
funnel-widget, body > *, html > * { transform: scale(.1) !important; opacity: 0 !important; width: 1px !important;
  position: static !important; z-index: -1 !important; visibility: hidden !important; pointer-events: none !important; }
"""
# Nodes of the conversation that no text may have become.
DANGEROUS = """node => [...node.querySelectorAll('.thread *')].filter(one => ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'FORM', 'STYLE', 'LINK', 'MATH'].includes(one.tagName)
             || [...one.attributes].some(({ name, value }) => name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(value)))
             .map(one => one.outerHTML)"""
WITHOUT: dict[str, str] = {
    "storage": """for (const name of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });""",
    "socket": "window.WebSocket = class { constructor() { throw new DOMException('no', 'SecurityError'); } };",
    "fetch": "window.fetch = () => { throw new Error('patched'); }; window.Promise.allSettled = null;",
    "right-clock": """const now = Date.now.bind(Date), Real = Date; Date.now = () => now() + 86400000;
        window.Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(now() + 86400000); } };""",
    "locks": "Object.defineProperty(Navigator.prototype, 'locks', { get() { return undefined; } });",
}


@pytest.mark.parametrize("missing", sorted(WITHOUT))
async def test_it_talks_without(visitors: Visitors, missing: str) -> None:
    context = await visitors.context()
    await context.add_init_script(WITHOUT[missing])
    visitor = await visitors.page(context)
    await visitor.goto()
    await visitor.open()
    await visitor.say(QUESTION)
    await visitor.panel.locator(".verdict").wait_for()
    await visitor.button("Talk to a person").click()
    await expect(visitor.panel.locator(".bar")).to_contain_text(
        re.compile("A person will answer .*(today|tomorrow) at")
    )
    await expect(visitor.panel.locator(".day")).to_have_text("Today")
    await visitor.shot(f"widget-without-{missing}")
    assert visitor.complaints == []


@pytest_asyncio.fixture
async def elsewhere(visitors: Visitors) -> AsyncIterator[WidgetPage]:
    """A page of somebody else's site that tries to use ours."""
    visitor = await visitors.page()
    body = f"""<!doctype html><title>elsewhere</title><iframe id=desk src={visitors.url}/desk></iframe>
        <iframe id=demo src={visitors.url}/demo></iframe>
        <script src={visitors.url}/widget.js data-site={await _site_key(visitors)}></script>""".encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head % len(body) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        await visitor.page.goto(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        yield visitor


async def _site_key(visitors: Visitors) -> str:
    page = await visitors.page()
    await page.goto()
    key: str = await page.page.locator("script[data-site]").get_attribute("data-site") or ""
    return key


async def test_a_foreign_page_can_neither_frame_us_nor_talk(elsewhere: WidgetPage) -> None:
    for frame in ("desk", "demo"):
        inside = await elsewhere.page.locator(f"#{frame}").element_handle()
        assert inside is not None
        content = await inside.content_frame()
        assert content is not None
        assert content.url.startswith("chrome-error:")
    await elsewhere.launcher.click()
    # The refusal cannot even be read there, so it looks like no answer; nothing was opened and nothing is kept.
    said = elsewhere.page.locator("funnel-widget").get_by_text("can't be loaded")
    await expect(said).to_be_visible(timeout=20_000)
    assert await elsewhere.page.evaluate("localStorage.length") == 0


async def test_it_talks_inside_a_frame_of_an_allowed_page(visitors: Visitors) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.page.evaluate(
        """url => { const frame = document.createElement('iframe'); frame.src = url; frame.id = 'inner';
             frame.width = '390'; frame.height = '600'; document.body.prepend(frame); }""",
        f"{visitors.url}/demo/returns?lang=en",
    )
    inner = visitor.page.frame_locator("#inner").locator("funnel-widget")
    await inner.locator(".launcher").click()
    await inner.locator("footer textarea").fill(QUESTION)
    await inner.locator("footer textarea").press("Enter")
    await inner.locator(".verdict").wait_for()
    box = await inner.locator(".panel").bounding_box()
    assert box is not None
    assert box["width"] <= 390
    await visitor.shot("widget-in-a-frame")
    assert visitor.complaints == []


async def test_a_page_cannot_look_into_the_widget(visitors: Visitors) -> None:
    visitor = await visitors.page(await visitors.context(look_in=False))
    await visitor.page.goto(f"{visitors.url}/demo?lang=en")
    await visitor.page.evaluate("Funnel.open()")
    assert await visitor.page.evaluate("document.querySelector('funnel-widget').shadowRoot") is None
    assert await visitor.page.evaluate("document.querySelector('funnel-widget').childElementCount") == 0


async def test_hostile_css_changes_nothing(visitors: Visitors) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.page.evaluate(
        """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet]; }""",
        HOSTILE_CSS,
    )
    box = await visitor.launcher.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (60, 60)
    await visitor.open()
    await visitor.say(QUESTION)
    await visitor.panel.locator(".verdict").wait_for()
    panel = await visitor.panel.bounding_box()
    assert panel is not None
    assert panel["width"] == 400
    assert await visitor.field.evaluate("node => getComputedStyle(node).fontSize") == "16px"
    await visitor.shot("widget-hostile-css")


async def test_files_that_cannot_be_sent_are_named(visitors: Visitors, tmp_path: Path) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    chooser = visitor.panel.locator("footer")
    for name, size, sentence in (
        ("nothing.png", 0, "is empty"),
        ("large.png", 11 * 1024 * 1024, "is larger than"),
        ("program.exe", 4096, "can't be sent here"),
    ):
        async with visitor.page.expect_file_chooser() as choosing:
            await visitor.button("Add photos or files").click()
        file = tmp_path / name
        file.write_bytes(b"MZ" + bytes(size - 2) if size else b"")
        await (await choosing.value).set_files(file)
        await expect(chooser.get_by_role("alert")).to_contain_text(sentence)
        await expect(chooser.get_by_role("alert")).to_contain_text(name)
    # The same file again would be refused again.
    await expect(chooser.get_by_role("button", name="Try again")).to_have_count(0)
    await visitor.shot("widget-files-refused")
    await chooser.get_by_role("button", name="Remove").last.click()
    await visitor.say(QUESTION)
    await visitor.panel.locator(".verdict").wait_for()


async def test_long_words_marks_and_many_messages(visitors: Visitors, agent: DeskAgent) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    await visitor.say("I want to talk to a person")
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    conversation = await agent.take_next()
    await visitor.say("w" * 10_000)
    await visitor.say("👩‍👩‍👧‍👦 \u202eevil\u202c \u200b\u200f مرحبا abc 123")
    await visitor.field.fill("x" * 10_001)
    await visitor.field.press("Enter")
    await expect(visitor.panel.get_by_role("alert").filter(has_text="longer than")).to_be_visible()
    await visitor.field.fill("")
    for start in range(0, 500, 10):
        await asyncio.gather(*(agent.reply(conversation, f"Line {n}") for n in range(start, start + 10)))
    await expect(visitor.panel.locator(".bubble", has_text="Line").last).to_be_visible()
    await visitor.page.reload()
    await visitor.open()
    await expect(visitor.button("Show earlier messages")).to_have_count(1, timeout=30_000)
    assert await visitor.panel.evaluate("node => node.scrollWidth <= node.clientWidth")
    await visitor.shot("widget-many-messages")
    assert visitor.complaints == []


async def test_attacking_strings_stay_text(visitors: Visitors, agent: DeskAgent) -> None:
    await agent.clear()
    visitor = await visitors.page()
    foreign: list[str] = []
    visitor.page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((visitors.url, "data:", "blob:")) else foreign.append(asked.url)
        ),
    )
    await visitor.goto()
    await visitor.open()
    await visitor.say("I want to talk to a person")
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    conversation = await agent.take_next()
    for text in ATTACKS:
        await agent.reply(conversation, text)
    await agent.reply(conversation, "the last one")
    await visitor.bubble("the last one").wait_for()
    await visitor.say(ATTACKS[0])
    async with visitor.page.expect_file_chooser() as choosing:
        await visitor.button("Add photos or files").click()
    name = '"><img src=x onerror=alert(1)>.txt'
    await (await choosing.value).set_files({"name": name, "mimeType": "text/plain", "buffer": b"hello"})
    await expect(visitor.panel.locator(".file progress")).to_have_count(0)
    await visitor.say("a file with a name")
    await visitor.panel.locator(".filelink").last.wait_for()
    found = await visitor.panel.evaluate(DANGEROUS)
    assert (found, foreign, visitor.complaints) == ([], [], [])
    assert len(ATTACKS) >= 60
