"""What a reply says about the talk so far: a miss, a positive sign, the same need again. Pure, over texts; the counting is done
where events are folded.
"""

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from funnel.escalation.signals.folding import CLAUSE, Folded, fold
from funnel.escalation.signals.measure import Measured, measure

Miss = Literal["rejected", "repeated", "dissatisfied", "unusable_reply"]
ALIKE: Final = 0.6
"""Share of common pieces from which two messages are the same need said again."""
_FEW: Final = 4  # pieces; fewer say too little to be the same need
_ADDED: Final = 3  # pieces that may be added to a message without making it another one
_MOST: Final = 200  # pieces compared of a message
DISSATISFIED: Final = 0.5


class Reading(Struct, frozen=True):
    """What one turn of the contact is, as behaviour.md defines it. At most one miss."""

    miss: Miss | None = None
    positive: bool = False
    need: Literal["new", "same", "none"] = "new"
    alike: float = 0.0


class Trajectory(Struct, frozen=True):
    """A mood over the messages of an episode, oldest first: now, peak, trend (now against the mean before) and how many
    messages in a row have reached the level."""

    now: float = 0.0
    peak: float = 0.0
    trend: float = 0.0
    in_row: int = 0


def trajectory(scores: Sequence[float], level: float = 0.5) -> Trajectory:
    """The course of a score. Pure; empty without messages."""
    if not scores:
        return Trajectory()
    now, before = scores[-1], scores[:-1]
    row = 0
    for score in reversed(scores):
        if score < level:
            break
        row += 1
    trend = now - sum(before) / len(before) if before else 0.0
    return Trajectory(now, max(scores), round(trend, 4), row)


def pieces_of(folded: Folded) -> frozenset[str]:
    """What two messages are compared by: words, and pairs of ideographs."""
    found: set[str] = set()
    for word in folded.text.split()[:_MOST]:
        if word == CLAUSE or word in _HOLLOW:
            continue
        if "\u3400" <= word[0] <= "\u9fff":
            found.update(word[at : at + 2] for at in range(max(len(word) - 1, 1)))
        else:
            found.add(word)
    return frozenset(found)


def alike(text: str, other: str) -> float:
    """How much a message shares with an earlier one, 0..1: of the shorter one's pieces, where it has enough of them."""
    one, two = pieces_of(fold(text)), pieces_of(fold(other))
    fewest = min(len(one), len(two))
    if len(two) >= 2 and two <= one and len(one) - len(two) <= _ADDED:
        return 0.8
    if not fewest:
        return 0.0
    if fewest < _FEW:
        return 1.0 if one == two else 0.0
    common = len(one & two)
    return common / (len(one) + len(two) - common) * 0.5 + common / fewest * 0.5


def said_again(text: str, earlier: Sequence[str]) -> float:
    """How much a message is one of the earlier ones again, 0..1."""
    return max((alike(text, one) for one in earlier), default=0.0)


def read_turn(
    text: str,
    earlier: Sequence[str] = (),
    *,
    answered: bool = True,
    asked: bool = False,
    prior_language: str = "en",
    measured: Measured | None = None,
) -> Reading:
    """Reads a reply. `earlier` are the contact's messages on this need, oldest first; `answered`: the bot has answered or
    asked before; `asked`: its last turn was a question for a detail.
    """
    heard = measured if measured is not None else measure(text, prior_language)
    same = said_again(text, earlier)
    if heard.withdraws is not None or heard.small_talk in ("thanks", "yes"):
        positive = heard.withdraws != "never_mind"
        return Reading(None, positive, "none", same)
    if answered and heard.rejects:
        return Reading("rejected", need="same", alike=same)
    if heard.small_talk == "no" and answered:
        return Reading("rejected" if not asked else None, need="same", alike=same)
    if heard.small_talk is not None:
        return Reading(need="none", alike=same)
    upset = heard.signals.get("dissatisfied")
    miss = miss_in_words(same, upset.score if upset is not None else 0.0) if answered else None
    if miss is not None or same >= ALIKE:
        return Reading(miss, need="same", alike=same)
    if asked and heard.unclear is not None:
        return Reading("unusable_reply", need="same", alike=same)
    return Reading(None, positive=bool(earlier), need="new", alike=same)


def miss_in_words(alike_before: float, dissatisfied: float) -> Literal["repeated", "dissatisfied"] | None:
    """The miss that the words of a reply to an answer or a question are, where they do not reject it outright: the same need
    said again, or plainly dissatisfied."""
    if alike_before >= ALIKE:
        return "repeated"
    return "dissatisfied" if dissatisfied >= DISSATISFIED else None


_HOLLOW: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "do",
        "does",
        "did",
        "i",
        "you",
        "it",
        "to",
        "of",
        "in",
        "on",
        "for",
        "my",
        "your",
        "me",
        "and",
        "or",
        "can",
        "could",
        "please",
        "hi",
        "hello",
        "how",
        "what",
        "when",
        "where",
        "في",
        "من",
        "على",
        "علي",
        "عن",
        "هل",
        "ما",
        "يا",
        "انا",
        "هو",
        "هي",
        "لو",
        "سمحت",
        "كيف",
        "متي",
        "وين",
        "فين",
        "شو",
        "ايه",
    ]
)
