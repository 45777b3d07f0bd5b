"""Words that mean the same in one language, as a question is read: each term stands for the others of its set. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from kb.analyzer import analyse

_FACTOR: Final = 0.8
"""What a synonym counts beside the word itself."""


class Synonyms:
    """The sets of one language. Never changes; safe from any thread."""

    def __init__(self, sets: Iterable[Sequence[str]] = (), locale: str = "") -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str]]] = {}
        for number, terms in enumerate(sets):
            analysed = [tuple(analyse(term, locale)) for term in terms]
            for one in filter(None, analysed):
                others = dict.fromkeys(word for other in analysed if other != one for word in other)
                meant = tuple(word for word in others if word not in one)
                self._by_first.setdefault(one[0], []).append((one, meant, f"={number}"))

    def meant(self, tokens: Sequence[str]) -> list[tuple[int, str, float]]:
        """Position of a word in a question, another word that it stands for, and what that counts, 0..1.

        A term of several words stands for others only where the question holds all of them.
        """
        found: list[tuple[int, str, float]] = []
        if not self._by_first:
            return found
        said = frozenset(tokens)
        for place, token in enumerate(tokens):
            for term, others, _ in self._by_first.get(token, ()):
                if said.issuperset(term):
                    found += [(place, other, _FACTOR) for other in others if other not in said]
        return found

    def matters(self, tokens: Sequence[str]) -> list[str]:
        """A name for each set that a text has a term of: the same for whoever uses another word of it."""
        said = frozenset(tokens) if self._by_first else frozenset()
        return sorted(
            {
                name
                for token in said
                for term, _, name in self._by_first.get(token, ())
                if said.issuperset(term)
            }
        )


NO_SYNONYMS: Final = Synonyms()
