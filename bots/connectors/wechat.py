"""WeChat Official Account: XML, plain or sealed with AES; 48 hours and five messages after the contact's own."""

import base64
import hashlib
import secrets
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from bots.connectors import wechat_calls
from funnel.channels.inbound import (
    Action,
    InboundEvent,
    Kind,
    Media,
    Part,
    PartType,
    Place,
    ReplyContext,
    Said,
    Sender,
    Status,
    StatusError,
)
from funnel.channels.outbound import Capabilities
from funnel.channels.port import Answer, Connector, Quality, SecretField, Signed
from funnel.channels.reading import clean, digest, malformed
from funnel.channels.request import Headers, Secret, Verdict, query_of
from funnel.channels.signatures import from_base64, same

CAPABILITIES = Capabilities(
    text_max=2048, unit="bytes", quick_replies=10, quick_reply_title=32, payload_bytes=64, media_bytes=10_000_000,
    typing=True, typing_seconds=15, window_hours=48, quota=5, splits=False, rate_per_second=8.0,
)  # fmt: skip
WINDOW: Final = timedelta(hours=48)
SHORT_WINDOW: Final = timedelta(minutes=1)
_BLOCK: Final = 32
_MEDIA: Final[dict[str, PartType]] = {
    "image": "image", "voice": "audio", "video": "video", "shortvideo": "video", "file": "file",
}  # fmt: skip
_KINDS: Final[dict[str, Kind]] = {
    "subscribe": "contact.subscribed", "unsubscribe": "contact.unsubscribed", "scan": "contact.scanned",
    "location": "contact.location", "click": "postback", "view": "postback", "templatesendjobfinish": "status",
    "masssendjobfinish": "channel.notice",
}  # fmt: skip


def verify(
    headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
) -> Verdict:
    """`signature` over token, time and nonce; sealed bodies by `msg_signature` and the account id inside.

    The plain signature does not cover the body, which is why sealed mode is the one to choose. The time in the query is judged
    by whoever received the request: see `Connector.stamp`.
    """
    tokens = secret.all("signing")
    if not tokens:
        return Verdict.CONFIG_ERROR
    query = query_of(url)
    sealed = "msg_signature" in query
    stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    given = query.get("msg_signature" if sealed else "signature", "")
    if not given or not stamp or not nonce:
        return Verdict.MISSING
    cipher_text = (query.get("echostr") or _sealed_text(body)) if sealed else None
    if sealed and not cipher_text:
        return Verdict.MALFORMED
    hits = [same(given, signature_of(token, stamp, nonce, cipher_text)) for token in tokens]
    if not any(hits):
        return Verdict.WRONG
    if sealed and open_sealed(cipher_text or "", secret) is None:
        return Verdict.WRONG if secret.all("aes_key") else Verdict.CONFIG_ERROR
    return Verdict.VALID


