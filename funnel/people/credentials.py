"""What a token is worth: principals by token, remembered for less than a second, and the word when one has lost its worth."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, Generic, Literal, TypeVar

from msgspec import Struct

from funnel.core.clock import Clock, SystemClock
from funnel.core.data_folder import secret_key
from funnel.core.database import Database
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.logging import get_logger
from funnel.core.security import token_hash, verify_password
from funnel.core.settings import Settings
from funnel.people.agent_sessions import AgentSessions, Login
from funnel.people.api_keys import PREFIX, find_key
from funnel.people.fields import MOST_EMAIL, is_plain_text
from funnel.people.identity import identity_required
from funnel.people.login_throttle import LoginThrottle
from funnel.people.principals import AgentPrincipal, KeyPrincipal, Visitor
from funnel.people.sealing import secret_box
from funnel.people.visitor_sessions import OpenedSession, SessionRequest, VisitorSessions
from funnel.people.visitor_store import Found, find_visitor

REMEMBER_SECONDS: Final = 0.9
MOST_REMEMBERED: Final = 50_000
MOST_TOKEN: Final = 200
Value = TypeVar("Value")


class Revocation(Struct, frozen=True):
    """A credential that has just lost its worth: one session of an agent, all of an agent's, a contact's tokens, or a key."""

    kind: Literal["session", "agent", "visitor", "key"]
    subject_id: str
    session_hash: bytes | None = None


class _Memory(Generic[Value]):
    """What `read` said of a token hash, also that it is worth nothing, for `REMEMBER_SECONDS` since the reading began; those
    who ask meanwhile share one reading. One memory a kind of principal, so that a token of one kind can never pass for
    another; the oldest leave when there are too many."""

    def __init__(
        self,
        read: Callable[[bytes], Awaitable[Value | None]],
        subject: Callable[[Value], str],
        monotonic: Callable[[], float],
    ) -> None:
        self._read = read
        self._subject = subject
        self._monotonic = monotonic
        self._kept: OrderedDict[bytes, tuple[float, Value | None]] = OrderedDict()
        self._readings: dict[bytes, asyncio.Task[Value | None]] = {}
        self._revoked = 0

    async def get(self, token: str) -> Value | None:
        if not 0 < len(token) <= MOST_TOKEN:
            return None
        hashed, began = token_hash(token), self._monotonic()
        kept = self._kept.get(hashed)
        if kept is not None and began - kept[0] < REMEMBER_SECONDS:
            return kept[1]
        reading = self._readings.get(hashed)
        if reading is None:
            reading = asyncio.create_task(self._look_up(hashed, began), name="credential")
            self._readings[hashed] = reading
            reading.add_done_callback(lambda done: self._finish(hashed, done))
        return await asyncio.shield(reading)

    async def _look_up(self, hashed: bytes, began: float) -> Value | None:
        revoked = self._revoked
        value = await self._read(hashed)
        if revoked == self._revoked:
            self._kept[hashed] = (began, value)
            self._kept.move_to_end(hashed)
            while len(self._kept) > MOST_REMEMBERED:
                self._kept.popitem(last=False)
        return value

    def _finish(self, hashed: bytes, done: "asyncio.Task[Value | None]") -> None:
        if self._readings.get(hashed) is done:
            del self._readings[hashed]
        if not done.cancelled():
            done.exception()  # those who asked have it; a reading nobody waits for any more may fail quietly

    def forget(self, subject_id: str) -> None:
        self._revoked += 1
        self._readings.clear()
        for hashed in [
            key
            for key, (_, value) in self._kept.items()
            if value is None or self._subject(value) == subject_id
        ]:
            del self._kept[hashed]


class Credentials:
    """Resolves tokens and opens sessions. A revoked credential is refused here at once, in other processes within a second."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        clock: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        clock = clock or SystemClock()
        self._db = db
        self._listeners: list[Callable[[Revocation], None]] = []
        self._sessions = AgentSessions(db, settings.security)
        self._visitors = _Memory(self._read_visitor, _contact_id, monotonic)
        self._agents = _Memory(self._sessions.find, _agent_id, monotonic)
        self._keys = _Memory(self._read_key, _key_id, monotonic)
        self._throttle = LoginThrottle(db, settings.limits)
        self.visitors = VisitorSessions(
            db,
            secret_box(secret_key(settings)),
            settings.security,
            clock,
            lambda contact_id: self.revoke(Revocation("visitor", contact_id)),
        )

    async def visitor(self, token: str) -> Visitor | None:
        """The visitor of a live token. Raises 401 identity_required for an unverified one on a site that demands identity."""
        found = await self._visitors.get(token)
        if found is None:
            return None
        if found.identity_required and not found.visitor.verified:
            raise identity_required()
        return found.visitor

    async def agent(self, token: str) -> AgentPrincipal | None:
        """The agent of a live session; asking counts as use of the session and as a sign of life."""
        return await self._agents.get(token)

    async def key(self, token: str) -> KeyPrincipal | None:
        """The program with this API key."""
        return await self._keys.get(token) if token.startswith(PREFIX) else None

    async def login(self, email: str, password: str, address: str) -> Login:
        """A new session. Raises 401 login_failed, alike and as slowly for unknown addresses, and 429 login_throttled.

        `address` is the caller's network address, for the throttle only.
        """
        email = email.strip().lower()
        attempt = await self._throttle.reserve(email, address)
        row = None
        if is_plain_text(email, MOST_EMAIL):
            row = await self._db.pool.fetchrow(
                "select id::text, password_hash from agents where email = $1 and archived_at is null", email
            )
        right = await verify_password(row["password_hash"] if row else None, password)
        login = await self._sessions.open(row["id"]) if row and right else None
        if login is None:
            raise FunnelError(
                "login_failed", ErrorKind.UNAUTHENTICATED, "E-mail address or password is wrong."
            )
        await self._throttle.forgive(attempt)
        return login

    async def logout(self, agent: AgentPrincipal) -> None:
        """Ends this session and, through the listeners, its sockets. Idempotent."""
        await self._sessions.end(agent.session_hash)
        self.revoke(Revocation("session", agent.agent_id, agent.session_hash))

    async def open_visitor_session(self, request: SessionRequest) -> OpenedSession:
        """See `VisitorSessions.open`; what was remembered of the contact is forgotten."""
        opened = await self.visitors.open(request)
        self.forget(opened.visitor.contact_id)
        return opened

    async def resume(
        self, link_token: str, check: Callable[[str], None] = lambda _site: None
    ) -> tuple[OpenedSession, str]:
        """See `VisitorSessions.resume`."""
        return await self.visitors.resume(link_token, check)

    def on_revoked(self, listener: Callable[[Revocation], None]) -> None:
        """`listener` hears of every revocation made in this process, after its commit; it must not block."""
        self._listeners.append(listener)

    def revoke(self, revocation: Revocation) -> None:
        """Forgets what was remembered and tells the listeners; the database has it already."""
        self.forget(revocation.subject_id)
        for listener in self._listeners:
            try:
                listener(revocation)
            except Exception as error:  # noqa: BLE001 - it is committed: the others must still hear of it
                get_logger(__name__).error("listener failed", error_type=type(error).__name__)

    def forget(self, subject_id: str) -> None:
        """Drops what is remembered of an agent, contact or key: for word of another process, or a change of name."""
        self._visitors.forget(subject_id)
        self._agents.forget(subject_id)
        self._keys.forget(subject_id)

    async def still_worth(self, principal: Visitor | AgentPrincipal) -> bool:
        """Asks the database whether the token or session behind a principal still lives, and still reads all that it read (a merge
        may be undone); for sockets that stay open."""
        if isinstance(principal, Visitor):
            found = await find_visitor(self._db.pool, principal.token_hash)
            return found is not None and principal.contact_ids <= found.visitor.contact_ids
        return await self._sessions.find(principal.session_hash) is not None

    async def _read_visitor(self, hashed: bytes) -> Found | None:
        return await find_visitor(self._db.pool, hashed)

    async def _read_key(self, hashed: bytes) -> KeyPrincipal | None:
        return await find_key(self._db, hashed)


def _contact_id(found: Found) -> str:
    return found.visitor.contact_id


def _agent_id(agent: AgentPrincipal) -> str:
    return agent.agent_id


def _key_id(key: KeyPrincipal) -> str:
    return key.key_id
