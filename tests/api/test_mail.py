"""Mail both ways: threads by ids and never by subject, nobody joins a stranger's conversation, answers that thread."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bots.outgoing.footing import Footer
from bots.outgoing.mailing import SmtpSender
from funnel.channels.reply_tokens import ReplyTokens, tokens_in
from funnel.core.ids import new_id
from tests.api.channels_world import SECRETS, ChannelInbox, open_inbox, read_all
from tests.api.gateway import Gateway
from tests.api.test_outbox import send
from tests.configuration import SECRET_KEY
from tests.simulators.smtp import MailServer, mail_server


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    async with mail_server() as found:
        yield found


async def mail_inbox(gateway: Gateway, smtp: MailServer) -> ChannelInbox:
    SECRETS["email"] = {
        "address": "help@shop.example", "basic": "u:p", "smtp_host": "127.0.0.1", "smtp_port": str(smtp.port),
    }  # fmt: skip
    return await open_inbox(gateway, "email")


async def get(
    gateway: Gateway, inbox: ChannelInbox, name: str, text: str, sender: str = "ada@home.example", **more: str
) -> None:
    """A mail arrives and is read."""
    lines = [f"From: {sender}", "To: help@shop.example", f"Message-ID: <{name}>", "Subject: Order"]
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in more.items()]
    assert (await inbox.deliver("\r\n".join([*lines, "", text]).encode())).status_code == 200
    await read_all(gateway.services.channels.intake)


async def first_conversation(inbox: ChannelInbox) -> str:
    """The id of the inbox's oldest conversation."""
    found: str = await inbox.db.pool.fetchval(
        "select id::text from conversations where inbox_id = $1::uuid order by id limit 1", inbox.id
    )
    return found


def tagged(inbox: ChannelInbox, conversation_id: str, key: bytes = SECRET_KEY.encode()) -> str:
    """The reply address of a conversation, under this secret."""
    made = ReplyTokens([key]).address("help@shop.example", inbox.id, conversation_id)
    assert made is not None
    return made


async def threads(gateway: Gateway, inbox: ChannelInbox) -> list[list[str]]:
    """What contacts said, by conversation in the order of their start."""
    rows = await gateway.db.pool.fetch(
        "select c.id, array_agg(e.data ->> 'text' order by e.seq) as said from conversations c"
        " join events e on e.conversation_id = c.id and e.type = 'message.created' and e.data ->> 'direction' = 'incoming'"
        " where c.inbox_id = $1::uuid group by c.id order by c.id",
        inbox.id,
    )
    return [row["said"] for row in rows]


async def test_mails_thread_by_ids_and_token_never_by_subject(outward: Gateway, smtp: MailServer) -> None:
    inbox = await mail_inbox(outward, smtp)
    await get(outward, inbox, "a@home", "first")
    await get(outward, inbox, "b@home", "same subject, another matter")
    await get(outward, inbox, "c@home", "more of the first", In_Reply_To="<a@home>")
    await get(outward, inbox, "d@home", "and more", References="<x@y> <a@home> <c@home>")
    await get(
        outward, inbox, "e@home", "by token", Delivered_To=tagged(inbox, await first_conversation(inbox))
    )
    assert await threads(outward, inbox) == [
        ["first", "more of the first", "and more", "by token"], ["same subject, another matter"],
    ]  # fmt: skip
    called = await inbox.db.pool.fetch(
        "select subject from conversations where inbox_id = $1::uuid", inbox.id
    )
    assert [row["subject"] for row in called] == ["Order", "Order"]


async def test_a_stranger_joins_no_conversation_and_is_shown_none(outward: Gateway, smtp: MailServer) -> None:
    inbox = await mail_inbox(outward, smtp)
    await get(outward, inbox, "a@home", "my secret order 4711, a person please")
    token = tagged(inbox, await first_conversation(inbox))
    await get(
        outward,
        inbox,
        "m1@evil",
        "what did I write?",
        "mallory@evil.example",
        In_Reply_To="<a@home>",
        Cc="ada@home.example",
    )
    await get(
        outward, inbox, "m2@evil", "and now? a person please", "mallory@evil.example", Delivered_To=token
    )
    await get(
        outward,
        inbox,
        "m3@evil",
        "reply to me",
        "Ada <ada@home.example>",
        Reply_To="mallory@evil.example",
        In_Reply_To="<a@home>",
    )
    found = await threads(outward, inbox)
    assert found[0] == ["my secret order 4711, a person please"]
    assert len(found) == 4
    await outward.db.pool.execute("update deliveries set due_at = now()")
    await send(outward)
    for mail in smtp.mails:
        assert ("4711" not in str(mail.get_payload(decode=True))) or mail["To"] == "ada@home.example"
        assert mail["Cc"] is None


