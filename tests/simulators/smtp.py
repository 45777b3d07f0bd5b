"""A mail server of one test: takes what is sent, refuses recipients with a code, or hangs up after DATA."""

import asyncio
import contextlib
import email
from collections.abc import AsyncIterator
from email.message import Message

from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """`refuses`: the reply code to every recipient; `breaks`: hangs up when a mail was taken."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.refuses: int | None = None
        self.breaks = False
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """From the library."""
        if self.refuses:
            return f"{self.refuses} no"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """From the library."""
        content = envelope.content or b""
        self.mails.append(
            email.message_from_bytes(content if isinstance(content, bytes) else content.encode())
        )
        if self.breaks:
            server.transport.abort()
        return "250 taken"


@contextlib.asynccontextmanager
async def mail_server(port: int = 0) -> AsyncIterator[MailServer]:
    """Listens on the loopback, on a free port unless one is named."""
    mails = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mails, loop=loop), "127.0.0.1", port)
    mails.port = server.sockets[0].getsockname()[1]
    try:
        yield mails
    finally:
        server.close()
