"""One SMTP conversation: a mail is taken, refused for good, to be tried again, or nobody knows."""

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from typing import Final

from msgspec import Struct

from funnel.channels.outbound import DeliveryResult, ErrorClass

SECONDS: Final = 20.0
PORT: Final = 587
TLS_PORT: Final = 465
_GONE: Final = frozenset({550, 551, 553})
_SET_UP: Final = frozenset({530, 534, 535})


class SmtpServer(Struct, frozen=True):
    """Where mail is handed over, and as whom; TLS from the start on port 465, else as soon as it is offered."""

    host: str
    port: int = PORT
    user: str = ""
    password: str = ""


def deliver(mail: EmailMessage, at: SmtpServer) -> DeliveryResult:
    """Blocking. An error before DATA ended means that nothing was taken; a loss after it, that nobody knows."""
    name = mail["Message-ID"].strip("<>")
    sent = False
    server: smtplib.SMTP | None = None
    try:
        server = _connect(at.host, at.port)
        if at.port != TLS_PORT and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if at.user:
            server.login(at.user, at.password)
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
    if port == TLS_PORT:
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
