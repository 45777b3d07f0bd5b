"""One locale's articles as the search reads them: passages, what is asked, and who may see what. Pure."""

import re
from array import array
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import chain
from typing import Final, NamedTuple

import msgspec
import numpy as np

from kb.analyzer import analyse, gram_codes, language_of, normalise, wording
from kb.articles import Article, Audience
from kb.bm25 import BREAK, Bags, BagWriter, Bm25Index, Bm25Writer, Bools, Floats, Ints, Parameters
from kb.classifier import Classifier
from kb.passages import Passage, split
from kb.spellings import Spellings, SpellingsWriter
from kb.synonyms import NO_SYNONYMS, Synonyms

_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?؟।;:])\s+|(?<=[。！？；])|\n+")
_HARDLY: Final = 0.2
LEAST_SIZE: Final = 200
"""How large a shelf is taken to be at least when words are weighed: in a small one an unknown word would outweigh all others."""
LEAST_STUDIED: Final = 20
"""Articles a base needs for its own to tell how far its confidence can be trusted."""
UNSTUDIED: Final = -1.0
"""Logits by which a base of so many articles is shyer until it has been studied. With half of the articles of seven bases away
it then answers 59 questions wrongly instead of 74, and 384 instead of 441 rightly; the demo's plain questions 0 instead of 1,
and 41 instead of 45."""
_SMOOTH: Final = Parameters(k1=1.2, smooth=LEAST_SIZE)


class Entry(msgspec.Struct, frozen=True):
    """An article on the shelf, its body only as passages; `wordings` are its title and example questions literally, `bare` says
    that its text has hardly a word beyond them."""

    article: Article
    passages: tuple[Passage, ...]
    wordings: frozenset[str] = frozenset()
    bare: bool = False


class Text(NamedTuple):
    """An analysed text: its tokens with the ends of its sentences, and the codes of the pieces of its words."""

    tokens: list[str]
    codes: list[int]


class Prepared(msgspec.Struct, frozen=True):
    """An article cut and analysed, ready to be put on a shelf: the costly part, done before any shelf is touched.

    `asked` is the title (number 0), the example questions, then tags and product, then the short answer.
    """

    entry: Entry
    passages: tuple[Text, ...]
    asked: tuple[Text, ...]


class Field(NamedTuple):
    """One kind of text of a shelf: searched by its words, weighed by the pieces of its words as well."""

    words: Bm25Index
    bags: Bags

    def without(self, numbers: Ints) -> "Field":
        """The field as if some of its living texts had never come."""
        return Field(self.words.without(numbers), self.bags.without(numbers)) if len(numbers) else self


def prepare(article: Article) -> Prepared:
    """Cuts and analyses an article. Pure."""
    passages = tuple(split(article.body)) or (Passage("", article.short_answer or article.title),)
    locale = article.locale
    questions = (article.title, *article.example_questions)
    more = (" ".join(filter(None, (article.product, *article.tags))), article.short_answer or "")
    asked = [Text(analyse(text, locale), _codes(text, locale)) for text in (*questions, *filter(None, more))]
    texts = tuple(_passage_text(article.title, one, locale) for one in passages)
    entry = Entry(
        msgspec.structs.replace(article, body=""),
        passages,
        frozenset(filter(None, map(wording, questions))),
        _bare(texts, asked[: len(questions)]),
    )
    return Prepared(entry, texts, tuple(asked))


def _bare(passages: Sequence[Text], questions: Sequence[Text]) -> bool:
    said = frozenset(chain.from_iterable(text.tokens for text in questions))
    words = frozenset(chain.from_iterable(text.tokens for text in passages)) - {BREAK}
    return len(words - said) <= _HARDLY * len(words)


def _codes(text: str, locale: str) -> list[int]:
    return gram_codes(normalise(text), language_of(locale))


def _passage_text(title: str, passage: Passage, locale: str) -> Text:
    tokens: list[str] = []
    for sentence in chain((title, passage.heading), _SENTENCE_ENDS.split(passage.text)):
        if sentence:
            tokens += analyse(sentence, locale)
            tokens.append(BREAK)
    return Text(tokens, _codes(f"{title}\n{passage.heading}\n{passage.text}", locale))


class Places(NamedTuple):
    """Which article, by number, each passage and each asked text belongs to, and where an article's own ones begin."""

    article_of_passage: Ints
    article_of_asked: Ints
    first_passage: Ints
    first_asked: Ints
    kinds: Ints
    alive: Bools
    bare: Bools


class Masks(NamedTuple):
    """What a reader may see, by article, and as factors 1 or 0 of the scores of passages and asked texts; None: everything."""

    articles: Bools
    passages: Floats | None
    asked: Floats | None


class Taught(NamedTuple):
    """A linear model of the example questions and the number of the article that each of its labels stands for, or -1."""

    model: Classifier
    articles: Ints


