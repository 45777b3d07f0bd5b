"""Pinning: which knowledge base, directory and estimates a batch of turns is judged with."""

from contextlib import suppress
from typing import Final

from bots.decider.ears import SignalEars
from bots.decider.expected import Waits
from bots.decider.judge import FunnelJudge
from bots.decider.pinned import SHIPPED_BOOK, Bundle, Knowledge
from bots.dialogue.wording import site_words
from funnel.core.errors import FunnelError
from funnel.escalation.rule_sets.live import LiveRules
from funnel.escalation.switches import NO_SWITCHES
from funnel.people.directory import Directory
from funnel.routing.estimates import Estimates
from kb.library import Library

__all__ = ["SHIPPED_BOOK", "Bundle", "BundleSource", "Knowledge"]

REHEARSED: Final = 800  # questions; past a few hundred the automata have met nearly all they will meet


class BundleSource:
    """Hands out judges. What it pins comes from read models that are refreshed by themselves, at most a second old."""

    def __init__(
        self, library: Library, directory: Directory, estimates: Estimates, rules: LiveRules | None = None
    ) -> None:
        """Without `rules` the shipped set judges."""
        self._library = library
        self._directory = directory
        self._estimates = estimates
        self._rules = rules
        self._ears = SignalEars()
        self._waits = Waits()
        self._rehearse()

    def _rehearse(self) -> None:
        """The phrase automata are built as they meet words. They meet here what the knowledge base is asked, so that the first
        visitors do not pay for it; the first source of a process takes a tenth of a second or two."""
        with suppress(FunnelError):  # before the first snapshot there is nothing to read out
            for locale, text in self._library.snapshot().questions(REHEARSED):
                self._ears.hear(text, locale)

    def pin(self) -> FunnelJudge:
        """A judge over the snapshots of this instant; cheap, called once a batch. Raises 503 before the first snapshots."""
        return FunnelJudge(self.bundle())

    def bundle(self) -> Bundle:
        """The snapshots themselves, as `pin` uses them."""
        live = self._rules.now() if self._rules is not None else None
        return Bundle(
            knowledge=self._library.snapshot(),
            directory=self._directory.now(),
            estimates=self._estimates.now(),
            ears=self._ears,
            words=site_words,
            rules=live.book if live is not None else SHIPPED_BOOK,
            switches=live.switches if live is not None else NO_SWITCHES,
            waits=self._waits,
        )

    async def catch_up(self) -> None:
        """Reads the live rule set now."""
        if self._rules is not None:
            await self._rules.refresh()
