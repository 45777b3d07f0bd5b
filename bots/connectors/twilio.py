"""Twilio SMS and MMS (and WhatsApp through Twilio): signed forms, statuses by callback, no retries unless asked for."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from bots.connectors import twilio_calls
from funnel.channels.inbound import (
    Action,
    DeliveryState,
    InboundEvent,
    Media,
    Part,
    PartType,
    Place,
    Said,
    Sender,
    Status,
    StatusError,
)
from funnel.channels.outbound import Capabilities
from funnel.channels.phones import spellings
from funnel.channels.port import Answer, Connector, Quality, SecretField, Signed
from funnel.channels.reading import MalformedError, clean, digest, malformed, read_json
from funnel.channels.request import Headers, Secret, Verdict, headers_of, query_of
from funnel.channels.signatures import from_base64, same

CAPABILITIES = Capabilities(
    text_max=1600, media_bytes=5_000_000, receipts=frozenset({"sent", "delivered", "failed"}), reconciles=True,
    rate_per_second=1.0,
)  # fmt: skip
MOST_FIELDS: Final = 200
_STATES: Final[dict[str, DeliveryState]] = {
    "accepted": "accepted", "scheduled": "accepted", "queued": "accepted", "sending": "accepted", "sent": "sent",
    "delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed", "canceled": "failed",
}  # fmt: skip
_PORTS: Final = {"https": 443, "http": 80}


def verify(
    headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
) -> Verdict:
    """`X-Twilio-Signature` over our public address and the sorted form; with `bodySHA256` in the query over a JSON body.

    `url` must be the configured public one with the raw query, never made of a Host header.
    """
    keys = secret.all("signing")
    if not keys or not url.startswith("http"):
        return Verdict.CONFIG_ERROR
    given = headers_of(headers).get("x-twilio-signature")
    if not given:
        return Verdict.MISSING
    if from_base64(given) is None:
        return Verdict.MALFORMED
    digest_given = query_of(url).get("bodySHA256")
    if digest_given is not None:
        if not same(digest_given, hashlib.sha256(body).hexdigest()):
            return Verdict.WRONG
        signed = ""
    else:
        fields = form(body)
        if fields is None:
            return Verdict.MALFORMED
        signed = _joined(fields)
    hits = [
        same(given, base64.b64encode(hmac.digest(key.encode(), (one + signed).encode("utf-8", "replace"), "sha1")).decode())
        for key in keys
        for one in _addresses(url)
    ]  # fmt: skip
    return Verdict.VALID if any(hits) else Verdict.WRONG


def form(body: bytes) -> list[tuple[str, str]] | None:
    """The fields of an urlencoded form, blank values kept; None where it is none."""
    try:
        return parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        return None


def _joined(fields: list[tuple[str, str]]) -> str:
    """Names sorted, the values of one name sorted and each once."""
    values: dict[str, set[str]] = {}
    for name, value in fields:
        values.setdefault(name, set()).add(value)
    return "".join(name + value for name in sorted(values) for value in sorted(values[name]))


def _addresses(url: str) -> tuple[str, ...]:
    """The address with and without its port: either may have been signed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return (url,)
    host = parts.netloc.rpartition("@")[2]
    bare = host.rpartition(":")[0] if port else host
    explicit = f"{bare}:{port or _PORTS.get(parts.scheme, 443)}"
    return tuple(dict.fromkeys(urlunsplit(parts._replace(netloc=one)) for one in (host, bare, explicit)))


def parse(raw: bytes) -> list[InboundEvent]:
    """One message or one status a request."""
    fields = _fields(raw)
    if not fields:
        return [malformed(raw)]
    word = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    sid = fields.get("SmsSid") or fields.get("MessageSid") or fields.get("SmsMessageSid") or ""
    incoming = "Body" in fields or "NumMedia" in fields or "Latitude" in fields or word in ("", "received")
    if not incoming:
        return [_status(fields, sid, word, raw)]
    return [_message(fields, sid, raw)]


def _fields(raw: bytes) -> dict[str, str]:
    """The form's fields by name; a JSON object of texts is read too."""
    if raw.lstrip()[:1] == b"{":
        try:
            body = read_json(raw)
        except MalformedError:
            return {}
        return {name: clean(value) for name, value in body.value.items() if isinstance(value, str)}
    found = form(raw)
    return {name: clean(value) for name, value in found} if found else {}


