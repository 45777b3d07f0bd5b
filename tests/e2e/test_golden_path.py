"""The whole way with both sides in the browser: answer, not helpful, offer, person, take next, reply, photo, resolve, rating;
in the middle a reload, a second tab, two who claim, a cut network, a restarted gateway and another device."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, FilePayload, Route, expect

from tests.e2e.agents import DeskAgent
from tests.e2e.conftest import Demo
from tests.e2e.desk import DeskPage, open_desk
from tests.e2e.golden_words import ARABIC, ENGLISH, TRADITIONAL, Words
from tests.e2e.widget import PHONE, Visitors, WidgetPage, photo
from tests.faults.tcpchaos import ChaosProxy

pytestmark = pytest.mark.slow
LONG = 45_000  # milliseconds: backoff may have grown while there was no gateway


@dataclass
class Walk:
    """One walk: the visitor on one side, two agents on the other."""

    name: str
    lang: str
    words: Words
    visitor: WidgetPage
    noor: DeskPage
    lin: DeskPage
    people: Visitors

    async def look(self, place: str, whose: WidgetPage | DeskPage | None = None) -> None:
        """Nobody is kept out, and a picture."""
        whose = whose or self.visitor
        only = "funnel-widget" if isinstance(whose, WidgetPage) else None
        await whose.watched.axe(f"golden-{self.name}-{place}", only)

    async def once(self, text: str, *, by: WidgetPage | None = None) -> None:
        """In the widget exactly once, and acknowledged."""
        widget = by or self.visitor
        await expect(widget.bubble(text)).to_have_count(1, timeout=LONG)
        row = widget.panel.locator(".row").filter(has=widget.page.locator(".bubble", has_text=text))
        # Under what is still on its way, or was not taken, there is no time but a word for it.
        await expect(row.locator(".meta:not(:has(time))")).to_have_count(0, timeout=LONG)

    async def at_the_desk(self, text: str) -> None:
        """In the desk's log exactly once."""
        await expect(self.noor.log().locator("[data-seq]", has_text=text)).to_have_count(1, timeout=LONG)

    async def reaches_a_person(self) -> None:
        """From a question to waiting for a person, over an answer that does not help and an offer."""
        visitor, words = self.visitor, self.words
        await visitor.open()
        await visitor.panel.locator("details").first.wait_for()
        await self.look("01-home")
        await visitor.say(words.question)
        await visitor.panel.locator(".verdict").wait_for()
        await self.look("02-answer")
        await visitor.button(words.not_helpful).click()
        await visitor.panel.locator(".chips").wait_for()
        await visitor.say(words.beyond_us)
        offer = visitor.panel.locator(".chips").last.get_by_role("button")
        await expect(offer).to_have_count(3)
        await self.look("03-offer")
        await offer.filter(has_text=words.a_person).click()
        await expect(visitor.panel.locator(".bar")).to_contain_text(words.waiting)
        await self.look("04-waiting")

    async def reloads_and_opens_a_second_tab(self) -> WidgetPage:
        """What is waited for is still waited for, in both tabs; returns the second."""
        await self.visitor.page.reload()
        await self.visitor.open()
        second = await self.people.page(self.visitor.page.context)
        await second.goto("/demo/basket", self.lang)
        await second.open()
        for tab in (self.visitor, second):
            await expect(tab.panel.locator(".bar")).to_contain_text(self.words.waiting)
            await self.once(self.words.question, by=tab)
            await self.once(self.words.beyond_us, by=tab)
        return second

    async def two_claim(self) -> str:
        """Noor takes the next while Lin's own claim is on its way: Lin is told. Returns the conversation's id."""
        await self.lin.page.locator("[data-row]").first.click()
        await self.lin.log().locator("[data-seq]").first.wait_for()
        reached, free = asyncio.Event(), asyncio.Event()

        async def hold(route: Route) -> None:
            reached.set()
            await free.wait()
            await route.continue_()

        await self.lin.page.route("**/claim", hold)
        await self.lin.button(self.words.take).first.click()
        await reached.wait()
        await self.noor.button(self.words.take_next).click()
        await self.noor.page.wait_for_url("**/mine/*")
        await self.noor.log().locator("[data-seq]").first.wait_for()
        free.set()
        await expect(self.lin.page.get_by_role("alert")).to_contain_text(self.words.conflict)
        await expect(self.lin.page.get_by_role("tab", name=re.compile("."))).to_have_count(1)
        await self.look("05-too-late", self.lin)
        await self.look("06-taken", self.noor)
        await expect(self.visitor.panel.locator(".bar")).to_contain_text(self.words.with_agent)
        return self.noor.page.url.rpartition("/")[2]

    async def cut(self, proxy: ChaosProxy) -> None:
        """The visitor's network is gone and back: what both wrote meanwhile arrives once."""
        proxy.toxics.refuse = True
        proxy.cut_all()
        await self.visitor.say(self.words.in_a_tunnel)
        await self.noor.reply(self.words.meanwhile)
        await self.at_the_desk(self.words.meanwhile)
        await expect(self.visitor.panel.locator(".alert")).to_contain_text(self.words.reconnecting)
        await self.look("07-reconnecting")
        await expect(self.visitor.bubble(self.words.meanwhile)).to_have_count(0)
        proxy.toxics.refuse = False
        await self.visitor.page.evaluate("dispatchEvent(new Event('online'))")
        await self.once(self.words.meanwhile)
        await self.once(self.words.in_a_tunnel)
        await self.at_the_desk(self.words.in_a_tunnel)
        await expect(self.visitor.panel.locator(".alert")).to_be_empty()

    async def restart(self, demo: Demo) -> None:
        """The gateway is gone for a while; both sides come back by themselves."""
        assert await asyncio.to_thread(demo.stop) == 0
        await self.visitor.say(self.words.while_down)
        await expect(self.noor.page.get_by_text(self.words.gateway_gone)).to_be_visible(timeout=LONG)
        await self.look("08-gateway-gone", self.noor)
        await asyncio.to_thread(demo.start)
        await self.once(self.words.while_down)
        await self.at_the_desk(self.words.while_down)
        await expect(self.noor.page.get_by_text(self.words.gateway_gone)).to_have_count(0, timeout=LONG)

    async def sends_a_photo(self) -> None:
        """From the phone's gallery to the agent's eyes."""
        async with self.visitor.page.expect_file_chooser() as choosing:
            await self.visitor.panel.locator("footer .compose .icon").first.click()
        file: FilePayload = {"name": "lantern.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        await (await choosing.value).set_files(file)
        await expect(self.visitor.panel.locator(".file progress")).to_have_count(0)
        await self.visitor.say(self.words.the_photo)
        await expect(self.visitor.panel.locator(".photo img")).to_be_visible()
        await expect(self.noor.log().locator("img")).to_be_visible()
        await self.look("09-photo")
        await self._fits()

    async def _fits(self) -> None:
        """Nothing is cut off or runs the wrong way; what is tapped is large enough, and no phone zooms in on what is written."""
        panel = self.visitor.panel
        assert await panel.evaluate("node => node.scrollWidth <= node.clientWidth")
        assert await panel.get_attribute("dir") == ("rtl" if self.lang == "ar" else "ltr")
        if not self.name.startswith("phone"):
            return
        assert await panel.evaluate("node => node.getBoundingClientRect().width") == 360
        small = await panel.evaluate(
            """node => [...node.querySelectorAll('button')].filter(one => one.getClientRects().length)
                 .filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""
        )
        assert small == []
        assert await self.visitor.field.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 16

    async def resume_link(self) -> str:
        """The address for another device."""
        await self.visitor.button(self.words.menu).click()
        await self.visitor.panel.get_by_role("menuitem", name=self.words.device).click()
        return await self.visitor.panel.get_by_label(self.words.device).input_value()

    async def resolves_and_rates(self, elsewhere: WidgetPage) -> None:
        """The end, at the desk; the rating, on the other device."""
        words = self.words
        await self.noor.reply(words.goodbye)
        await self.once(words.goodbye, by=elsewhere)
        await self.noor.page.locator(".split .btn").last.click()
        await self.noor.page.get_by_role("menuitem", name=words.resolve_met).click()
        rating = elsewhere.panel.get_by_role("radiogroup", name=words.rate)
        await rating.get_by_role("radio", name=re.compile(words.very_good)).click()
        await self.look("10-rating", elsewhere)
        await elsewhere.panel.locator(".card .solid").click()
        await expect(elsewhere.panel.get_by_text(words.rated)).to_be_visible()
        await expect(self.visitor.panel.get_by_text(words.rated)).to_be_visible()
        await expect(self.noor.log().locator("[data-seq]", has_text="5")).not_to_have_count(0)
        await self.look("11-resolved", self.noor)


@pytest.mark.parametrize(
    ("name", "lang", "words", "device"),
    [
        ("desktop-english", "en", ENGLISH, {}),
        ("traditional", "zh-Hant", TRADITIONAL, {"locale": "zh-TW", "color_scheme": "dark"}),
        ("phone-arabic", "ar", ARABIC, PHONE | {"locale": "ar-EG"}),
    ],
)
async def test_from_a_question_to_a_rating(
    browser: Browser, demo: Demo, proxied: Visitors, proxy: ChaosProxy, agent: DeskAgent,
    name: str, lang: str, words: Words, device: dict[str, Any],
) -> None:  # fmt: skip
    desks = {"locale": lang, "theme": "dark" if name == "traditional" else "light"}
    async with (
        open_desk(browser, demo, None, **desks) as noor,
        open_desk(browser, demo, None, **desks) as lin,
    ):
        await asyncio.gather(noor.sign_in("agent"), lin.sign_in("lead"))
        visitor = await proxied.page(**device)
        await visitor.goto("/demo/returns", lang)
        walk = Walk(name, lang, words, visitor, noor, lin, proxied)
        await walk.reaches_a_person()
        second = await walk.reloads_and_opens_a_second_tab()
        conversation_id = await walk.two_claim()
        await noor.reply(words.hello)
        for tab in (visitor, second):
            await walk.once(words.hello, by=tab)
        await second.page.close()
        await walk.cut(proxy)
        await walk.restart(demo)
        await walk.sends_a_photo()
        elsewhere = await proxied.page(**device)
        await elsewhere.page.goto(await walk.resume_link())
        for text in (words.question, words.in_a_tunnel, words.while_down, words.the_photo):
            await walk.once(text, by=elsewhere)
        await walk.resolves_and_rates(elsewhere)
        await _every_word_once(agent, conversation_id, words)
        assert visitor.complaints + elsewhere.complaints + second.complaints == []


async def _every_word_once(agent: DeskAgent, conversation_id: str, words: Words) -> None:
    events = (await agent.http.get(f"/v1/conversations/{conversation_id}/events?limit=200")).json()["items"]
    said = [one["data"].get("text") for one in events if one["type"] == "message.created"]
    for text in (words.question, words.beyond_us, words.hello, words.in_a_tunnel, words.meanwhile,
                 words.while_down, words.the_photo, words.goodbye):  # fmt: skip
        assert said.count(text) == 1, text
    types = [one["type"] for one in events]
    for kind in ("human.offered", "human.offer_answered", "conversation.handed_over", "conversation.assigned",
                 "conversation.resolved", "rating.given"):  # fmt: skip
        assert types.count(kind) == 1, (kind, types)
