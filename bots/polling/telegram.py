"""Telegram's long polling: an update is confirmed by asking for the next one, which happens only once it is durable here."""

import asyncio
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

import msgspec

from bots.egress import Egress, NotSentError, RefusedAddressError, UnknownOutcomeError
from bots.polling.keeping import Keeper
from funnel.channels.port import Account
from funnel.channels.reading import NOTHING, MalformedError, Node, read_json
from funnel.core.clock import Clock
from funnel.turns.polls import Held

API: Final = "https://api.telegram.org"
WAIT_SECONDS: Final = 50
MOST_UPDATES: Final = 100
MOST_BYTES: Final = 8_000_000
PAUSES: Final = (1.0, 2.0, 5.0, 15.0, 30.0)
# After a week without updates their numbers start anew, anywhere; an old offset would then throw new ones away.
OFFSET_LASTS: Final = timedelta(days=6)
_KINDS: Final = (
    '["message","edited_message","callback_query","my_chat_member","message_reaction","business_connection",'
    '"business_message","edited_business_message","deleted_business_messages"]'
)


class TelegramPoller:
    """Fetches for one bot until it is cancelled; whatever breaks is noted and tried again."""

    def __init__(
        self, egress: Egress, keeper: Keeper, clock: Clock, *, wait_seconds: int = WAIT_SECONDS
    ) -> None:
        self._clock = clock
        self._egress = egress
        self._keeper = keeper
        self._wait_seconds = wait_seconds

    async def run(self, account: Account, held: Held) -> None:
        """Goes on from the position that is held."""
        failures = 0
        while True:
            problem = await self.step(account, held)
            if problem is None:
                failures = 0
                continue
            await self._keeper.note(held, problem)
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    async def step(self, account: Account, held: Held) -> str | None:
        """One request and what follows from it; what went wrong, None where nothing did."""
        query = {
            "timeout": str(self._wait_seconds), "limit": str(MOST_UPDATES), "allowed_updates": _KINDS,
        }  # fmt: skip
        fresh = held.moved_at is None or self._clock.now() - held.moved_at < OFFSET_LASTS
        if held.position and fresh:
            query["offset"] = held.position
        answer = await self._ask(account, "getUpdates", query, self._wait_seconds + 15.0)
        if isinstance(answer, str):
            return answer
        if not answer["ok"].flag():
            return await self._refused(account, answer)
        updates = list(answer["result"])
        ids = [found for one in updates if (found := one["update_id"].whole()) is not None]
        if not updates:
            return None
        bodies = [msgspec.json.encode(one.value) for one in updates]
        position = str(max(ids) + 1) if ids else held.position
        await self._keeper.keep(account, held, bodies, position)
        return None

    async def _refused(self, account: Account, answer: Node) -> str:
        """A webhook that is still set is deleted, with what waits for it kept; another reader of the same bot is waited for."""
        words = (answer["description"].text() or "").lower()
        code = answer["error_code"].whole()
        if code == 409 and "webhook" in words:
            done = await self._ask(account, "deleteWebhook", {"drop_pending_updates": "false"}, 15.0)
            return "webhook_deleted" if not isinstance(done, str) and done["ok"].flag() else "webhook_set"
        if code == 409:
            return "another_reader"
        return "token_refused" if code in (401, 404) else f"status_{code}"

    async def _ask(self, account: Account, method: str, query: dict[str, str], seconds: float) -> Node | str:
        """The answer, or in one word why there is none."""
        base = account.secret.one("api_base") or API
        url = f"{base}/bot{account.secret.one('token')}/{method}?{urlencode(query)}"
        try:
            reply = await self._egress.call("GET", url, most_bytes=MOST_BYTES, seconds=seconds)
        except RefusedAddressError:
            return "address_refused"
        except (NotSentError, UnknownOutcomeError):
            return "not_reached"
        try:
            return read_json(reply.body) if reply.body else NOTHING
        except MalformedError:
            return "not_readable"
