"""One locale's articles as the search reads them: index, passages and who may see what. Pure, built by one thread."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from kb.analyzer import analyse, content_tokens, wording
from kb.articles import Article, Audience
from kb.bm25 import Bm25Index, Bm25Writer, Bools, Floats, Ints, Parameters, best
from kb.passages import Passage, split

CARD_WEIGHT = 1.0
_SMOOTH_BELOW = 50
_LEAST_SIZE = 200


class Entry(msgspec.Struct, frozen=True):
    """An article on the shelf: its passages, and its title and example questions as sets of tokens and literally."""

    article: Article
    passages: tuple[Passage, ...]
    asked: tuple[frozenset[str], ...]
    wordings: frozenset[str] = frozenset()


class Found(msgspec.Struct, frozen=True):
    """The best passage of one article for a question; `document` and `card` are numbers in the shelf's index.

    `asked` is the likeness, 0..1, of the question to the closest title or example question of the article.
    """

    entry: Entry
    passage: Passage
    document: int
    card: int
    score: float
    asked: float = 0.0


class Asked(NamedTuple):
    """The title (number 0) and the example questions of an article: which of them have a token, and what each weighs."""

    having: dict[str, list[int]]
    weights: list[float]


class Prepared(msgspec.Struct, frozen=True):
    """An article cut and analysed, ready to be put on a shelf: the costly part, done before any shelf is touched."""

    entry: Entry
    documents: tuple[list[str], ...]


def prepare(article: Article) -> Prepared:
    """Cuts and analyses an article. Pure; the first document is its card: title, tags, questions and short answer."""
    passages = tuple(split(article.body)) or (Passage("", article.short_answer or article.title),)
    locale = article.locale
    card = "\n".join(
        [
            article.title,
            article.short_answer or "",
            article.product or "",
            *article.tags,
            *article.example_questions,
        ]
    )
    questions = (article.title, *article.example_questions)
    asked = filter(None, (frozenset(content_tokens(text, locale)) for text in questions))
    wordings = frozenset(filter(None, map(wording, questions)))
    documents = [analyse(card, locale)]
    documents += [analyse(f"{article.title}\n{part.heading}\n{part.text}", locale) for part in passages]
    return Prepared(Entry(article, passages, tuple(asked), wordings), tuple(documents))


class Shelf:
    """One state of one locale's articles. Never changes; safe from any thread."""

    def __init__(
        self, locale: str, index: Bm25Index, entries: list[Entry], cards: Ints, parts: Ints, scopes: Ints,
        kinds: Sequence[tuple[Audience, tuple[str, ...]]],
    ) -> None:  # fmt: skip
        self.locale = locale
        self.index = index
        self._entries = entries
        self._cards = cards
        self._parts = parts
        self._scopes = scopes
        self._kinds = tuple(kinds)
        self._rarities: dict[str, float] = {}
        self._masks: dict[tuple[str | None, Audience], Bools] = {}
        self._asked: dict[int, Asked] = {}

    def _mask(self, site_id: str | None, audience: Audience) -> Bools:
        """Which documents are passages that this reader may see."""
        found = self._masks.get((site_id, audience))
        if found is None:
            open_kinds = np.array([_open(kind, site_id, audience) for kind in self._kinds], dtype=np.bool_)
            found = open_kinds[self._scopes] & (self._parts >= 0) & self.index.alive
            self._masks[site_id, audience] = found
        return found

    def rarity(self, token: str) -> float:
        """How much a word says, always positive: the fewer documents have it, the more.

        A small shelf is taken for one of 200 documents: there one unknown word would outweigh all others.
        """
        found = self._rarities.get(token)
        if found is None:
            frequency = self.index.document_frequency(token)
            found = math.log(1 + (max(self.index.live, _LEAST_SIZE) - frequency + 0.5) / (frequency + 0.5))
            if frequency:  # unknown words are endless
                self._rarities[token] = found
        return found

    def asked(self, found: Found) -> Asked:
        """What the article of a candidate is asked for."""
        known = self._asked.get(found.card)
        if known is None:
            known = Asked({}, [])
            for number, tokens in enumerate(found.entry.asked):
                known.weights.append(sum([self.rarity(token) for token in tokens]))
                for token in tokens:
                    known.having.setdefault(token, []).append(number)
            self._asked[found.card] = known
        return known

    def find(self, tokens: Sequence[str], site_id: str | None, audience: Audience, limit: int) -> list[Found]:
        """The best articles, one passage each, best first. What the reader may not see is left out before ranking.

        `site_id` None leaves the site out of account. A passage's score is its own and a share of its article's card.
        """
        if not self._kinds or not self.index.knows(tokens):
            return []
        scores = self.index.scores(tokens)
        scores = np.where(self._mask(site_id, audience), scores + CARD_WEIGHT * scores[self._cards], 0.0)
        wanted = limit * 4
        while True:
            numbers = best(scores, wanted)
            found = self._articles(scores, numbers, limit)
            if len(found) == limit or len(numbers) < wanted:
                return found
            wanted *= 4

    def _articles(self, scores: Floats, numbers: Ints, limit: int) -> list[Found]:
        found: dict[int, Found] = {}
        for number, card in zip(numbers.tolist(), self._cards[numbers].tolist(), strict=True):
            if card not in found:
                entry = self._entries[number]
                passage = entry.passages[int(self._parts[number])]
                found[card] = Found(entry, passage, number, card, float(scores[number]))
                if len(found) == limit:
                    break
        return list(found.values())

    def entries(self, site_id: str | None, audience: Audience) -> list[Entry]:
        """Every article this reader may see, in the order they came."""
        if not self._kinds:
            return []
        numbers = np.flatnonzero(self._mask(site_id, audience) & (self._parts == 0))
        return [self._entries[number] for number in numbers.tolist()]


