"""Answering from the knowledge base: which passage, whether it is another need, and what happens when there is none."""

from typing import Literal

from msgspec.structs import replace

from bots.dialogue.choice import About, Choice
from bots.dialogue.hearing import Candidate, Found, Prepared
from bots.dialogue.loop_guard import may_offer
from funnel.conversations.events.talk import MissCause
from funnel.conversations.state import AnswerMark, State

MOST_SUGGESTIONS = 3
NEAR = 0.5  # another passage is worth showing when it scores at least this share of the best one
ASKED = ("clarify", "clarify_again", "clarify_rejected", "unclear", "order_number")


def shown_articles(state: State, *, suggested: bool = False) -> frozenset[str]:
    """The articles already given on this need: none of them is ever the answer again while the need lasts.

    A suggestion is not an answer yet, so it counts only once it is rejected, or where `suggested` says so.
    """
    episode = state.episode
    return frozenset(
        article
        for mark in state.answers
        if mark.episode == episode.number and mark.need == episode.need.number
        if suggested or mark.kind == "answer" or mark.helpful is False
        for article in mark.articles
    )


def open_mark(state: State) -> AnswerMark | None:
    """The latest answer or suggestion of this episode that nobody has rated, rejected or replaced."""
    for mark in reversed(state.answers):
        if mark.episode != state.episode.number:
            return None
        if mark.kind != "question" and not mark.superseded:
            return mark if mark.helpful is None else None
    return None


def look_up(state: State, prepared: Prepared) -> Choice:
    """The bot's move for a question. The burst was judged before where `state.burst.counted`."""
    if prepared.tapped is not None:
        return _tapped(state, prepared.tapped)
    shown = shown_articles(state)
    again = state.burst is not None and state.burst.counted
    found = _found(state, prepared, shown, again=again)
    if found.outcome == "none":
        return _without_answer(state, prepared, again=again)
    if found.outcome == "suggestions":
        shown = shown_articles(state, suggested=True)
    if found.candidates[0].article_id not in shown:
        return _with_answer(state, found, found.without(shown), again=again)
    if again:
        if (
            prepared.found_line.outcome == "none"
            and not prepared.line.fragment
            and state.question is not None
        ):
            return _without_answer(state, prepared, again=True)
        return Choice("silent", "silent", counts=False, about="need")
    return _said_again(state, prepared, found, shown)


def _tapped(state: State, tapped: Candidate) -> Choice:
    """A tapped suggestion is a positive sign; tapped twice, the words are there already."""
    if tapped.article_id in shown_articles(state):
        return Choice("silent", "silent", counts=False, positive=True)
    return Choice("answer", "answer", positive=True, candidates=(tapped,))


def _found(state: State, prepared: Prepared, shown: frozenset[str], *, again: bool) -> Found:
    """The finding to go by: the last line's own where it stands alone after an answer, else the burst's; the reply to a
    question of the bot, and a question that leans on the last one, are read together with what came before."""
    line, whole = prepared.found_line, prepared.found_whole
    if again and line.outcome == "answer" and line.candidates[0].article_id not in shown:
        return line
    together = prepared.found_together
    if whole.outcome != "answer" and together.outcome != "none":
        if state.question not in ASKED:
            return _beside_shown(together, shown) or whole
        if together.outcome == "answer" or whole.outcome == "none":
            return together
    return whole


def _beside_shown(found: Found, shown: frozenset[str]) -> Found | None:
    """What is left of a finding: where its best article was given already, the others are suggestions at most."""
    fresh = found.without(shown)
    if not fresh or fresh[0] == found.candidates[0]:
        return found if fresh else None
    return replace(found, outcome="suggestions", candidates=fresh)


def _with_answer(state: State, found: Found, fresh: tuple[Candidate, ...], *, again: bool) -> Choice:
    episode = state.episode
    need: Literal["new", "same"] = "same"
    another = bool(shown_articles(state)) and found.outcome == "answer" and not again
    if episode.need.number == 0 or another:
        need = "new"
    confident = found.outcome == "answer"
    return Choice(
        move="answer" if confident else "suggest",
        outcome="answer",
        need=need,
        positive=another and episode.need.number > 0,
        counts=not again,
        candidates=fresh[:1] if confident else fresh[:MOST_SUGGESTIONS],
        confidence=found.confidence,
    )


def _said_again(state: State, prepared: Prepared, found: Found, shown: frozenset[str]) -> Choice:
    """The same need once more: a miss, and never the same answer twice."""
    return another_try(state, found.without(shown), found, miss="repeated", prepared=prepared)


def another_try(
    state: State, fresh: tuple[Candidate, ...], found: Found, *, miss: MissCause, prepared: Prepared
) -> Choice:
    """After a miss on an answered need: another answer, else a question."""
    best = found.candidates[0].score if found.candidates else 0.0
    close = tuple(one for one in fresh if found.outcome == "answer" and one.score >= NEAR * best)
    if close:
        return Choice("answer", "answer", miss=miss, candidates=close[:1], confidence=found.confidence)
    return ask_back(state, prepared, miss=miss, about="need")


def _without_answer(state: State, prepared: Prepared, *, again: bool) -> Choice:
    whole = prepared.whole
    missed_before = again and state.burst is not None and state.burst.missed
    if missed_before:
        if state.offer is None and may_offer(state.episode, missed=False) and state.question is not None:
            return Choice("offer", "offer", counts=False, key="offer")
        return Choice("silent", "silent", counts=False)
    if whole.unsure_language:
        return Choice("ask", "question", miss="none_found", about="unsure_language", key="unsure_language")
    miss: MissCause = "unusable_reply" if state.question in ASKED else "none_found"
    unclear = whole.gibberish or not (prepared.found_whole.candidates or whole.account)
    about: About = "unclear" if unclear else "need"
    return ask_back(state, prepared, miss=miss, about=about)


def ask_back(state: State, prepared: Prepared, *, miss: MissCause, about: About) -> Choice:
    """No answer: one question."""
    first = state.episode.need.number == 0 and about == "need"
    need: Literal["new", "same"] = "new" if first else "same"
    return Choice(
        "ask", "question", need=need, miss=miss, about=about, key=_question(state, prepared, miss, about)
    )


def _question(state: State, prepared: Prepared, miss: MissCause, about: About) -> str:
    """An order number where one can change the result; never the same question twice running."""
    heard = prepared.whole
    if miss in ("rejected", "dissatisfied") and state.question != "clarify_rejected":
        return "clarify_rejected"
    if about == "unclear" and state.question != "unclear":
        return "unclear"
    if about == "need" and heard.account and not heard.order_number and state.question != "order_number":
        return "order_number"
    return "clarify_again" if miss == "repeated" or state.question == "clarify" else "clarify"
