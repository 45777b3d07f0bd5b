"""A real browser for end-to-end tests: Debian's Chromium driven by Playwright; tests skip, and say so, where there is none."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "screenshots"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a browser itself writes to the console about an answer that is no success.
EXPECTED = "Failed to load resource"


def chromium_path() -> str:
    """Where the browser is; skips the test that asks where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    return found


@contextlib.asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """One headless browser."""
    path = chromium_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Watched:
    """A page with everything on it that must not happen: errors, dialogs, requests to elsewhere, policy reports."""

    page: Page
    context: BrowserContext
    origin: str
    wrongs: list[str] = field(default_factory=list)

    def watch(self) -> "Watched":
        """Begins to listen."""
        self.page.on("pageerror", lambda error: self.wrongs.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self.wrongs.append(f"dialog: {dialog.message}"))
        self.page.on("console", self._said)
        self.page.on("request", lambda request: self._asked(request.url))
        return self

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.wrongs.append(f"console: {message.text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.origin, self.origin.replace("http", "ws", 1), "data:", "blob:")):
            self.wrongs.append(f"request: {url}")

    async def axe(self, state: str) -> None:
        """No violation of WCAG 2.2 AA on what is shown now. The picture is kept."""
        await self.picture(state)
        if not await self.page.evaluate("typeof axe !== 'undefined'"):
            await self.page.evaluate(AXE.read_text())
        result: dict[str, Any] = await self.page.evaluate(
            "tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", TAGS
        )
        found = [
            f"{one['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
            for one in result["violations"]
            for node in one["nodes"][:3]
        ]
        assert not found, (state, found)

    async def picture(self, name: str) -> None:
        """Keeps what is shown as an artefact."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.png")


@contextlib.asynccontextmanager
async def watched_page(browser: Browser, origin: str, **options: Any) -> AsyncIterator[Watched]:
    """A page in a context of its own (no cookies, no storage of others); nothing wrong may have happened on it in the end."""
    options.setdefault("viewport", {"width": 1440, "height": 900})
    context = await browser.new_context(**options)
    try:
        watched = Watched(await context.new_page(), context, origin).watch()
        watched.page.set_default_timeout(15_000)
        yield watched
        assert watched.wrongs == []
    finally:
        await context.close()
