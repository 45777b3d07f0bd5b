"""Questions to articles: one state of the whole knowledge base, its ranking, and how sure it is. Pure."""

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Final

import msgspec

from funnel.core.locales import canonical_locale, language_of, locale_chain
from kb.analyzer import content_tokens, wording
from kb.articles import Audience
from kb.confidence import ANSWER, SAID, SUGGEST, Question, confidence
from kb.patterns import address_of, specificity
from kb.shelf import Entry, Found, Shelf

_LONGEST_QUESTION: Final = 2_000
_RERANKED: Final = 10
_ASKED_FROM: Final = 0.6
_ASKED_GAIN: Final = 4.0
_SAID_GAIN: Final = 3.5
_LIKE_GAIN: Final = 1 + _ASKED_GAIN * (1 - _ASKED_FROM)
_KEPT_CHAINS: Final = 1_000


class Outcome(StrEnum):
    """What the best article is good for."""

    ANSWER = "answer"
    SUGGESTIONS = "suggestions"
    NONE = "none"


class Hit(msgspec.Struct, frozen=True):
    """One article with its best passage as plain text. `score` orders the hits of one search and means nothing else."""

    article_id: str
    slug: str
    title: str
    url: str | None
    locale: str
    text: str
    score: float
    short_answer: str | None = None
    tags: tuple[str, ...] = ()
    group_id: str = ""
    heading: str = ""


class SearchResult(msgspec.Struct, frozen=True):
    """The best articles, best first, one hit an article, whatever the outcome; `confidence` 0..1 is about the first."""

    outcome: Outcome
    confidence: float
    hits: tuple[Hit, ...]


_NOTHING = SearchResult(Outcome.NONE, 0.0, ())


def _hit(found: Found) -> Hit:
    article = found.entry.article
    return Hit(
        article.id, article.slug, article.title, None, article.locale, found.passage.text, found.score,
        article.short_answer, article.tags, article.group_id, found.passage.heading,
    )  # fmt: skip


def ranked(question: Question, found: Sequence[Found], needed: int, said: str = "") -> list[Found]:
    """The candidates with a gain for those that were asked nearly the same before, most of all literally, best first.

    The best `needed` are exact. `found` comes best first; what even the greatest gain could not bring among them is left out.
    """
    places: list[tuple[float, int, float, Found]] = []
    for one in found:
        least = -places[needed - 1][0] if len(places) >= needed else 0.0
        if one.score * _SAID_GAIN < least:
            break
        literally = said in one.entry.wordings
        if not literally and one.score * _LIKE_GAIN < least:
            continue
        asked = question.likeness(one)
        gain = _SAID_GAIN if literally else 1 + _ASKED_GAIN * max(0.0, asked - _ASKED_FROM)
        insort(places, (-one.score * gain, one.document, asked, one))
    return [
        Found(one.entry, one.passage, document, one.card, -score, asked)
        for score, document, asked, one in places[:needed]
    ]


