"""Measuring a command before it is judged: signals of the message and its burst, and what the knowledge base finds."""

import re
from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from bots.decider.follow_up import follows_up
from bots.dialogue.bursts import continues
from bots.dialogue.hearing import NOTHING_FOUND, NOTHING_HEARD, Found, Heard, Prepared
from bots.dialogue.lookup import ASKED
from bots.dialogue.playbooks import PLAYBOOK, place_of
from funnel.conversations.commands import Command, PostMessage, RateAnswer, TellHookResult, TimerDue
from funnel.conversations.judgement import BurstText, Moment
from funnel.conversations.state import BURST_MESSAGES, State, owes_turn
from funnel.conversations.values import LINK
from funnel.escalation.signals.progress import said_again

ARTICLE = "article:"
SURE_SCRIPT = 0.8  # what characters of one script alone make certain
MOST_CLAUSES = 3
SHORTEST_CLAUSE = 4  # characters
_CLAUSE_ENDS = re.compile(r"[.!?;,\n。！？；，、؟،؛]+|\b(?:and|but|so)\b", re.IGNORECASE)
SEARCHED = 4  # candidates kept of a search; enough for another try after a rejected answer


class Ears(Protocol):
    """Measures a text; `prior` is the language the conversation had so far."""

    def hear(self, text: str, prior: str) -> Heard:
        """Pure and cheap: every message goes through it once or twice."""
        ...


Search = Callable[[str, str], Found]


def prepare(
    command: Command, state: State | None, moment: Moment, ears: Ears, search: Search, revision: int = 0
) -> Prepared:
    """What `decide` goes by. `search(text, locale)` is bound to the site and to what visitors may read."""
    return replace(_prepared(command, state, moment, ears, search), revision=revision)


def _prepared(command: Command, state: State | None, moment: Moment, ears: Ears, search: Search) -> Prepared:
    match command:
        case PostMessage():
            return _message(command, state, moment, ears, search)
        case RateAnswer(helpful=False):
            texts = [one.text for one in moment.burst if one.text.strip()]
            return Prepared(found_before=_find(" ".join(texts), _prior(command, state), search))
        case TimerDue() | TellHookResult() if state is not None and owes_turn(state):
            return _burst(state, moment, ears, search)
    return Prepared()


def _prior(command: Command, state: State | None) -> str:
    if state is not None:
        return state.locale
    return command.opening.locale if command.opening is not None else ""


def _message(
    command: PostMessage, state: State | None, moment: Moment, ears: Ears, search: Search
) -> Prepared:
    prior = (command.locale if state is None else None) or _prior(command, state)
    earlier = _earlier(state, moment)
    home = state.home_locale if state is not None else prior
    line = _told_by_button(command.payload, _hear(ears, command.text, prior, home))
    texts = [one.text for one in earlier if one.text.strip()]
    whole_text = "\n".join([*texts, command.text])
    whole = _hear(ears, whole_text, prior, home) if texts else line
    prepared = Prepared(
        line=line,
        whole=whole,
        seqs=tuple(one.seq for one in earlier),
        locale=prior,
        text=whole_text,
        readable=bool(command.text.strip()) or not command.attachments,
        said=command.text,
        playbook=place_of(command.payload),
        followed=(command.payload or "").startswith(LINK),
    )
    if prepared.followed or not _worth_searching(line, state):
        return prepared
    if state is not None and not texts:
        before = [one.text for one in moment.burst if one.text.strip()]
        prepared = replace(prepared, said_again=said_again(command.text, before))
    return _with_findings(prepared, command, state, moment, whole_text if texts else "", search)


def _hear(ears: Ears, text: str, prior: str, home: str) -> Heard:
    """Chinese that is written alike in both scripts, after talk in another language, is in the script of the opening."""
    heard = ears.hear(text, prior)
    open_script = heard.language.code.startswith("zh") and heard.language.score < SURE_SCRIPT
    return ears.hear(text, home) if open_script and home.startswith("zh") and prior[:2] != "zh" else heard


def _worth_searching(line: Heard, state: State | None) -> bool:
    """Only what the bot may answer: not while an agent owns the conversation, never a plain yes, greeting or thanks."""
    if state is not None and state.status != "resolved":
        asks_on = state.waiting is not None and state.waiting.keep_asking
        if state.owner.kind == "agent" or (state.owner.kind == "queue" and not asks_on):
            return False
    return not (line.urgent or line.yes or line.thanks or line.reaction)


