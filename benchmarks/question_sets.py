"""Question sets in files of JSON lines, as knowledge bases: articles of passages or of example questions, and what is asked.

Folder `kb`: *.docs.jsonl {id, lang, title, text} with *.queries.jsonl {q, gold}; folder `faq`: *_train.jsonl {text, label}
with, where there is one, *_val.jsonl to ask from and *_oos_*.jsonl of questions that no article answers.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from funnel.core.locales import canonical_locale
from kb.articles import Article
from kb.library import Shelving
from kb.search import KbSnapshot
from kb.store import Changes

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NO_LABEL: Final = ("oos", "NO_NODES_DETECTED", None)


class Asked(NamedTuple):
    """A question, the id of the article that answers it (None: there is none), and the locale it is asked in."""

    question: str
    gold: str | None
    locale: str


class QuestionSet(NamedTuple):
    """A knowledge base and its questions; `topic` says of each article which others are about the same thing."""

    name: str
    articles: tuple[Article, ...]
    asked: tuple[Asked, ...]
    topic: dict[str, str]


def made(name: str, title: str, body: str, locale: str, questions: Iterable[str] = ()) -> Article:
    """A published article."""
    return Article(
        id=name, group_id=name, revision=1, updated_at=NOW, locale=locale, slug=name, title=title, body=body,
        example_questions=tuple(questions),
    )  # fmt: skip


def snapshot(articles: Iterable[Article]) -> KbSnapshot:
    """A knowledge base of these articles, with what it learns from them."""
    shelving = Shelving()
    shelving.apply(Changes(1, NOW, tuple(articles), ()))
    return shelving.study()


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def passages(path: Path, most: int, *, titles: bool = True) -> QuestionSet:
    """A set of passages, each an article; at most so many questions, drawn the same way each time."""
    documents = lines(path)
    locale = canonical_locale(documents[0]["lang"]) or "en"
    queries = lines(path.with_name(path.name.replace(".docs.", ".queries.")))
    queries = random.Random(1).sample(queries, min(most, len(queries)))
    return QuestionSet(
        path.name.removesuffix(".docs.jsonl"),
        tuple(
            made(one["id"], (titles and one["title"]) or "Article", one["text"], locale) for one in documents
        ),
        tuple(Asked(one["q"], one["gold"], locale) for one in queries),
        {one["id"]: one["title"] for one in documents},
    )


def intents(path: Path, examples: int, most: int, labels: int | None = None) -> QuestionSet:
    """A set of labels, each an article of so many example questions; asked is what is left over, or the part for it."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for one in lines(path):
        if one["label"] not in _NO_LABEL:
            by_label[one["label"]].append(one["text"])
    chance = random.Random(3)
    names = sorted(by_label)
    names = sorted(chance.sample(names, labels)) if labels else names
    articles: list[Article] = []
    rest: list[tuple[str, str]] = []
    for name in names:
        texts = chance.sample(by_label[name], len(by_label[name]))
        kept = texts[: min(examples, max(1, len(texts) * 2 // 3))]
        articles.append(made(name, name.replace("_", " ").lower(), kept[0], "en", kept))
        rest += [(text, name) for text in texts[len(kept) :]]
    other = path.with_name(path.name.replace("_train.", "_val."))
    if other.exists():
        rest = [(one["text"], one["label"]) for one in lines(other) if one["label"] in names]
    rest = chance.sample(rest, min(most, len(rest)))
    asked = tuple(Asked(text, name, "en") for text, name in rest)
    return QuestionSet(path.name.removesuffix("_train.jsonl"), tuple(articles), asked, {n: n for n in names})


def thinned(given: QuestionSet, *, by_topic: bool, seed: int, share: float = 0.5) -> QuestionSet:
    """The set with a share of its topics, or of its articles whatever their topic, taken away; their questions stay."""
    chance = random.Random(seed)
    kinds = sorted(set(given.topic.values()) if by_topic else {one.id for one in given.articles})
    gone = set(chance.sample(kinds, int(len(kinds) * share)))
    away = {one.id for one in given.articles if (given.topic[one.id] if by_topic else one.id) in gone}
    return given._replace(
        articles=tuple(one for one in given.articles if one.id not in away),
        asked=tuple(one._replace(gold=None if one.gold in away else one.gold) for one in given.asked),
    )


def with_slips(asked: Sequence[Asked], seed: int = 5) -> tuple[Asked, ...]:
    """The questions with one slip of the keyboard for about every twelve letters."""
    chance = random.Random(seed)
    return tuple(one._replace(question=_slipped(one.question, chance)) for one in asked)


def _slipped(text: str, chance: random.Random) -> str:
    characters = list(text)
    letters = [n for n, character in enumerate(characters) if character.isalpha()]
    alphabet = [characters[n] for n in letters]
    for place in sorted(
        chance.sample(letters, min(len(letters), max(1, round(len(letters) / 12)))), reverse=True
    ):
        match chance.randrange(4):
            case 0:
                del characters[place]
            case 1:
                characters.insert(place, chance.choice(alphabet))
            case 2:
                characters[place] = chance.choice(alphabet)
            case _ if place + 1 < len(characters):
                characters[place : place + 2] = reversed(characters[place : place + 2])
    return "".join(characters)
