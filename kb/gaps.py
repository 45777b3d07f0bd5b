"""Questions that got no good answer, put together by what they ask. Pure."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from funnel.core.locales import language_of
from kb.analyzer import content_tokens

ALIKE: Final = 0.4
MOST_EXAMPLES: Final = 5
MOST_QUESTIONS: Final = 10
MOST_REPLIES: Final = 3
_MOST_TOKENS: Final = 60
_PRIVATE: Final = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}|\d[\d -]{4,}\d|https?://\S{1,2000}")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question without a good answer, and the event in the log that it is. `answered_by` is the article that an agent says should
    have answered it."""

    conversation_id: str
    event_id: str
    at: datetime
    locale: str
    text: str
    waited: float | None = None
    reply: str | None = None
    answered_by: str | None = None


class Draft(msgspec.Struct, frozen=True):
    """What an article about a gap could begin with: what was asked, and what agents answered, without addresses and numbers."""

    locale: str
    title: str
    body: str
    example_questions: tuple[str, ...]


class Gap(msgspec.Struct, frozen=True):
    """Questions that ask nearly the same: the most typical one, how many there were in each week (by its Monday), and the
    seconds that their contacts waited for a person.
    """

    question: str
    locale: str
    count: int
    weeks: tuple[tuple[date, int], ...]
    waited: float
    examples: tuple[Asked, ...]
    draft: Draft


class _Cluster:
    def __init__(self) -> None:
        self.members: list[int] = []
        self.centre: dict[str, float] = {}
        self.length = 0.0


def gaps(asked: Sequence[Asked]) -> list[Gap]:
    """The gaps, the ones with the most questions first, then those that cost the most waiting. Deterministic.

    Questions of one language are compared by their words, rare ones counting more; about linear, since only clusters that
    share a word are compared.
    """
    found: list[Gap] = []
    by_language: dict[str, list[Asked]] = defaultdict(list)
    for one in sorted(asked, key=lambda one: (one.at, one.event_id)):
        by_language[language_of(one.locale)].append(one)
    for many in by_language.values():
        found += _of_language(many)
    return sorted(found, key=lambda gap: (-gap.count, -gap.waited, gap.locale, gap.question))


def _of_language(asked: Sequence[Asked]) -> list[Gap]:
    words = [frozenset(content_tokens(one.text, one.locale)[:_MOST_TOKENS]) for one in asked]
    frequency = Counter(token for tokens in words for token in tokens)
    vectors = [_vector(tokens, frequency, len(asked)) for tokens in words]
    clusters: list[_Cluster] = []
    having: dict[str, set[int]] = defaultdict(set)
    for number, vector in enumerate(vectors):
        place = _closest(vector, clusters, having)
        if place is None:
            place = len(clusters)
            clusters.append(_Cluster())
        cluster = clusters[place]
        cluster.members.append(number)
        for token, weight in vector.items():
            cluster.centre[token] = cluster.centre.get(token, 0.0) + weight
            having[token].add(place)
        cluster.length = math.sqrt(sum(weight * weight for weight in cluster.centre.values()))
    return [_gap([asked[n] for n in one.members], [vectors[n] for n in one.members], one) for one in clusters]


def _vector(tokens: Iterable[str], frequency: Counter[str], total: int) -> dict[str, float]:
    weights = {token: 1 + math.log(1 + total / frequency[token]) for token in tokens}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {token: weight / length for token, weight in weights.items()}


def _likeness(vector: dict[str, float], cluster: _Cluster) -> float:
    shared = sum(weight * cluster.centre.get(token, 0.0) for token, weight in vector.items())
    return shared / cluster.length if cluster.length else 0.0


def _closest(
    vector: dict[str, float], clusters: Sequence[_Cluster], having: dict[str, set[int]]
) -> int | None:
    near = {place for token in vector for place in having.get(token, ())}
    best = max(near, key=lambda place: (_likeness(vector, clusters[place]), -place), default=None)
    return best if best is not None and _likeness(vector, clusters[best]) >= ALIKE else None


def _gap(members: Sequence[Asked], vectors: Sequence[dict[str, float]], cluster: _Cluster) -> Gap:
    order = sorted(
        range(len(members)), key=lambda n: (-_likeness(vectors[n], cluster), len(members[n].text), n)
    )
    typical = members[order[0]]
    weeks = Counter(_monday(one.at) for one in members)
    texts = tuple(dict.fromkeys(_plain(members[n].text) for n in order))[:MOST_QUESTIONS]
    replies = tuple(dict.fromkeys(_plain(members[n].reply or "") for n in order if members[n].reply))
    draft = Draft(typical.locale, texts[0][:300], "\n\n".join(replies[:MOST_REPLIES]), texts)
    return Gap(
        _plain(typical.text),
        typical.locale,
        len(members),
        tuple(sorted(weeks.items())),
        sum(one.waited or 0.0 for one in members),
        tuple(members[n] for n in order[:MOST_EXAMPLES]),
        draft,
    )


def _monday(at: datetime) -> date:
    day = at.date()
    return date.fromordinal(day.toordinal() - day.weekday())


def _plain(text: str) -> str:
    """A text on one line, without what belongs to one person."""
    return " ".join(_PRIVATE.sub("…", text).split())[:500]
