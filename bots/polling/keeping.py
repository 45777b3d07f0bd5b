"""What was fetched becomes kept requests, then the position moves: a crash in between fetches again, and keys stop doubles."""

from collections.abc import Callable, Sequence

import msgspec

from bots.intake import counts
from bots.intake.opening import RawRequest
from funnel.channels.port import Account
from funnel.core.ids import new_id
from funnel.people.accounts import Accounts
from funnel.people.sealing import Unsealer
from funnel.turns.arrivals import Arrivals
from funnel.turns.polls import Held, Polls


class Keeper:
    """Safe for any number of callers."""

    def __init__(
        self, arrivals: Arrivals, accounts: Accounts, sealer: Unsealer, polls: Polls, wake: Callable[[], None]
    ) -> None:
        self._arrivals = arrivals
        self._accounts = accounts
        self._sealer = sealer
        self._polls = polls
        self._wake = wake

    async def keep(self, account: Account, held: Held, bodies: Sequence[bytes], position: str) -> None:
        """All bodies are durable, then the position. Raises what the database raises; then the position stays."""
        if bodies:
            await self._arrivals.store([self._sealed(account, body) for body in bodies])
            counts.accepted.labels(account.channel).inc(len(bodies))
            self._wake()
            await self._accounts.note_arrivals({account.inbox_id})
        await self._polls.move(held, position)

    async def note(self, held: Held, problem: str) -> None:
        """Why nothing comes now."""
        await self._polls.note(held, problem)

    def _sealed(self, account: Account, body: bytes) -> tuple[str, str, bytes]:
        request_id = new_id()
        plain = msgspec.msgpack.encode(RawRequest((), "", body))
        return request_id, account.inbox_id, self._sealer.seal(request_id, plain)
