"""Cards of the context bundle: what a contact replied in a playbook before a person came."""

from collections.abc import Sequence
from typing import Any

from bots.dialogue.playbooks import Place, Playbooks, place_of
from funnel.conversations.events import AnswerOffered, Logged, MessageCreated

Fields = dict[str, Any]


def playbook_cards(logged: Sequence[Logged], playbooks: Playbooks) -> list[Fields]:
    """One card a playbook of the episode: each step asked, by its event, and the message that replied to it. Read from the
    log anew each time, so that an erased reply is gone from here too.
    """
    cards: dict[str, Fields] = {}
    asked: tuple[Place, Logged] | None = None
    for event in logged:
        payload = event.payload
        if isinstance(payload, AnswerOffered):
            place = place_of(payload.question) if payload.kind == "question" else None
            asked = (place, event) if place is not None else None
            if place is not None:
                cards.setdefault(place.key, _card(place, playbooks))
        elif isinstance(payload, MessageCreated) and payload.direction == "incoming" and asked is not None:
            place, question = asked
            cards[place.key]["steps"].append(
                {"step": place.step_id, "asked_in": question.id, "event_id": event.id, "reply": payload.text}
            )
            asked = None
    return list(cards.values())


def _card(place: Place, playbooks: Playbooks) -> Fields:
    book = playbooks.find(place)
    title = dict(book.title) if book else {}
    version = book.version if book else place.version
    return {"kind": "playbook", "key": place.key, "version": version, "title": title, "steps": []}
