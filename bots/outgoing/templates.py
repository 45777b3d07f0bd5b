"""Templates of an inbox: asked of its platform when what is kept is older than ten minutes, and what is kept where it cannot be reached."""

from collections.abc import Mapping
from typing import Final

from bots.egress import Egress, NotSentError, RefusedAddressError, UnknownOutcomeError
from bots.tokens import Tokens
from funnel.channels.port import Account, Connector, TemplateSource
from funnel.channels.templates import MOST_TEMPLATES, Template
from funnel.core.errors import conflict, unavailable
from funnel.core.logging import get_logger
from funnel.people.inbox_templates import InboxTemplates, KeptTemplates

FRESH_SECONDS: Final = 600.0
MOST_BYTES: Final = 4_000_000
RETRY_SECONDS: Final = 30.0
log = get_logger(__name__)


class Templates:
    """One a process, over the installed connectors."""

    def __init__(
        self, connectors: Mapping[str, Connector], egress: Egress, tokens: Tokens, kept: InboxTemplates
    ) -> None:
        self._connectors = connectors
        self._egress = egress
        self._tokens = tokens
        self._kept = kept

    async def of(self, account: Account, *, anew: bool = False) -> KeptTemplates:
        """All templates of the inbox; `anew` asks the platform whatever is kept.

        Raises 409 templates_unsupported (a channel without, or an inbox that was not told its business account), 503
        templates_unavailable where the platform gives none and none are kept.
        """
        connector = self._connectors.get(account.channel)
        source = connector.templates if connector is not None else None
        if connector is None or source is None:
            raise conflict("templates_unsupported", "This channel has no templates.")
        kept = await self._kept.read(account.inbox_id, FRESH_SECONDS)
        if kept is not None and kept.fresh and not anew:
            return kept
        lent = await self._tokens.with_token(connector, account)
        found = await self._ask(source, lent) if lent is not None else None
        if found is not None:
            return await self._kept.keep(account.inbox_id, found)
        if kept is not None:
            return kept
        raise unavailable(
            "templates_unavailable", "The platform does not tell its templates now.", RETRY_SECONDS
        )

    async def _ask(self, source: TemplateSource, account: Account) -> list[Template] | None:
        """Every page; None where the platform refuses or is away."""
        items: list[Template] = []
        after: str | None = None
        while len(items) < MOST_TEMPLATES:
            call = source.call(account, after)
            if call is None:
                raise conflict(
                    "templates_unsupported",
                    "The inbox does not know its business account; add it to its access.",
                )
            try:
                reply = await self._egress.call(
                    call.method, call.url, headers=call.headers, most_bytes=MOST_BYTES
                )
            except (RefusedAddressError, NotSentError, UnknownOutcomeError) as error:
                log.warning("templates_not_told", inbox_id=account.inbox_id, error_type=type(error).__name__)
                return None
            page = source.read(reply.status, reply.body)
            if page is None:
                log.warning("templates_refused", inbox_id=account.inbox_id, status=reply.status)
                return None
            items += page.items
            if page.after is None or page.after == after or not page.items:
                break
            after = page.after
        return items
