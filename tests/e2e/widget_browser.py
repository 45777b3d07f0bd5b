"""The real browser of the end-to-end tests, the widget as a person uses it, and the agent on the other side over REST."""

import io
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Locator, Page, Playwright

from funnel.core.ids import new_id

Json = dict[str, Any]
CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).parent / "screenshots"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
# The widget closes its shadow root to the page; the tests look in, which a page cannot.
LOOK_IN = """{ const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: 'open' }); }; }"""
DESKTOP: Json = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB", "reduced_motion": "reduce"}
PHONE: Json = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


def require_browser() -> None:
    """Skips where there is no Debian Chromium; in continuous integration that is a failure."""
    if CHROMIUM.exists():
        return
    sentence = f"There is no browser at {CHROMIUM}: install Debian's package chromium."
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


async def launch(playwright: Playwright) -> Browser:
    """The browser, without anything that calls home."""
    return await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))


@dataclass
class WidgetPage:
    """A page of the shop with the widget on it."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    @property
    def panel(self) -> Locator:
        """The open chat."""
        return self.page.locator("funnel-widget .panel")

    @property
    def launcher(self) -> Locator:
        """The button in the corner."""
        return self.page.locator("funnel-widget .launcher")

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.panel.locator("footer textarea")

    async def goto(self, path: str = "/demo", lang: str = "en") -> "WidgetPage":
        """Opens a page of the shop."""
        await self.page.goto(f"{self.url}{path}?lang={lang}")
        await self.launcher.wait_for()
        return self

    async def open(self) -> "WidgetPage":
        """Opens the chat."""
        await self.launcher.click()
        await self.field.wait_for()
        return self

    async def say(self, text: str) -> None:
        """Writes and sends, and waits until it is shown."""
        await self.field.fill(text)
        await self.field.press("Enter")
        await self.bubble(text).last.wait_for()

    def bubble(self, text: str) -> Locator:
        """A message with these words."""
        return self.panel.locator(".bubble", has_text=text)

    def button(self, name: str) -> Locator:
        """A button of the chat by its name."""
        return self.panel.get_by_role("button", name=name, exact=True)

    async def shot(self, name: str) -> None:
        """A screenshot for people to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    async def accessible(self) -> None:
        """No violation of WCAG 2.2 A and AA in the widget as it is now."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate(
            """() => axe.run({ include: ['funnel-widget'] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
                 .then(({ violations }) => violations.map(({ id, nodes }) =>
                   `${id}: ${nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')}`))"""
        )
        assert found == []


@dataclass
class Visitors:
    """Makes visitors' pages; each has a storage of its own."""

    browser: Browser
    url: str
    contexts: list[BrowserContext] = field(default_factory=list)

    async def context(self, *, look_in: bool = True, **options: Any) -> BrowserContext:
        """Another device."""
        made = await self.browser.new_context(**(DESKTOP | options))
        made.set_default_timeout(10_000)
        if look_in:
            await made.add_init_script(LOOK_IN)
        self.contexts.append(made)
        return made

    async def page(self, context: BrowserContext | None = None, **options: Any) -> WidgetPage:
        """A page; errors and policy reports of it are collected."""
        page = await (context or await self.context(**options)).new_page()
        visitor = WidgetPage(page, self.url)
        page.on("pageerror", lambda error: visitor.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: visitor.complaints.append(f"dialog: {dialog.message}"))
        page.on(
            "console",
            lambda said: (
                visitor.complaints.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        return visitor

    async def close(self) -> None:
        """Closes every device."""
        for context in self.contexts:
            await context.close()
        self.contexts.clear()


@dataclass
class DeskAgent:
    """The demo agent, over the API."""

    http: httpx.AsyncClient

    async def take_next(self) -> str:
        """Takes the next conversation; its id."""
        queues = (await self.http.get("/v1/queues")).json()["items"]
        for queue in queues:
            taken = await self.http.post(f"/v1/queues/{queue['id']}/next")
            if taken.status_code in (200, 201):
                found: str = taken.json()["conversation"]["id"]
                return found
        raise AssertionError("nobody waits")

    async def act(self, conversation_id: str, what: str, body: Json | None = None) -> Json:
        """An act on a conversation that must be taken."""
        answer = await self.http.post(f"/v1/conversations/{conversation_id}/{what}", json=body or {})
        assert answer.is_success, answer.text
        found: Json = answer.json() if answer.content else {}
        return found

    async def reply(self, conversation_id: str, text: str) -> None:
        """Answers."""
        await self.act(conversation_id, "messages", {"client_message_id": new_id(), "text": text})

    async def clear(self) -> None:
        """Takes and closes whatever waits, so that the next one waiting is ours; what only a lead may close stays taken."""
        for queue in (await self.http.get("/v1/queues")).json()["items"]:
            while (taken := await self.http.post(f"/v1/queues/{queue['id']}/next")).status_code in (200, 201):
                conversation_id = taken.json()["conversation"]["id"]
                done = await self.http.post(f"/v1/conversations/{conversation_id}/resolve", json={})
                assert done.is_success or done.json()["code"] == "lead_only", done.text


def photo(size: tuple[int, int] = (640, 420)) -> bytes:
    """A picture as a phone would send it."""
    picture = io.BytesIO()
    image = Image.linear_gradient("L").resize(size)
    Image.merge("RGB", (image, image.rotate(180), image)).save(picture, "JPEG")
    return picture.getvalue()
