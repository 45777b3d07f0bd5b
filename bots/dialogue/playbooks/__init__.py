"""Playbooks: guided steps for frequent matters, as documents with tests of their own. Pure."""

from bots.dialogue.playbooks.run import Turn, begin, guides, opening_place, proceed
from bots.dialogue.playbooks.shelf import PLAYBOOK, Place, place_of, playbook_of, words_of

__all__ = [
    "PLAYBOOK",
    "Place",
    "Turn",
    "begin",
    "guides",
    "opening_place",
    "place_of",
    "playbook_of",
    "proceed",
    "words_of",
]