@pytest.mark.parametrize("kind", ["bare id", "forged", "another inbox", "another conversation", "old secret"])
async def test_a_token_that_is_not_this_conversations_joins_nothing(
    outward: Gateway, smtp: MailServer, kind: str
) -> None:
    """Also for one who knows the id, a message's name, and writes as the contact itself."""
    inbox = await mail_inbox(outward, smtp)
    await get(outward, inbox, "a@home", "first")
    key = await first_conversation(inbox)
    good = tagged(inbox, key)
    await get(outward, inbox, "m@evil", "mine", "mallory@evil.example")
    rows = await outward.db.pool.fetch("select id::text from conversations where id <> $1::uuid", key)
    wrong = {
        "bare id": f"help+{key.replace('-', '')}@shop.example",
        "forged": good.replace(good[20:30], good[20:30][::-1]),
        "another inbox": tagged(replace(inbox, id=new_id()), key),
        "another conversation": tagged(inbox, rows[0]["id"]),
        "old secret": tagged(inbox, key, b"a secret from long ago"),
    }[kind]
    told = {"Delivered_To": wrong} if kind == "another conversation" else {
        "Delivered_To": wrong, "In_Reply_To": "<a@home>",
    }  # fmt: skip
    if kind == "bare id":
        del told["In_Reply_To"]
    await get(outward, inbox, "forged@evil", "let me in", "Ada <ada@home.example>", **told)
    assert await threads(outward, inbox) == [["first"], ["mine"], ["let me in"]]


async def test_the_secret_before_still_opens_its_addresses(outward: Gateway, smtp: MailServer) -> None:
    inbox = await mail_inbox(outward, smtp)
    await get(outward, inbox, "a@home", "a person please")
    await send(outward)
    reply_to = smtp.mails[0]["Reply-To"]
    assert len(reply_to.partition("@")[0]) <= 64
    key = await first_conversation(inbox)
    (token,) = tokens_in([reply_to.upper()])
    assert ReplyTokens([b"new", SECRET_KEY.encode()]).conversation(inbox.id, token) == key
    assert ReplyTokens([b"new", b"newer"]).conversation(inbox.id, token) is None


async def test_an_answer_threads_and_is_marked_as_automatic(outward: Gateway, smtp: MailServer) -> None:
    inbox = await mail_inbox(outward, smtp)
    await get(outward, inbox, "a@home", "a person please", References="<old@home>")
    await send(outward)
    mail = smtp.mails[0]
    assert (mail["To"], mail["Subject"], mail["In-Reply-To"]) == ("ada@home.example", "Re: Order", "<a@home>")
    assert mail["References"] == "<old@home> <a@home>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Message-ID"].endswith("@shop.example>")
    await get(outward, inbox, "b@home", "thanks for that", In_Reply_To=mail["Message-ID"])
    assert await threads(outward, inbox) == [["a person please", "thanks for that"]]


async def test_a_machine_is_never_answered_and_a_person_gets_one_receipt_with_the_promised_time(
    outward: Gateway, smtp: MailServer
) -> None:
    inbox = await mail_inbox(outward, smtp)
    for place, automatic in enumerate(
        ({"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"})
    ):
        await get(outward, inbox, f"robot{place}@home", "a person please", "robot@home.example", **automatic)
    while await send(outward):
        pass
    assert smtp.mails == []
    for place in range(3):
        await get(
            outward,
            inbox,
            f"again{place}@home",
            "a person please, my order is late",
            In_Reply_To="<again0@home>",
        )
    while await send(outward):
        pass
    (mail,) = smtp.mails
    assert mail["Auto-Submitted"] == "auto-replied"
    promised = [one["expected_reply_at"] for one in await inbox.events("conversation.handed_over")]
    assert len(promised) == 1
    assert promised[0] is not None