def _with_findings(
    prepared: Prepared, command: PostMessage, state: State | None, moment: Moment, whole: str, search: Search
) -> Prepared:
    line = prepared.line
    locale = _locale(line, prepared.locale)
    plain = line.greeting or line.no
    if whole and not _line_counts(line, command, state):
        found_line = found_whole = _find(whole, locale, search)
    else:
        found_line = NOTHING_FOUND if plain else _find(command.text, locale, search)
        found_whole = _find(whole, locale, search) if whole else found_line
    if command.payload is not None and command.payload.startswith(ARTICLE):
        article_id = command.payload[len(ARTICLE) :]
        tapped = next((one for one in found_line.candidates if one.article_id == article_id), None)
        prepared = replace(prepared, tapped=tapped)
    before = " ".join(one.text for one in moment.burst if one.text.strip())
    found_before = found_together = NOTHING_FOUND
    if before and state is not None:
        if line.rejects or line.no:
            found_before = _find(before, locale, search)
        elif found_line.outcome != "answer" and (state.question in ASKED or follows_up(command.text)):
            found_together = _find(f"{before}\n{command.text}", locale, search)
    return replace(
        prepared,
        found_line=found_line,
        found_whole=found_whole,
        found_before=found_before,
        found_together=found_together,
    )


def _line_counts(line: Heard, command: PostMessage, state: State | None) -> bool:
    """Whether the last line is looked up by itself too: after an answer to the burst, or where it replies to one."""
    judged = state is not None and state.burst is not None and state.burst.counted
    return judged or line.rejects or line.withdraws or line.solved or command.payload is not None


def _earlier(state: State | None, moment: Moment) -> tuple[BurstText, ...]:
    """The earlier messages of the burst this one belongs to; a burst that was never judged is never left behind."""
    if state is None or state.burst is None or not continues(state, moment.at):
        return ()
    if state.burst.settled and len(state.burst.seqs) >= BURST_MESSAGES:
        return ()
    return tuple(one for one in moment.burst if one.seq in state.burst.seqs)


def _burst(state: State, moment: Moment, ears: Ears, search: Search) -> Prepared:
    """A burst that waited for its rest."""
    texts = [one for one in moment.burst if one.text.strip()]
    if not texts:
        return Prepared(readable=not moment.burst, locale=state.locale)
    text = "\n".join(one.text for one in texts)
    line = ears.hear(texts[-1].text, state.locale)
    whole = ears.hear(text, state.locale) if len(texts) > 1 else line
    found = NOTHING_FOUND
    if not (whole.greeting or whole.yes or whole.thanks or whole.reaction):
        found = _find(text, _locale(whole, state.locale), search)
    return Prepared(
        line=line,
        whole=whole,
        found_line=found,
        found_whole=found,
        seqs=tuple(one.seq for one in moment.burst),
        locale=state.locale,
        said=text,
        text=text,
    )


def _locale(heard: Heard, prior: str) -> str:
    return prior if heard.unsure_language or heard.language.code == "und" else heard.language.code


def _find(text: str, locale: str, search: Search) -> Found:
    """What the whole text finds; where that answers nothing, what one of its last clauses does: the question itself often
    stands at the end, after a story that the knowledge base knows nothing of."""
    if not text.strip():
        return NOTHING_FOUND
    found = search(text, locale)
    clauses = [part for part in map(str.strip, _CLAUSE_ENDS.split(text)) if len(part) >= SHORTEST_CLAUSE]
    if found.outcome == "answer" or len(clauses) < 2:
        return found
    for clause in reversed(clauses[-MOST_CLAUSES:]):
        alone = search(clause, locale)
        if alone.outcome == "answer":
            return alone
    return found


def _told_by_button(payload: str | None, line: Heard) -> Heard:
    """A tapped button says what it says, whatever its label's words are."""
    if payload == "human":
        return replace(line, wants_person=True)
    if payload in ("yes", "no"):
        return replace(line, yes=payload == "yes", no=payload == "no", rejects=False)
    if payload is not None and payload.startswith((ARTICLE, PLAYBOOK, LINK, "offer:")):
        return replace(NOTHING_HEARD, language=line.language, signals=line.signals)
    return line
