"""Asks platforms with a monthly quota, once an hour, how much of it an inbox has left."""

from collections.abc import Mapping
from typing import Final

from bots.egress import Egress, NotSentError, RefusedAddressError, UnknownOutcomeError
from funnel.channels.port import Account, AllowanceSource, Connector
from funnel.core.loops import Loops
from funnel.people.accounts import Accounts
from funnel.turns.outbox.allowances import Allowances

POLL_SECONDS: Final = 30.0
MOST_BYTES: Final = 100_000


class AllowanceWorker:
    """Any number may run: an inbox is asked for by one of them."""

    def __init__(
        self, connectors: Mapping[str, Connector], egress: Egress, accounts: Accounts, kept: Allowances
    ) -> None:
        self._sources = {
            channel: one.allowance for channel, one in connectors.items() if one.allowance is not None
        }
        self._egress = egress
        self._accounts = accounts
        self._kept = kept
        self._loops = Loops(allowances=self._round)

    async def start(self) -> None:
        """Begins to ask."""
        self._loops.start()

    async def stop(self) -> None:
        """Stops. Idempotent."""
        await self._loops.stop()

    async def _round(self) -> float:
        await self.ask_due()
        return POLL_SECONDS

    async def ask_due(self) -> None:
        """Asks for every inbox that was not asked for within the hour; what cannot be had stays as it was."""
        for inbox_id in await self._kept.to_ask(sorted(self._sources)):
            account = await self._accounts.find(inbox_id)
            left = await self._ask(self._sources[account.channel], account) if account is not None else None
            if left is not None:
                await self._kept.keep(inbox_id, left if left >= 0 else None)

    async def _ask(self, source: AllowanceSource, account: Account) -> int | None:
        answers = []
        for call in source.calls(account):
            try:
                reply = await self._egress.call(
                    call.method, call.url, headers=call.headers, most_bytes=MOST_BYTES
                )
            except (RefusedAddressError, NotSentError, UnknownOutcomeError):
                return None
            if not 200 <= reply.status < 300:
                return None
            answers.append(reply.body)
        return source.read(tuple(answers))
