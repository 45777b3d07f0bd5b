"""Mail and Telegram without a public address: nothing lost, nothing doubled, through disconnects, renumbering and rivals."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import pytest

from api.channel_parts import ChannelParts
from bots.connectors.registry import CONNECTORS
from tests.api.channels_world import SECRETS, ChannelInbox, open_inbox, read_all
from tests.api.gateway import Gateway
from tests.simulators.dovecot import PASSWORD, USER, MailServer, mail_server
from tests.simulators.http_double import Answer, HttpDouble, Taken


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with TemporaryDirectory(prefix="mail") as folder:  # short: a socket's path has a limit
        Path(folder).chmod(0o755)
        with mail_server(Path(folder)) as server:
            yield server


def mail(name: str, text: str = "") -> bytes:
    lines = (
        "From: ada@home.example",
        "To: help@shop.example",
        f"Message-ID: <{name}@home>",
        "Subject: Order",
    )
    return "\r\n".join([*lines, "", text or f"about {name}"]).encode()


async def mailbox(gateway: Gateway, server: MailServer, **more: str) -> ChannelInbox:
    SECRETS["email"] = {
        "address": "help@shop.example", "imap_host": "127.0.0.1", "imap_port": str(server.port), "imap_user": USER,
        "imap_password": PASSWORD, "imap_security": "none", **more,
    }  # fmt: skip
    return await open_inbox(gateway, "email")


@asynccontextmanager
async def polling(gateway: Gateway) -> AsyncIterator[ChannelParts]:
    """What is set up for it is fetched meanwhile."""
    parts = gateway.services.channels
    await parts.fetching.pollers.look()
    try:
        yield parts
    finally:
        await parts.fetching.pollers.stop()


async def heard(gateway: Gateway, inbox: ChannelInbox, count: int) -> list[str]:
    """What was said, once there is so much of it."""
    async with asyncio.timeout(60):
        while True:
            await read_all(gateway.services.channels.intake)
            said = await inbox.said()
            if len(said) >= count:
                return sorted(said)
            await asyncio.sleep(0.02)


async def test_a_mailbox_is_followed_through_everything_that_can_happen_to_it(
    outward: Gateway, mails: MailServer
) -> None:
    await asyncio.to_thread(mails.deliver, mail("waits"))
    inbox = await mailbox(outward, mails)
    async with polling(outward):
        assert await heard(outward, inbox, 1) == ["about waits"]
        await asyncio.to_thread(mails.deliver, mail("one"), mail("two"))  # while it idles
        assert len(await heard(outward, inbox, 3)) == 3
    await asyncio.to_thread(mails.deliver, mail("away"))  # while nobody fetches
    async with polling(outward):
        assert len(await heard(outward, inbox, 4)) == 4
        await asyncio.to_thread(mails.number_anew)
        await asyncio.to_thread(mails.deliver, mail("anew"))
        assert len(await heard(outward, inbox, 5)) == 5
        await asyncio.to_thread(mails.deliver, mail("one"))  # the same mail once more
        await asyncio.to_thread(mails.deliver, mail("last"))
        said = await heard(outward, inbox, 6)
    assert said == sorted(f"about {name}" for name in ("waits", "one", "two", "away", "anew", "last"))
    with mails.client() as reader:
        reader.select_folder("INBOX", readonly=True)
        assert not reader.search("SEEN")  # nothing was changed there
    health = await outward.services.people.accounts.health(inbox.id)
    assert health is not None
    assert health.last_in_at is not None


async def test_a_mailbox_that_cannot_be_opened_says_why(outward: Gateway, mails: MailServer) -> None:
    inbox = await mailbox(outward, mails, imap_password="wrong")
    async with polling(outward) as parts, asyncio.timeout(60):
        problem = None
        while problem is None:
            found = await parts.fetching.polls.health(inbox.id)
            problem = found.problem if found is not None else None
    assert problem == "login_refused"


class Bot:
    """Telegram's side of getUpdates: updates stay until they are confirmed; a webhook and long polling exclude each other."""

    def __init__(self) -> None:
        self.waiting: list[int] = []
        self.webhook = True
        self.rival = False
        self.confirmed: list[int] = []

    def rule(self, taken: Taken) -> Answer:
        method = urlsplit(taken.path).path.rpartition("/")[2]
        query = parse_qs(urlsplit(taken.path).query)
        if method == "deleteWebhook":
            assert query["drop_pending_updates"] == ["false"]
            self.webhook = False
            return Answer(200, {"ok": True, "result": True})
        if self.webhook:
            words = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook"
            return Answer(409, {"ok": False, "error_code": 409, "description": words})
        if self.rival:
            words = "Conflict: terminated by other getUpdates request"
            return Answer(409, {"ok": False, "error_code": 409, "description": words})
        offset = int(query.get("offset", ["0"])[0])
        self.confirmed += [one for one in self.waiting if one < offset]
        self.waiting = [one for one in self.waiting if one >= offset]
        return Answer(200, {"ok": True, "result": [self._update(one) for one in self.waiting[:3]]})

    def _update(self, number: int) -> dict[str, object]:
        chat = {
            "chat": {"id": 5, "type": "private"},
            "from": {"id": 5, "first_name": "Cy"},
            "date": 1_700_000_000,
        }
        return {"update_id": number, "message": {**chat, "message_id": number, "text": f"line {number}"}}


async def test_long_polling_confirms_only_what_is_durable(outward: Gateway, double: HttpDouble) -> None:
    bot = Bot()
    double.rule = bot.rule
    SECRETS["telegram"] = {"token": "1:abc", "receive": "polling", "api_base": double.url}
    inbox = await open_inbox(outward, "telegram")
    parts = outward.services.channels
    account = await outward.services.people.accounts.find(inbox.id)
    held = await parts.fetching.polls.take(inbox.id, 60)
    assert account is not None
    assert held is not None
    assert await parts.fetching.polls.take(inbox.id, 60) is None  # one process at a time
    poller = parts.fetching.telegram
    bot.waiting = list(range(101, 108))
    assert await poller.step(account, held) == "webhook_deleted"
    bot.rival = True
    assert await poller.step(account, held) == "another_reader"
    bot.rival = False
    double.script.append(Answer(502))
    assert await poller.step(account, held) == "status_None"
    assert await poller.step(account, held) is None
    assert (held.position, bot.confirmed) == ("104", [])
    await parts.fetching.polls.release(held)  # the process dies before it asks again
    again = await parts.fetching.polls.take(inbox.id, 60)
    assert again is not None
    again.position = ""  # and even its position is gone: the same updates come once more
    for _ in range(4):
        assert await poller.step(account, again) is None
    await read_all(parts.intake)
    assert sorted(await inbox.said()) == [f"line {number}" for number in range(101, 108)]
    assert bot.confirmed == list(range(101, 108))
    assert await inbox.count("conversations") == 1


def test_the_channels_that_need_no_address_say_so() -> None:
    found = {channel for channel, one in CONNECTORS.items() if "polling" in one.quality.done}
    assert found == {"email", "telegram"}