def _open(kind: tuple[Audience, tuple[str, ...]], site_id: str | None, audience: Audience) -> bool:
    seen_by, sites = kind
    return (seen_by is Audience.PUBLIC or audience is Audience.AGENTS) and (
        not sites or site_id is None or site_id in sites
    )


class ShelfWriter:
    """The changing side of a shelf; one thread at a time."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._writer = Bm25Writer(Parameters(smooth_below=_SMOOTH_BELOW))
        self._entries: list[Entry] = []
        self._cards: list[int] = []
        self._parts: list[int] = []
        self._scopes: list[int] = []
        self._kinds: dict[tuple[Audience, tuple[str, ...]], int] = {}
        self._numbers: dict[str, range] = {}
        self._prepared: dict[str, Prepared] = {}

    def put(self, prepared: Sequence[Prepared]) -> None:
        """Puts articles on the shelf, each in place of the one with its id."""
        self.take([one.entry.article.id for one in prepared])
        numbers = iter(self._writer.extend(tokens for one in prepared for tokens in one.documents))
        for one in prepared:
            article = one.entry.article
            kind = self._kinds.setdefault((article.audience, tuple(sorted(article.sites))), len(self._kinds))
            own = [next(numbers) for _ in one.documents]
            self._numbers[article.id] = range(own[0], own[-1] + 1)
            self._prepared[article.id] = one
            self._entries += [one.entry] * len(own)
            self._cards += [own[0]] * len(own)
            self._parts += range(-1, len(own) - 1)
            self._scopes += [kind] * len(own)

    def take(self, article_ids: Sequence[str]) -> None:
        """Takes articles off the shelf; those not on it are passed over."""
        for article_id in article_ids:
            self._writer.remove(self._numbers.pop(article_id, range(0)))
            self._prepared.pop(article_id, None)

    def compacted(self) -> "ShelfWriter":
        """This writer, or a fresh one with the same articles when removed ones take more than a third of the room."""
        if self._writer.dead_share <= 1 / 3:
            return self
        fresh = ShelfWriter(self.locale)
        fresh.put(list(self._prepared.values()))
        return fresh

    def shelf(self) -> Shelf:
        """The present state for readers."""
        return Shelf(
            self.locale, self._writer.index(), self._entries.copy(), np.array(self._cards, dtype=np.int64),
            np.array(self._parts, dtype=np.int64), np.array(self._scopes, dtype=np.int64), list(self._kinds),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self._numbers)