def _message(fields: dict[str, str], sid: str, raw: bytes) -> InboundEvent:
    sender = _sender(fields)
    base: dict[str, Any] = {
        "dedup_key": sid or digest(raw), "provider_event_id": sid, "account_id": fields.get("AccountSid", ""),
        "sender": sender, "place": Place(sender.external_id) if sender else None, "raw_type": "message",
    }  # fmt: skip
    if sender is None:
        return InboundEvent(kind="ignored", reason="an id is missing", **base)
    payload = fields.get("ButtonPayload")
    text = fields.get("Body") or None
    said = Said(
        external_id=sid,
        text=text,
        parts=(*_files(fields), *_location(fields)),
        reply_to=fields.get("OriginalRepliedMessageSid"),
    )
    action = Action(payload, fields.get("ButtonText")) if payload else None
    return InboundEvent(kind="message.created", message=said, action=action, **base)


def _files(fields: dict[str, str]) -> tuple[Part, ...]:
    count = fields.get("NumMedia", "0")
    found = []
    for place in range(min(int(count), 10) if count.isascii() and count.isdigit() and len(count) < 4 else 0):
        url, mime = fields.get(f"MediaUrl{place}"), fields.get(f"MediaContentType{place}", "")
        if url:
            family = mime.partition("/")[0]
            kind: PartType = family if family in ("image", "audio", "video") else "file"  # type: ignore[assignment]
            found.append(
                Part(type=kind, raw_type=mime, media=Media(url=url, mime=mime or None, needs_token=True))
            )
    return tuple(found)


def _location(fields: dict[str, str]) -> tuple[Part, ...]:
    try:
        lat, lon = float(fields["Latitude"]), float(fields["Longitude"])
    except (KeyError, ValueError):
        return ()
    return (
        Part(
            type="location",
            raw_type="location",
            lat=lat,
            lon=lon,
            name=fields.get("Label"),
            address=fields.get("Address"),
        ),
    )


def _sender(fields: dict[str, str]) -> Sender | None:
    address = fields.get("From") or ""
    if not address:
        return None
    prefix, _, number = address.rpartition(":")
    mark = f"{prefix}:+" if prefix else "+"
    others = tuple(one for one in (f"{mark}{digits}" for digits in spellings(number)) if one != address)
    return Sender(
        external_id=address,
        id_kind="whatsapp" if prefix == "whatsapp" else "phone",
        alt_ids=others,
        display_name=fields.get("ProfileName"),
        verified=True,
    )


def _status(fields: dict[str, str], sid: str, word: str, raw: bytes) -> InboundEvent:
    state = _STATES.get(word)
    base: dict[str, Any] = {
        "account_id": fields.get("AccountSid", ""),
        "dedup_key": f"{sid}:{word}" if sid else digest(raw),
        "raw_type": word,
    }
    if state is None or not sid:
        return InboundEvent(kind="ignored", reason="unknown status", **base)
    code = fields.get("ErrorCode")
    error = StatusError(code, fields.get("ErrorMessage")) if code else None
    status = Status(
        state=state,
        target_ids=(sid,),
        error=error,
        raw_state=word,
        recipient=fields.get("To") or fields.get("From"),
    )
    return InboundEvent(kind="status", status=status, **base)


def sign(secret: Secret, body: bytes, message_id: str, now: int, url: str) -> Signed:
    """Over the address and the fields of the form."""
    text = url + _joined(form(body) or [])
    mac = hmac.digest(secret.one("signing").encode(), text.encode("utf-8", "replace"), "sha1")
    return Signed({"x-twilio-signature": base64.b64encode(mac).decode()})


CONNECTOR = Connector(
    channel="twilio",
    name="SMS and MMS (Twilio)",
    verify=verify,
    parse=parse,
    capabilities=CAPABILITIES,
    build=twilio_calls.build,
    probes=twilio_calls.probes,
    sign=sign,
    judge=twilio_calls.judge,
    locate=twilio_calls.locate,
    answer=Answer(200, b"<Response/>", "text/xml"),
    secrets=(
        SecretField("signing", "Auth token", rotates=True),
        SecretField("account_sid", "Account SID", public=True),
        SecretField("number", "Our number or messaging service", public=True),
        SecretField("api_base", "Another address of the platform's interface", required=False, public=True),
    ),
    account_field="account_sid",
    quality=Quality(
        done=frozenset(
            {
                "check",
                "verify",
                "parse",
                "render",
                "send",
                "error_classes",
                "receipts",
                "simulator",
                "media_in",
            }
        ),
        exempt={
            "handshake": "the platform does not check the address",
            "edits": "a text message cannot be changed",
            "typing": "there is no such thing",
            "read_marks": "a text message has none",
            "windows": "a text message may be sent until STOP",
            "polling": "there is no such way in",
        },
    ),
)
