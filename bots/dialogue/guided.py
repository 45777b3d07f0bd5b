"""Going on in a playbook: the reply to a step's question, as long as the contact wants nothing else."""

from collections.abc import Mapping

from msgspec.structs import replace

from bots.dialogue.choice import Choice
from bots.dialogue.hearing import Prepared
from bots.dialogue.playbooks import Place, Playbooks, Turn, after_call, begin, place_of, proceed
from funnel.conversations.state import AwaitedHook, State


def follow_playbook(state: State, prepared: Prepared) -> Choice | None:
    """The next step of the playbook that a button began or that asked last; None where the message is about anything else.

    A reply that is no use is asked for once more; after that, or where the message is another question that has an answer,
    the playbook is left. What was replied stays in the log, and a person who takes over reads it there.
    """
    if state.hook is not None and prepared.playbook is None and not _corrected(state, prepared):
        return _wait_on(state.hook, prepared)
    place = prepared.playbook or place_of(state.question)
    book, hooks = prepared.playbooks.find(place), prepared.playbooks.hooks
    if place is None or book is None:
        return None
    if prepared.playbook is not None:
        return _choice(replace(place, version=book.version), begin(book, hooks))
    turn = proceed(book, place.step_id, prepared.said, again=place.again, hooks=hooks)
    if turn.does == "lost" or (turn.does == "ask_again" and _about_else(prepared)):
        return None
    return _choice(replace(place, version=book.version), turn)


def after_hook(hook: AwaitedHook, playbooks: Playbooks, values: Mapping[str, str] | None) -> Choice:
    """What follows on a call: the way for its answer where the hook gave all that it must, else the one without it."""
    place = Place(hook.playbook, hook.step, version=hook.version)
    book = playbooks.find(place)
    if book is None:
        return Choice("hand_over", "human", reason="rule")
    turn = after_call(book, hook.step, answered=values is not None, hooks=playbooks.hooks)
    choice = _choice(place, turn) or Choice("hand_over", "human", reason="rule")
    return replace(choice, values=dict(values or {}))


def _wait_on(hook: AwaitedHook, prepared: Prepared) -> Choice | None:
    """What is neither another question nor a word to stop leaves the call as it is: its answer is on the way."""
    line = prepared.line
    if prepared.found_line.outcome == "answer" or line.withdraws or line.solved:
        return None
    key = Place(hook.playbook, hook.step, version=hook.version).name
    return Choice("ask", "question", key=key, hook="wait")


def _corrected(state: State, prepared: Prepared) -> bool:
    """Another order number than the burst named before, while the hook is asked about that one."""
    place = place_of(state.question)
    book = prepared.playbooks.find(place)
    step = book.step(place.step_id) if book is not None and place is not None else None
    if step is None or step.expect != "order_number" or not step.ask:
        return False
    named = set(prepared.line.orders)
    return bool(named) and not named.issuperset(prepared.whole.orders)


def _about_else(prepared: Prepared) -> bool:
    line = prepared.line
    return (
        prepared.found_line.outcome == "answer"
        or line.withdraws
        or line.solved
        or line.thanks
        or line.closing
    )


def _choice(place: Place, turn: Turn) -> Choice | None:
    key = Place(place.key, turn.step_id, turn.does == "ask_again", place.version).name
    match turn.does:
        case "lost":
            return None
        case "hand_over":
            return Choice("hand_over", "human", reason="rule")
        case "answer":
            return Choice("ask", "answer", key=key, positive=True)
        case "call":
            return Choice("ask", "question", key=key, hook="call")
    return Choice("ask", "question", key=key)
