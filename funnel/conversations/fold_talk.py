"""Fold steps of what is said: bursts, needs, misses, answers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from funnel.conversations.events import (
    AnswerDeferred,
    AnswerOffered,
    AnswerRated,
    AnswerSuperseded,
    DecisionMade,
    HookAnswered,
    HookCalled,
    Logged,
    MessageCreated,
    Payload,
    SignalsMeasured,
)
from funnel.conversations.state import (
    ANSWERS_KEPT,
    BURST_MESSAGES,
    BURST_SECONDS,
    FAINT_SIGNAL,
    MATTERS_KEPT,
    MOODS_KEPT,
    SURE_LANGUAGE,
    AnswerMark,
    AwaitedHook,
    Burst,
    Episode,
    Mood,
    Need,
    State,
)


def _windowed(state: State, payload: MessageCreated, at: datetime) -> State:
    """What the channel still allows: opened anew by the contact, used up by what is said to them."""
    before, opened = state.window, payload.window
    if payload.direction == "outgoing":
        spends = before is not None and not payload.joined
        return replace(state, window=before.spent(at)) if spends and before is not None else state
    if opened is None:
        return state
    return replace(state, window=before.after(opened) if before is not None else opened)


def _message(state: State, payload: MessageCreated, event: Logged) -> State:
    if payload.visibility == "private":
        return state
    if event.actor.kind == "contact":
        return _from_contact(_windowed(state, payload, event.at), event)
    state = _windowed(state, payload, event.at)
    if event.actor.kind == "agent":
        waiting = None if state.owner.kind == "agent" else state.waiting
        return replace(state, agent_at=event.at, waiting=waiting, burst=None, deferred_until=None, hook=None)
    state = replace(
        state, bot_at=event.at, automation_told=state.automation_told or event.actor.kind == "bot"
    )
    if payload.purpose == "settle":
        return replace(state, settle_asked=True, question="settle")
    if payload.purpose == "safety":
        return replace(
            state,
            safety_at=state.safety_at or event.at,
            safety_followed=state.safety_at is not None,
            episode=replace(state.episode, urgent=True),
        )
    if payload.purpose == "boundary":
        return replace(state, episode=replace(state.episode, boundary_told=True))
    if payload.purpose == "acknowledgement" and state.waiting:
        return replace(state, waiting=replace(state.waiting, acknowledged=True))
    if payload.purpose == "address":
        return replace(state, episode=replace(state.episode, address_asked=True), question="address")
    if payload.purpose == "address_saved" and state.waiting:
        return replace(state, waiting=replace(state.waiting, reply_by="email"), question=None)
    if payload.purpose == "question" and event.actor.kind == "system":
        return replace(state, episode=replace(state.episode, intake_asked=state.episode.intake_asked + 1))
    return state


def _from_contact(state: State, event: Logged) -> State:
    burst = state.burst
    if burst is not None and in_burst(burst, event):
        burst = replace(burst, seqs=(*burst.seqs, event.seq))
    else:
        burst = Burst(at=event.at, seqs=(event.seq,))
    return replace(state, contact_at=event.at, burst=burst, settle_asked=False)


def in_burst(burst: Burst, event: Logged) -> bool:
    """Whether a contact message belongs to the burst: within 8 s of its first one and at most 10 in all."""
    return event.at - burst.at <= timedelta(seconds=BURST_SECONDS) and len(burst.seqs) < BURST_MESSAGES


def _deferred(state: State, payload: AnswerDeferred, event: Logged) -> State:
    return replace(state, deferred_until=payload.until)


def _decided(state: State, payload: DecisionMade, event: Logged) -> State:
    burst = state.burst
    if burst is not None:
        burst = replace(
            burst,
            settled=True,
            counted=burst.counted or payload.counts,
            missed=burst.missed or payload.miss is not None,
        )
    activation = max(state.rules_activation, payload.activation)
    state = replace(state, burst=burst, deferred_until=None, rules_activation=activation)
    if not payload.counts:
        if payload.outcome != "silent":
            state = replace(state, hook=None)
        return _with_positive_sign(state) if payload.positive else state
    began = burst.seqs[0] if burst is not None else event.seq
    return replace(state, episode=_count(state.episode, payload, began), question=None, hook=None)


def _with_positive_sign(state: State) -> State:
    return replace(state, episode=replace(state.episode, turns_without_sign=0, misses_in_row=0))


def _measured(state: State, payload: SignalsMeasured, event: Logged) -> State:
    """A message whose language is sure beats the browser's; `en` says nothing against `en-GB`, zh-Hans does against zh-Hant."""
    state = replace(state, episode=_felt(state, payload))
    code = payload.language.code
    if payload.language.score < SURE_LANGUAGE or state.locale == code or state.locale.startswith(f"{code}-"):
        return state
    return replace(state, locale=code)


