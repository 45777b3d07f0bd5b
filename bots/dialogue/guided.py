"""Going on in a playbook: the reply to a step's question, as long as the contact wants nothing else."""

from msgspec.structs import replace

from bots.dialogue.choice import Choice
from bots.dialogue.hearing import Prepared
from bots.dialogue.playbooks import Place, Turn, begin, place_of, proceed
from funnel.conversations.state import State


def follow_playbook(state: State, prepared: Prepared) -> Choice | None:
    """The next step of the playbook that a button began or that asked last; None where the message is about anything else.

    A reply that is no use is asked for once more; after that, or where the message is another question that has an answer,
    the playbook is left. What was replied stays in the log, and a person who takes over reads it there.
    """
    place = prepared.playbook or place_of(state.question)
    book = prepared.playbooks.find(place)
    if place is None or book is None:
        return None
    if prepared.playbook is not None:
        return _choice(replace(place, version=book.version), begin(book))
    turn = proceed(book, place.step_id, prepared.said, again=place.again)
    if turn.does == "lost" or (turn.does == "ask_again" and _about_else(prepared)):
        return None
    return _choice(replace(place, version=book.version), turn)


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
    return Choice("ask", "question", key=key)