class Kind(StrEnum):
    """What the articles of a shelf can be told by: their text, their example questions, or both."""

    PASSAGES = "passages"
    EXAMPLES = "examples"
    BOTH = "both"


class Shelf:
    """One state of one locale's articles. Never changes; safe from any thread."""

    def __init__(
        self, locale: str, passages: Field, asked: Field, spellings: Spellings, entries: list[Entry], places: Places,
        kinds: Sequence[tuple[Audience, tuple[str, ...]]], taught: Taught | None, synonyms: Synonyms,
        offset: float = 0.0,
    ) -> None:  # fmt: skip
        self.locale = locale
        self.passages = passages
        self.asked = asked
        self.spellings = spellings
        self.places = places
        self._entries = entries
        self._kinds = tuple(kinds)
        self._masks: dict[tuple[str | None, Audience], Masks] = {}
        self.asked_totals = asked.words.totals(LEAST_SIZE)
        self.taught = taught
        self.synonyms = synonyms
        self.offset = offset
        """What the confidence of this base is moved by; see kb.rehearsal."""
        self.kind = self._told_by()

    def _told_by(self) -> Kind:
        if self.taught is None:
            return Kind.PASSAGES
        bare = self.places.bare[self.places.alive]
        return Kind.EXAMPLES if len(bare) and 2 * int(bare.sum()) > len(bare) else Kind.BOTH

    def without(self, articles: Ints) -> "Shelf":
        """The shelf as if some of its articles had never come. For rehearsals: it shares everything and costs milliseconds.

        The linear model keeps what it learnt from them about the others.
        """
        places = self.places
        gone = np.zeros(len(places.alive), dtype=np.bool_)
        gone[articles] = True
        texts = np.flatnonzero(gone[places.article_of_asked] & self.asked.words.alive)
        parts = np.flatnonzero(gone[places.article_of_passage] & self.passages.words.alive)
        taught = self.taught
        if taught is not None:
            known = np.where(taught.articles >= 0, gone[taught.articles], False)  # -1 reads the last: masked
            taught = taught._replace(articles=np.where(known, -1, taught.articles))
        return Shelf(
            self.locale, self.passages.without(parts), self.asked.without(texts), self.spellings, self._entries,
            places._replace(alive=places.alive & ~gone), self._kinds, taught, self.synonyms, self.offset,
        )  # fmt: skip

    def mask(self, site_id: str | None, audience: Audience) -> Masks:
        """What this reader may see; `site_id` None leaves the site out of account."""
        found = self._masks.get((site_id, audience))
        if found is None:
            places = self.places
            kinds = np.array([_open(kind, site_id, audience) for kind in self._kinds], dtype=np.bool_)
            articles = kinds[places.kinds] & places.alive if len(kinds) else places.alive
            factors = None if articles.all() else articles.astype(np.float64)
            found = Masks(
                articles,
                None if factors is None else factors[places.article_of_passage],
                None if factors is None else factors[places.article_of_asked],
            )
            self._masks[site_id, audience] = found
        return found

    def taught_scores(self, features: Sequence[int]) -> Floats:
        """What the linear model, where there is one, gives each article, 0..1."""
        scores = np.zeros(len(self._entries))
        if self.taught is not None:
            found = np.clip(self.taught.model.scores(features), 0.0, 1.0)
            known = self.taught.articles >= 0
            scores[self.taught.articles[known]] = found[known]
        return scores

    @property
    def size_bytes(self) -> int:
        """What the index of all fields takes, their words and the articles' own text not counted."""
        return sum(one.words.size_bytes + one.bags.size_bytes for one in (self.passages, self.asked))

    def entry(self, article: int) -> Entry:
        """The article of a number."""
        return self._entries[article]

    def entries(self, site_id: str | None, audience: Audience) -> list[Entry]:
        """Every article this reader may see, in the order they came."""
        return [
            self._entries[number] for number in np.flatnonzero(self.mask(site_id, audience).articles).tolist()
        ]


def _open(kind: tuple[Audience, tuple[str, ...]], site_id: str | None, audience: Audience) -> bool:
    seen_by, sites = kind
    return (seen_by is Audience.PUBLIC or audience is Audience.AGENTS) and (
        not sites or site_id is None or site_id in sites
    )


class _FieldWriter:
    """The changing side of one kind of text."""

    def __init__(self) -> None:
        self.words = Bm25Writer(_SMOOTH)
        self.bags = BagWriter()
        self.owners = array("q")

    def extend(self, article: int, texts: Sequence[Text]) -> None:
        self.owners.extend([article] * len(texts))

    def write(self, texts: Sequence[Text]) -> None:
        self.words.extend(text.tokens for text in texts)
        self.bags.extend(text.codes for text in texts)

    def remove(self, numbers: Iterable[int]) -> None:
        gone = list(numbers)
        self.words.remove(gone)
        self.bags.remove(gone)

    def view(self) -> Field:
        return Field(self.words.index(), self.bags.view())


