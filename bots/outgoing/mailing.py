"""Sending mail by SMTP: our Message-ID fixed with the delivery, threaded by ids, marked so that no machine answers it."""

import asyncio
from email import policy as policies
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime

from bots.guarded_sockets import opener
from bots.outgoing.footing import Foot, Footing
from bots.outgoing.smtp import PORT, SmtpServer, deliver
from funnel.channels.outbound import Capabilities, DeliveryResult, ErrorClass, Rendered
from funnel.channels.port import Account, Connector
from funnel.channels.reply_tokens import ReplyTokens
from funnel.core.clock import Clock
from funnel.core.settings import EgressSettings


class _Whole(UnstructuredHeader, BaseHeader):
    """A field of an address that is too long for a line, which the library would encode word by word, so that nobody finds it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_FIELDS = HeaderRegistry()
_FIELDS.map_to_type("list-unsubscribe", _Whole)
_POLICY = policies.default.clone(header_factory=_FIELDS)


class SmtpSender:
    """One connection a mail, in a thread: a mail inbox sends few, and a broken connection then spoils one only."""

    def __init__(
        self, connector: Connector, clock: Clock, tokens: ReplyTokens, settings: EgressSettings, foot: Foot
    ) -> None:
        self.capabilities: Capabilities = connector.capabilities
        self._clock = clock
        self._tokens = tokens
        self._foot = foot
        self._open = opener(settings)
        self._allow_plain = settings.allow_private

    async def send(self, rendered: Rendered, account: Account, first_part: int) -> DeliveryResult:
        """All parts are one mail."""
        secret = account.secret
        host = secret.one("smtp_host")
        if not host:
            return DeliveryResult(failed=ErrorClass.CONFIG, code="smtp_host is missing")
        footing = await self._foot(account, rendered.message)
        try:
            server = SmtpServer(
                host,
                int(secret.one("smtp_port") or PORT),
                secret.one("smtp_user"),
                secret.one("smtp_password"),
            )
            mail = compose(rendered, account, format_datetime(self._clock.now()), self._tokens, footing)
        except (ValueError, UnicodeError, IndexError):
            return DeliveryResult(failed=ErrorClass.RECIPIENT_GONE, code="the address is none")
        return await asyncio.to_thread(deliver, mail, server, self._open, allow_plain=self._allow_plain)

    async def probe(self, account: Account) -> bool | None:
        """None: that a server lets us in says nothing of what it does with a mail."""
        return None


def message_id(delivery_id: str, address: str) -> str:
    """The same at every attempt, so that a mail that arrived twice is one."""
    return f"{delivery_id}@{address.rpartition('@')[2]}"


def compose(
    rendered: Rendered, account: Account, date: str, tokens: ReplyTokens, footing: Footing | None = None
) -> EmailMessage:
    """The mail. Raises ValueError for an address that is none. An inbox whose address leaves no room for a token threads by
    message ids alone."""
    message, address = rendered.message, account.secret.one("address")
    thread = message.mail
    mail = EmailMessage(policy=_POLICY)
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
    if footing is not None:
        mail["List-Unsubscribe"] = f"<{footing.stop_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        lines += ["-- ", *footing.lines]
    mail.set_content("\n\n".join(lines))
    return mail
