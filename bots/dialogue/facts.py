"""The facts of one turn, as rules read them: signals, progress, the answer at hand, contact, time and load."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bots.dialogue.choice import Choice
from bots.dialogue.hearing import Prepared
from bots.dialogue.matters import same_matter, same_matters
from bots.dialogue.scene import Scene
from funnel.conversations.state import Episode, State
from funnel.escalation.rules.attributes import attribute_facts
from funnel.escalation.rules.facts import WEEKDAYS, Facts, FactValue, History, with_defaults
from funnel.escalation.signals.complexity import Facts as Known
from funnel.escalation.signals.complexity import weighed
from funnel.escalation.signals.progress import trajectory

USEFUL_QUESTIONS = ("order_number",)
LOOKED_UP = ("answer", "suggest", "ask")
MOODS = ("anger", "distress")
Values = dict[str, FactValue]


def turn_facts(state: State, prepared: Prepared, scene: Scene, proposal: Choice) -> Facts:
    """Everything a rule may look at. `state` has the message in it, not the decision; `proposal` is the bot's own plan."""
    history = _history(state, prepared)
    values: Values = {
        **_signals(prepared, history),
        **_complexity(state, prepared, proposal),
        **_language(prepared),
        **_progress(state.episode, proposal),
        **_turn(prepared, scene, proposal),
        **_conversation(state, prepared, scene),
        **_surroundings(state, scene),
    }
    return with_defaults(values, history)


def _history(state: State, prepared: Prepared) -> History:
    """The scores of the last bursts; the one at hand with what was measured of it as a whole."""
    moods = [mood.scores for mood in state.episode.moods]
    now = _measured(prepared)
    if moods and prepared.text:
        latest = moods[-1]
        moods[-1] = latest | {name: max(score, latest.get(name, 0.0)) for name, score in now.items()}
    return tuple(moods)


def _signals(prepared: Prepared, history: History) -> Values:
    scores = _measured(prepared)
    values: Values = {name: round(score, 3) for name, score in scores.items()}
    for name in MOODS:
        course = trajectory([mood.get(name, 0.0) for mood in history])
        values |= {
            f"progress.{name}_peak": round(course.peak, 3),
            f"progress.{name}_trend": round(course.trend, 3),
            f"progress.{name}_in_row": course.in_row,
        }
    return values


def _complexity(state: State, prepared: Prepared, proposal: Choice) -> Values:
    """The words' own complexity, more where the same matter is still open from before or the knowledge base is unsure."""
    if not prepared.text.strip():
        return {}
    looked_up = proposal.move in LOOKED_UP and proposal.about == "need"
    known = Known(
        len(same_matters(state, prepared)) if state.past else 0,
        prepared.found_whole.confidence if looked_up else None,
    )
    return {"complexity": weighed(_measured(prepared).get("complexity", 0.0), known)}


def _measured(prepared: Prepared) -> dict[str, float]:
    """The strongest score of each signal in the last message and in the whole burst."""
    scores: dict[str, float] = {}
    for heard in (prepared.line, prepared.whole):
        for name, signal in heard.signals.items():
            scores[name] = max(signal.score, scores.get(name, 0.0))
    return scores


def _language(prepared: Prepared) -> Values:
    whole = prepared.whole
    values: Values = {
        "language.code": whole.language.code,
        "language.script": whole.language.script,
        "language.score": round(whole.language.score, 3),
        "language.unsure": whole.unsure_language,
    }
    values.update((f"entities.{kind}", count) for kind, count in whole.entities.items())
    return values


def _progress(episode: Episode, proposal: Choice) -> Values:
    """The counters as they will be if the turn ends as proposed."""
    missed = proposal.miss is not None
    return {
        "progress.miss": proposal.miss or "",
        "progress.missed": missed,
        "progress.positive": proposal.positive,
        "progress.new_need": proposal.need == "new",
        "progress.misses": episode.misses + missed,
        "progress.misses_in_row": episode.misses_in_row + 1
        if missed
        else 0
        if proposal.positive
        else episode.misses_in_row,
        "progress.rejected": episode.rejected + (proposal.miss == "rejected"),
        "progress.bot_turns": episode.bot_turns,
        "progress.turns_on_need": 0 if proposal.need == "new" else episode.need.bot_turns,
        "progress.turns_without_sign": 0 if proposal.positive else episode.turns_without_sign,
        "progress.unreadable": episode.unreadable + (proposal.about == "unreadable"),
        "progress.unsure_language": episode.unsure_language + (proposal.about == "unsure_language"),
        "progress.offers": episode.offers,
        "progress.needs": episode.need.number,
    }


def _turn(prepared: Prepared, scene: Scene, proposal: Choice) -> Values:
    found = prepared.found_whole
    held = scene.brakes.held
    return {
        "answer.outcome": found.outcome,
        "answer.confidence": round(found.confidence, 3),
        "answer.protective": any(one.protective for one in found.candidates),
        "answer.held": bool(held) and any(not held.isdisjoint(one.tags) for one in proposal.candidates),
        "turn.about": proposal.about,
        "turn.proposal": proposal.outcome,
        "turn.counts": proposal.counts,
        "turn.asks_person": proposal.asks_person,
        "turn.danger": proposal.danger,
        "turn.useful_question": proposal.move == "ask" and proposal.key in USEFUL_QUESTIONS,
        "turn.account": prepared.whole.account,
        "message.text": prepared.text,
        "message.length": len(prepared.text),
        "message.questions": sum(prepared.text.count(mark) for mark in "?？؟"),
        "brake": scene.brakes.brake,
    }


def _conversation(state: State, prepared: Prepared, scene: Scene) -> Values:
    at = scene.moment.at
    values: Values = {
        "progress.account_misses": state.episode.account_misses + prepared.whole.account,
        "conversation.boundary_told": state.episode.boundary_told,
        "conversation.reopened": state.episode.number > 1,
        "conversation.priority": state.priority,
        "conversation.tags": state.tags,
        "conversation.age": _seconds(at, state.started_at),
        "contact.verified": state.contact_verified,
        **attribute_facts(scene.moment.attributes),
        "site": state.site_id,
        "channel": state.channel,
        "locale": state.locale,
    }
    past = same_matter(state, prepared) if state.past else None
    if past is not None:
        values |= {"matter.repeated": True, "matter.age": _seconds(at, past.at)}
    return values


def _seconds(at: datetime, since: datetime) -> float:
    return max(0.0, round((at - since).total_seconds()))


def _surroundings(state: State, scene: Scene) -> Values:
    local = scene.moment.at.astimezone(_zone(scene.zone))
    promise = scene.outlook.promise(scene.outlook.home_queue(state.home_queue_id), scene.moment.at)
    return {
        "hours.open": promise.open,
        "hours.weekday": WEEKDAYS[local.weekday()],
        "hours.minute": local.hour * 60 + local.minute,
        "hours.month_day": f"{local.month:02}-{local.day:02}",
        "queue.waiting": promise.inputs.get("waiting") or 0,
        "queue.agents_online": promise.agents_online,
        "queue.expected_wait_seconds": round(promise.inputs.get("wait_seconds") or 0),
    }


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
