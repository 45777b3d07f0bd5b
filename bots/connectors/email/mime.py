"""Reading a mail, however broken: texts in any charset, files with safe names, bounces, and who must not be answered."""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any, Final

from charset_normalizer import from_bytes

from bots.connectors.email.html_text import html_to_text
from bots.connectors.email.quoting import cut_reply
from funnel.channels.inbound import (
    InboundEvent,
    MailHeaders,
    Media,
    Part,
    PartType,
    Place,
    Said,
    Sender,
    Status,
    StatusError,
)
from funnel.channels.reading import clean, digest

MOST_PARTS: Final = 100
MOST_FILES: Final = 30
MOST_TEXT: Final = 1_000_000
_POLICY: Final = email.policy.default.clone(raise_on_defect=False)
_MESSAGE_ID: Final = re.compile(r"<([^<>\s]{1,998})>")
_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply"})
_DAEMONS: Final = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply-bounce)@", re.IGNORECASE)
_STATUS_CODE: Final = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b", re.ASCII)
_BARE_NAME: Final = re.compile(r"(?:^|[;\s])(?:file)?name\s*=\s*([^\";\r\n]{1,300})", re.IGNORECASE)
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f/\\<>:"|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')


def parse_mail(raw: bytes) -> InboundEvent:
    """The event of one mail: a message, or a status for a bounce or a notice of delay. Never raises."""
    mail = _read(raw)
    message_id = _ids(_header(mail, "message-id"))
    key = message_id[0] if message_id else digest(raw)
    sent = _date(mail)
    given = _header(mail, "date")
    report = _report(mail)
    headers = _headers(mail, report)
    fields: dict[str, Any] = {
        "dedup_key": key, "provider_event_id": message_id[0] if message_id else "", "occurred_at": sent,
        "occurred_as_given": given, "occurred_unit": "iso" if sent else "", "mail": headers, "raw_type": mail.get_content_type(),
    }  # fmt: skip
    if report is not None:
        return InboundEvent(kind="status", status=report, reason=headers.automatic or "", **fields)
    sender = _sender(mail)
    if sender is None:
        return InboundEvent(kind="ignored", reason="no sender", **fields)
    said, html = _content(mail, key)
    fields["mail"] = MailHeaders(
        headers.in_reply_to, headers.references, headers.recipients, headers.automatic, html
    )
    return InboundEvent(
        kind="message.created",
        sender=sender,
        place=Place(external_id=sender.external_id),
        message=said,
        reason=headers.automatic or "",
        **fields,
    )


def _read(raw: bytes) -> Message:
    """With structured headers where they can be read, else with plain ones."""
    try:
        mail = email.message_from_bytes(raw, policy=_POLICY)
        for name in ("from", "to", "subject", "date", "message-id", "content-type"):
            str(mail.get(name, ""))
    except Exception:  # noqa: BLE001 - the structured parser has been seen to raise anything; the plain one does not
        return email.message_from_bytes(raw)
    return mail


def _header(mail: Message, name: str) -> str:
    """A header's text without folds; nothing where it is missing or cannot be read."""
    try:
        value = mail.get(name)
        text = "" if value is None else str(value)
    except Exception:  # noqa: BLE001 - as above
        return ""
    return clean(re.sub(r"[\r\n]+[ \t]*", " ", text))


def _ids(text: str) -> tuple[str, ...]:
    """Message ids without brackets, in order; a bare one counts too."""
    found = _MESSAGE_ID.findall(text)
    if not found and text.strip() and " " not in text.strip():
        found = [text.strip().strip("<>")]
    return tuple(dict.fromkeys(one for one in found if one))


def _addresses(mail: Message, *names: str) -> list[tuple[str, str]]:
    texts = [_header(mail, name) for name in names]
    try:
        pairs = getaddresses([text for text in texts if text])
    except (ValueError, IndexError, TypeError):
        return []
    return [
        (clean(name).strip(), clean(address).strip().lower()) for name, address in pairs if "@" in address
    ]


def _sender(mail: Message) -> Sender | None:
    """Reply-To, else From, else Sender. A bare From proves nothing: the address is never a verified identity."""
    for name in ("reply-to", "from", "sender"):
        found = _addresses(mail, name)
        if found:
            shown, address = found[0]
            shown = shown or next((one for one, _ in _addresses(mail, "from") if one), "")
            return Sender(external_id=address, id_kind="email", display_name=shown or None)
    return None


