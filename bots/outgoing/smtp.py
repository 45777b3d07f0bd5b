"""One SMTP conversation: a mail is taken, refused for good, to be tried again, or nobody knows."""

import contextlib
import smtplib
import socket
import ssl
from email.message import EmailMessage
from typing import Final

from msgspec import Struct

from bots.egress import RefusedAddressError
from bots.guarded_sockets import OpenSocket
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


class _Smtp(smtplib.SMTP):
    """Connects by the guard."""

    def __init__(self, opened: OpenSocket, host: str, port: int) -> None:
        self._opened = opened
        super().__init__(host, port, timeout=SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._opened(host, port, timeout)


class _SmtpTls(smtplib.SMTP_SSL):
    """The same, encrypted from the start under the name's certificate."""

    def __init__(self, opened: OpenSocket, host: str, port: int, context: ssl.SSLContext) -> None:
        self._opened = opened
        super().__init__(host, port, timeout=SECONDS, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(self._opened(host, port, timeout), server_hostname=host)


def deliver(
    mail: EmailMessage, at: SmtpServer, opened: OpenSocket, *, allow_plain: bool = False
) -> DeliveryResult:
    """Blocking. An error before DATA ended means that nothing was taken; a loss after it, that nobody knows. A password is not
    sent in the clear unless `allow_plain`."""
    name = mail["Message-ID"].strip("<>")
    sent = False
    server: smtplib.SMTP | None = None
    try:
        server = _connect(at.host, at.port, opened)
        encrypted = at.port == TLS_PORT
        if at.port != TLS_PORT and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
            encrypted = True
        if at.user and not encrypted and not allow_plain:
            return DeliveryResult(failed=ErrorClass.CONFIG, code="not_encrypted")
        if at.user:
            server.login(at.user, at.password)
        sent = True
        server.send_message(mail)
        return DeliveryResult(provider_ids=(name,))
    except RefusedAddressError as error:
        return DeliveryResult(failed=ErrorClass.CONFIG, code=str(error))
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


def _connect(host: str, port: int, opened: OpenSocket) -> smtplib.SMTP:
    if port == TLS_PORT:
        return _SmtpTls(opened, host, port, ssl.create_default_context())
    server = _Smtp(opened, host, port)
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