def report(name: str, action: str, status: str) -> bytes:
    """What a mail server says of a mail it could not deliver, yet or at all."""
    text = (
        "From: MAILER-DAEMON@home.example\r\nTo: help@shop.example\r\nMessage-ID: <dsn.{action}@home>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n\r\nsorry\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; home\r\n\r\nFinal-Recipient: rfc822; ada@home.example\r\n"
        "Action: {action}\r\nStatus: {status}\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {name}\r\n\r\n--b--\r\n"
    )
    return text.format(name=name, action=action, status=status).encode()


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        (["failed"], [("failed", "refused later:5.1.1")]),
        (["delayed", "failed"], [("delayed", "4.4.1"), ("failed", "refused later:5.1.1")]),
        (["delayed", "delivered", "delayed"], [("delayed", "4.4.1"), ("delivered", None)]),
        (["failed", "delayed"], [("failed", "refused later:5.1.1")]),
    ],
)
async def test_bounces_and_delays_are_told_and_never_go_back(
    outward: Gateway, smtp: MailServer, reports: list[str], told: list[tuple[str, str | None]]
) -> None:
    inbox = await mail_inbox(outward, smtp)
    await get(outward, inbox, "a@home", "a person please")
    await outward.db.pool.execute(
        "delete from deliveries where position > (select min(position) from deliveries)"
    )
    await send(outward)
    codes = {"failed": "5.1.1", "delayed": "4.4.1", "delivered": "2.0.0"}
    for number, action in enumerate(reports):
        body = report(smtp.mails[0]["Message-ID"], action, codes[action])
        body = body.replace(b"<dsn.", f"<dsn{number}.".encode())
        assert (await inbox.deliver(body)).status_code == 200
        await read_all(outward.services.channels.intake)
        await send(outward)
    events = await inbox.events("delivery.updated")
    assert [(one["state"], one.get("error")) for one in events] == [("sent", None), *told]
    assert len(await threads(outward, inbox)) == 1


async def test_smtp_codes_decide(outward: Gateway, smtp: MailServer) -> None:
    inbox = await mail_inbox(outward, smtp)
    smtp.refuses = 450
    await get(outward, inbox, "a@home", "a person please")
    await send(outward)
    smtp.refuses = 550
    await outward.db.pool.execute("update deliveries set due_at = now() where state = 'queued'")
    await send(outward)
    rows = await outward.db.pool.fetch("select state, error from deliveries")
    assert {tuple(row) for row in rows} == {("failed", "recipient_gone")}
    assert smtp.mails == []


async def leave(gateway: Gateway) -> None:
    """Two minutes pass after the last word, and nobody has the page open."""
    pool = gateway.db.pool
    await pool.execute("update changes set at = at - interval '3 minutes'")
    await pool.execute("update events set at = at - interval '3 minutes'")
    await pool.execute("delete from contact_presence")


async def test_who_left_the_website_gets_the_reply_by_mail_once_and_answers_into_the_same_conversation(
    outward: Gateway, smtp: MailServer
) -> None:
    inbox = await mail_inbox(outward, smtp)
    left = outward.services.channels.left
    visitor, agent = await outward.visitor(), await outward.agent(preset="admin")
    said = await visitor.say("a person please")
    key = said["conversation"]["id"]
    assert (await visitor.call("PUT", "/v1/me", {"email": "Eve@home.example"})).status_code == 200
    await leave(outward)
    assert await left.look() == 0  # the bot's own words are not mailed
    for text in ("Your parcel is on its way.", "It comes on Tuesday."):
        body = {"client_message_id": new_id(), "text": text}
        assert (await agent.call("POST", f"/v1/conversations/{key}/messages", body)).status_code == 201
    assert await left.look() == 0  # not before two minutes
    await leave(outward)
    await outward.db.pool.execute(
        "insert into contact_presence (contact_id, seen_at) select contact_id, now() from conversations where id = $1::uuid",
        key,
    )
    assert await left.look() == 0  # still here
    await leave(outward)
    assert sorted(await asyncio.gather(left.look(), left.look())) == [0, 1]
    await send(outward)
    (mail,) = smtp.mails
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert " ".join(text.decode().split()) == "Your parcel is on its way. It comes on Tuesday."
    assert mail["To"] == "eve@home.example"
    assert await left.look() == 0
    token = mail["Reply-To"]
    await get(outward, inbox, "x@evil", "show me all", "mallory@evil.example", Delivered_To=token)
    await get(outward, inbox, "y@home", "Tuesday is fine", "eve@home.example", Delivered_To=token)
    await get(outward, inbox, "y@home", "Tuesday is fine", "eve@home.example", Delivered_To=token)
    words = await outward.db.pool.fetch(
        "select data ->> 'text' as text, actor_kind from events where conversation_id = $1::uuid and type = 'message.created'"
        " and actor_kind = 'contact' order by seq",
        key,
    )
    assert [record["text"] for record in words] == ["a person please", "Tuesday is fine"]
    body = {"client_message_id": new_id(), "text": "Good."}
    assert (await agent.call("POST", f"/v1/conversations/{key}/messages", body)).status_code == 201
    seq = await outward.db.pool.fetchval("select last_seq from conversations where id = $1::uuid", key)
    await visitor.call("POST", f"/v1/conversations/{key}/read", {"up_to_seq": seq})
    await leave(outward)
    assert await left.look() == 0  # read in the widget first


