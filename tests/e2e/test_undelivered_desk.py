"""What agents do about a message that did not arrive, in the browser: the reason, the same person, another channel, again; and why an
inbox is silent."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser, expect

from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from tests.e2e.conftest import Demo
from tests.e2e.desk import DeskPage, open_desk
from tests.simulators.http_double import Answer, http_double
from tests.simulators.smtp import MailServer, mail_server

pytestmark = pytest.mark.slow
ALL_SENT = """(() => {
  const said = found.items.filter(one => one.type === 'message.created' && one.data.direction === 'outgoing');
  const fate = id => found.items.filter(one => one.type === 'delivery.updated' && one.data.message_id === id).at(-1)?.data.state;
  return said.some(one => one.data.text.includes(WORDS)) && said.every(one => ['sent', 'delayed'].includes(fate(one.data.message_id)));
})()"""


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    async with mail_server() as found:
        yield found


async def mailbox(api: httpx.AsyncClient, smtp: MailServer, name: str) -> str:
    """The id of a new inbox for mail whose answers go to the server."""
    first = (await api.get("/v1/inboxes")).json()["items"][0]
    made = await api.post("/v1/inboxes", json={
        "site_id": first["site_id"], "queue_id": first["queue_id"], "channel": "email", "name": name.title(),
        "secrets": {"address": f"{name}@shop.example", "basic": "u:p", "smtp_host": "127.0.0.1", "smtp_port": str(smtp.port)},
    })  # fmt: skip
    assert made.status_code == 201, made.text
    found: str = made.json()["id"]
    return found


async def came(api: httpx.AsyncClient, inbox_id: str, raw: bytes) -> None:
    """A mail arrives at the inbox."""
    headers = {"authorization": f"Basic {base64.b64encode(b'u:p').decode()}"}
    answer = await api.post(f"/hooks/email/{inbox_id}", content=raw, headers=headers)
    assert answer.status_code == 200, answer.text


async def put_aside(demo: Demo, inbox_id: str) -> None:
    """Lets the first request of the inbox have been one that could not be read, in the demo's own database."""
    server = EmbeddedServer(demo.folder / "data")
    await asyncio.to_thread(server.start)
    try:
        connection = await asyncpg.connect(server.url())
        try:
            await connection.execute(
                "update inbound_requests set state = 'poisoned', problem = 'reading raised KeyError'"
                " where id = (select id from inbound_requests where inbox_id = $1::uuid order by id limit 1)",
                inbox_id,
            )
        finally:
            await connection.close()
    finally:
        await asyncio.to_thread(server.stop)


async def written(api: httpx.AsyncClient, desk: DeskPage, inbox_id: str, ada: str, subject: str) -> str:
    """Ada writes, with the wish for a person; the conversation's id once it waits."""
    lines = [
        f"From: Ada <{ada}>",
        "To: x@shop.example",
        f"Message-ID: <{new_id()}@home>",
        f"Subject: {subject}",
    ]
    await came(api, inbox_id, "\r\n".join([*lines, "", "I want to talk to a person"]).encode())
    await desk.until(
        "/v1/inbox?sort=updated",
        f"found.items.some(one => one.subject === '{subject}' && one.owner.kind === 'queue')",
    )
    items: list[dict[str, Any]] = (await api.get("/v1/inbox?sort=updated")).json()["items"]
    found: str = next(one["id"] for one in items if one["subject"] == subject)
    return found


async def all_sent(desk: DeskPage, key: str, words: str = "") -> None:
    """Everything that was said has gone out, these words among it."""
    await desk.until(
        f"/v1/conversations/{key}/events?limit=200", ALL_SENT.replace("WORDS", json.dumps(words))
    )


async def test_a_failed_message_says_why_and_goes_out_by_another_channel_or_again(
    browser: Browser, demo: Demo, smtp: MailServer
) -> None:
    word = new_id()[-6:]
    ada = f"ada-{word}@home.example"  # others may be the same person in other tests
    async with demo.client("admin") as api, open_desk(browser, demo, "admin") as desk:
        page, log = desk.page, desk.log()
        here = await written(api, desk, await mailbox(api, smtp, f"help{word}"), ada, f"Lamp {word}")
        there = await written(api, desk, await mailbox(api, smtp, f"club{word}"), ada, f"Club {word}")
        await desk.open(here)
        await desk.reply("Your lamp is ready.")
        await all_sent(desk, here, "Your lamp is ready.")
        smtp.refuses = 550
        await desk.reply("It waits at the counter.")
        await expect(log.get_by_text("The recipient cannot be reached any more")).to_be_visible()
        await desk.watched.axe("channels-failed-message")
        await desk.button("Another channel").click()
        await expect(page.get_by_text("cannot be reached by another channel now")).to_be_visible()
        await page.keyboard.press("Escape")

        # The same address only suggests that it is the same person; a click says so, and another takes it back.
        same = page.get_by_role("region", name="Same person?")
        await expect(same).to_contain_text("not proven")
        await desk.watched.axe("channels-same-person")
        await same.get_by_role("button", name="Same person", exact=True).click()
        await expect(log.get_by_text("the same person as another contact")).to_be_visible()
        await same.get_by_role("button", name="Not the same person").click()
        await expect(log.get_by_text("not the same person as the other contact")).to_be_visible()
        await same.get_by_role("button", name="Same person", exact=True).click()
        await expect(same.get_by_role("button", name="Not the same person")).to_be_visible()

        smtp.refuses = None
        await desk.button("Another channel").click()
        await page.get_by_role("button", name=ada).click()
        await expect(log.get_by_text("Said there instead: E-mail")).to_be_visible()
        await log.get_by_role("link", name="Open it").click()
        await page.wait_for_url(f"**/{there}")
        await expect(log.get_by_text("It waits at the counter.")).to_be_visible()
        await all_sent(desk, there, "It waits at the counter.")
        await expect(log.get_by_text("sent", exact=True).last).to_be_visible()
        texts = [str(mail.get_payload()).strip() for mail in smtp.mails]
        assert texts.count("It waits at the counter.") == 1


