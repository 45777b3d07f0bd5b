"""The guard against going round in circles: from any state a bounded number of misses ends with a person."""

from typing import Literal

from bots.dialogue.choice import FIRST_MISS, LOOP_GUARD, About, Choice
from funnel.conversations.events.talk import MissCause
from funnel.conversations.state import Episode

MOST_REJECTED = 2
MOST_IN_ROW = 3
MOST_IN_EPISODE = 4
MOST_TURNS_ON_NEED = 5


def person_due(
    episode: Episode, miss: MissCause | None, need: Literal["new", "same"], about: About
) -> Choice | None:
    """The hand-over that is due if this turn ends in `miss`, or None while the bot may still try.

    Never switched off, only tightened. An episode of nothing but unclear words still reaches a person.
    """
    missed = miss is not None
    turns = 0 if need == "new" else episode.need.bot_turns
    if episode.rejected + (miss == "rejected") >= MOST_REJECTED and missed:
        return Choice("hand_over", "human", (LOOP_GUARD,), "not_helpful", need=need, miss=miss, about=about)
    if (
        (missed and episode.misses_in_row + 1 >= MOST_IN_ROW)
        or (missed and episode.misses + 1 >= MOST_IN_EPISODE)
        or turns >= MOST_TURNS_ON_NEED
    ):
        return Choice("hand_over", "human", (LOOP_GUARD,), "loop_guard", need=need, miss=miss, about=about)
    return None


def may_offer(episode: Episode, *, missed: bool) -> bool:
    """An offer is made once and repeated only after a further miss."""
    return episode.offers == 0 or episode.misses + missed > episode.misses_at_offer


def fired_by(miss: MissCause | None) -> tuple[str, ...]:
    """Which row a turn that stays with the bot has fired."""
    return (FIRST_MISS,) if miss is not None else ()
