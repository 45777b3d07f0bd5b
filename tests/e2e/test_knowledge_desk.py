"""The writers' pages: an article from its first word to the question it answers, two writers at once, imports, findings, gaps."""

import io
import re
import zipfile
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import Demo, DeskAgent
from tests.e2e.desk import DeskPage, open_desk
from tests.e2e.visitors import visitor_of, waiting

pytestmark = pytest.mark.slow
ICONS = "Facebook iconTwitter iconYouTube icon"


async def opened(desk: DeskPage, place: str) -> Page:
    """A page of the knowledge base."""
    await desk.page.goto(f"{desk.demo.banner['base_url']}/desk/knowledge{place}")
    await desk.page.get_by_role("heading", level=1).wait_for()
    return desk.page


async def test_an_article_from_the_first_word_to_the_question_it_answers(
    browser: Browser, demo: Demo
) -> None:
    visitor = await visitor_of(demo, "Ines")
    question = "Can I rent a cargo bicycle by the hour?"
    await visitor.say(question)
    async with open_desk(browser, demo, "admin") as desk:
        page = await opened(desk, "")
        await page.get_by_role("link", name="New article").click()
        await page.get_by_label("Title", exact=True).fill("Renting a cargo bicycle by the hour")
        await page.get_by_label("Short answer").fill("x" * 351)
        await expect(page.locator("#short-count")).to_have_text("351 of 350")
        await desk.button("Save").click()
        await page.get_by_label("Short answer").fill("A cargo bicycle is 6 euros an hour.")
        await page.locator("#article-body").fill(
            "## Renting by the hour\n\nYou can rent a **cargo bicycle** by the hour at the harbour shop.\n\n<script>hacked = 1</script>"
        )
        await page.get_by_label("Example questions").fill(question)
        await desk.button("Add a step").click()
        await page.get_by_label("Step 1: words").fill("Opening hours")
        await page.get_by_label("Step 1: address").fill("https://shop.example/hours")
        preview = page.frame_locator("iframe")
        await expect(preview.locator("strong")).to_have_text("cargo bicycle")
        await expect(preview.locator("body")).to_contain_text("<script>hacked = 1</script>")
        await expect(preview.locator(".steps span")).to_have_text("Opening hours")
        await desk.watched.axe("knowledge-editor")
        await page.get_by_role("tab", name="Would answer").click()
        await expect(page.get_by_role("tabpanel")).to_contain_text(question)
        await page.keyboard.press("Control+s")
        await expect(page.get_by_role("banner").or_(page.locator("header.head"))).to_contain_text("Draft")
        await expect(page).to_have_url(re.compile(r"/articles/[0-9a-f-]{36}$"))
        await desk.button("Publish").click()
        await page.get_by_text("It is found within two seconds").wait_for()
        await desk.until(f"/v1/kb/search?locale=en&q={quote(question)}", "found.outcome === 'answer'")
        reader = await visitor_of(demo, "Jona")
        asked = await reader.say(question)
        said = [one for one in asked["events"] if one["type"] == "answer.offered"]
        assert "cargo bicycle" in said[-1]["data"]["passages"][0]["title"]
        await reader.close()
        await page.get_by_role("tab", name="Answered").click()
        await expect(page.get_by_role("tabpanel")).to_contain_text(question)
        await page.get_by_role("tab", name="History").click()
        await expect(page.get_by_role("tabpanel").get_by_role("listitem")).to_have_count(2)
        await page.get_by_role("tab", name="Translations").click()
        await page.get_by_role("link", name="Arabic").click()
        await expect(page.get_by_role("tabpanel")).to_contain_text("## Renting by the hour")
        await page.get_by_label("Title", exact=True).fill("استئجار دراجة شحن بالساعة")
        await page.locator("#article-body").fill("يمكنك استئجار دراجة شحن بالساعة.")
        await desk.button("Save").click()
        await expect(page).to_have_url(re.compile(r"/articles/[0-9a-f-]{36}$"))
        await opened(desk, "?q=%D8%AF%D8%B1%D8%A7%D8%AC%D8%A9+%D8%B4%D8%AD%D9%86")
        await expect(page.locator("tbody tr")).to_have_count(1)
    await visitor.close()


