"""The shipped playbooks, and where a conversation stands in one: told by the question it was asked last."""

from functools import lru_cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

from bots.dialogue.playbooks.model import Playbook, Step, load
from funnel.core.locales import resolve_locale
from funnel.escalation.rules.outcome import GUIDED

PLAYBOOK: Final = GUIDED
AGAIN: Final = "again"
_SHIPPED: Final = "shipped"


class Place(Struct, frozen=True):
    """A step of a playbook; `again` where its question was put twice."""

    key: str
    step_id: str = ""
    again: bool = False

    @property
    def name(self) -> str:
        """As a question of a conversation is named."""
        return PLAYBOOK + ":".join((self.key, self.step_id, *([AGAIN] if self.again else ())))


@lru_cache(maxsize=1)
def shipped() -> dict[str, Playbook]:
    """The playbooks that come with the product, by key."""
    folder = files(__package__) / _SHIPPED
    books = (load(one.read_text(encoding="utf-8")) for one in folder.iterdir() if one.name.endswith(".yaml"))
    return {book.key: book for book in books}


def playbook_of(key: str) -> Playbook | None:
    """The playbook of this key."""
    return shipped().get(key)


def place_of(name: str | None) -> Place | None:
    """The place a question or a button names; None where it is about no playbook we have."""
    if name is None or not name.startswith(PLAYBOOK):
        return None
    key, _, rest = name[len(PLAYBOOK) :].partition(":")
    step_id, _, mark = rest.partition(":")
    return Place(key, step_id, mark == AGAIN) if playbook_of(key) is not None else None


def words_of(name: str, locale: str) -> str | None:
    """What is said at a place, in the best language there is; None for a name that is no place with words."""
    place = place_of(name)
    book = playbook_of(place.key) if place else None
    step = book.step(place.step_id) if book and place else None
    if step is None or place is None:
        return None
    words = (step.again if place.again else step.ask) or step.answer
    if not words:
        return None
    tag = resolve_locale(locale, (), tuple(words))
    return _with_options(step, words[tag], tag)


def _with_options(step: Step, text: str, tag: str) -> str:
    """The replies to choose from, numbered, so that a digit is enough on any channel."""
    lines = [f"{number}. {option.label[tag]}" for number, option in enumerate(step.options, 1)]
    return "\n".join([text, *lines])
