"""The channel pages: an inbox from nothing to its health in words, webhooks with test, log and new secret."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.browser import open_browser
from tests.e2e.conftest import Demo
from tests.e2e.desk import open_desk

pytestmark = pytest.mark.slow
TOKEN = "4711:a-very-secret-token-of-a-bot"


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as found:
        yield found


async def test_an_inbox_is_made_checked_and_never_shows_its_secret(browser: Browser, demo: Demo) -> None:
    async with open_desk(browser, demo, "admin") as desk:
        page = desk.page
        await page.get_by_role("link", name="Inboxes", exact=True).click()
        await desk.button("New inbox").click()
        await page.get_by_label("Channel").select_option(label="Telegram")
        await page.get_by_label("Name").fill("Harbour bot")
        await page.get_by_label("Bot token").fill(TOKEN)
        await desk.watched.axe("channels-inbox-new")
        await desk.button("Save").click()
        made = page.get_by_role("dialog")
        await expect(made).to_contain_text("Shown this once only")
        address = await made.locator("code").first.inner_text()
        assert re.fullmatch(re.escape(demo.banner["base_url"]) + r"/hooks/telegram/[0-9a-f-]{36}", address), (
            address
        )
        await made.get_by_role("button", name="Close").click()
        card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Harbour bot"))
        await expect(card).to_contain_text("Nothing has come in yet")
        refused = await page.request.post(address, data="{}", headers={"content-type": "application/json"})
        assert refused.status == 401
        await desk.until(f"/v1/inboxes/{address.rpartition('/')[2]}/health", "found.refused === 1")
        await card.get_by_role("button", name="Check").press("Enter")
        await expect(card).to_contain_text("Requests with a wrong signature: 1")
        await desk.watched.axe("channels-inboxes")
        await card.get_by_role("button", name="Edit").click()
        await expect(page.get_by_label("Bot token")).to_have_value("")
        assert TOKEN not in await page.content()
        await page.get_by_label("Name").fill("Harbour bot two")
        await desk.button("Save").click()
        await expect(page.get_by_role("heading", name="Harbour bot two")).to_be_visible()


async def test_a_webhook_is_tested_logged_and_gets_a_new_secret(browser: Browser, demo: Demo) -> None:
    async with open_desk(browser, demo, "admin", locale="ar") as desk:
        page = desk.page
        await page.goto(f"{demo.banner['base_url']}/desk/setup/webhooks")
        await page.locator("header button").press("Enter")
        form = page.get_by_role("dialog")
        await form.locator("input").first.fill("Orders")
        await form.locator("input[type=url]").fill("https://orders.invalid/funnel")
        await form.locator("button[type=submit]").click()
        first = await form.locator("code").inner_text()
        await form.locator("button[type=submit]").click()
        card = page.get_by_role("listitem").filter(has_text="orders.invalid")
        buttons = card.locator("> .row button")
        await buttons.nth(0).press("Enter")
        await expect(card.locator("tbody")).to_contain_text("webhook.test")
        await desk.watched.axe("channels-webhooks-ar")
        await buttons.nth(2).click()
        await form.locator("button[type=submit]").click()
        await expect(form.locator("code")).not_to_have_text(first)
        await expect(form.locator("code")).to_contain_text("whsec_")
        await page.keyboard.press("Escape")
        await page.goto(f"{demo.banner['base_url']}/desk/setup/undelivered")
        await page.locator("[aria-busy=true]").wait_for(state="detached")
        await desk.watched.axe("channels-undelivered-ar")
