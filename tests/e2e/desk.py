"""The desk as a person uses it: by labels and roles, in English unless told otherwise."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, Locator, Page

from tests.e2e.browser import Watched, watched_page
from tests.e2e.conftest import Demo


class DeskPage:
    """An agent in front of the desk."""

    def __init__(self, watched: Watched, demo: Demo) -> None:
        self.watched = watched
        self.demo = demo

    @property
    def page(self) -> Page:
        """The page itself, for what has no name here."""
        return self.watched.page

    async def sign_in(self, role: str = "agent") -> None:
        """Signs in by the form."""
        await self.page.goto(f"{self.demo.banner['base_url']}/desk")
        await self.page.locator("input[name=email]").fill(self.demo.banner[role]["email"])
        await self.page.locator("input[name=password]").fill(self.demo.banner[role]["password"])
        await self.page.keyboard.press("Enter")
        await self.page.locator("nav").first.wait_for()

    async def open(self, conversation_id: str, named: str = "waiting") -> None:
        """Opens a conversation by its address and waits for its log."""
        await self.page.goto(f"{self.demo.banner['base_url']}/desk/inbox/{named}/{conversation_id}")
        await self.log().and_(self.page.locator("[aria-busy=false]")).wait_for()

    def log(self) -> Locator:
        """The conversation's history."""
        return self.page.get_by_role("log")

    def button(self, name: str, exact: bool = True) -> Locator:
        """A button by its name."""
        return self.page.get_by_role("button", name=name, exact=exact)

    async def reply(self, text: str, now: bool = True) -> None:
        """Writes a reply and sends it, without waiting for the time to undo it."""
        await self.page.get_by_role("tab", name="Reply").click()
        await self.page.locator("#composer-text").fill(text)
        await self.button("Send").click()
        if now:
            await self.button("Send now").click()


@contextlib.asynccontextmanager
async def open_desk(
    browser: Browser, demo: Demo, role: str | None = "agent", **kept: Any
) -> AsyncIterator[DeskPage]:
    """A desk in a browser context of its own; `kept` are choices the browser remembers (locale, theme)."""
    options = {"locale": "en-GB", "viewport": kept.pop("viewport", {"width": 1440, "height": 900})}
    async with watched_page(browser, demo.banner["base_url"], **options) as watched:
        for name, value in kept.items():
            script = f"localStorage.setItem('funnel.desk.{name}', {json.dumps(json.dumps(value))})"
            await watched.page.add_init_script(script)
        desk = DeskPage(watched, demo)
        if role is not None:
            await desk.sign_in(role)
        yield desk
