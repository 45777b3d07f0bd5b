"""Questions to articles: one state of the whole knowledge base, its ranking, and how sure it is. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec
import numpy as np

from funnel.core.locales import canonical_locale, language_of, locale_chain
from kb.analyzer import analyse, content_of, gram_codes, normalise, without_asking, wording
from kb.articles import Audience, NextStep
from kb.bm25 import Bools, Floats, Ints
from kb.bridge import NO_BRIDGE, Bridge
from kb.confidence import ANSWER, RULES, SAID, SUGGEST, confidence
from kb.evidence import gather
from kb.excerpt import excerpt
from kb.patterns import address_of, specificity
from kb.question import Question
from kb.ranking import rank_scores
from kb.shelf import Entry, Kind, Shelf

_LONGEST_QUESTION: Final = 2_000
_RERANKED: Final = 8
JUST_NONE: Final = SUGGEST / 2
_SAID_GAIN: Final = 3.5
_SENTENCE_BYTES: Final = 15  # five Chinese characters, or two or three words
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
    next_steps: tuple[NextStep, ...] = ()


class SearchResult(msgspec.Struct, frozen=True):
    """The best articles, best first, one hit an article, whatever the outcome; `confidence` 0..1 is about the first."""

    outcome: Outcome
    confidence: float
    hits: tuple[Hit, ...]


_NOTHING = SearchResult(Outcome.NONE, 0.0, ())


def _hit(entry: Entry, part: int, score: float, words: Sequence[str] = ()) -> Hit:
    """The hit of a passage, cut to what answers."""
    article, passage = entry.article, entry.passages[part]
    text = excerpt(passage.text, words, article.locale)
    return Hit(
        article.id, article.slug, article.title, None, article.locale, text, score,
        article.short_answer, article.tags, article.group_id, passage.heading, article.next_steps,
    )  # fmt: skip


class Asked(NamedTuple):
    """A question analysed: the words of its matter, all of its words, and the codes of their pieces."""

    content: list[str]
    tokens: list[str]
    codes: list[int]

    @property
    def tells(self) -> bool:
        """Whether any word says what it is about: "how do I" asks for nothing."""
        return self.content is not self.tokens


def asked_in(text: str, locale: str, kind: Kind = Kind.PASSAGES) -> Asked:
    """A question analysed in a language, for a shelf of this kind.

    Where articles have example questions, what only puts a question is kept: there it is evidence, as the examples have it
    too, and the demo's plain questions are answered less without it.
    """
    language, said = language_of(locale), normalise(text)
    tokens = analyse(said, locale)
    matter = without_asking(said, language) if kind is Kind.PASSAGES else said
    content = content_of(tokens if matter == said else analyse(matter, locale), locale, tokens)
    return Asked(content, tokens, gram_codes(said, language))


class Ranked(NamedTuple):
    """The candidates of one search in one shelf, best first, with what speaks for each."""

    articles: Ints
    passages: Ints
    scores: Floats
    evidence: Floats
    held: Bools


def ranked(
    shelf: Shelf, question: Question, said: str, site_id: str | None, audience: Audience, most: int
) -> Ranked:
    """The best articles this reader may see. One that was asked literally the same before comes first."""
    found = gather(shelf, question, shelf.mask(site_id, audience), most)
    scores = rank_scores(found.evidence, shelf.kind)
    if said:
        literally = [said in shelf.entry(article).wordings for article in found.articles.tolist()]
        if any(literally):
            scores = np.where(literally, scores * _SAID_GAIN, scores)
    order = (-scores).argsort(kind="stable")
    return Ranked(
        found.articles[order], found.passages[order], scores[order], found.evidence[order], found.held[order]
    )


class KbSnapshot:
    """The knowledge base at one revision. Never changes; safe from any thread; no input makes it raise.

    `shifts` is what feedback has moved the confidence of each language by (kb.recalibration), in logits.
    """

    def __init__(
        self,
        revision: int,
        shelves: Mapping[str, Shelf],
        bridge: Bridge = NO_BRIDGE,
        shifts: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self.revision = revision
        self._bridge = bridge
        self._shifts = shifts
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

        What is found in a later locale is given in an earlier one where the same article is translated: the visitor's
        own language comes first, also where only a translation's wording matched; suggestions are given in no other
        language. Where none answers: the first that suggests, else the first that found anything. What `audience` and `site_id`
        rule out is left out before ranking; `site_id` None searches every site. Only the first 2,000 characters count.
        """
        reader = Audience.AGENTS if audience == "agents" else Audience.PUBLIC
        kept, asked = _NOTHING, text[:_LONGEST_QUESTION]
        said = wording(asked)
        texts: dict[tuple[str, Kind], Asked] = {}
        chain = self.chain(locale, fallbacks)
        for tag in chain:
            language, shelf = language_of(tag), self._shelves[tag]
            read = texts.get((language, shelf.kind))
            if read is None:  # an analysis goes by the language, which both Chinese scripts share
                read = texts[language, shelf.kind] = self._read(asked, tag, language_of(locale))
            shift = self._shifts.get(language, 0.0)
            found = _search(shelf, said, read, site_id, reader, max(1, limit), shift)
            result = self._translated(found, tag, chain, site_id, reader)
            if result.outcome is Outcome.ANSWER:
                return result
            better = result.outcome is Outcome.SUGGESTIONS and kept.outcome is Outcome.NONE
            if better or (result.hits and not kept.hits):
                kept = result
        return kept

    def _read(self, asked: str, tag: str, spoken: str) -> Asked:
        """The question as the articles of a locale are searched with it: in another language, carried over what both know."""
        wanted, kind = language_of(tag), self._shelves[tag].kind
        read = asked_in(asked, tag, kind)
        if wanted == spoken:
            return read
        carried = self._bridge.carried(content_of(analyse(asked, spoken), spoken), spoken, wanted)
        return asked_in(carried, tag, kind) if carried else read

    def _translated(
        self, result: SearchResult, found_in: str, chain: Sequence[str], site_id: str | None, reader: Audience
    ) -> SearchResult:
        """The hits in an earlier locale of the chain where they are translated. What only might help is not worth another
        language to somebody whose own has articles, so suggestions that are not translated are left out there."""
        earlier = chain[: chain.index(found_in)]
        if not earlier or not result.hits:
            return result
        own: dict[str, Entry] = {}
        for tag in reversed(earlier):
            own |= {entry.article.group_id: entry for entry in self._shelves[tag].entries(site_id, reader)}
        foreign = result.outcome is not Outcome.ANSWER and language_of(found_in) != language_of(chain[0])
        hits = tuple(
            _hit(own[hit.group_id], 0, hit.score) if hit.group_id in own else hit
            for hit in result.hits
            if hit.group_id in own or not foreign
        )
        return SearchResult(result.outcome if hits else Outcome.NONE, result.confidence, hits)

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
        return tuple(_hit(entry, 0, float(c)) for c, entry in ordered[:limit])

    def questions(self, most: int) -> Iterator[tuple[str, str]]:
        """Locale and text of titles and example questions, at most `most`, every locale having an equal share of them."""
        for tag, shelf in self._shelves.items():
            articles = (entry.article for entry in shelf.entries(None, Audience.AGENTS))
            texts = (text for one in articles for text in (one.title, *one.example_questions))
            yield from ((tag, text) for text in islice(texts, most // len(self._shelves)))


def _says(said: str, wording: str) -> bool:
    """Whether a question is literally what was asked before, or holds it beside something else where that is a sentence."""
    return (
        said == wording
        or (len(wording.encode()) >= _SENTENCE_BYTES and f" {wording} " in f" {said} ")
        or (not wording.isascii() and len(wording.encode()) >= _SENTENCE_BYTES and wording in said)
    )


def _search(
    shelf: Shelf, said: str, read: Asked, site_id: str | None, audience: Audience, limit: int, shift: float
) -> SearchResult:
    question = Question(shelf, *read)
    found = ranked(shelf, question, said, site_id, audience, max(limit, _RERANKED))
    if not len(found.articles):
        return _NOTHING
    sure = confidence(question, found.evidence, found.scores, RULES[shelf.kind], shelf.offset + shift)
    if not read.tells:
        sure = min(sure, JUST_NONE)
    if any(_says(said, wording) for wording in shelf.entry(int(found.articles[0])).wordings):
        sure = max(sure, SAID)
    outcome = Outcome.ANSWER if sure >= ANSWER else Outcome.SUGGESTIONS if sure >= SUGGEST else Outcome.NONE
    first = shelf.places.first_passage
    hits = tuple(
        _hit(shelf.entry(article), passage - int(first[article]), score, read.content)
        for article, passage, score in zip(
            found.articles[:limit].tolist(), found.passages[:limit].tolist(), found.scores[:limit].tolist(),
            strict=True,
        )
    )  # fmt: skip
    return SearchResult(outcome, sure, hits)
