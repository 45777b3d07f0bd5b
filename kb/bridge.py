"""From a question in one language to the words of another: the glossary of the base, and titles of linked translations. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from funnel.core.locales import language_of
from kb.analyzer import analyse, content_of

LONGEST_TITLE: Final = 12
"""Tokens of a title that is taken for a term; a longer one is a sentence, which no question repeats."""


class Bridge:
    """Terms by language. Never changes; safe from any thread."""

    def __init__(self, terms: Iterable[Mapping[str, Sequence[str]]] = ()) -> None:
        self._terms: dict[str, list[tuple[frozenset[str], dict[str, list[str]]]]] = {}
        for term in terms:
            by_language: dict[str, list[str]] = {}
            for locale, words in term.items():
                by_language.setdefault(language_of(locale), []).extend(words)
            for language, words in by_language.items():
                others = {other: said for other, said in by_language.items() if other != language}
                for word in words:
                    tokens = frozenset(content_of(analyse(word, language), language))
                    if tokens and others:
                        self._terms.setdefault(language, []).append((tokens, others))

    def carried(self, tokens: Sequence[str], spoken: str, wanted: str) -> str:
        """What the terms in an analysed question are called in another language, in the order of the glossary; empty where
        it has none. A term of several words counts only where the question holds all of them."""
        said = frozenset(tokens)
        found = (
            word
            for term, others in self._terms.get(spoken, ())
            if term <= said
            for word in others.get(wanted, ())
        )
        return " ".join(dict.fromkeys(found))


def titles_as_terms(titles: Iterable[tuple[str, str, str]]) -> list[dict[str, tuple[str, ...]]]:
    """A term for each article with linked translations, from (group, locale, title)."""
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    for group, locale, title in titles:
        if len(analyse(title, locale)) <= LONGEST_TITLE:
            groups.setdefault(group, {})[locale] = (title,)
    return [one for one in groups.values() if len(one) > 1]


NO_BRIDGE: Final = Bridge()