class KbSnapshot:
    """The knowledge base at one revision. Never changes; safe from any thread; no input makes it raise."""

    def __init__(self, revision: int, shelves: Mapping[str, Shelf]) -> None:
        self.revision = revision
        self._shelves = MappingProxyType(dict(shelves))
        self._chains: dict[tuple[str, ...], tuple[str, ...]] = {}

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales that have articles, sorted."""
        return tuple(sorted(self._shelves))

    def shelf(self, locale: str) -> Shelf | None:
        """The articles of exactly this locale."""
        return self._shelves.get(locale)

    def chain(self, locale: str, fallbacks: Sequence[str] = ()) -> tuple[str, ...]:
        """The locales searched for a reader, in order, those without articles left out.

        The tag itself, its parents (`pt-BR`, `pt`), the other locales of its language (`zh-Hant` after `zh-Hans`),
        then the same of each fallback (a site's locales, default first).
        """
        tags = (locale, *fallbacks)
        known = self._chains.get(tags)
        if known is None:
            if len(self._chains) >= _KEPT_CHAINS:
                self._chains = {}
            known = self._chains[tags] = tuple(dict.fromkeys(self._walk(tags)))
        return known

    def _walk(self, tags: Sequence[str]) -> Iterator[str]:
        for tag in tags:
            canonical = canonical_locale(tag)
            if canonical is not None:
                yield from (one for one in locale_chain(canonical) if one in self._shelves)
                yield from (one for one in self.locales if language_of(one) == language_of(canonical))

    def search(
        self,
        text: str,
        locale: str,
        site_id: str | None,
        audience: str = "public",
        limit: int = 3,
        fallbacks: Sequence[str] = (),
    ) -> SearchResult:
        """The best articles that this reader may see, from the first locale of the chain that answers.

        An answer found in a later locale is given in an earlier one where the same article is translated: the visitor's
        own language comes first, also where only a translation's wording matched. Where none answers: the first that suggests, else the first that found anything. What `audience` and `site_id`
        rule out is left out before ranking; `site_id` None searches every site. Only the first 2,000 characters count.
        """
        reader = Audience.AGENTS if audience == "agents" else Audience.PUBLIC
        kept, asked = _NOTHING, text[:_LONGEST_QUESTION]
        said = wording(asked)
        tokens: dict[str, list[str]] = {}
        for tag in self.chain(locale, fallbacks):
            language = language_of(tag)
            if language not in tokens:  # an analysis goes by the language, which both Chinese scripts share
                tokens[language] = content_tokens(asked, tag)
            shelf = self._shelves[tag]
            result = _search(shelf, said, tokens[language], site_id, reader, max(1, limit))
            if result.outcome is Outcome.ANSWER:
                return self._translated(result, tag, self.chain(locale, fallbacks), site_id, reader)
            better = result.outcome is Outcome.SUGGESTIONS and kept.outcome is Outcome.NONE
            if better or (result.hits and not kept.hits):
                kept = result
        return kept

    def _translated(
        self, result: SearchResult, found_in: str, chain: Sequence[str], site_id: str | None, reader: Audience
    ) -> SearchResult:
        earlier = chain[: chain.index(found_in)]
        if not earlier:
            return result
        own: dict[str, Entry] = {}
        for tag in reversed(earlier):
            own |= {entry.article.group_id: entry for entry in self._shelves[tag].entries(site_id, reader)}
        hits = tuple(
            _hit(Found(own[hit.group_id], own[hit.group_id].passages[0], 0, 0, hit.score))
            if hit.group_id in own
            else hit
            for hit in result.hits
        )
        return SearchResult(result.outcome, result.confidence, hits)

    def suggest(
        self, url: str, locale: str, site_id: str | None, limit: int = 3, fallbacks: Sequence[str] = ()
    ) -> tuple[Hit, ...]:
        """Public articles meant for a page, the closest pattern first, each text once in the first locale that has it."""
        address = address_of(url)
        found: dict[str, tuple[int, Entry]] = {}
        for tag in self.chain(locale, fallbacks):
            for entry in self._shelves[tag].entries(site_id, Audience.PUBLIC):
                closeness = max((specificity(p, address) for p in entry.article.url_patterns), default=-1)
                if closeness >= 0:
                    found.setdefault(entry.article.group_id, (closeness, entry))
        ordered = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].article.slug))
        return tuple(_hit(Found(entry, entry.passages[0], 0, 0, float(c))) for c, entry in ordered[:limit])

    def questions(self, most: int) -> Iterator[tuple[str, str]]:
        """Locale and text of titles and example questions, at most `most`, every locale having an equal share of them."""
        for tag, shelf in self._shelves.items():
            articles = (entry.article for entry in shelf.entries(None, Audience.AGENTS))
            texts = (text for one in articles for text in (one.title, *one.example_questions))
            yield from ((tag, text) for text in islice(texts, most // len(self._shelves)))


def _search(
    shelf: Shelf, said: str, tokens: Sequence[str], site_id: str | None, audience: Audience, limit: int
) -> SearchResult:
    candidates = shelf.find(tokens, site_id, audience, max(limit, _RERANKED))
    if not candidates:
        return _NOTHING
    question = Question(shelf, tokens)
    found = ranked(question, candidates, max(limit, 2), said)
    sure = confidence(question.measure(found), shelf.locale)
    if said in found[0].entry.wordings:
        sure = max(sure, SAID)
    outcome = Outcome.ANSWER if sure >= ANSWER else Outcome.SUGGESTIONS if sure >= SUGGEST else Outcome.NONE
    return SearchResult(outcome, sure, tuple(map(_hit, found[:limit])))