def _headers(mail: Message, report: Status | None) -> MailHeaders:
    recipients = _addresses(
        mail, "delivered-to", "x-original-to", "x-forwarded-to", "x-forwarded-for", "envelope-to", "to", "cc"
    )
    return MailHeaders(
        in_reply_to=_ids(_header(mail, "in-reply-to")),
        references=_ids(_header(mail, "references")),
        recipients=tuple(dict.fromkeys(address for _, address in recipients)),
        automatic=_automatic(mail, report),
    )


def _automatic(mail: Message, report: Status | None) -> str | None:
    """Why this mail must never be answered by a machine (RFC 3834), None for a person's."""
    if report is not None:
        return "report"
    submitted = _header(mail, "auto-submitted").strip().lower()
    if submitted and not submitted.startswith("no"):
        return "auto-submitted"
    if _header(mail, "precedence").strip().lower() in _BULK:
        return "precedence"
    for name in (
        "x-autoreply",
        "x-autorespond",
        "x-auto-response-suppress",
        "x-autoresponder",
        "list-id",
        "list-unsubscribe",
    ):
        if mail.get(name) is not None:
            return name
    if mail.get("return-path") is not None and _header(mail, "return-path").strip() == "<>":
        return "empty return path"
    sender = _addresses(mail, "from")
    if sender and _DAEMONS.match(sender[0][1]):
        return "daemon"
    return None


def _date(mail: Message) -> datetime | None:
    text = _header(mail, "date")
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _parts(mail: Message) -> Iterator[tuple[Message, bool]]:
    """The leaves of the mail, and whether they lie inside a forwarded message, which is a leaf itself."""
    waiting = [(mail, False)]
    left = MOST_PARTS
    while waiting and left:
        left -= 1
        part, inside = waiting.pop(0)
        inner = part.get_payload()
        forwarded = part.get_content_type() == "message/rfc822"
        if forwarded or not part.is_multipart():
            yield part, inside
        if part.is_multipart() and isinstance(inner, list):
            waiting[:0] = [(one, inside or forwarded) for one in inner if isinstance(one, Message)]


def _content(mail: Message, key: str) -> tuple[Said, str | None]:
    plain: list[str] = []
    html: list[str] = []
    files: list[Part] = []
    for part, inside in _parts(mail):
        kind, disposition = part.get_content_type(), _disposition(part)
        if kind in ("text/plain", "text/html") and disposition != "attachment" and not _name(part):
            if not inside:
                (plain if kind == "text/plain" else html).append(_text(part))
        elif len(files) < MOST_FILES and (found := _file(part, kind, disposition, len(files))) is not None:
            files.append(found)
    full = "\n".join(plain)[:MOST_TEXT]
    page = "\n".join(html)[:MOST_TEXT] if html else None
    reply = cut_reply(full)
    if not full.strip() and page:
        full = html_to_text(page)
        reply = cut_reply(html_to_text(page, quotes=False)) or full
    said = Said(
        external_id=key,
        text=reply or None,
        full_text=full,
        subject=_header(mail, "subject"),
        parts=tuple(files),
    )
    return said, page


def _disposition(part: Message) -> str:
    try:
        return (part.get_content_disposition() or "").lower()
    except Exception:  # noqa: BLE001 - a malformed header
        return ""


