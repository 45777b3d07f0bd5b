"""The playbooks a turn may use, all published versions of them, and where a conversation stands in one: told by the question
it was asked last."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

from bots.dialogue.catalogue.speech import isolate
from bots.dialogue.playbooks.model import Playbook, Step, load
from funnel.core.locales import resolve_locale
from funnel.escalation.rules.outcome import GUIDED
from kb.variables import fill

PLAYBOOK: Final = GUIDED
AGAIN: Final = "again"
_SHIPPED: Final = "shipped"
_VERSION: Final = "@"
_LONGEST_VERSION: Final = 9


class Place(Struct, frozen=True):
    """A step of a playbook; `again` where its question was put twice. `version` 0 is whatever is live."""

    key: str
    step_id: str = ""
    again: bool = False
    version: int = 0

    @property
    def name(self) -> str:
        """As a question of a conversation is named: the log says which version ran."""
        version = f"{_VERSION}{self.version}" if self.version else ""
        return PLAYBOOK + ":".join((self.key + version, self.step_id, *([AGAIN] if self.again else ())))


def place_of(name: str | None) -> Place | None:
    """The place a question or a button names; None where it is about no playbook. Whether it is there is another question."""
    if name is None or not name.startswith(PLAYBOOK):
        return None
    named, _, rest = name[len(PLAYBOOK) :].partition(":")
    key, _, version = named.partition(_VERSION)
    step_id, _, mark = rest.partition(":")
    number = int(version) if version.isdecimal() and len(version) <= _LONGEST_VERSION else 0
    return Place(key, step_id, mark == AGAIN, number)


class Playbooks(Struct, frozen=True):
    """Every published version by key and number, and which one of a key is live. A conversation goes on in the version that it
    began with, whatever is published meanwhile. `hooks` are the names of those that may be called now.
    """

    books: Mapping[tuple[str, int], Playbook]
    live: Mapping[str, int]
    hooks: frozenset[str] = frozenset()

    def find(self, place: Place | None) -> Playbook | None:
        """The playbook of a place, in its version."""
        if place is None:
            return None
        version = place.version or self.live.get(place.key, 0)
        return self.books.get((place.key, version))

    def words_of(self, name: str, locale: str, values: Mapping[str, str] | None = None) -> str | None:
        """What is said at a place, in the best language there is: of a playbook without a step its title. None for a name
        that is no place with words. `values` are what a hook gave; each keeps its own direction of writing.
        """
        place = place_of(name)
        book = self.find(place)
        if place is None or book is None:
            return None
        if not place.step_id:
            return _best(book.title, locale)
        step = book.step(place.step_id)
        if step is None:
            return None
        words = (step.again if place.again else step.ask) or step.answer
        if not words:
            return None
        shown = {key: isolate(value) for key, value in (values or {}).items() if value}
        return fill(_with_options(step, words, locale), shown)


def _best(words: Mapping[str, str], locale: str) -> str | None:
    return words[resolve_locale(locale, (), tuple(words))] if words else None


def _with_options(step: Step, words: Mapping[str, str], locale: str) -> str:
    """The replies to choose from, numbered, so that a digit is enough on any channel."""
    tag = resolve_locale(locale, (), tuple(words))
    lines = [f"{number}. {option.label[tag]}" for number, option in enumerate(step.options, 1)]
    return "\n".join([words[tag], *lines])


@lru_cache(maxsize=256)
def loaded(text: str) -> Playbook:
    """As `load`, each document once: reading one takes tens of milliseconds. What it gives is never changed."""
    return load(text)


@lru_cache(maxsize=1)
def shipped_documents() -> dict[str, str]:
    """The documents that come with the product, by key."""
    folder = files(__package__) / _SHIPPED
    texts = (one.read_text(encoding="utf-8") for one in folder.iterdir() if one.name.endswith(".yaml"))
    return {loaded(text).key: text for text in texts}


@lru_cache(maxsize=1)
def shipped() -> dict[str, Playbook]:
    """The playbooks that come with the product, by key."""
    return {key: loaded(text) for key, text in shipped_documents().items()}


@lru_cache(maxsize=1)
def shipped_playbooks() -> Playbooks:
    """Nothing but what comes with the product."""
    books = shipped().values()
    return Playbooks(
        {(book.key, book.version): book for book in books}, {book.key: book.version for book in books}
    )