async def test_two_writers_of_one_article_lose_nothing(browser: Browser, demo: Demo) -> None:
    async with open_desk(browser, demo, "admin") as mine, open_desk(browser, demo, "admin") as theirs:
        await opened(mine, "/articles/new")
        await mine.page.get_by_label("Title", exact=True).fill("Sail repair")
        await mine.page.locator("#article-body").fill("We mend sails within two weeks.")
        await mine.button("Save").click()
        await mine.page.wait_for_url(re.compile(r"/articles/[0-9a-f-]{36}$"))
        # What is typed while it is being saved stays.
        saved = await mine.hold("**/v1/kb/articles/*")
        await mine.page.locator("#article-body").fill("We mend sails within two weeks or so.")
        async with mine.page.expect_response("**/v1/kb/articles/*") as answered:
            await mine.button("Save").click()
            await mine.page.locator("#article-body").fill("We mend sails within a fortnight.")
            saved.set()
        assert (await (await answered.value).json())["body"] == "We mend sails within two weeks or so."
        await expect(mine.button("Save")).to_be_enabled()
        await expect(mine.page.locator("#article-body")).to_have_value("We mend sails within a fortnight.")
        await theirs.page.goto(mine.page.url)
        await theirs.page.locator("#article-body").wait_for()
        await mine.page.locator("#article-body").fill("We mend sails within ten days.")
        # What is typed and not saved survives a reload, and says that it does.
        await mine.page.reload()
        await mine.page.get_by_text("What you had not saved is here again").wait_for()
        await expect(mine.page.locator("#article-body")).to_have_value("We mend sails within ten days.")
        await theirs.page.locator("#article-body").fill("We mend sails within three weeks.")
        await theirs.page.get_by_label("Short answer").fill("Three weeks.")
        await theirs.button("Save").click()
        await theirs.page.get_by_text("Saved.", exact=True).wait_for()
        await mine.button("Save").click()
        conflict = mine.page.get_by_role("alert")
        await expect(conflict).to_contain_text("We mend sails within three weeks.")
        await expect(conflict).to_contain_text("Taken over from them: Short answer")
        await mine.watched.axe("knowledge-conflict")
        await conflict.get_by_role("radio", name="Yours").press("Space")
        await mine.button("Save it so").click()
        await conflict.wait_for(state="detached")
        await mine.page.get_by_text("Saved.", exact=True).wait_for()
        await expect(mine.page.get_by_label("Short answer")).to_have_value("Three weeks.")
        await theirs.page.reload()
        await expect(theirs.page.locator("#article-body")).to_have_value("We mend sails within ten days.")
        # Found after a reload: what others saved since is joined with what was typed.
        await mine.page.get_by_label("Title", exact=True).fill("Mending sails")
        await theirs.page.get_by_label("Short answer").fill("Ten days.")
        unsaved = theirs.page.locator(".chip", has_text="Not saved")
        await unsaved.wait_for()
        await theirs.button("Save").click()
        await unsaved.wait_for(state="detached")
        await mine.page.reload()
        await expect(mine.page.get_by_label("Title", exact=True)).to_have_value("Mending sails")
        await expect(mine.page.get_by_label("Short answer")).to_have_value("Ten days.")


def _archive(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


async def test_an_import_is_reported_and_what_is_held_back_is_accepted_with_a_reason(
    browser: Browser, demo: Demo
) -> None:
    files = {
        "en/oars.md": "Oars are made of ash and are varnished twice a year by hand.",
        "en/icons.md": f"# Icons\n\n{ICONS}",
        "../escape.md": "nowhere",
    }
    async with open_desk(browser, demo, "admin") as desk:
        page = await opened(desk, "/import")
        await page.locator("input[type=file]").set_input_files(
            {"name": "boats.zip", "mimeType": "application/zip", "buffer": _archive(files)}
        )
        await desk.button("Import").click()
        report = page.get_by_role("region", name="Report").last
        await expect(report.locator("tbody tr")).to_have_count(3)
        await expect(report).to_contain_text("The path leads out of the archive.")
        await desk.watched.axe("knowledge-import")
        await opened(desk, "/findings")
        held = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Icons", exact=True))
        await held.get_by_role("button", name="Accept").press("Enter")
        await page.get_by_label("Reason").fill("They name our social media pages.")
        await desk.watched.axe("knowledge-accept")
        await page.get_by_role("dialog").get_by_role("button", name="Accept").click()
        await expect(held).to_contain_text("They name our social media pages.")
        await expect(held).to_contain_text("The passage is made of names of icons and of navigation.")
        await page.evaluate("""localStorage.setItem('funnel.desk.locale', '"ar"')""")
        await opened(desk, "/findings")
        await expect(held).to_contain_text("يتكون هذا المقطع من أسماء أيقونات وقوائم تنقل.")


async def _write_a_playbook(desk: DeskPage, page: Page) -> None:
    """Faults are told with their line while one writes; what is good is published, and taken back."""
    await opened(desk, "/playbooks")
    document = page.locator("#playbook-document")
    await expect(document).to_have_value(re.compile("key: order-status"))
    text = await document.input_value()
    publish = page.locator("section .btn.primary")
    await document.fill(text.replace("next: look", "next: nowhere"))
    await expect(page.locator("#playbook-lint li")).to_contain_text("nowhere")
    await expect(publish).to_be_disabled()
    await document.fill(text.replace("What's your order number?", "Which order number?"))
    await publish.click()
    chosen = page.locator("nav select")
    await expect(chosen).to_have_value("2")
    await desk.watched.axe("knowledge-playbooks-ar")
    await chosen.select_option("1")
    await page.get_by_role("button", name="إعادة استخدام هذا الإصدار").click()
    await expect(page.locator("nav .book[aria-current=true] .chip")).to_have_text("1")


async def test_a_gap_becomes_an_article_that_begins_with_what_an_agent_said(
    browser: Browser, demo: Demo, agent: DeskAgent
) -> None:
    visitor = await visitor_of(demo, "Odile")
    conversation_id = await waiting(visitor, "Do you engrave brass compasses with initials?")
    await agent.act(conversation_id, "claim")
    await agent.reply(conversation_id, "Yes, engraving takes four days.")
    async with open_desk(browser, demo, "admin", locale="ar", theme="dark") as desk:
        page = await opened(desk, "/gaps")
        gap = page.get_by_role("listitem").filter(has_text="engrave brass compasses").first
        await gap.locator("summary").click()
        await desk.watched.axe("knowledge-gaps-ar")
        await gap.get_by_role("button").first.press("Enter")
        await expect(page.locator("#article-body")).to_have_value("Yes, engraving takes four days.")
        await desk.watched.axe("knowledge-editor-ar")
        await _write_a_playbook(desk, page)
        for place in ("", "/health", "/terms", "/trust", "/findings", "/import"):
            await opened(desk, place)
            await page.locator("[aria-busy=true]").wait_for(state="detached")
            await desk.watched.axe(f"knowledge{place.replace('/', '-')}-ar")
        await opened(desk, "/terms")
        await page.locator("section button").first.press("Enter")
        await page.get_by_role("dialog").locator("textarea").fill("compass، بوصلة")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("section").first).to_contain_text("بوصلة")
    await visitor.close()