def _payload(part: Message) -> bytes:
    """The bytes of a leaf; of a message inside, its source."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError, TypeError):
        found = None
    return found if isinstance(found, bytes) else b""


def _text(part: Message) -> str:
    """Decoded by the charset it names if that is one and fits, else by the likeliest, else as latin-1."""
    raw = _payload(part)
    charset = (part.get_content_charset() or "").strip("\"' ")
    for name in filter(None, (charset, "utf-8")):
        try:
            return clean(raw.decode(name))
        except (LookupError, UnicodeError, ValueError):
            continue
    best = from_bytes(raw[:100_000]).best() if raw else None
    if best is not None:
        try:
            return clean(raw.decode(best.encoding, "replace"))
        except LookupError:
            pass
    return clean(raw.decode("latin-1"))


def _name(part: Message) -> str:
    """The file name it gives, also one written without quotes or as an encoded word where none is allowed."""
    try:
        name = part.get_filename() or ""
    except Exception:  # noqa: BLE001 - a malformed header
        name = ""
    for header, value in part.raw_items():
        if header.lower() not in ("content-disposition", "content-type"):
            continue
        found = _BARE_NAME.search(str(value))
        bare = _decoded(found.group(1).strip()) if found else ""
        if len(bare) > len(name) and bare.startswith(name):
            return bare
    return name


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError):
        return text


def safe_name(name: str, place: int, kind: str) -> str:
    """A file name without path, control, bidirectional or invisible signs; one is made up where nothing is left."""
    text = _UNSAFE.sub("", clean(name).replace("\\", "/").rpartition("/")[2]).strip(" .")
    if text:
        return text[-200:] if len(text) > 200 else text
    subtype = kind.partition("/")[2].split("+")[0]
    return f"attachment-{place + 1}.{'eml' if kind == 'message/rfc822' else subtype or 'bin'}"


def _file(part: Message, kind: str, disposition: str, place: int) -> Part | None:
    content = _payload(part)
    if kind == "message/delivery-status" or not (content or _name(part) or disposition == "attachment"):
        return None
    content_id = (_ids(_header(part, "content-id")) or (None,))[0]
    image = kind.startswith("image/")
    inline = image and content_id is not None and disposition != "attachment"
    family = kind.partition("/")[0]
    word: PartType = family if family in ("image", "audio", "video") else "file"  # type: ignore[assignment]
    media = Media(
        mime=kind,
        size=len(content),
        filename=safe_name(_name(part), place, kind),
        content_id=content_id,
        inline=inline,
        content=content,
    )
    return Part(type=word, raw_type=kind, media=media)


def _report(mail: Message) -> Status | None:
    """What a delivery report says: failed for good, or delayed; None for a mail that is no report."""
    is_report = mail.get_content_type() == "multipart/report"
    failed = _header(mail, "x-failed-recipients")
    if not is_report and not failed:
        return None
    details = next(
        (
            _report_fields(part)
            for part in _walk(mail)
            if part.get_content_type() == "message/delivery-status"
        ),
        {},
    )
    action, code = details.get("action", "").lower(), details.get("status", "")
    text = details.get("diagnostic-code", "")
    if not code and (found := _STATUS_CODE.search(text or _first_text(mail))):
        code = found.group(0)
    if action in ("delivered", "relayed", "expanded"):
        return Status(
            state="delivered",
            target_ids=_original(mail),
            raw_state=action,
            recipient=_recipient(details, failed),
        )
    delayed = action == "delayed" or (not action and code.startswith("4"))
    return Status(
        state="sent" if delayed else "failed",
        target_ids=_original(mail),
        error=StatusError(code or "5.0.0", text or None),
        raw_state=action or "failed",
        delayed=delayed,
        recipient=_recipient(details, failed),
    )


def _recipient(details: dict[str, str], failed: str) -> str | None:
    given = details.get("final-recipient") or details.get("original-recipient") or failed
    return given.rpartition(";")[2].strip().lower() or None


def _walk(mail: Message) -> Iterator[Message]:
    found = mail.walk()
    for _ in range(MOST_PARTS):
        part = next(found, None)
        if part is None:
            return
        yield part


def _report_fields(part: Message) -> dict[str, str]:
    """The fields of the report, of its first recipient that failed or waits where there are several."""
    blocks = part.get_payload()
    found: dict[str, str] = {}
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        fields = {name.lower(): _header(block, name).strip() for name in block.keys()}  # noqa: SIM118 - headers are no dict
        if "action" in fields:
            return {**found, **fields}
        found |= fields
    if not found:
        raw = part.get_payload(decode=True)
        text = raw.decode("latin-1") if isinstance(raw, bytes) else ""
        pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
        found = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return found


def _original(mail: Message) -> tuple[str, ...]:
    """The message ids of the mail that is reported on."""
    for part in _walk(mail):
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return _ids(_header(inner[0], "message-id"))
        if part.get_content_type() == "text/rfc822-headers":
            return _ids(_header(email.message_from_bytes(_payload(part), policy=_POLICY), "message-id"))
    return _ids(_header(mail, "in-reply-to"))


def _first_text(mail: Message) -> str:
    part = next((one for one in _walk(mail) if one.get_content_type() == "text/plain"), None)
    return _text(part)[:4000] if part is not None else ""
