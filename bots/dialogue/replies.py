"""Replies to what is open: an offer, a question, an answer. They are never searched for."""

from msgspec.structs import replace

from bots.dialogue.choice import Choice
from bots.dialogue.hearing import Found, Prepared
from bots.dialogue.lookup import another_try, ask_back, open_mark, shown_articles
from funnel.conversations.state import State
from funnel.escalation.signals.progress import miss_in_words


def reply_to_offer(state: State, prepared: Prepared) -> Choice | None:
    """A plain yes or no while an offer is open answers it; thanks for the answer that came with it does not take it."""
    if state.offer is None:
        return None
    if prepared.line.thanks and _came_with_answer(state):
        return Choice(
            "small_talk", "question", counts=False, positive=True, about="small_talk", key="thanks",
            offer_choice="keep_asking",
        )  # fmt: skip
    if prepared.line.yes:
        return Choice("hand_over", "human", "human_requested", offer_choice="person_now", asks_person=True)
    if prepared.line.no:
        return Choice("decline", "question", counts=False, offer_choice="keep_asking", key="offer_declined")
    return None


def _came_with_answer(state: State) -> bool:
    mark = open_mark(state)
    return mark is not None and state.offer is not None and state.offer.seq == mark.seq + 1


def reply_to_settle(state: State, prepared: Prepared) -> Choice | None:
    """The answer to "did that settle it?"."""
    if state.question != "settle":
        return None
    line = prepared.line
    if line.yes or line.thanks or line.solved:
        return Choice("settled", "silent", counts=False, positive=True)
    return rejected(state, prepared) if line.no or line.rejects else None


def reply_to_answer(state: State, prepared: Prepared) -> Choice | None:
    """A rejection in words, a plain no, or a plain yes after an answer; also a rejection of a question asked."""
    line = prepared.line
    mark = open_mark(state)
    if (line.rejects and _has_tried(state)) or (line.no and mark is not None):
        return rejected(state, prepared)
    if mark is not None and line.yes and not line.thanks:
        return Choice("silent", "silent", counts=False, positive=True)
    if mark is not None and line.solved:
        return Choice("settled", "silent", counts=False, positive=True)
    return None


def reply_in_words(state: State, prepared: Prepared) -> Choice | None:
    """The same need said again, or a plainly dissatisfied reply: the bot's last turn missed, whatever it is looked up to be."""
    counted = state.burst is not None and state.burst.counted
    unread = prepared.whole.gibberish or prepared.whole.unsure_language
    if counted or unread or prepared.tapped is not None or not _has_tried(state):
        return None
    upset = prepared.whole.signals.get("dissatisfied")
    miss = miss_in_words(prepared.said_again, upset.score if upset is not None else 0.0)
    found = prepared.found_whole
    if miss is None or (miss == "repeated" and found.outcome == "none"):
        return None  # what finds nothing again is a miss as it is
    return another_try(state, found.without(shown_articles(state)), found, miss=miss, prepared=prepared)


def _has_tried(state: State) -> bool:
    """Whether the bot has answered or asked anything in this episode; before that there is nothing to reject."""
    return any(mark.episode == state.episode.number for mark in state.answers)


def rejected(state: State, prepared: Prepared) -> Choice:
    """The latest answer did not help: another one, a question, or a person. Said once more after a rejection, with the
    bot's question for a detail left aside, it is a second rejection."""
    mark = open_mark(state)
    if mark is None:
        again = state.episode.rejected > 0
        return ask_back(state, prepared, miss="rejected" if again else "dissatisfied", about="need")
    return replace(rejected_answer(state, prepared), rated=mark.answer_id)


def rejected_answer(state: State, prepared: Prepared) -> Choice:
    """What follows on a rejected answer, whichever way it was rejected."""
    shown = shown_articles(state, suggested=True)
    found = _said_with_it(prepared, shown)
    return another_try(state, found.without(shown), found, miss="rejected", prepared=prepared)


def _said_with_it(prepared: Prepared, shown: frozenset[str]) -> Found:
    """What to look for now: the rejection may carry the better question, else the question it is about."""
    line = prepared.found_line
    if line.outcome == "answer" and line.candidates[0].article_id not in shown:
        return line
    return prepared.found_before
