"""The real browser of the end-to-end tests: Debian's Chromium driven by Playwright, and a page on which nothing may go wrong."""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    async_playwright,
    expect,
)

from api.credentials import COOKIE

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "screenshots"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What a browser itself writes to the console about an answer that is no success, or about none.
EXPECTED = ("Failed to load resource", "WebSocket connection to")
# Milliseconds. What is waited for ends a wait; this only says when to give up, on a machine that has other things to do.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
# Gives files to an element as the clipboard or the mouse would.
HAND_OVER = """(node, [kind, name, type, size, head]) => {
  const bytes = new Uint8Array(size); bytes.set(head.slice(0, size)); const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type }));
  const more = kind === 'paste' ? { clipboardData: data } : { dataTransfer: data };
  const Made = kind === 'paste' ? ClipboardEvent : DragEvent;
  node.dispatchEvent(new Made(kind, { ...more, bubbles: true, cancelable: true })); }"""


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


@contextlib.asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """One headless browser; skips the test that asks where there is none."""
    require_browser()
    async with async_playwright() as playwright:
        running = await launch(playwright)
        try:
            yield running
        finally:
            await running.close()


@dataclass
class Watched:
    """A page with everything on it that must not happen: errors, dialogs, requests to elsewhere, policy reports."""

    page: Page
    context: BrowserContext
    origins: tuple[str, ...]
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
        if not url.startswith((*self.origins, "data:", "blob:")):
            self.wrongs.append(f"request: {url}")

    async def axe(self, state: str, only: str | None = None) -> None:
        """No violation of WCAG 2.2 A and AA on what is shown now, or in one part of it (a whole page also keeps to what is good
        practice). The picture is kept."""
        await self.picture(state)
        if not await self.page.evaluate("typeof axe !== 'undefined'"):
            await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        result: dict[str, Any] = await self.page.evaluate(
            """([only, tags]) => axe.run(only ? { include: [only] } : document,
                 { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })""",
            [only, WCAG if only else [*WCAG, "best-practice"]],
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


def watch(page: Page, origin: str) -> Watched:
    """A page of one origin, watched from now on."""
    return Watched(page, page.context, (origin, origin.replace("http", "ws", 1))).watch()


@contextlib.asynccontextmanager
async def watched_page(
    browser: Browser, origin: str, session: str | None = None, **options: Any
) -> AsyncIterator[Watched]:
    """A page in a context of its own (an agent's session or no cookie at all, no storage of others); in the end nothing
    wrong may have happened on it."""
    options.setdefault("viewport", {"width": 1440, "height": 900})
    context = await browser.new_context(**options)
    try:
        if session is not None:
            await context.add_cookies([{"name": COOKIE, "value": session, "url": origin}])
        watched = watch(await context.new_page(), origin)
        watched.page.set_default_timeout(PATIENCE)
        yield watched
        assert watched.wrongs == []
    finally:
        await context.close()
