"""Calling an integrator's hook from a playbook: what goes with the call, and until when it is waited for."""

from collections.abc import Sequence
from datetime import timedelta

from bots.dialogue.choice import Choice
from bots.dialogue.hearing import Prepared
from bots.dialogue.playbooks import Place, place_of
from bots.dialogue.script import Script
from funnel.conversations.events import HookCalled, SentReply
from funnel.conversations.state import State
from funnel.conversations.values import BOT


def call_hook(script: Script, choice: Choice, prepared: Prepared) -> None:
    """Records the call of the step the choice names; the turn that holds it makes the durable job too. Raises ValueError for a
    place that calls nothing, which no choice names."""
    place = place_of(choice.key)
    book = prepared.playbooks.find(place)
    step = book.step(place.step_id) if book is not None and place is not None else None
    if place is None or step is None or not step.call:
        raise ValueError(f"nothing is called at {choice.key}")
    script.add(
        HookCalled(
            call_id=script.moment.ids.next(),
            hook=step.call,
            playbook=place.key,
            version=place.version,
            step=step.id,
            until=script.moment.at + timedelta(seconds=step.seconds),
            replies=_replies(script.state, place, step.send),
        ),
        BOT,
    )


def _replies(state: State, place: Place, wanted: Sequence[str]) -> tuple[SentReply, ...]:
    """Where the replies stand to the steps that the call names: after the last question of each, before the one that followed."""
    found: dict[str, SentReply] = {}
    before = state.last_seq + 1
    for mark in reversed(state.answers):
        asked = place_of(mark.question) if mark.kind == "question" else None
        ours = asked is not None and (asked.key, asked.version) == (place.key, place.version)
        if asked is None or not ours or mark.episode != state.episode.number:
            break
        if asked.step_id in wanted and asked.step_id not in found:
            found[asked.step_id] = SentReply(asked.step_id, mark.seq, before)
        before = mark.seq
    return tuple(found[name] for name in wanted if name in found)
