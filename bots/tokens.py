"""Tokens that a platform lends for a while: asked for once, shared by everybody in the process, asked for anew when refused."""

import asyncio
import time
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bots.egress import Egress, NotSentError, RefusedAddressError, UnknownOutcomeError
from funnel.channels.port import Account, Connector

MARGIN_SECONDS: Final = 300.0  # renewed before its end, for a call may be on its way then
LEAST_SECONDS: Final = 10.0
MOST_BYTES: Final = 100_000


class _Kept(Struct):
    """The token of an inbox; the lock lets one caller at a time ask for it."""

    lock: asyncio.Lock
    token: str = ""
    until: float = 0.0
    secret: str = ""


class Tokens:
    """One a process. An inbox whose secrets were changed asks again."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._kept: dict[str, _Kept] = {}

    async def with_token(self, connector: Connector, account: Account) -> Account | None:
        """The account with `access_token`; as it is where its channel lends none; None where the platform gives none now."""
        source = connector.tokens
        if source is None:
            return account
        kept = self._kept.setdefault(account.inbox_id, _Kept(asyncio.Lock()))
        call = source.call(account)
        mark = f"{call.url} {call.body!r}"
        async with kept.lock:
            if kept.secret != mark or time.monotonic() >= kept.until:
                try:
                    reply = await self._egress.call(
                        call.method, call.url, headers=call.headers, content=call.body, most_bytes=MOST_BYTES
                    )
                except (RefusedAddressError, NotSentError, UnknownOutcomeError):
                    return None
                found = source.read(reply.body)
                if found is None:
                    return None
                kept.token, lasts = found
                kept.until = time.monotonic() + max(lasts - MARGIN_SECONDS, LEAST_SECONDS)
                kept.secret = mark
        return replace(account, secret=account.secret.having("access_token", kept.token))

    def refuse(self, account: Account) -> None:
        """The platform did not take this account's token: the next caller asks for another."""
        kept = self._kept.get(account.inbox_id)
        if kept is not None and kept.token == account.secret.one("access_token"):
            kept.until = 0.0
