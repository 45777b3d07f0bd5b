"""Sending by HTTP: a connector says which call a part is and what an answer means, the rest is here."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from bots.egress import Egress, NotSentError, RefusedAddressError, UnknownOutcomeError
from bots.outgoing.checking import token_works
from bots.tokens import Tokens
from funnel.channels.outbound import Capabilities, DeliveryResult, ErrorClass, Rendered
from funnel.channels.port import Account, Call, Connector
from funnel.core.clock import Clock
from funnel.turns.outbox.allowances import Allowances

NOTHING_SENT: Final = DeliveryResult(failed=ErrorClass.DROP, code="nothing_to_send")


class HttpSender:
    """A channel's way out over HTTP. A part that fails ends the attempt; the parts before it are not sent again."""

    def __init__(
        self, connector: Connector, egress: Egress, clock: Clock, tokens: Tokens, allowances: Allowances
    ) -> None:
        if connector.build is None or connector.judge is None:
            raise ValueError(f"{connector.channel} cannot send")
        self._connector = connector
        self._tokens = tokens
        self._allowances = allowances
        self._build = connector.build
        self._judge = connector.judge
        self._egress = egress
        self._clock = clock
        self.capabilities: Capabilities = connector.capabilities

    async def send(self, rendered: Rendered, account: Account, first_part: int) -> DeliveryResult:
        """Sends the parts from `first_part` on, in order. A lent token that is refused is asked for anew, once."""
        result = await self._send(rendered, account, first_part)
        if result.failed is not ErrorClass.REAUTH or self._connector.tokens is None:
            return result
        again = await self._send(rendered, account, result.sent_parts)
        names = (*result.provider_ids, *again.provider_ids)
        failed = ErrorClass.CONFIG if again.failed is ErrorClass.REAUTH else again.failed
        return replace(again, failed=failed, provider_ids=names)

    async def _send(self, rendered: Rendered, account: Account, first_part: int) -> DeliveryResult:
        """Under the token that is lent now; one that is refused is given back, and whoever comes first asks for another."""
        names: list[str] = []
        known = await self._tokens.with_token(self._connector, account)
        if known is None:
            return DeliveryResult(failed=ErrorClass.RETRY, code="no_token")
        calls = self._build(rendered, known, self._clock.now().timestamp())
        if not calls:
            return NOTHING_SENT
        for number, call in enumerate(calls):
            if number < first_part:
                continue
            result = await self._call(call)
            names += result.provider_ids
            if call.metered:
                await self._count(account, result)
            if result.failed is ErrorClass.REAUTH:
                self._tokens.refuse(known)
            if result.failed is not None:
                return replace(result, provider_ids=tuple(names), sent_parts=number)
        return DeliveryResult(provider_ids=tuple(names), sent_parts=len(calls))

    async def _count(self, account: Account, result: DeliveryResult) -> None:
        """What the platform counts is counted here too; a quota that it says is used up is."""
        if result.failed is None:
            await self._allowances.pushed(account.inbox_id, 1)
        elif result.failed is ErrorClass.QUOTA:
            await self._allowances.keep(account.inbox_id, 0)

    async def probe(self, account: Account) -> bool | None:
        """Whether the platform takes the inbox's token, by a call that changes nothing; None where there is no such call."""
        return await token_works(self._egress, account)

    async def _call(self, call: Call) -> DeliveryResult:
        try:
            reply = await self._egress.call(call.method, call.url, headers=call.headers, content=call.body)
        except RefusedAddressError as error:
            return DeliveryResult(failed=ErrorClass.CONFIG, code=str(error))
        except NotSentError as error:
            return DeliveryResult(failed=ErrorClass.RETRY, code=str(error))
        except UnknownOutcomeError as error:
            return DeliveryResult(failed=ErrorClass.AMBIGUOUS, code=str(error), unsafe=call.once)
        result = self._judge(reply.status, reply.headers, reply.body)
        if call.once and result.failed is ErrorClass.WINDOW_CLOSED:
            # What it answered by is used up, which ends no conversation: the next attempt goes the other way.
            return replace(result, failed=ErrorClass.RETRY, delay=0.0)
        return result


def senders(
    connectors: Mapping[str, Connector], egress: Egress, clock: Clock, tokens: Tokens, allowances: Allowances
) -> dict[str, HttpSender]:
    """A sender for every connector that can send."""
    return {
        channel: HttpSender(connector, egress, clock, tokens, allowances)
        for channel, connector in connectors.items()
        if connector.build is not None and connector.judge is not None
    }
