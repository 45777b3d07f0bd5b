"""E-mail: MIME by webhook (or mailbox) in, threaded by token and message ids, never by subject; quoted text is cut."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from bots.connectors.email.mime import parse_mail
from funnel.channels import standard_webhooks
from funnel.channels.inbound import InboundEvent
from funnel.channels.outbound import Capabilities
from funnel.channels.port import Connector, Quality, SecretField, Signed
from funnel.channels.reading import MalformedError, malformed, read_json
from funnel.channels.request import Headers, Secret, Verdict, headers_of
from funnel.channels.signatures import hex_sha256, same, timely

CAPABILITIES = Capabilities(
    text_max=100_000, media_bytes=25_000_000, receipts=frozenset({"sent", "failed"}), idempotent=True,
    rate_per_second=5.0, markup="html",
)  # fmt: skip
MOST_BYTES: Final = 30_000_000
_FORM_FIELDS: Final = 500


def verify(
    headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
) -> Verdict:
    """One of three ways, by the secret the inbox has: Standard Webhooks headers, Mailgun's signature in the form, basic auth."""
    fields = headers_of(headers)
    if secret.all("signing"):
        return standard_webhooks.verify(fields, body, secret.all("signing"), now)
    if secret.all("mailgun"):
        return _mailgun(body, secret, now)
    if secret.all("basic"):
        return _basic(fields.get("authorization"), secret)
    return Verdict.CONFIG_ERROR


def _basic(given: str | None, secret: Secret) -> Verdict:
    if not given:
        return Verdict.MISSING
    hits = [same(given, f"Basic {base64.b64encode(pair.encode()).decode()}") for pair in secret.all("basic")]
    return Verdict.VALID if any(hits) else Verdict.WRONG


def _mailgun(body: bytes, secret: Secret, now: float) -> Verdict:
    """hex HMAC-SHA256 over timestamp and token; it does not cover the mail, so the token must not be seen twice."""
    fields = _form(body)
    stamp, token, given = fields.get("timestamp", b""), fields.get("token", b""), fields.get("signature", b"")
    if not stamp or not token or not given:
        return Verdict.MISSING
    time = timely(stamp.decode("latin-1"), now)
    if not time.ok:
        return time
    return hex_sha256(given.decode("latin-1"), stamp + token, secret.all("mailgun"))


def mailgun_signature(stamp: str, token: str, key: str) -> str:
    """What Mailgun puts into the form."""
    return hmac.new(key.encode(), (stamp + token).encode(), hashlib.sha256).hexdigest()


def parse(raw: bytes) -> list[InboundEvent]:
    """One message, bounce or delay a request. The mail is the body itself, or inside a provider's form or JSON."""
    mail = mail_of(raw)
    if mail is None or len(mail) > MOST_BYTES:
        return [malformed(raw, "no mail in it")]
    return [parse_mail(mail)]


def mail_of(raw: bytes) -> bytes | None:
    """The raw mail of a request: the body, `body-mime` of a form, `RawEmail` of a JSON object; None where there is none."""
    start = raw.lstrip()[:2]
    if start[:1] == b"{":
        try:
            text = read_json(raw)["RawEmail"].value
        except MalformedError:
            return None
        return text.encode("utf-8", "surrogatepass") if isinstance(text, str) and text else None
    fields = _form(raw)
    if "body-mime" in fields:
        return fields["body-mime"]
    return raw if raw.strip() else None


def _form(raw: bytes) -> dict[str, bytes]:
    """The fields of an urlencoded or multipart form; nothing for any other body."""
    if raw.startswith(b"--"):
        return _multipart(raw)
    head = raw[:64]
    if b"=" not in head or b":" in head.split(b"=")[0] or b"\n" in head.split(b"=")[0]:
        return {}
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, max_num_fields=_FORM_FIELDS, encoding="latin-1"
        )
    except ValueError:
        return {}
    return {name: value.encode("latin-1", "replace") for name, value in pairs}


def _multipart(raw: bytes) -> dict[str, bytes]:
    boundary, _, _ = raw.partition(b"\r\n")
    found: dict[str, bytes] = {}
    for piece in raw.split(boundary)[1:_FORM_FIELDS]:
        head, split, content = piece.partition(b"\r\n\r\n")
        _, named, rest = head.partition(b'name="')
        if split and named:
            found[rest.partition(b'"')[0].decode("latin-1")] = content.removesuffix(b"\r\n")
    return found


def sign(secret: Secret, body: bytes, message_id: str, now: int, url: str) -> Signed:
    """As whoever forwards mail to us: signed where the inbox has a secret for that, else by user and password."""
    if secret.one("signing"):
        return Signed(standard_webhooks.sign([secret.one("signing")], message_id, now, body))
    pair = base64.b64encode(secret.one("basic").encode()).decode()
    return Signed({"authorization": f"Basic {pair}"})


CONNECTOR = Connector(
    channel="email",
    name="E-mail",
    verify=verify,
    sign=sign,
    parse=parse,
    capabilities=CAPABILITIES,
    most_bytes=MOST_BYTES,
    secrets=(
        SecretField("address", "Address of this inbox", public=True),
        SecretField("signing", "Signing secret of the forwarding webhook", required=False, rotates=True),
        SecretField("mailgun", "Mailgun signing key", required=False, rotates=True),
        SecretField("basic", "user:password of the forwarding webhook", required=False, rotates=True),
        SecretField("imap_host", "IMAP server, where mail is fetched", required=False, public=True),
        SecretField("imap_port", "IMAP port (993)", required=False, public=True),
        SecretField("imap_user", "IMAP user", required=False, public=True),
        SecretField("imap_password", "IMAP password", required=False),
        SecretField("imap_folder", "IMAP folder (INBOX)", required=False, public=True),
        SecretField("imap_security", "tls, starttls or none (closed networks)", required=False, public=True),
        SecretField("smtp_host", "SMTP server", required=False, public=True),
        SecretField(
            "smtp_port", "SMTP port (587, or 465 for TLS from the start)", required=False, public=True
        ),
        SecretField("smtp_user", "SMTP user", required=False, public=True),
        SecretField("smtp_password", "SMTP password", required=False),
    ),
    quality=Quality(
        done=frozenset(
            {"verify", "parse", "render", "send", "error_classes", "simulator", "media_in", "polling"}
        ),
        exempt={
            "check": "there is no platform to ask",
            "handshake": "mail providers do not check the address",
            "edits": "a mail cannot be changed once sent",
            "typing": "there is no such thing in mail",
            "read_marks": "a mail tells its sender nothing of being read",
            "windows": "mail may always be answered",
        },
    ),
)