async def test_a_failed_message_is_sent_again_and_a_late_one_says_that_it_is_late(
    browser: Browser, demo: Demo, smtp: MailServer
) -> None:
    word = new_id()[-6:]
    ada = f"ada-{word}@home.example"  # others may be the same person in other tests
    async with demo.client("admin") as api, open_desk(browser, demo, "admin", locale="ar") as desk:
        page, log = desk.page, desk.log()
        inbox_id = await mailbox(api, smtp, f"late{word}")
        key = await written(api, desk, inbox_id, ada, f"Late {word}")
        await desk.open(key)
        await all_sent(desk, key)
        smtp.refuses = 550
        await desk.reply("Once more, please.")
        await expect(log.locator(".after .wrong").last).to_be_visible()
        smtp.refuses = None
        await log.locator(".after button").first.press("Enter")
        await expect(log.locator(".after .wrong")).to_have_count(0)
        await all_sent(desk, key, "Once more, please.")
        mail = next(one for one in smtp.mails if "Once more" in str(one.get_payload()))
        report = (
            "From: MAILER-DAEMON@home.example\r\nTo: x@shop.example\r\nMessage-ID: <dsn@home>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n\r\nlater\r\n'
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; home\r\n\r\n"
            f"Final-Recipient: rfc822; {ada}\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail['Message-ID']}\r\n\r\n--b--\r\n"
        )
        await came(api, inbox_id, report.encode())
        await expect(log.get_by_text("تأخرت، وخادم البريد يواصل المحاولة")).to_be_visible()
        await desk.watched.axe("channels-delayed-ar")

        # What still fails is listed for who minds the channels, and replayed there with one click.
        smtp.refuses = 550
        await desk.reply("The last one.")
        await expect(log.locator(".after .wrong").last).to_be_visible()
        smtp.refuses = None
        await page.goto(f"{demo.base_url}/desk/setup/undelivered")
        card = page.get_by_role("listitem").filter(has_text=f"Late{word}")
        await card.get_by_role("button").click()
        await expect(card).to_have_count(0)

        # So is what came in and could not be read; read again, it causes nothing twice.
        said = (await api.get(f"/v1/conversations/{key}/events?limit=200")).json()["items"]
        await put_aside(demo, inbox_id)
        await page.reload()
        unread = page.get_by_role("region", name="تعذّرت قراءته")
        await expect(unread.get_by_role("listitem").filter(has_text=f"Late{word}")).to_contain_text(
            "KeyError"
        )
        await desk.watched.axe("channels-put-aside-ar")
        await unread.get_by_role("button").press("Enter")
        await expect(unread).to_have_count(0)
        again = (await api.get(f"/v1/conversations/{key}/events?limit=200")).json()["items"]
        assert [one["seq"] for one in again if one["type"] == "message.created"] == [
            one["seq"] for one in said if one["type"] == "message.created"
        ]
        await desk.open(key)
        await expect(log.locator(".after .wrong")).to_have_count(0)


async def test_an_inbox_is_checked_and_says_in_words_what_is_wrong(browser: Browser, demo: Demo) -> None:
    name = f"Bot {new_id()[-6:]}"
    elsewhere = {"ok": True, "result": {"url": "https://old.example/hook"}}
    async with http_double(lambda taken: Answer(200, elsewhere)) as double, demo.client("admin") as api:
        first = (await api.get("/v1/inboxes")).json()["items"][0]
        made = await api.post("/v1/inboxes", json={
            "site_id": first["site_id"], "queue_id": first["queue_id"], "channel": "telegram", "name": name,
            "secrets": {"token": "1:abc", "api_base": double.url},
        })  # fmt: skip
        assert made.status_code == 201, made.text
        async with open_desk(browser, demo, "admin") as desk:
            await desk.page.goto(f"{demo.base_url}/desk/setup/inboxes")
            card = desk.page.get_by_role("listitem").filter(has=desk.page.get_by_role("heading", name=name))
            await card.get_by_role("button", name="Check").click()
            await expect(card).to_contain_text("The platform takes the access.")
            await expect(card).to_contain_text("The platform does not deliver to this address.")
            await expect(card).to_contain_text("setWebhook was given https://old.example/hook")
            await desk.watched.axe("channels-inbox-checked")
