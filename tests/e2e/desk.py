"""The desk as a person uses it: by labels and roles, in English unless told otherwise."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.e2e.browser import Watched, watched_page
from tests.e2e.conftest import Demo
from tests.e2e.widget import IMPATIENT


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

    async def arrive(self) -> None:
        """Comes to the desk signed in, and says to be there."""
        await self.page.goto(f"{self.demo.base_url}/desk")
        await self.page.locator("nav").first.wait_for()
        await self.page.evaluate(
            """() => fetch('/v1/me/presence', { method: 'PUT', headers: { 'content-type': 'application/json' },
                 body: JSON.stringify({ status: 'online' }) })"""
        )

    async def open(self, conversation_id: str, named: str = "waiting") -> None:
        """Opens a conversation by its address and waits for its log."""
        await self.page.goto(f"{self.demo.banner['base_url']}/desk/inbox/{named}/{conversation_id}")
        await self.log().and_(self.page.locator("[aria-busy=false]")).wait_for()

    async def until(self, path: str, holds: str) -> None:
        """Asks the gateway until its answer is as wanted; `holds` is the body of a function of `found`."""
        script = f"async path => {{ for (;;) {{ const found = await fetch(path).then(one => one.json()); if ({holds}) return; }} }}"
        async with asyncio.timeout(60):
            await self.page.evaluate(script, path)

    async def hold(self, requests: str) -> asyncio.Event:
        """Requests to such an address get on only once it is set."""
        free = asyncio.Event()

        async def wait(route: Route) -> None:
            await free.wait()
            await route.continue_()

        await self.page.route(requests, wait)
        return free

    def log(self) -> Locator:
        """The conversation's history."""
        return self.page.get_by_role("log")

    def button(self, name: str, exact: bool = True) -> Locator:
        """A button by its name."""
        return self.page.get_by_role("button", name=name, exact=exact)

    async def reply(self, text: str) -> None:
        """Writes a reply and sends it, without waiting for the time to undo it. In any language."""
        await self.page.get_by_role("tab").first.click()
        box = self.page.locator("#composer-text")
        await box.fill(text)
        await box.press("Control+Enter")
        await expect(box).to_have_value("")
        await self.send_now()

    async def send_now(self) -> None:
        """What is held back to be undone leaves now; on a slow machine it may have left by itself, which is as well."""
        await self.page.evaluate(
            "[...document.querySelectorAll('.pending:not(.failed)')].at(-1)?.querySelector('.link:last-of-type')?.click()"
        )


@contextlib.asynccontextmanager
async def open_desk(
    browser: Browser, demo: Demo, role: str | None = "agent", **kept: Any
) -> AsyncIterator[DeskPage]:
    """A desk in a browser context of its own, of somebody who is signed in; `kept` are choices the browser remembers (locale, theme)."""
    options = {"locale": "en-GB", "viewport": kept.pop("viewport", {"width": 1440, "height": 900})}
    session = demo.session(role) if role is not None else None
    async with watched_page(browser, demo.base_url, session, **options) as watched:
        await watched.page.add_init_script(IMPATIENT)
        for name, value in kept.items():
            # A sandboxed frame has no storage.
            script = (
                f"self === top && localStorage.setItem('funnel.desk.{name}', {json.dumps(json.dumps(value))})"
            )
            await watched.page.add_init_script(script)
        desk = DeskPage(watched, demo)
        if role is not None:
            await desk.arrive()
        yield desk