def _felt(state: State, payload: SignalsMeasured) -> Episode:
    """The episode with the message's signals: a burst is one mood, with the strongest score of each signal."""
    episode = state.episode
    scores = {
        name: round(value.score, 3) for name, value in payload.signals.items() if value.score >= FAINT_SIGNAL
    }
    moods = episode.moods
    if moods and state.burst is not None and len(state.burst.seqs) > 1:
        before = moods[-1].scores
        scores = before | {name: max(score, before.get(name, 0.0)) for name, score in scores.items()}
        moods = moods[:-1]
    matters = tuple(dict.fromkeys((*episode.matters, *payload.matters)))[-MATTERS_KEPT:]
    return replace(episode, moods=(*moods, Mood(scores))[-MOODS_KEPT:], matters=matters)


def _count(episode: Episode, made: DecisionMade, seq: int) -> Episode:
    need = episode.need
    if made.need == "new":
        need = Need(number=need.number + 1, seq=seq, bot_turns=0)
    spoke = made.outcome not in ("silent", "human")
    missed = made.miss is not None
    return replace(
        episode,
        need=replace(need, bot_turns=need.bot_turns + spoke),
        bot_turns=episode.bot_turns + spoke,
        turns_without_sign=0 if made.positive else episode.turns_without_sign + spoke,
        misses=episode.misses + missed,
        misses_in_row=episode.misses_in_row + 1
        if missed
        else (0 if made.positive else episode.misses_in_row),
        rejected=episode.rejected + (made.miss == "rejected"),
        account_misses=episode.account_misses + (missed and made.account),
        unreadable=episode.unreadable + (made.about == "unreadable"),
        unsure_language=episode.unsure_language + (made.about == "unsure_language"),
        about_need=episode.about_need or made.about == "need",
    )


def _answered(state: State, payload: AnswerOffered, event: Logged) -> State:
    mark = AnswerMark(
        answer_id=payload.answer_id,
        seq=event.seq,
        kind=payload.kind,
        articles=tuple(dict.fromkeys(passage.article_id for passage in payload.passages)),
        episode=state.episode.number,
        need=state.episode.need.number,
        question=payload.question,
    )
    question = payload.question if payload.kind == "question" else state.question
    return replace(state, answers=(*state.answers, mark)[-ANSWERS_KEPT:], question=question)


def _mark(state: State, answer_id: str, *, helpful: bool | None = None, superseded: bool = False) -> State:
    answers = tuple(
        replace(
            mark,
            helpful=mark.helpful if helpful is None else helpful,
            superseded=mark.superseded or superseded,
        )
        if mark.answer_id == answer_id
        else mark
        for mark in state.answers
    )
    return replace(state, answers=answers)


def _superseded(state: State, payload: AnswerSuperseded, event: Logged) -> State:
    return _mark(state, payload.answer_id, superseded=True)


def _rated(state: State, payload: AnswerRated, event: Logged) -> State:
    state = _mark(state, payload.answer_id, helpful=payload.helpful)
    return _with_positive_sign(state) if payload.helpful else state


def _hook_called(state: State, payload: HookCalled, event: Logged) -> State:
    awaited = AwaitedHook(
        call_id=payload.call_id,
        hook=payload.hook,
        playbook=payload.playbook,
        version=payload.version,
        step=payload.step,
        until=payload.until,
        after_seq=min((one.after_seq for one in payload.replies), default=event.seq),
    )
    return replace(state, hook=awaited, deferred_until=None)


def _hook_answered(state: State, payload: HookAnswered, event: Logged) -> State:
    return replace(state, hook=None)


STEPS: dict[type[Payload], Callable[[State, Any, Logged], State]] = {
    MessageCreated: _message,
    SignalsMeasured: _measured,
    AnswerDeferred: _deferred,
    DecisionMade: _decided,
    AnswerOffered: _answered,
    AnswerSuperseded: _superseded,
    AnswerRated: _rated,
    HookCalled: _hook_called,
    HookAnswered: _hook_answered,
}
