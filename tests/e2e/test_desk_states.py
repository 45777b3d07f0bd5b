"""The desk's states: no violation of WCAG 2.2 AA on any, text of strangers never becomes markup, set-up works end to end."""

import pytest
from playwright.async_api import Browser, expect

from funnel.core.ids import new_id
from tests.e2e.conftest import Demo
from tests.e2e.desk import open_desk
from tests.e2e.hostile import HOSTILE
from tests.e2e.visitors import visitor_of, waiting

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("locale", "theme"), [("en", "light"), ("ar", "dark")])
async def test_no_state_keeps_anybody_out(browser: Browser, demo: Demo, locale: str, theme: str) -> None:
    visitor = await visitor_of(demo, "Sara", locale)
    conversation_id = await waiting(visitor, "How long does delivery take?")
    async with open_desk(browser, demo, None, locale=locale, theme=theme) as desk:
        page, watched, name = desk.page, desk.watched, f"desk-{locale}-{theme}"
        await page.goto(f"{demo.banner['base_url']}/desk")
        await page.locator("input[name=email]").fill("nobody@example.com")
        await page.locator("input[name=password]").fill("not the password")
        await page.keyboard.press("Enter")
        await page.get_by_role("alert").wait_for()
        await watched.axe(f"{name}-sign-in")
        await desk.sign_in("lead")
        await page.locator("[data-row]").first.wait_for()
        await watched.axe(f"{name}-list")
        await desk.open(conversation_id)
        await page.get_by_role("complementary").locator("section").first.wait_for()
        await page.locator(".decision button").first.click()
        await watched.axe(f"{name}-conversation")
        await page.keyboard.press("Control+k")
        await page.get_by_role("dialog").wait_for()
        await watched.axe(f"{name}-palette")
        await page.keyboard.press("Escape")
        await page.get_by_role("dialog").wait_for(state="detached")
        for key, role in (("s", "menu"), ("a", "dialog"), ("?", "dialog")):
            await page.keyboard.press(key)
            await page.get_by_role(role).first.wait_for()
            await watched.axe(f"{name}-key-{'help' if key == '?' else key}")
            await page.keyboard.press("Escape")
            await page.get_by_role(role).first.wait_for(state="detached")
        await page.goto(f"{demo.banner['base_url']}/desk/inbox/snoozed")
        await page.locator(".list .empty").wait_for()
        await watched.axe(f"{name}-empty")
        await page.goto(f"{demo.banner['base_url']}/desk/inbox/waiting/{new_id()}")
        await page.get_by_role("alert").wait_for()
        await watched.axe(f"{name}-missing")
        await page.goto(f"{demo.banner['base_url']}/desk/nowhere")
        await page.locator("main .empty h1").wait_for()
        await watched.axe(f"{name}-lost")
    await visitor.close()


async def test_a_phone_shows_one_thing_at_a_time(browser: Browser, demo: Demo) -> None:
    visitor = await visitor_of(demo, "Pocket")
    conversation_id = await waiting(visitor, "Where is my order?")
    async with open_desk(browser, demo, locale="ar", viewport={"width": 360, "height": 740}) as desk:
        await desk.page.locator("[data-row]").first.wait_for()
        await desk.watched.picture("desk-phone-list")
        await desk.open(conversation_id)
        await desk.watched.axe("desk-phone-conversation")
        wide = await desk.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide
    await visitor.close()


async def test_text_of_strangers_stays_text(browser: Browser, demo: Demo) -> None:
    visitor = await visitor_of(demo, HOSTILE[0][:200])
    conversation_id = await waiting(visitor, HOSTILE[0])
    for text in HOSTILE[1:]:
        await visitor.say(text, conversation_id)
    names = [text.replace("/", "∕")[:80] + ".txt" for text in HOSTILE[:5]]
    for name in names:
        stored = await visitor.upload(name, b"plain words")
        await visitor.say("a file", conversation_id, attachments=[stored])
    async with open_desk(browser, demo, "lead") as desk:
        await desk.page.evaluate(
            "text => fetch('/v1/saved-replies', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ title: text.slice(0, 100), text }) })",
            HOSTILE[1],
        )
        await desk.open(conversation_id)
        tags = await desk.page.evaluate(
            """([id, tags]) => fetch(`/v1/conversations/${id}/tags`, { method: "POST", headers: { "content-type": "application/json" },
               body: JSON.stringify({ add: tags }) }).then(answer => answer.status)""",
            [conversation_id, [text[:60] for text in HOSTILE[:6]]],
        )  # fmt: skip
        assert tags == 201
        shown = desk.log().locator("[data-seq]")
        await expect(shown.first).to_be_visible()
        # Not what is on the screen: rows far above it are not laid out.
        said = await desk.log().text_content() or ""
        for text in HOSTILE:
            line = next(part for part in text.split("\n") if part.strip())
            assert line.strip()[:30] in said, text
        await desk.page.locator("#composer-text").press_sequentially("/")
        await desk.page.get_by_role("option").first.wait_for()
        assert await desk.page.evaluate(
            "window.hacked === undefined && !document.querySelector('.timeline script, .timeline iframe, .timeline svg[onload]')"
        )
        await desk.watched.picture("desk-hostile")
    await visitor.close()


async def test_an_admin_sets_up_a_site_and_an_agent_who_signs_in(browser: Browser, demo: Demo) -> None:
    async with open_desk(browser, demo, "admin") as desk:
        page = desk.page
        await page.get_by_role("link", name="Sites").click()
        await desk.button("New site").click()
        await page.get_by_label("Name").fill("Second shop")
        await page.get_by_label("Allowed origins").fill(f"https://second.example\n{demo.banner['base_url']}")
        await desk.button("Save").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Shown this once only")
        await desk.button("Go on").click()
        await expect(page.get_by_role("heading", name="Second shop")).to_be_visible()
        await expect(page.locator("pre")).to_contain_text('src="' + demo.base_url + '/widget.js" data-site="')
        await desk.watched.axe("desk-setup-site")
        for link in ("Opening hours", "Teams and queues", "API keys", "Saved replies"):
            await page.get_by_role("link", name=link, exact=True).click()
            await expect(page.get_by_role("heading", level=1)).to_have_text(link)
            await desk.watched.axe(f"desk-setup-{link.split()[0].lower()}")
        await page.get_by_role("link", name="Agents", exact=True).click()
        await desk.button("New agent").click()
        await page.get_by_label("Name", exact=True).fill("Rosa")
        email = f"rosa-{new_id()[-8:]}@example.com"
        await page.get_by_label("E-mail address").fill(email)
        await desk.watched.axe("desk-setup-agent")
        await desk.button("Save").click()
        link_text = await page.get_by_role("dialog").locator("code").inner_text()
        async with open_desk(browser, demo, None) as rosa:
            await rosa.page.goto(link_text)
            for field in await rosa.page.locator("input[autocomplete=new-password]").all():
                await field.fill("four random words here")
            await rosa.watched.axe("desk-password")
            await rosa.button("Set password").click()
            await rosa.page.locator("input[name=email]").fill(email)
            await rosa.page.locator("input[name=password]").fill("four random words here")
            await rosa.page.keyboard.press("Enter")
            await expect(rosa.page.get_by_role("navigation").first).to_be_visible()
            await expect(rosa.page.get_by_role("link", name="Sites")).to_have_count(0)
