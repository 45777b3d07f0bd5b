"""Playbooks: guided steps for frequent matters, as documents with tests of their own. Pure."""

from bots.dialogue.playbooks.run import Turn, after_call, begin, guides, is_whole, opening_place, proceed
from bots.dialogue.playbooks.shelf import PLAYBOOK, Place, Playbooks, place_of, shipped_playbooks

__all__ = [
    "PLAYBOOK",
    "Place",
    "Playbooks",
    "Turn",
    "after_call",
    "begin",
    "guides",
    "is_whole",
    "opening_place",
    "place_of",
    "proceed",
    "shipped_playbooks",
]
