"""How well questions find their article: recall, rank, and how far the answers can be trusted, by language. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from funnel.core.errors import invalid
from funnel.core.locales import canonical_locale, language_of
from kb.articles import Audience
from kb.search import KbSnapshot, Outcome

SHARES = ("recall_1", "recall_3", "mrr", "precision", "coverage")
_DEEP = 10
_MOST = 100_000


class Case(msgspec.Struct, frozen=True):
    """A question and the article that answers it, by id or slug; None where the base is meant to have none."""

    question: str
    article: str | None = None
    locale: str = "en"


class Scores(msgspec.Struct, frozen=True):
    """What came out for one language, or for all of them together (`language` "all"). Shares are 0..1.

    `recall_1`, `recall_3`, `mrr` (of the first ten): over the questions that have an article. `precision`: of the answers
    given, those by the right article. `coverage`: of the questions that have an article, those answered.
    """

    language: str
    questions: int
    with_article: int
    recall_1: float
    recall_3: float
    mrr: float
    answered: int
    precision: float
    coverage: float


class _Tally:
    def __init__(self) -> None:
        self.questions = self.with_article = self.first = self.third = self.answered = self.right = (
            self.covered
        ) = 0
        self.ranks = 0.0

    def add(self, expected: str | None, found: Sequence[tuple[str, str]], *, answered: bool) -> None:
        place = next((n for n, names in enumerate(found, 1) if expected in names), 0)
        self.questions += 1
        self.answered += answered
        self.right += answered and place == 1
        if expected is not None:
            self.with_article += 1
            self.first += place == 1
            self.third += 1 <= place <= 3
            self.ranks += 1 / place if place else 0.0
            self.covered += answered

    def scores(self, language: str) -> Scores:
        having, answered = max(1, self.with_article), max(1, self.answered)
        return Scores(
            language, self.questions, self.with_article, self.first / having, self.third / having,
            self.ranks / having, self.answered, self.right / answered, self.covered / having,
        )  # fmt: skip


def evaluate(snapshot: KbSnapshot, cases: Iterable[Case], site_id: str | None = None) -> tuple[Scores, ...]:
    """The scores by language, alphabetically, then of all; every question is asked as a visitor would.

    `site_id` None asks in every site. Raises INVALID for an expected article that no visitor can find: its questions
    would be counted against the search although nothing could be found.
    """
    known = _names(snapshot, site_id)
    tallies: dict[str, _Tally] = {"all": _Tally()}
    for case in cases:
        if case.article is not None and case.article not in known:
            raise invalid("article_unknown", f"No published article has the id or slug {case.article!r}.")
        found = snapshot.search(case.question, case.locale, site_id, limit=_DEEP)
        names = [(hit.article_id, hit.slug) for hit in found.hits]
        for name in ("all", language_of(canonical_locale(case.locale) or case.locale)):
            tally = tallies.setdefault(name, _Tally())
            tally.add(case.article, names, answered=found.outcome is Outcome.ANSWER)
    everything = tallies.pop("all").scores("all")
    return (*(tally.scores(name) for name, tally in sorted(tallies.items())), everything)


class Floor(msgspec.Struct, frozen=True):
    """The least that a share may be, of all questions or of one language."""

    share: str
    least: float
    language: str = "all"


def floor_of(text: str) -> Floor:
    """A floor as people write it: `recall_1=.9`, or `ar:precision=.95` for one language. Raises INVALID."""
    name, _, value = text.partition("=")
    language, _, share = name.rpartition(":")
    known = {one.replace("_", ""): one for one in SHARES}
    try:
        least = float(value)
    except ValueError:
        least = -1.0
    named = known.get(share.strip().lower().replace("_", "").replace("@", ""))
    if named is None or not 0 <= least <= 1:
        raise invalid("floor_invalid", f"A floor is one of {', '.join(SHARES)}, =, and a number from 0 to 1.")
    return Floor(named, least, language.strip() or "all")


def below(scores: Sequence[Scores], floors: Iterable[Floor]) -> list[str]:
    """A sentence for every floor that is not reached, and for one of a language that no question is in."""
    by_language = {one.language: one for one in scores}
    return [sentence for floor in floors if (sentence := _missed(by_language.get(floor.language), floor))]


def _missed(found: Scores | None, floor: Floor) -> str | None:
    if found is None:
        return f"No question is in {floor.language}."
    reached: float = getattr(found, floor.share)
    if reached >= floor.least:
        return None
    return f"{floor.share} of {floor.language} is {reached:.3f}, less than {floor.least:g}."


def _names(snapshot: KbSnapshot, site_id: str | None) -> frozenset[str]:
    shelves = filter(None, map(snapshot.shelf, snapshot.locales))
    entries = (entry for shelf in shelves for entry in shelf.entries(site_id, Audience.PUBLIC))
    return frozenset(name for entry in entries for name in (entry.article.id, entry.article.slug))


def read_cases(text: str, name: str) -> list[Case]:
    """The cases of a file: JSON lines, or CSV with a header, of `question`, `article` (may be empty) and `locale`.

    Raises INVALID naming the line that is wrong, or a file without any question.
    """
    rows = _csv(text) if name.lower().endswith(".csv") else _json_lines(text)
    cases: list[Case] = []
    for line, row in rows:
        try:
            case = msgspec.convert({k: v for k, v in row.items() if v not in ("", None)}, Case)
        except msgspec.ValidationError as error:
            raise invalid("case_invalid", f"Line {line}: {error}", line=line) from None
        if not case.question.strip() or canonical_locale(case.locale) is None:
            raise invalid("case_invalid", f"Line {line}: no question, or an unknown locale.", line=line)
        cases.append(case)
    if not cases or len(cases) > _MOST:
        raise invalid("case_invalid", f"The file must hold 1 to {_MOST} questions.")
    return cases


def _csv(text: str) -> Iterable[tuple[int, dict[str, Any]]]:
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
        yield line, {key: value for key, value in row.items() if key in Case.__struct_fields__}


def _json_lines(text: str) -> Iterable[tuple[int, dict[str, Any]]]:
    for line, content in enumerate(text.splitlines(), 1):
        if content.strip():
            try:
                yield line, msgspec.json.decode(content, type=dict[str, Any])
            except msgspec.DecodeError as error:
                raise invalid("case_invalid", f"Line {line}: {error}", line=line) from None
