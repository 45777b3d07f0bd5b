"""The channel pages: an inbox from nothing to its health in words, webhooks with test, log and new secret."""

import asyncio
import json
import re
import time

import pytest
from playwright.async_api import Browser, expect

from bots.connectors.graph import subscription
from funnel.channels.request import Secret
from funnel.core.ids import new_id
from tests.e2e.conftest import Demo
from tests.e2e.desk import DeskPage, open_desk
from tests.simulators.http_double import http_double
from tests.simulators.platforms import WhatsApp

pytestmark = pytest.mark.slow
TOKEN = "4711:a-very-secret-token-of-a-bot"


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
        await _manners_of_its_own(desk, address.rpartition("/")[2])


async def _manners_of_its_own(desk: DeskPage, inbox_id: str) -> None:
    """The inbox says less than its channel, by keyboard alone; then as its channel again, in Arabic."""
    page, dialog = desk.page, desk.page.get_by_role("dialog")
    button = desk.button("Automatic messages: Harbour bot two")
    await button.press("Enter")
    in_a_row = dialog.get_by_label("Messages in a row, at most")
    await expect(in_a_row.locator("option:checked")).to_have_text("As Telegram: 3")
    await in_a_row.focus()
    await page.keyboard.press("ArrowDown")
    for _ in range(5):
        await page.keyboard.press("Tab")
    await expect(dialog.get_by_label("Ask for a rating")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await desk.watched.axe("channels-manners")
    for _ in range(4):
        await page.keyboard.press("Tab")
    await expect(dialog.get_by_role("button", name="Save")).to_be_focused()
    await page.keyboard.press("Enter")
    await dialog.wait_for(state="hidden")
    await desk.until(
        f"/v1/inboxes/{inbox_id}",
        "found.manners.bot_messages === 1 && !found.manners.survey && found.manners.settle",
    )
    await expect(button).to_be_focused()
    await page.evaluate("""localStorage.setItem('funnel.desk.locale', '"ar"')""")
    await page.reload()
    await page.get_by_role("button", name="الرسائل التلقائية: Harbour bot two").click()
    await expect(dialog.get_by_label("طلب التقييم").locator("option:checked")).to_have_text("لا")
    await expect(dialog).to_have_css("direction", "rtl")
    await desk.watched.axe("channels-manners-ar")
    for label in ("أقصى عدد من الرسائل المتتالية", "طلب التقييم"):
        await dialog.get_by_label(label).select_option("")
    await dialog.get_by_role("button", name="حفظ").click()
    await desk.until(f"/v1/inboxes/{inbox_id}", "found.manners.bot_messages === 3 && found.manners.survey")


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
        await page.goto(f"{demo.banner['base_url']}/desk/setup/hooks")
        await page.locator("header button").press("Enter")
        await form.locator("input").first.fill("order_status")
        await form.locator("input[type=url]").fill("https://orders.invalid/status")
        await form.locator("button[type=submit]").click()
        await expect(form.locator("code")).to_contain_text("whsec_")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("listitem").filter(has_text="orders.invalid")).to_contain_text(
            "order_status"
        )
        await desk.watched.axe("channels-hooks-ar")
        await page.goto(f"{demo.banner['base_url']}/desk/setup/undelivered")
        await page.locator("[aria-busy=true]").wait_for(state="detached")
        await desk.watched.axe("channels-undelivered-ar")


async def test_a_template_is_picked_filled_and_sent_when_the_window_is_closed(
    browser: Browser, demo: Demo
) -> None:
    body = {"type": "BODY", "text": "Order {{1}} is ready.", "example": {"body_text": [["4711"]]}}
    buttons = {
        "type": "BUTTONS",
        "buttons": [{"type": "COPY_CODE", "text": "Copy offer code", "example": ["25OFF"]}],
    }
    components = [{"type": "HEADER", "format": "DOCUMENT"}, body, buttons]
    approved = {"name": "order_ready", "language": "en", "status": "APPROVED", "components": components}
    paused = {**approved, "name": "sale", "status": "PAUSED"}
    platform = WhatsApp(templates=[approved, paused])
    async with http_double(platform) as double, demo.client("admin") as api:
        inboxes = (await api.get("/v1/inboxes")).json()["items"]
        secrets = {
            "signing": "app", "access_token": "t", "phone_number_id": "1", "business_account_id": "77",
            "api_base": double.url,
        }  # fmt: skip
        made = await api.post("/v1/inboxes", json={
            "site_id": inboxes[0]["site_id"], "queue_id": inboxes[0]["queue_id"], "channel": "whatsapp",
            "name": "Harbour phone", "secrets": secrets,
        })  # fmt: skip
        assert made.status_code == 201, made.text
        said = {
            "id": new_id(), "from": "4917012345", "timestamp": str(int(time.time()) - 90_000), "type": "text",
            "text": {"body": "I want to talk to a person"},
        }  # fmt: skip
        value = {
            "metadata": {"phone_number_id": "1"},
            "contacts": [{"wa_id": "4917012345"}],
            "messages": [said],
        }
        raw = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
        signed = subscription.sign(Secret.of(signing="app"), raw, new_id(), int(time.time()), "").headers
        came = await api.post(f"/hooks/whatsapp/{made.json()['id']}", content=raw, headers=signed)
        assert came.status_code == 200
        async with open_desk(browser, demo, "admin") as desk:
            await desk.until("/v1/inbox?sort=updated", "found.items.some(one => one.channel === 'whatsapp')")
            found = (await api.get("/v1/inbox?sort=updated")).json()["items"]
            await desk.open(next(one["id"] for one in found if one["channel"] == "whatsapp"))
            await expect(desk.page.get_by_text("takes no free text")).to_be_visible()
            await desk.page.locator("#composer-text").fill("free words")
            await expect(desk.button("Send")).to_be_disabled()
            await desk.button("Template").click()
            dialog = desk.page.get_by_role("dialog")
            await expect(dialog.get_by_role("button", name="sale")).to_have_attribute("aria-disabled", "true")
            await desk.watched.axe("channels-templates")
            await dialog.get_by_role("button", name="order_ready").click()
            await expect(dialog.get_by_role("button", name="Send template")).to_be_disabled()
            await dialog.get_by_label("Value 1").fill("4711")
            await dialog.get_by_label("Code to copy").fill("25OFF")
            await expect(dialog.get_by_role("button", name="Send template")).to_be_disabled()
            slip = {"name": "slip.txt", "mimeType": "text/plain", "buffer": b"4711"}
            await dialog.get_by_label("Or a file").set_input_files([slip])
            await expect(dialog.locator("blockquote")).to_have_text("slip.txt\n\nOrder 4711 is ready.")
            await dialog.get_by_role("button", name="Send template").click()
            await expect(desk.log().get_by_text("Order 4711 is ready.")).to_be_visible()
            while not platform.shown:  # beside marks of reading and typing
                double.came.clear()
                await asyncio.wait_for(double.came.wait(), 60)
            used = json.loads(platform.shown[0][1])
            assert {kind for kind, _ in platform.marks} <= {"read", "typing"}
            assert used["name"] == "order_ready"
            assert used["components"][0]["parameters"][0]["document"]["filename"] == "slip.txt"
            assert used["components"][2]["parameters"] == [{"type": "coupon_code", "coupon_code": "25OFF"}]
