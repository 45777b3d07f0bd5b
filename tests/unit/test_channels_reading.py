"""What strangers send to a connector: any bytes, any JSON, any mail; never an exception, always an event with a key."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bots.connectors.email.mime import safe_name
from bots.connectors.email.quoting import cut_reply
from bots.connectors.registry import CONNECTORS
from funnel.channels import standard_webhooks
from funnel.channels.phones import spellings
from funnel.channels.reading import MalformedError, clean, read_json
from funnel.channels.request import Secret, Verdict

KEYS = [
    "entry", "changes", "value", "messages", "messaging", "message", "events", "event", "type", "id", "from", "chat",
    "data", "sender", "statuses", "contacts", "text", "attachments", "payload", "update_id", "callback_query", "source",
    "timestamp", "user", "channel", "ts", "actions", "field", "standby", "delivery", "read", "postback", "reaction",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=5)
    ),
    max_leaves=25,
)
SECRET = Secret.of(
    signing="MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", aes_key="k" * 43, app_id="wx1", mailgun="k", basic="u:p"
)
SOON = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@pytest.mark.parametrize("channel", sorted(CONNECTORS))
@SOON
@given(body=JSON)
def test_any_json_becomes_events_with_keys(channel: str, body: Any) -> None:
    events = CONNECTORS[channel].parse(json.dumps(body).encode())
    assert all(event.dedup_key for event in events)


@pytest.mark.parametrize("channel", sorted(CONNECTORS))
@pytest.mark.parametrize("odd", [True, 7, "x", [], None])
def test_an_entry_that_is_no_object_is_no_harm(channel: str, odd: Any) -> None:
    bodies = [
        odd,
        [odd],
        {"entry": [{"messaging": [odd], "changes": [odd]}]},
        {"events": [odd], "messages": [odd]},
    ]
    for body in bodies:
        assert all(event.dedup_key for event in CONNECTORS[channel].parse(json.dumps(body).encode()))


@pytest.mark.parametrize("channel", sorted(CONNECTORS))
@SOON
@given(body=st.binary(max_size=400), header=st.text(max_size=100), query=st.text(max_size=60))
def test_any_bytes_are_read_and_refused(channel: str, body: bytes, header: str, query: str) -> None:
    connector = CONNECTORS[channel]
    names = (
        "x-hub-signature-256", "x-line-signature", "x-slack-signature", "x-slack-request-timestamp", "authorization",
        "x-twilio-signature", "x-telegram-bot-api-secret-token", "webhook-id", "webhook-timestamp", "webhook-signature",
    )  # fmt: skip
    url = f"https://example.com/hooks/x?msg_signature={query}&timestamp=1&nonce={query}"
    verdict = connector.verify(dict.fromkeys(names, header), body, SECRET, 1_700_000_000, url)
    assert verdict is not Verdict.VALID
    assert connector.verify({}, body, SECRET, 1_700_000_000, "https://example.com") is not Verdict.VALID
    assert all(event.dedup_key for event in connector.parse(body))
    if connector.unwrap is not None:
        assert connector.unwrap(body, SECRET) == body


@SOON
@given(
    message_id=st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=30),
    body=st.text(st.characters(codec="utf-8"), max_size=80),
)
def test_our_signatures_are_the_ones_of_the_reference_library(message_id: str, body: str) -> None:
    secret, now = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_900_000_000
    headers = standard_webhooks.sign([secret], message_id, now, body.encode())
    assert standard_webhooks.verify(headers, body.encode(), [secret], now).ok
    entry = headers["webhook-signature"]
    oracle = Webhook(secret)
    expected = (
        oracle.compute_signature(message_id, now, body) if hasattr(oracle, "compute_signature") else entry
    )
    assert entry == expected
    with pytest.raises(WebhookVerificationError):
        oracle.verify(body, {**headers, "webhook-timestamp": "1"})


def test_rotation_accepts_the_old_and_the_new_secret() -> None:
    old, new, body = "whsec_" + "b2xk" * 8, "whsec_" + "bmV3" * 8, b"{}"
    signed = standard_webhooks.sign([new, old], "msg_1", 1000, body)
    for secret in (old, new):
        assert standard_webhooks.verify(signed, body, [secret], 1000).ok
    assert standard_webhooks.verify(
        standard_webhooks.sign([old], "msg_1", 1000, body), body, [new, old], 1000
    ).ok
    assert standard_webhooks.verify(signed, body, ["whsec_" + "eHh4" * 8], 1000) is Verdict.WRONG
    assert standard_webhooks.verify(signed, body, [old], 1301) is Verdict.STALE


@pytest.mark.parametrize(
    "raw",
    [b'{"a":1,"a":2}', b'{"a":{"b":1,"b":1}}', b"[" * 5000, b"\xff\xfe", b'{"a":NaN}', b'"\\ud800', b""],
)
def test_what_is_no_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        read_json(raw)
    for channel in ("whatsapp", "messenger", "line", "telegram", "webhook"):
        assert [event.kind for event in CONNECTORS[channel].parse(raw)] == ["malformed"]


def test_ids_keep_every_digit_and_texts_lose_what_cannot_be_stored() -> None:
    raw = b'{"update_id":90071992547409931,"message":{"message_id":1,"date":99999999999999,"chat":{"id":-1001,"type":"private"},"from":{"id":7},"text":"a\\u0000b\\ud800c"}}'
    (event,) = CONNECTORS["telegram"].parse(raw)
    assert event.dedup_key == "90071992547409931"
    assert event.message is not None
    assert event.message.text == "ab\ufffdc"
    assert event.occurred_at is None
    assert event.occurred_as_given == "99999999999999"
    assert clean("\ud83d\ude00") == "😀"


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName></xml>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
        b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml>&b;</xml>',
    ],
)
def test_xml_with_a_dtd_or_entities_is_malformed(xml: bytes) -> None:
    assert [event.kind for event in CONNECTORS["wechat"].parse(xml)] == ["malformed"]


@pytest.mark.parametrize(
    ("number", "other"),
    [("5541988887777", "554188887777"), ("554188887777", "5541988887777"), ("5491123456789", "541123456789")],
)
def test_two_spellings_are_one_person(number: str, other: str) -> None:
    assert spellings(number) == (number, other)
    assert set(spellings(other)) == set(spellings(number))
    assert spellings("+49 30 1") == ()


REPLY = "Thank you, that works now."
QUOTATIONS = {
    "en": "On Tue, 3 Mar 2026 at 10:12, Shop Support <help@shop.example> wrote:\n> Please try again.",
    "en, broken": "On Tuesday the third of March 2026 at ten in the morning, Shop Support <\nhelp@shop.example> wrote:\n\n> Again",
    "en, outlook": "From: Shop Support <help@shop.example>\nSent: Tuesday, March 3, 2026 10:12\nTo: A\nSubject: Re: x\n\nPlease",
    "zh-Hans": "客服 <help@shop.example> 于2026年3月3日周二 10:12写道：\n\n请再试一次。",
    "zh-Hans, headers": "发件人: 客服 <help@shop.example>\n发送时间: 2026年3月3日 10:12\n收件人: 甲\n主题: 回复\n\n请再试一次。",
    "zh-Hans, rule": "------------------ 原始邮件 ------------------\n发件人: 客服\n请再试一次。",
    "zh-Hant": "客服 <help@shop.example> 於 2026年3月3日 週二 上午10:12寫道：\n\n請再試一次。",
    "zh-Hant, headers": "寄件者: 客服 <help@shop.example>\n寄件日期: 2026年3月3日\n收件者: 甲\n主旨: 回覆\n\n請再試一次。",
    "ar": "في الثلاثاء، 3 مارس 2026 في 10:12 ص كتب الدعم <help@shop.example>:\n> حاول مرة أخرى.",
    "ar, headers": "من: الدعم <help@shop.example>\nتاريخ الإرسال: الثلاثاء\nإلى: أ\nالموضوع: رد\n\nحاول مرة أخرى.",
    "de": "Am Di., 3. März 2026 um 10:12 Uhr schrieb Support <help@shop.example>:\n> Bitte noch einmal.",
    "fr": "Le mar. 3 mars 2026 à 10:12, Support <help@shop.example> a écrit :\n> Encore une fois.",
}


@pytest.mark.parametrize("program", sorted(QUOTATIONS))
def test_quoted_text_is_cut(program: str) -> None:
    assert cut_reply(f"{REPLY}\n\n{QUOTATIONS[program]}") == REPLY
    assert cut_reply(f"{REPLY}\r\n\r\n{QUOTATIONS[program]}\r\n") == REPLY


def test_an_answer_below_the_quotation_is_kept() -> None:
    assert cut_reply(f"{QUOTATIONS['en']}\n\n{REPLY}") == REPLY
    assert cut_reply("On the road I wrote: nothing.\nYours") == "On the road I wrote: nothing.\nYours"
    assert cut_reply("> only a quotation") == "> only a quotation"


@SOON
@given(st.text(max_size=300))
def test_cutting_never_raises_and_never_loses_everything(text: str) -> None:
    assert bool(cut_reply(text)) == bool(text.replace("\r", "\n").strip())


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a/b\\c.txt",
        "\u202egnp.exe",
        "x\r\nSet-Cookie: a",
        "\u200b.htaccess",
        "",
        "\0",
        " . ",
    ],
)
def test_file_names_are_made_safe(name: str) -> None:
    found = safe_name(name, 0, "image/png")
    assert found
    assert not set(found) & set("/\\\r\n\0\u202e\u200b")
    assert not found.startswith(".")


def test_a_mail_in_a_charset_nobody_knows_is_read() -> None:
    mail = (
        b"From: ada@home.example\r\nMessage-ID: <a@home.example>\r\nSubject: x\r\n"
        b"Content-Type: text/plain; charset=X-UNKNOWN\r\n\r\nHello from far away\r\n"
    )
    (event,) = CONNECTORS["email"].parse(mail)
    assert event.message is not None
    assert event.message.text == "Hello from far away"


@pytest.mark.parametrize("count", [30, 300])
def test_a_mail_of_many_parts_keeps_its_words_and_at_most_thirty_files(count: int) -> None:
    pieces = [b"Content-Type: text/plain\r\n\r\nThirty pictures\r\n"]
    pieces += [
        b'Content-Type: image/png\r\nContent-Disposition: attachment; filename="%d.png"\r\n\r\nx\r\n' % place
        for place in range(count)
    ]
    mail = (
        b"From: ada@home.example\r\nMessage-ID: <m@home.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + b"--b\r\n".join(pieces) + b"--b--\r\n"
    )
    (event,) = CONNECTORS["email"].parse(mail)
    assert event.message is not None
    assert event.message.text == "Thirty pictures"
    assert len([part for part in event.message.parts if part.media is not None]) == 30
