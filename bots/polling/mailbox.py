"""A mailbox by IMAP: new mails by UID, then IDLE until more come. Nothing in the mailbox is changed, not even what counts as read."""

import asyncio
import imaplib
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from bots.egress import RefusedAddressError
from bots.guarded_sockets import OpenSocket, opener
from bots.polling.keeping import Keeper
from funnel.channels.port import Account
from funnel.core.clock import Clock
from funnel.core.settings import EgressSettings
from funnel.turns.polls import Held

PORT: Final = 993
CALL_SECONDS: Final = 30.0
IDLE_SECONDS: Final = (
    120.0  # servers end it after half an hour, routers forget it sooner; a dead connection is noticed then
)
POLL_SECONDS: Final = 30.0  # where a server has no IDLE
AT_ONCE: Final = 20
MOST_BYTES: Final = 30_000_000
KEPT_OF_LARGER: Final = 1_000_000
SEEN_DAYS: Final = 7  # a day less than keys of mails are kept, so that what is fetched twice is known
PAUSES: Final = (1.0, 2.0, 5.0, 15.0, 60.0)
T = TypeVar("T")


class MailboxPoller:
    """Fetches for one mailbox until it is cancelled. The client library blocks, so each mailbox has a thread of its own.

    The position is `uidvalidity:uid`. Where the server numbers the mailbox anew, what came in the last week (or since we were
    here) is fetched again, and the keys of mails stop doubles.
    """

    def __init__(
        self, keeper: Keeper, clock: Clock, settings: EgressSettings, *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._keeper = keeper
        self._clock = clock
        self._allow_plain = settings.allow_private
        self._opened = opener(settings)
        self._idle_seconds = idle_seconds

    async def run(self, account: Account, held: Held) -> None:
        """Connects again and again."""
        failures = 0
        while True:
            before = held.position
            problem = await self._connected(account, held)
            if held.position != before:
                failures = 0
            await self._keeper.note(held, problem)
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    async def _connected(self, account: Account, held: Held) -> str:
        """One connection for as long as it lasts; returns why it ended."""
        session = _Session(account, self._opened, allow_plain=self._allow_plain)
        try:
            await session.do(session.open)
            while True:
                await self._fetch(session, account, held)
                if not await session.do(session.wait, self._idle_seconds):
                    await asyncio.sleep(POLL_SECONDS)
        except LoginError:
            return "login_refused"
        except _NotPlainError:
            return "not_encrypted"
        except RefusedAddressError:
            return "address_refused"
        except IMAPClientError:
            return "server_refused"
        except (OSError, ssl.SSLError, EOFError, ValueError):
            return "not_reached"
        finally:
            session.close()

    async def _fetch(self, session: "_Session", account: Account, held: Held) -> None:
        """All that came since; each portion is durable before the next is asked for."""
        week = self._clock.now() - timedelta(days=SEEN_DAYS)
        after = min(held.moved_at or week, week)
        validity, following, uids = await session.do(
            session.since, held.position, after, held.moved_at is None
        )
        for start in range(0, len(uids), AT_ONCE):
            some = uids[start : start + AT_ONCE]
            mails = await session.do(session.read, some)
            await self._keeper.keep(account, held, mails, f"{validity}:{some[-1]}")
        last = f"{validity}:{max([following - 1, *uids])}"
        if held.position != last:
            await self._keeper.keep(account, held, [], last)


class _NotPlainError(Exception):
    """A password is not sent in the clear over the open Internet."""


class _Plain(imaplib.IMAP4):
    """Connects by the guard."""

    def __init__(self, opened: OpenSocket, host: str, port: int) -> None:
        self._opened = opened
        super().__init__(host, port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._opened(self.host, self.port, CALL_SECONDS)


class _Tls(_Plain):
    """The same, encrypted from the start under the name's certificate."""

    def __init__(self, opened: OpenSocket, host: str, port: int, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(opened, host, port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._context.wrap_socket(super()._create_socket(timeout), server_hostname=self.host)


class _Client(IMAPClient):  # type: ignore[misc]
    """The library's client over connections that the guard opens."""

    def __init__(self, opened: OpenSocket, host: str, port: int, **options: Any) -> None:
        self._opened = opened
        super().__init__(host, port, **options)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's name
        if self.ssl:
            return _Tls(self._opened, self.host, self.port, self.ssl_context)
        return _Plain(self._opened, self.host, self.port)


class _Session:
    """A connection and its thread. What runs in the thread has no underscore and is called through `do`."""

    def __init__(self, account: Account, opened: OpenSocket, *, allow_plain: bool) -> None:
        self._secret = account.secret
        self._opened = opened
        self._allow_plain = allow_plain
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mailbox")
        self._client: IMAPClient | None = None
        self._idles = False
        self._validity = 0
        self._following = 1

    async def do(self, work: Callable[..., T], *arguments: Any) -> T:
        """In the thread; the connection is cut where the caller is cancelled, which ends what blocks there."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def close(self) -> None:
        """Cuts the connection, which ends what waits for it."""
        client, self._client = self._client, None
        if client is not None:
            _cut(client)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def open(self) -> None:
        """Connects, signs in, opens the folder for reading only."""
        secret = self._secret
        security = secret.one("imap_security") or "tls"
        if security == "none" and not self._allow_plain:
            raise _NotPlainError
        port = int(secret.one("imap_port") or (PORT if security == "tls" else 143))
        context = ssl.create_default_context()
        client = _Client(
            self._opened,
            secret.one("imap_host"),
            port,
            use_uid=True,
            ssl=security == "tls",
            ssl_context=context,
            timeout=CALL_SECONDS,
        )
        self._client = client
        if security == "starttls":
            client.starttls(context)
        client.login(secret.one("imap_user"), secret.one("imap_password"))
        self._idles = client.has_capability("IDLE")
        chosen = client.select_folder(secret.one("imap_folder") or "INBOX", readonly=True)
        self._validity = int(chosen[b"UIDVALIDITY"])
        self._following = int(chosen.get(b"UIDNEXT", 1))

    def since(self, position: str, after: datetime, first: bool) -> tuple[int, int, list[int]]:
        """UIDVALIDITY, the UIDNEXT of when the folder was opened, and the UIDs that have not been fetched, in order: after the
        position, or where that counts no more what came after a time (the first time only what nobody has read)."""
        client, validity, following = self._alive(), self._validity, self._following
        known, _, last = position.partition(":")
        if known == str(validity):
            # `n:*` always names the last mail, also one before n.
            found = client.search(["UID", f"{int(last) + 1}:*"])
            return validity, following, sorted(uid for uid in found if uid > int(last))
        begun = ["UNSEEN"] if first else []
        found = client.search([*begun, "SINCE", (after - timedelta(days=1)).date()])
        dates = client.fetch(found, ["INTERNALDATE"]) if found else {}
        fresh = (uid for uid in found if _aware(dates.get(uid, {}).get(b"INTERNALDATE")) >= after)
        return validity, following, sorted(fresh)

    def read(self, uids: list[int]) -> list[bytes]:
        """The raw mails, in order; of one that is too large its beginning, which holds who wrote what."""
        client = self._alive()
        sizes = client.fetch(uids, ["RFC822.SIZE"])
        large = [uid for uid in uids if int(sizes.get(uid, {}).get(b"RFC822.SIZE", 0)) > MOST_BYTES]
        small = [uid for uid in uids if uid not in large]
        mails: dict[int, bytes] = {}
        for uid in small:  # one at a time: a portion of large mails would all lie in memory twice
            fields = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {})
            mails[uid] = fields.get(b"BODY[]") or b""
        for uid in large:
            fields = client.fetch([uid], [f"BODY.PEEK[]<0.{KEPT_OF_LARGER}>"]).get(uid, {})
            mails[uid] = fields.get(b"BODY[]<0>") or b""
        return [mails[uid] for uid in uids if mails.get(uid)]

    def wait(self, seconds: float) -> bool:
        """Until the mailbox changes, or for so long; False at once where the server cannot tell."""
        client = self._alive()
        if not self._idles:
            client.noop()
            return False
        client.idle()
        try:
            client.idle_check(timeout=seconds)
        finally:
            client.idle_done()
        return True

    def _alive(self) -> IMAPClient:
        if self._client is None:
            raise OSError("closed")
        return self._client


def _aware(moment: datetime | None) -> datetime:
    """The library gives local times without zone."""
    return moment.astimezone(UTC) if moment is not None else datetime.max.replace(tzinfo=UTC)


def _cut(client: IMAPClient) -> None:
    try:
        client.shutdown()
    except (OSError, IMAPClientError):
        return
