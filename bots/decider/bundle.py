"""Pinning: which knowledge base, directory and estimates a batch of turns is judged with."""

from contextlib import suppress
from typing import Final

from bots.decider.ears import SignalEars
from bots.decider.judge import FunnelJudge
from bots.decider.pinned import RULE_SET_VERSION, Bundle, Knowledge
from bots.dialogue.wording import site_words
from funnel.core.errors import FunnelError
from funnel.people.directory import Directory
from funnel.routing.estimates import Estimates
from kb.library import Library

__all__ = ["RULE_SET_VERSION", "Bundle", "BundleSource", "Knowledge"]

REHEARSED: Final = 800  # questions; past a few hundred the automata have met nearly all they will meet


class BundleSource:
    """Hands out judges. What it pins comes from read models that are refreshed by themselves, at most a second old."""

    def __init__(self, library: Library, directory: Directory, estimates: Estimates) -> None:
        self._library = library
        self._directory = directory
        self._estimates = estimates
        self._ears = SignalEars()
        self._rehearse()

    def _rehearse(self) -> None:
        """The phrase automata are built as they meet words. They meet here what the knowledge base is asked, so that the first
        visitors do not pay for it; the first source of a process takes a tenth of a second or two."""
        with suppress(FunnelError):  # before the first snapshot there is nothing to read out
            for locale, text in self._library.snapshot().questions(REHEARSED):
                self._ears.hear(text, locale)

    def pin(self) -> FunnelJudge:
        """A judge over the snapshots of this instant; cheap, called once a batch. Raises 503 before the first snapshots."""
        return FunnelJudge(
            Bundle(
                knowledge=self._library.snapshot(),
                directory=self._directory.now(),
                estimates=self._estimates.now(),
                ears=self._ears,
                words=site_words,
            )
        )