def signature_of(token: str, stamp: str, nonce: str, cipher_text: str | None = None) -> str:
    """SHA-1 over the sorted parts, as the platform prescribes."""
    parts = sorted([token, stamp, nonce, *([cipher_text] if cipher_text is not None else [])])
    return hashlib.sha1("".join(parts).encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 - the platform's scheme


def open_sealed(cipher_text: str, secret: Secret) -> bytes | None:
    """The plain text of a sealed one with any of the keys, if it names our account; None otherwise."""
    raw = from_base64(cipher_text)
    if raw is None or not raw or len(raw) % 16:
        return None
    account = secret.one("app_id").encode()
    for text in secret.all("aes_key"):
        key = from_base64(text + "=")
        if key is None or len(key) != 32:
            continue
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
        found = _unpadded(plain)
        if found is not None and found[1] == account:
            return found[0]
    return None


def _unpadded(plain: bytes) -> tuple[bytes, bytes] | None:
    """The message and the account id of `16 random | length | message | account id | padding`."""
    padding = plain[-1]
    if not 1 <= padding <= _BLOCK or len(plain) < 20 + padding:
        return None
    content = plain[16:-padding]
    length = struct.unpack(">I", content[:4])[0]
    if length > len(content) - 4:
        return None
    return content[4 : 4 + length], content[4 + length :]


def seal(plain: bytes, secret: Secret, random: bytes | None = None) -> str:
    """The sealed form of an answer. Raises ValueError where the AES key is none."""
    key = from_base64(secret.one("aes_key") + "=")
    if key is None or len(key) != 32:
        raise ValueError("the AES key is not 43 characters of base64")
    content = (
        (random or secrets.token_bytes(16))
        + struct.pack(">I", len(plain))
        + plain
        + secret.one("app_id").encode()
    )
    padding = _BLOCK - len(content) % _BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(
        encryptor.update(content + bytes([padding]) * padding) + encryptor.finalize()
    ).decode()


def unwrap(raw: bytes, secret: Secret) -> bytes:
    """The XML inside a sealed body; any other body as it is."""
    cipher_text = _sealed_text(raw)
    plain = open_sealed(cipher_text, secret) if cipher_text else None
    return plain if plain is not None else raw


def handshake(query: Mapping[str, str], secret: Secret) -> str:
    """What the address check must be answered with: the echo, opened in sealed mode."""
    echo = query.get("echostr", "")
    plain = open_sealed(echo, secret) if "msg_signature" in query else None
    return plain.decode("utf-8", "replace") if plain is not None else echo


def _sealed_text(raw: bytes) -> str | None:
    root = _xml(raw)
    return root.findtext("Encrypt") if root is not None else None


def _xml(raw: bytes) -> Element | None:
    """The document; None for what is none and for every one with a DTD or entities."""
    try:
        found: Element = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return None
    return found


def parse(raw: bytes) -> list[InboundEvent]:
    """One message or event a request."""
    root = _xml(raw)
    if root is None:
        return [malformed(raw)]
    fields = {child.tag: clean(child.text or "") for child in root}
    sender = fields.get("FromUserName", "")
    word = fields.get("MsgType", "")
    at = _time(fields.get("CreateTime", ""))
    base: dict[str, Any] = {
        "account_id": fields.get("ToUserName", ""), "occurred_at": at, "occurred_as_given": fields.get("CreateTime", ""),
        "occurred_unit": "s" if at else "",
        "sender": Sender(external_id=sender, id_kind="openid", verified=True) if sender else None,
        "place": Place(sender) if sender else None,
    }  # fmt: skip
    if word == "event":
        return [_event(fields, root, base, at)]
    message_id = fields.get("MsgId") or fields.get("MsgID") or ""
    base |= {"dedup_key": message_id or digest(raw), "provider_event_id": message_id, "raw_type": word}
    if not sender or not word:
        return [InboundEvent(kind="ignored", reason="an id is missing", **base)]
    said = Said(
        external_id=message_id,
        text=fields.get("Content") or fields.get("Recognition"),
        parts=_parts(fields, word),
    )
    menu = fields.get("bizmsgmenuid")
    return [
        InboundEvent(
            kind="message.created",
            message=said,
            action=Action(menu, said.text) if menu else None,
            reply_context=ReplyContext(window_expires_at=at + WINDOW if at else None, quota_left=5),
            **base,
        )
    ]


def _event(fields: dict[str, str], root: Element, base: dict[str, Any], at: datetime | None) -> InboundEvent:
    word, payload = fields.get("Event", ""), fields.get("EventKey", "")
    kind = _KINDS.get(word.lower(), "ignored")
    base |= {
        "dedup_key": f"{fields.get('FromUserName', '')}:{fields.get('CreateTime', '')}:{word}", "raw_type": word,
        "action": Action(payload) if payload else None,
    }  # fmt: skip
    if kind == "status":
        return _template_status(fields, base)
    if kind == "ignored":
        return InboundEvent(kind="ignored", reason="unknown event", **base)
    if kind in ("contact.subscribed", "contact.scanned") or word.upper() == "CLICK":
        window = at + SHORT_WINDOW if at else None
        base["reply_context"] = ReplyContext(window_expires_at=window, quota_left=3)
    if kind == "contact.location":
        spot = Part(
            type="location",
            raw_type=word,
            lat=_number(fields.get("Latitude")),
            lon=_number(fields.get("Longitude")),
        )
        base["message"] = Said(parts=(spot,))
    return InboundEvent(kind=kind, **base)


def _template_status(fields: dict[str, str], base: dict[str, Any]) -> InboundEvent:
    message_id, said = fields.get("MsgID") or fields.get("MsgId") or "", fields.get("Status", "")
    good = said == "success"
    status = Status(
        state="delivered" if good else "failed",
        target_ids=(message_id,) if message_id else (),
        error=None if good else StatusError(said),
        raw_state=said,
    )
    return InboundEvent(kind="status", status=status, **base)


def _parts(fields: dict[str, str], word: str) -> tuple[Part, ...]:
    if word in _MEDIA:
        media = Media(
            provider_id=fields.get("MediaId"),
            url=fields.get("PicUrl"),
            needs_token="PicUrl" not in fields,
            filename=fields.get("Title") if word == "file" else None,
        )
        return (Part(type=_MEDIA[word], raw_type=word, media=media),)
    if word == "location":
        return (
            Part(
                type="location",
                raw_type=word,
                lat=_number(fields.get("Location_X")),
                lon=_number(fields.get("Location_Y")),
                address=fields.get("Label"),
            ),
        )
    if word == "link":
        return (
            Part(
                type="link",
                raw_type=word,
                name=fields.get("Title"),
                address=fields.get("Description"),
                url=fields.get("Url"),
            ),
        )
    return () if word == "text" else (Part(type="unsupported", raw_type=word),)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _time(text: str) -> datetime | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def sign(secret: Secret, body: bytes, message_id: str, now: int, url: str) -> Signed:
    """The plain scheme, which covers token, time and nonce."""
    signature = signature_of(secret.one("signing"), str(now), message_id)
    return Signed(query=urlencode({"signature": signature, "timestamp": now, "nonce": message_id}))


CONNECTOR = Connector(
    channel="wechat",
    name="WeChat Official Account",
    verify=verify,
    parse=parse,
    capabilities=CAPABILITIES,
    unwrap=unwrap,
    handshake=handshake,
    stamp="timestamp",
    answer=Answer(200, b"success"),
    build=wechat_calls.build,
    probes=wechat_calls.probes,
    sign=sign,
    judge=wechat_calls.judge,
    marks=wechat_calls.marks,
    locate=wechat_calls.locate,
    tokens=wechat_calls.TOKENS,
    secrets=(
        SecretField("signing", "Token", rotates=True),
        SecretField("app_id", "App id", public=True),
        SecretField("app_secret", "App secret"),
        SecretField("aes_key", "EncodingAESKey", required=False, rotates=True),
        SecretField("api_base", "Another address of the platform's interface", required=False, public=True),
    ),
    quality=Quality(
        done=frozenset(
            {
                "check",
                "verify",
                "parse",
                "handshake",
                "render",
                "send",
                "error_classes",
                "simulator",
                "media_in",
                "typing",
            }
        ),
        exempt={
            "receipts": "only template messages are reported on",
            "edits": "what was sent cannot be changed",
            "reconcile": "there is no list of sent messages",
            "polling": "there is no such way in",
            "read_marks": "an account cannot tell that it has read",
        },
    ),
)
