"""Sending mail by SMTP: our Message-ID fixed with the delivery, threaded by ids, marked so that no machine answers it."""

import asyncio
import contextlib
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from funnel.channels.outbound import Capabilities, DeliveryResult, ErrorClass, Rendered
from funnel.channels.port import Account, Connector
from funnel.channels.reply_tokens import ReplyTokens
from funnel.core.clock import Clock

SECONDS: Final = 20.0
PORT: Final = 587
_GONE: Final = frozenset({550, 551, 553})
_SET_UP: Final = frozenset({530, 534, 535})


class SmtpSender:
    """One connection a mail, in a thread: a mail inbox sends few, and a broken connection then spoils one only."""

    def __init__(self, connector: Connector, clock: Clock, tokens: ReplyTokens) -> None:
        self.capabilities: Capabilities = connector.capabilities
        self._clock = clock
        self._tokens = tokens

    async def send(self, rendered: Rendered, account: Account, first_part: int) -> DeliveryResult:
        """All parts are one mail."""
        secret = account.secret
        host = secret.one("smtp_host")
        if not host:
            return DeliveryResult(failed=ErrorClass.CONFIG, code="smtp_host is missing")
        try:
            mail = compose(rendered, account, format_datetime(self._clock.now()), self._tokens)
        except (ValueError, UnicodeError, IndexError):
            return DeliveryResult(failed=ErrorClass.RECIPIENT_GONE, code="the address is none")
        return await asyncio.to_thread(_deliver, mail, account)


def message_id(delivery_id: str, address: str) -> str:
    """The same at every attempt, so that a mail that arrived twice is one."""
    return f"{delivery_id}@{address.rpartition('@')[2]}"


def compose(rendered: Rendered, account: Account, date: str, tokens: ReplyTokens) -> EmailMessage:
    """The mail. Raises ValueError for an address that is none. An inbox whose address leaves no room for a token threads by
    message ids alone."""
    message, address = rendered.message, account.secret.one("address")
    thread = message.mail
    mail = EmailMessage()
    mail["From"] = Address(display_name=account.name, addr_spec=address)
    mail["To"] = Address(addr_spec=message.address)
    if tagged := tokens.address(address, account.inbox_id, message.conversation_id):
        mail["Reply-To"] = Address(addr_spec=tagged)
    mail["Date"] = date
    mail["Message-ID"] = f"<{message_id(message.id, address)}>"
    subject = " ".join((thread.subject if thread is not None else "").split()) or account.name
    mail["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    if thread is not None and thread.in_reply_to:
        mail["In-Reply-To"] = f"<{thread.in_reply_to}>"
        mail["References"] = " ".join(f"<{one}>" for one in thread.references)
    if message.by != "agent":
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    lines = [part.text for part in rendered.parts if part.text]
    lines += [f"{part.media.filename}: {part.media.url}" for part in rendered.parts if part.media is not None]
    mail.set_content("\n\n".join(lines))
    return mail


def _deliver(mail: EmailMessage, account: Account) -> DeliveryResult:
    """Blocking. An error before DATA ended means that nothing was taken; a loss after it, that nobody knows."""
    secret = account.secret
    port = int(secret.one("smtp_port") or PORT)
    name = mail["Message-ID"].strip("<>")
    sent = False
    server: smtplib.SMTP | None = None
    try:
        server = _connect(secret.one("smtp_host"), port)
        if port != 465 and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if secret.one("smtp_user"):
            server.login(secret.one("smtp_user"), secret.one("smtp_password"))
        sent = True
        server.send_message(mail)
        return DeliveryResult(provider_ids=(name,))
    except smtplib.SMTPRecipientsRefused as error:
        return _judged(next(iter(error.recipients.values()))[0], "recipient")
    except smtplib.SMTPResponseException as error:
        return _judged(error.smtp_code, "answer")
    except (smtplib.SMTPException, OSError, ValueError) as error:
        failed = ErrorClass.AMBIGUOUS if sent else ErrorClass.RETRY
        return DeliveryResult(failed=failed, code=type(error).__name__)
    finally:
        if server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()  # however that ends, the mail was taken or not before


def _connect(host: str, port: int) -> smtplib.SMTP:
    if port == 465:
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    server.ehlo()
    return server


def _judged(code: int, where: str) -> DeliveryResult:
    """By SMTP reply code."""
    if code in _SET_UP:
        failed = ErrorClass.CONFIG
    elif code in _GONE:
        failed = ErrorClass.RECIPIENT_GONE
    elif 400 <= code < 500:
        failed = ErrorClass.RETRY
    else:
        failed = ErrorClass.CONTENT_INVALID
    return DeliveryResult(failed=failed, code=f"{code} {where}")
