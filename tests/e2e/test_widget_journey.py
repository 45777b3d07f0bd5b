"""The whole way through the widget in a real browser: answer, not helpful, person, reply, photo, end, rating; and on a phone."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.widget_browser import PHONE, DeskAgent, Visitors, photo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
QUESTION = {
    "en": "How long does delivery take?",
    "zh-Hant": "多久會送到？",
    "ar": "كم يستغرق التوصيل؟",
}
PERSON = {"en": "Talk to a person", "zh-Hant": "找真人客服", "ar": "التحدث مع شخص"}


async def test_from_a_question_to_a_rating(visitors: Visitors, agent: DeskAgent) -> None:
    await agent.clear()
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.shot("01-shop")
    await visitor.open()
    await visitor.shot("02-home")
    await visitor.accessible()
    await visitor.say(QUESTION["en"])
    helped = visitor.panel.get_by_role("group", name="Did this help?")
    await expect(helped).to_be_visible()
    await visitor.shot("03-answer")
    await visitor.accessible()
    await helped.get_by_role("button", name="No", exact=True).click()
    await visitor.panel.locator(".chips").last.wait_for()
    await visitor.shot("04-not-helpful")
    await visitor.accessible()
    await visitor.button(PERSON["en"]).click()
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    await visitor.shot("05-waiting")
    await visitor.accessible()

    conversation = await agent.take_next()
    await expect(visitor.panel.locator(".bar")).to_contain_text("You're talking with")
    await agent.reply(conversation, "Hello, this is Noor. Which parcel is it?")
    await visitor.bubble("this is Noor").wait_for()
    async with visitor.page.expect_file_chooser() as choosing:
        await visitor.button("Add photos or files").click()
    await (await choosing.value).set_files(
        {"name": "parcel.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    await expect(visitor.panel.locator(".file progress")).to_have_count(0)
    await visitor.shot("06-photo-ready")
    await visitor.say("This one, HP-204518")
    await expect(visitor.panel.locator(".photo img")).to_be_visible()
    await agent.reply(conversation, "Thank you. A new one is on its way, and **nothing** to pay.")
    await visitor.bubble("on its way").wait_for()
    await visitor.shot("07-person")
    await visitor.accessible()

    await agent.act(conversation, "resolve", {"need_met": "yes"})
    rating = visitor.panel.get_by_role("radiogroup", name="How did we do?")
    await rating.get_by_role("radio", name=re.compile("Very good")).click()
    await visitor.panel.get_by_placeholder("Anything you'd like to add").fill("Quick and kind.")
    await visitor.shot("08-rating")
    await visitor.accessible()
    await visitor.panel.locator(".card").get_by_role("button", name="Send").click()
    await expect(visitor.panel.get_by_text("Thank you for your rating.")).to_be_visible()
    await visitor.shot("09-rated")
    assert visitor.complaints == []


@pytest.mark.parametrize(
    ("name", "lang", "options"),
    [
        ("phone-arabic", "ar", PHONE | {"locale": "ar-EG"}),
        ("phone-traditional-dark", "zh-Hant", PHONE | {"locale": "zh-TW", "color_scheme": "dark"}),
        ("desktop-dark", "en", {"color_scheme": "dark"}),
    ],
)
async def test_in_other_languages_and_on_a_phone(
    visitors: Visitors, agent: DeskAgent, name: str, lang: str, options: dict[str, object]
) -> None:
    await agent.clear()
    visitor = await visitors.page(**options)
    await visitor.goto("/demo/returns", lang)
    await visitor.shot(f"{name}-0-page")
    await visitor.open()
    await visitor.panel.locator("details").first.wait_for()
    await visitor.shot(f"{name}-1-home")
    await visitor.accessible()
    await visitor.say(QUESTION[lang])
    await visitor.panel.locator(".verdict").wait_for()
    await visitor.shot(f"{name}-2-answer")
    await visitor.button(PERSON[lang]).click()
    await expect(visitor.panel.locator(".bar")).not_to_contain_text(PERSON[lang])
    conversation = await agent.take_next()
    await agent.reply(
        conversation,
        {"en": "Hi", "ar": "أهلًا، الطلب HP-204518 في الطريق.", "zh-Hant": "您好，HP-204518 正在運送途中。"}[
            lang
        ],
    )
    await visitor.panel.locator(".dot").wait_for()
    await visitor.shot(f"{name}-3-person")
    await visitor.accessible()
    assert await visitor.panel.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert await visitor.panel.get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")
    if options.get("has_touch"):
        assert await visitor.panel.evaluate("node => node.getBoundingClientRect().width") == 360
        small = await visitor.panel.evaluate(
            """node => [...node.querySelectorAll('button')].filter(one => one.getClientRects().length)
                 .filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""
        )
        assert small == []
        assert await visitor.field.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 16
    assert visitor.complaints == []