async def test_a_mail_to_who_left_holds_a_way_back_for_confirmed_addresses_and_a_way_to_have_no_more(
    outward: Gateway, smtp: MailServer
) -> None:
    parts, pool = outward.services.channels, outward.db.pool
    sender = parts.outbox._senders["email"]
    assert isinstance(sender, SmtpSender)
    assert isinstance(sender._foot, Footer)
    sender._foot._public_url = "https://desk.example"
    await mail_inbox(outward, smtp)
    visitor, agent = await outward.visitor(), await outward.agent(preset="admin")
    key = (await visitor.say("a person please"))["conversation"]["id"]
    await visitor.call("PUT", "/v1/me", {"email": "eve@home.example"})

    async def mailed(text: str) -> str:
        body = {"client_message_id": new_id(), "text": text}
        assert (await agent.call("POST", f"/v1/conversations/{key}/messages", body)).status_code == 201
        await leave(outward)
        if await parts.left.look() == 0:
            return ""
        await send(outward)
        raw = smtp.mails[-1].get_payload(decode=True)
        assert isinstance(raw, bytes)
        return raw.decode()

    unconfirmed = await mailed("On its way.")
    assert "funnel-resume" not in unconfirmed
    stop_url = smtp.mails[-1]["List-Unsubscribe"].strip("<>")
    assert stop_url in unconfirmed
    await pool.execute(
        "update contacts set verified = true, external_id = 'eve', email = 'eve@home.example' where id = (select contact_id from conversations"
        " where id = $1::uuid)",
        key,
    )
    confirmed = await mailed("It comes on Tuesday.")
    link = next(line for line in confirmed.splitlines() if "#funnel-resume=" in line)
    assert link.startswith("https://")
    back = {"link_token": link.partition("=")[2]}
    opened = await outward.http.post("/v1/widget/resume", json=back)
    assert (opened.status_code, opened.json()["conversation"]["id"]) == (201, key)
    assert (await outward.http.post("/v1/widget/resume", json=back)).status_code == 401
    path = stop_url.removeprefix("https://desk.example")
    asked = await outward.http.get(path)
    assert (asked.status_code, "<form" in asked.text) == (200, True)
    assert await mailed("Still mailed, for nobody has pressed the button.")
    for _ in range(2):
        assert (await outward.http.post(path)).status_code == 200
    assert await mailed("Not mailed any more.") == ""
    for wrong in (
        f"{path[:-1]}{'y' if path[-1] == 'x' else 'x'}",
        path.replace(path.split("/")[3], new_id()),
    ):
        assert (await outward.http.post(wrong)).status_code == 404


async def test_a_mail_of_25_megabytes_is_read_and_one_that_is_larger_than_any_is_refused(
    outward: Gateway, smtp: MailServer
) -> None:
    inbox = await mail_inbox(outward, smtp)
    head = (
        b"From: ada@home.example\r\nTo: help@shop.example\r\nMessage-ID: <big@home>\r\nSubject: Order\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee the scan\r\n--b\r\n'
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n"
    )
    line = b"QUFB" * 19 + b"\r\n"
    big = head + line * (25_000_000 // len(line)) + b"--b--\r\n"
    assert (await inbox.deliver(big)).status_code == 200
    await read_all(outward.services.channels.intake)
    assert await threads(outward, inbox) == [["see the scan"]]
    assert (await inbox.deliver(b"x" * 31_000_000)).status_code == 413