class ShelfWriter:
    """The changing side of a shelf; one thread at a time."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._passages = _FieldWriter()
        self._asked = _FieldWriter()
        self._spellings = SpellingsWriter()
        self._entries: list[Entry] = []
        self._starts: list[tuple[int, int]] = [(0, 0)]
        self._article_kinds: list[int] = []
        self._alive: list[bool] = []
        self._bare: list[bool] = []
        self._kinds: dict[tuple[Audience, tuple[str, ...]], int] = {}
        self._numbers: dict[str, int] = {}
        self._taught: tuple[Classifier, tuple[str, ...]] | None = None
        self._synonyms = NO_SYNONYMS
        self._offset: float | None = None

    def use(self, synonyms: Synonyms) -> None:
        """Reads questions with these synonyms from now on."""
        self._synonyms = synonyms

    def teach(self, taught: tuple[Classifier, tuple[str, ...]] | None) -> None:
        """Serves a model with the shelf from now on; articles that go or come meanwhile are not scored by it."""
        self._taught = taught

    def calibrate(self, offset: float) -> None:
        """Serves what the base has shown about its confidence with the shelf from now on."""
        self._offset = offset

    def put(self, prepared: Sequence[Prepared]) -> None:
        """Puts articles on the shelf, each in place of the one with its id."""
        self.take([one.entry.article.id for one in prepared])
        for one in prepared:
            article, number = one.entry.article, len(self._entries)
            kind = self._kinds.setdefault((article.audience, tuple(sorted(article.sites))), len(self._kinds))
            self._numbers[article.id] = number
            self._entries.append(one.entry)
            self._article_kinds.append(kind)
            self._alive.append(True)
            self._bare.append(one.entry.bare)
            self._passages.extend(number, one.passages)
            self._asked.extend(number, one.asked)
            self._starts.append((len(self._passages.owners), len(self._asked.owners)))
        self._passages.write([text for one in prepared for text in one.passages])
        self._asked.write([text for one in prepared for text in one.asked])
        texts = (text for one in prepared for text in (*one.passages, *one.asked))
        self._spellings.add(word for text in texts for word in text.tokens)

    def take(self, article_ids: Sequence[str]) -> None:
        """Takes articles off the shelf; those not on it are passed over."""
        for article_id in article_ids:
            number = self._numbers.pop(article_id, None)
            if number is not None:
                self._alive[number] = False
                (passages, asked), (passages_end, asked_end) = self._starts[number : number + 2]
                self._passages.remove(range(passages, passages_end))
                self._asked.remove(range(asked, asked_end))

    def compacted(self) -> "ShelfWriter":
        """This writer, or a fresh one with the same articles when removed ones take more than a third of the room."""
        if self._passages.words.dead_share <= 1 / 3:
            return self
        fresh = ShelfWriter(self.locale)
        fresh.teach(self._taught)
        fresh.use(self._synonyms)
        fresh._offset = self._offset
        fresh.put([_again(self._entries[number]) for number in self._numbers.values()])
        return fresh

    def shelf(self) -> Shelf:
        """The present state for readers."""
        starts = np.array(self._starts, dtype=np.int64)
        places = Places(
            np.array(self._passages.owners, dtype=np.int64), np.array(self._asked.owners, dtype=np.int64),
            starts[:, 0], starts[:, 1], np.array(self._article_kinds, dtype=np.int64),
            np.array(self._alive, dtype=np.bool_), np.array(self._bare, dtype=np.bool_),
        )  # fmt: skip
        return Shelf(
            self.locale, self._passages.view(), self._asked.view(), self._spellings.view(), self._entries.copy(),
            places, list(self._kinds), self._taught_now(), self._synonyms, self._trusted(),
        )  # fmt: skip

    def _trusted(self) -> float:
        """What the study found, or shyness before the first one where it will have something to go by."""
        if self._offset is not None:
            return self._offset
        return UNSTUDIED if len(self) >= LEAST_STUDIED else 0.0

    def _taught_now(self) -> Taught | None:
        if self._taught is None:
            return None
        model, ids = self._taught
        return Taught(model, np.array([self._numbers.get(one, -1) for one in ids], dtype=np.int64))

    def __len__(self) -> int:
        return len(self._numbers)


def _again(entry: Entry) -> Prepared:
    """An article on the shelf made ready for another one."""
    article, locale = entry.article, entry.article.locale
    prepared = prepare(article)
    texts = tuple(_passage_text(article.title, one, locale) for one in entry.passages)
    return msgspec.structs.replace(prepared, entry=entry, passages=texts)
