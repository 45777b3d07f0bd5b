"""Pinning: which knowledge base, directory and estimates a batch of turns is judged with."""

from bots.decider.ears import SignalEars
from bots.decider.expected import Waits
from bots.decider.judge import FunnelJudge
from bots.decider.pinned import SHIPPED_BOOK, Bundle, Knowledge
from bots.decider.warming import HEARD, warm_up
from bots.dialogue.playbooks import shipped_playbooks
from bots.dialogue.wording import site_words
from bots.playbooks.live import LivePlaybooks
from funnel.escalation.rule_sets.live import LiveRules
from funnel.escalation.switches import NO_SWITCHES
from funnel.people.directory import Directory
from funnel.routing.estimates import Estimates
from kb.library import Library

__all__ = ["SHIPPED_BOOK", "Bundle", "BundleSource", "Knowledge"]


class BundleSource:
    """Hands out judges. What it pins comes from read models that are refreshed by themselves, at most a second old."""

    def __init__(
        self,
        library: Library,
        directory: Directory,
        estimates: Estimates,
        rules: LiveRules | None = None,
        playbooks: LivePlaybooks | None = None,
    ) -> None:
        """Without `rules` the shipped set judges, without `playbooks` the shipped ones guide."""
        self._library = library
        self._directory = directory
        self._estimates = estimates
        self._rules = rules
        self._playbooks = playbooks
        self._ears = SignalEars()
        self._waits = Waits()

    def warm_up(self) -> None:
        """Once the read models have their first snapshots: see `bots.decider.warming`. Raises 503 before."""
        warm_up(self.bundle(), self._library.snapshot().questions(HEARD))

    def pin(self) -> FunnelJudge:
        """A judge over the snapshots of this instant; cheap, called once a batch. Raises 503 before the first snapshots."""
        return FunnelJudge(self.bundle())

    def bundle(self) -> Bundle:
        """The snapshots themselves, as `pin` uses them."""
        live = self._rules.now() if self._rules is not None else None
        playbooks = self._playbooks.now() if self._playbooks is not None else shipped_playbooks()
        return Bundle(
            knowledge=self._library.snapshot(),
            directory=self._directory.now(),
            estimates=self._estimates.now(),
            ears=self._ears,
            words=lambda site: site_words(site, playbooks),
            playbooks=playbooks,
            rules=live.book if live is not None else SHIPPED_BOOK,
            switches=live.switches if live is not None else NO_SWITCHES,
            waits=self._waits,
        )

    async def catch_up(self) -> None:
        """Reads the live rule set now."""
        if self._rules is not None:
            await self._rules.refresh()
