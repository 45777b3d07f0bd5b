"""The widget as a person uses it, on a page of the shop."""

import io
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from playwright.async_api import Browser, BrowserContext, Locator, Page

from tests.e2e.browser import PATIENCE, Watched, watch

Json = dict[str, Any]
# The widget closes its shadow root to the page; the tests look in, which a page cannot.
LOOK_IN = """{ const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: 'open' }); }; }"""
# Waits of the backoff are short and always the same: what is tested is that they end.
IMPATIENT = "Math.random = () => 0.2;"
DESKTOP: Json = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB", "reduced_motion": "reduce"}
PHONE: Json = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@dataclass
class WidgetPage:
    """A page of the shop with the widget on it."""

    watched: Watched
    url: str

    @property
    def page(self) -> Page:
        """The page itself, for what has no name here."""
        return self.watched.page

    @property
    def complaints(self) -> list[str]:
        """What must not have happened on it."""
        return self.watched.wrongs

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
        await self.watched.picture(name)

    async def accessible(self, name: str) -> None:
        """No violation of WCAG 2.2 A and AA in the widget as it is now. The picture is kept."""
        await self.watched.axe(name, "funnel-widget")


@dataclass
class Visitors:
    """Makes visitors' pages; each has a storage of its own."""

    browser: Browser
    url: str
    contexts: list[BrowserContext] = field(default_factory=list)

    async def context(self, *, look_in: bool = True, **options: Any) -> BrowserContext:
        """Another device."""
        made = await self.browser.new_context(**(DESKTOP | options))
        made.set_default_timeout(PATIENCE)
        await made.add_init_script(IMPATIENT)
        if look_in:
            await made.add_init_script(LOOK_IN)
        self.contexts.append(made)
        return made

    async def page(self, context: BrowserContext | None = None, **options: Any) -> WidgetPage:
        """A page; what must not happen on it is collected."""
        page = await (context or await self.context(**options)).new_page()
        return WidgetPage(watch(page, self.url), self.url)

    async def close(self) -> None:
        """Closes every device."""
        for context in self.contexts:
            await context.close()
        self.contexts.clear()


def photo(size: tuple[int, int] = (640, 420)) -> bytes:
    """A picture as a phone would send it."""
    picture = io.BytesIO()
    image = Image.linear_gradient("L").resize(size)
    Image.merge("RGB", (image, image.rotate(180), image)).save(picture, "JPEG")
    return picture.getvalue()
