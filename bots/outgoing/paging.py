"""Mails to those who are called: what happened, in the site's language, and where to look. Nothing of what a contact wrote."""

import asyncio
from collections.abc import Callable, Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from bots.guarded_sockets import to_own_network
from bots.outgoing.smtp import SmtpServer, deliver
from funnel.channels.outbound import DeliveryResult, ErrorClass
from funnel.conversations.state import ON_CALL, UNSEEN, URGENT_PATH
from funnel.core.clock import Clock
from funnel.core.locales import resolve_locale
from funnel.core.logging import get_logger
from funnel.core.loops import Loops
from funnel.core.settings import MailSettings
from funnel.turns.outbox.pages import DuePage, Pages

POLL_SECONDS: Final = 1.0
LEASE_SECONDS: Final = 60.0
MOST: Final = 16
PAUSES: Final = (5.0, 15.0, 45.0, 120.0, 300.0)
"""Seconds before another try; a call that nobody answers is said again anyway."""
ON_CALL_CALLS: Final = frozenset({URGENT_PATH, ON_CALL, "injury", "money_taken"})
"""What reaches the site's on-call address."""
_TEXTS: Final[Mapping[str, tuple[str, str, str, str, str]]] = {
    "en": (
        "Somebody may be in danger",
        "A conversation waits and nobody has looked at it",
        "The on-call contact is asked for",
        "A lead is asked for ({rule})",
        "Site: {site}",
    ),
    "zh-Hans": (
        "可能有人处于危险之中",
        "有对话在等待，还没有人查看",
        "需要值班人员",
        "需要主管处理（{rule}）",
        "网站：{site}",
    ),
    "zh-Hant": (
        "可能有人身處危險",
        "有對話在等候，還沒有人查看",
        "需要值班人員",
        "需要主管處理（{rule}）",
        "網站：{site}",
    ),
    "ar": (
        "قد يكون شخص ما في خطر",
        "محادثة في الانتظار ولم يطّلع عليها أحد",
        "مطلوب الشخص المناوب",
        "مطلوب أحد المشرفين ({rule})",
        "الموقع: {site}",
    ),
}
log = get_logger(__name__)


def compose(due: DuePage, sender: str, base: str, date: str) -> EmailMessage:
    """The mail. Raises ValueError where the address is none."""
    urgent, unseen, on_call, rule, site = _TEXTS[resolve_locale(due.locale)]
    subject = {URGENT_PATH: urgent, UNSEEN: unseen, ON_CALL: on_call}.get(
        due.rule_id, rule.format(rule=due.rule_id)
    )
    mail = EmailMessage()
    mail["From"] = Address(addr_spec=sender)
    mail["To"] = Address(addr_spec=due.email or "")
    mail["Date"] = date
    mail["Message-ID"] = f"<{due.id}@{sender.rpartition('@')[2]}>"
    mail["Subject"] = " ".join(subject.split())
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        f"{subject}\n{site.format(site=due.site)}\n\n{base}/desk/inbox/waiting/{due.conversation_id}\n"
    )
    return mail


def _by_own_server(mail: EmailMessage, server: SmtpServer) -> DeliveryResult:
    """By the server the operator named, which may stand in the operator's own network."""
    return deliver(mail, server, to_own_network, allow_plain=True)


class Pager:
    """Any number may run on one database. What is under way when a process dies is sent again after its lease."""

    def __init__(
        self,
        pages: Pages,
        settings: MailSettings,
        base: str,
        clock: Clock,
        send: Callable[[EmailMessage, SmtpServer], DeliveryResult] = _by_own_server,
    ) -> None:
        self._pages = pages
        self._settings = settings
        self._base = base
        self._clock = clock
        self._send = send
        self._loops = Loops(pager=self._round)

    async def start(self) -> None:
        """Begins to look for calls."""
        self._loops.start()

    async def stop(self) -> None:
        """Ends; what is under way is left to its lease. Idempotent."""
        await self._loops.stop()

    async def send_due(self) -> int:
        """Expands, sends what is due now and waits for it; returns how many mails were taken."""
        await self._pages.expand()
        due = await self._pages.claim(MOST, LEASE_SECONDS)
        return sum(await asyncio.gather(*(self._tell(one) for one in due)))

    async def _round(self) -> float:
        if not await self.send_due():
            await self._pages.tend()
        return POLL_SECONDS

    async def _tell(self, due: DuePage) -> bool:
        """One mail, unless nobody needs it any more."""
        reason = self._needless(due)
        if reason is not None:
            await self._pages.settle(due, "failed", error=reason)
            return False
        result = await self._mailed(due)
        if result.failed is None:
            return await self._pages.settle(due, "sent")
        log.warning("page_unsent", rule_id=due.rule_id, code=result.code)
        again = result.failed in (ErrorClass.RETRY, ErrorClass.AMBIGUOUS) and due.attempts <= len(PAUSES)
        pause = PAUSES[min(due.attempts, len(PAUSES)) - 1]
        await self._pages.settle(due, "queued" if again else "failed", pause, result.code)
        return False

    def _needless(self, due: DuePage) -> str | None:
        if due.email is None:
            return "nobody is there any more"
        if not due.open:
            return "answered"
        if due.late:
            return "too late"
        return None if self._settings.host is not None else "no mail server is set up"

    async def _mailed(self, due: DuePage) -> DeliveryResult:
        settings = self._settings
        server = SmtpServer(
            settings.host or "", settings.port, settings.user, settings.password.get_secret_value()
        )
        try:
            mail = compose(due, settings.sender or "", self._base, format_datetime(self._clock.now()))
        except (ValueError, UnicodeError, IndexError):
            return DeliveryResult(failed=ErrorClass.RECIPIENT_GONE, code="the address is none")
        return await asyncio.to_thread(self._send, mail, server)