async def test_keyboard_alone(visitors: Visitors) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.launcher.focus()
    keyboard = visitor.page.keyboard
    await keyboard.press("Enter")
    await expect(visitor.field).to_be_focused()
    await keyboard.type(QUESTION["en"])
    await keyboard.press("Enter")
    await visitor.panel.locator(".verdict").wait_for()
    yes = visitor.button("Yes")
    for _ in range(12):
        await keyboard.press("Shift+Tab")
        if await yes.evaluate("node => node.matches(':focus')"):
            break
    await keyboard.press("Enter")
    await expect(visitor.panel.get_by_text("Thank you!", exact=True)).to_be_visible()
    await visitor.button("More").focus()
    await keyboard.press("Enter")
    await expect(visitor.panel.get_by_role("menuitemcheckbox")).to_be_focused()
    await keyboard.press("ArrowDown")
    await keyboard.press("Escape")
    await expect(visitor.button("More")).to_be_focused()
    await keyboard.press("Escape")
    await expect(visitor.panel).to_be_hidden()
    await expect(visitor.launcher).to_be_focused()


async def test_search_as_you_type_and_what_the_host_page_hears(visitors: Visitors) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.page.evaluate(
        """window.heard = []; window.all = new Promise((resolve) => {
             const awaited = new Set(['open', 'close', 'message', 'handover']);
             for (const name of [...awaited]) Funnel.on(name, () => {
               window.heard.push(name); awaited.delete(name); if (!awaited.size) resolve(true); }); }); null;"""
    )
    await visitor.page.evaluate("Funnel.open()")
    await visitor.panel.get_by_role("searchbox").fill("return a lamp")
    await expect(visitor.panel.get_by_role("status").filter(has_text="found")).to_be_visible()
    await visitor.panel.locator("details").first.click()
    await visitor.shot("10-search")
    await visitor.accessible()
    await visitor.say("I want to talk to a person")
    await expect(visitor.panel.locator(".bar")).to_contain_text("A person will answer")
    await visitor.page.evaluate("Funnel.close()")
    await expect(visitor.panel).to_be_hidden()
    assert await visitor.page.evaluate("window.all")
    assert (await visitor.page.evaluate("window.heard"))[0] == "open"


async def test_the_menu_saves_takes_along_and_ends(visitors: Visitors) -> None:
    visitor = await visitors.page()
    await visitor.goto()
    await visitor.open()
    await visitor.say(QUESTION["en"])
    await visitor.panel.locator(".verdict").wait_for()
    await visitor.button("More").click()
    await visitor.shot("11-menu")
    await visitor.accessible()
    async with visitor.page.expect_download() as downloading:
        await visitor.panel.get_by_role("menuitem", name="Save the conversation").click()
    saved = (await (await downloading.value).path()).read_text(encoding="utf-8")
    assert QUESTION["en"] in saved

    await visitor.button("More").click()
    await visitor.panel.get_by_role("menuitem", name="Continue on another device").click()
    link = await visitor.panel.get_by_label("Continue on another device").input_value()
    await visitor.shot("12-device")
    await visitor.accessible()
    other = await visitors.page()
    await other.page.goto(link)
    await other.bubble(QUESTION["en"]).wait_for()
    assert "funnel-resume" not in other.page.url

    await visitor.button("More").click()
    await visitor.panel.get_by_role("menuitem", name="Where should the answer go").click()
    await visitor.panel.get_by_label("E-mail").fill("not an address")
    await visitor.button("Save").click()
    await expect(visitor.panel.get_by_text("doesn't look like an e-mail")).to_be_visible()
    await visitor.panel.get_by_label("E-mail").fill("kim@example.com")
    await visitor.button("Save").click()
    await expect(visitor.panel.locator(".card").get_by_text("will also reach you")).to_be_visible()
    await visitor.button("More").click()
    await visitor.panel.get_by_role("menuitem", name="End the conversation").click()
    await expect(visitor.panel.get_by_text("This conversation is closed.")).to_be_visible()
    await expect(other.panel.get_by_text("This conversation is closed.")).to_be_visible()
    await visitor.page.reload()
    await visitor.open()
    await visitor.bubble(QUESTION["en"]).wait_for()
