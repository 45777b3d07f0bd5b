"""Brakes on guessing passwords: failures are counted in the database, an e-mail address and a caller's address each."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

import asyncpg
from msgspec import Struct

from funnel.core.database import Database
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.settings import LimitSettings

ADDRESS_FACTOR: Final = 5
MOST_PURGED: Final = 1_000

_LATEST = """
select extract(epoch from $3::interval - (now() - at))::float8 from login_failures
where subject = $1 and at > now() - $3::interval order by at desc offset $2 limit 1
"""
_PURGE = """
delete from login_failures where ctid in (
  select ctid from login_failures where at <= now() - $1::interval limit $2 for update skip locked)
"""


class Attempt(Struct, frozen=True):
    """A login that is being tried: counted as failed until it is forgiven. `at` is the database's time."""

    email: str
    address: str
    at: datetime | None


class LoginThrottle:
    """`login_attempts` failures for one e-mail address within the window, five times as many for one caller's address."""

    def __init__(self, db: Database, limits: LimitSettings) -> None:
        self._db = db
        self._on = limits.on
        self._limits = limits

    async def reserve(self, email: str, address: str) -> Attempt:
        """Counts a failure in advance, so that a hundred guesses at once are not a hundred free ones.

        Raises 429 `login_throttled` with the seconds until the next try, alike for known and unknown addresses.
        """
        email_subject, address_subject = _subject("e", email), _subject("a", address)
        if not self._on:
            return Attempt(email_subject, address_subject, None)
        most = {
            email_subject: self._limits.login_attempts,
            address_subject: self._limits.login_attempts * ADDRESS_FACTOR,
        }
        async with self._db.pool.acquire() as connection, connection.transaction():
            for subject in sorted(most):
                await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 7))", subject)
            for subject, limit in most.items():
                await self._refuse_beyond(connection, subject, limit)
            await connection.execute(_PURGE, self._window(), MOST_PURGED)
            at: datetime = await connection.fetchval(
                "insert into login_failures (subject) values ($1), ($2) returning at",
                email_subject,
                address_subject,
            )
        return Attempt(email_subject, address_subject, at)

    async def forgive(self, attempt: Attempt) -> None:
        """The password was right: the address's failures of others stay, the e-mail's are forgotten."""
        if attempt.at is None:
            return
        await self._db.pool.execute(
            "delete from login_failures where subject = $1 or (subject = $2 and at = $3)",
            *(attempt.email, attempt.address, attempt.at),
        )

    async def _refuse_beyond(self, connection: asyncpg.Connection, subject: str, limit: int) -> None:
        wait: float | None = await connection.fetchval(_LATEST, subject, limit - 1, self._window())
        if wait is not None:
            raise FunnelError(
                "login_throttled",
                ErrorKind.THROTTLED,
                "Too many failed logins; try again later.",
                retry_after=max(wait, 1.0),
            )

    def _window(self) -> timedelta:
        return timedelta(seconds=self._limits.login_window_seconds)


def _subject(kind: str, text: str) -> str:
    """A digest: the table of failures is no list of addresses."""
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"
