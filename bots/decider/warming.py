"""Before a process answers anybody: what is built as it is first used is used once, on what the knowledge base is asked."""

from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import Final

from bots.decider.pinned import Bundle
from bots.decider.rehearsal import Rehearsal
from funnel.conversations.commands import Opening
from funnel.core.ids import new_id
from funnel.escalation.signals.measure import warm

HEARD: Final = 800  # questions; past a few hundred the automata have met nearly all they will meet
PLAYED: Final = 32  # turns; enough for every language that a shop writes

Questions = Iterable[tuple[str, str]]
"""Locale and text."""


@cache
def _build_automata() -> None:
    warm()


def warm_up(bundle: Bundle, questions: Questions) -> int:
    """Hears the questions, at most `HEARD`, returns how many they were, and plays the first turns of them to the judge; nothing is stored, nobody hears of it. The first
    call of a process takes a second of processor time, which else the first visitors would wait for in the middle of talk.
    """
    _build_automata()
    asked = list(islice(questions, HEARD))
    for locale, text in asked:
        bundle.ears.hear(text, locale)
    for site in islice(bundle.directory.sites.values(), 1):
        for locale, text in asked[:: max(1, len(asked) // PLAYED)]:
            opening = Opening(site.id, site.inbox_id, new_id(), "web", locale, site.queue_id)
            Rehearsal(bundle, opening).says(text)
    return len(asked)
