"""What stands under a mail to a visitor who left the website: a way back, and a way to have no more of them."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from bots.dialogue.wording import site_words
from funnel.channels.outbound import OutboundMessage
from funnel.channels.port import Account
from funnel.channels.reply_tokens import ReplyTokens
from funnel.people.directory import Directory
from funnel.people.visitor_sessions import VisitorSessions
from funnel.turns.left import Addressee, LeftVisitors

STOP_PATH: Final = "/mail/stop"
RESUME: Final = "funnel-resume"  # the part of an address the widget looks for


class Footing(Struct, frozen=True):
    """Lines under the words of a mail; `stop_url` takes one click, also a mail program's own (RFC 8058)."""

    lines: tuple[str, ...]
    stop_url: str


Foot = Callable[[Account, OutboundMessage], Awaitable["Footing | None"]]


class Footer:
    """Links are made when the mail is, so that an address which was confirmed since gets the way back too."""

    def __init__(
        self,
        left: LeftVisitors,
        visitors: VisitorSessions,
        directory: Directory,
        tokens: ReplyTokens,
        public_url: str,
    ) -> None:
        self._left = left
        self._visitors = visitors
        self._directory = directory
        self._tokens = tokens
        self._public_url = public_url

    async def __call__(self, account: Account, message: OutboundMessage) -> Footing | None:
        """None for mails of a mail conversation, and where nobody outside can reach us. Only a confirmed address gets a way into
        the conversation; it works once, for seven days."""
        found = (
            await self._left.addressee(message.conversation_id, account.inbox_id)
            if self._public_url
            else None
        )
        if found is None:
            return None
        words = site_words(self._directory.now().sites.get(found.site_id))
        token = self._tokens.token(account.inbox_id, message.conversation_id)
        stop_url = f"{self._public_url}{STOP_PATH}/{account.inbox_id}/{token}"
        lines: list[str] = []
        page = self._page(found)
        if found.confirmed and page:
            back = await self._visitors.make_resume_link(found.contact_id, message.conversation_id)
            lines.append(f"{words.say(found.locale, 'mail_back')}\n{page}#{RESUME}={back}")
        lines.append(f"{words.say(found.locale, 'mail_stop')}\n{stop_url}")
        return Footing(tuple(lines), stop_url)

    def _page(self, found: Addressee) -> str:
        """Where the chat was begun, if that is the site's own; else its first origin."""
        site = self._directory.now().sites.get(found.site_id)
        origins = sorted(site.origins) if site is not None else []
        parts = urlsplit(found.page or "")
        if found.page and f"{parts.scheme}://{parts.netloc}" in origins:
            return found.page
        return f"{origins[0]}/" if origins else ""
