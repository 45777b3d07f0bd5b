"""Which language a text is in, told from its scripts and, among Latin and Cyrillic ones, from its commonest words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from funnel.core.locales import language_of
from kb.analyzer.function_words import FUNCTION_WORDS
from kb.hygiene.findings import Finding, Kind
from kb.hygiene.han import likelier_script, script_of_han
from kb.hygiene.reasons import Why, because
from kb.hygiene.units import Unit

_SCRIPTS: Final = re.compile(
    r"(?P<han>[\u3400-\u9fff\uf900-\ufaff]+)|(?P<kana>[\u3041-\u30ff]+)|(?P<hangul>[\uac00-\ud7ff\u1100-\u11ff]+)|"
    r"(?P<arabic>[\u0620-\u06ff\u0750-\u077f]+)|(?P<thai>[\u0e01-\u0e4e]+)|(?P<devanagari>[\u0900-\u097f]+)|"
    r"(?P<cyrillic>[\u0400-\u04ff]+)|(?P<greek>[\u0370-\u03ff\u1f00-\u1fff]+)|(?P<hebrew>[\u05d0-\u05ea]+)|(?P<latin>[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)"
)
_OF_LANGUAGE: Final = {
    "zh": "han", "ja": "kana", "ko": "hangul", "ar": "arabic", "fa": "arabic", "ur": "arabic", "th": "thai",
    "hi": "devanagari", "mr": "devanagari", "ne": "devanagari", "ru": "cyrillic", "uk": "cyrillic", "bg": "cyrillic",
    "sr": "cyrillic", "el": "greek", "he": "hebrew", "yue": "han",
}  # fmt: skip
_ALONE: Final = {"kana": "ja", "hangul": "ko", "arabic": "ar", "thai": "th", "devanagari": "hi", "cyrillic": "ru", "greek": "el", "hebrew": "he"}  # fmt: skip
_MARKS_OF: Final = {"ı": "tr", "ğ": "tr", "ß": "de", "ñ": "es", "ã": "pt", "õ": "pt", "ő": "hu", "ț": "ro", "ș": "ro", "ă": "ro", "đ": "vi", "ơ": "vi", "ư": "vi", "ł": "pl", "ř": "cs"}  # fmt: skip
_NOT_PROSE: Final = re.compile(
    r"https?://\S{1,300}|[\w.+-]{1,64}@[\w.-]{1,255}|`[^`\n]{0,300}`|\]\([^)\s]{0,300}\)|<[^<>\n]{1,300}>|\{\{[^{}\n]{1,80}\}\}"
)
_BETWEEN: Final = {code: None for code in range(0x80) if not chr(code).isalpha()}
_WORD: Final = re.compile(r"[^\W\d_]+")
_DENSE: Final = frozenset({"han", "kana", "hangul", "thai"})
_LEAST_LETTERS: Final = 40
_LEAST_FOREIGN: Final = 20
_MOSTLY: Final = 0.5


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    """Word -> the languages of Latin script in which it is a function word."""
    found: dict[str, tuple[str, ...]] = {}
    for language, words in FUNCTION_WORDS.items():
        if language not in _OF_LANGUAGE:
            for word in words.split():
                found[word] = (*found.get(word, ()), language)
    return found


def scripts(text: str) -> Counter[str]:
    """How many letters of each script a text has; a character of a dense script counts twice, as it says more."""
    found: Counter[str] = Counter()
    for match in _SCRIPTS.finditer(_NOT_PROSE.sub(" ", text).translate(_BETWEEN)):
        name = str(match.lastgroup)
        found[name] += len(match[0]) * (2 if name in _DENSE else 1)
    return found


def guess(text: str) -> str | None:
    """The locale a text is most likely in; None where it has no letters or nothing tells. Chinese is told by script."""
    sample = text[:20_000]
    found = scripts(sample)
    if not found:
        return None
    total = found.total()
    if found["kana"] > 0.1 * total:
        return "ja"
    name, most = found.most_common(1)[0]
    if most < _MOSTLY * total and found["han"] < 0.3 * total:
        return None
    if name == "han" or (found["han"] >= 0.3 * total and name == "latin"):
        return f"zh-{likelier_script(sample)}"
    return _ALONE.get(name) or _latin(sample)


def _latin(text: str) -> str | None:
    votes: Counter[str] = Counter()
    for word in _WORD.findall(text.lower()):
        languages = _words().get(word, ())
        for language in languages:
            votes[language] += 12 // len(languages)
    for mark, language in _MARKS_OF.items():
        votes[language] += 12 * text.count(mark)
    if not votes:
        return None
    (first, most), *rest = votes.most_common(2)
    return first if not rest or most > rest[0][1] else None


def wrong_language(locale: str, body: str, found: Sequence[Unit]) -> Iterator[Finding]:
    """An article in another language than its locale says, Chinese in the other script, and paragraphs in another script."""
    counts = scripts(body)
    wanted = _OF_LANGUAGE.get(language_of(locale), "latin")
    total = counts.total()
    own = counts[wanted] + (counts["han"] if wanted == "kana" else 0)
    if total >= _LEAST_LETTERS and own < _MOSTLY * total and own < max(counts.values()):
        yield _whole(found, because("script_article"))
        return
    if (
        wanted == "han"
        and (script := script_of_han(body))
        and f"zh-{script}" != locale
        and locale.startswith("zh-")
    ):
        yield _whole(found, because("script_chinese"))
    elif wanted == "latin" and counts["latin"] >= 200:
        told = _latin(body[:20_000])
        known = {language for languages in _words().values() for language in languages}
        if told is not None and told != language_of(locale) and language_of(locale) in known:
            yield _whole(found, because("words_article"))
    if total - own >= _LEAST_FOREIGN:
        yield from _mixed(wanted, found)


def _mixed(wanted: str, found: Sequence[Unit]) -> Iterator[Finding]:
    for unit in found:
        counts = scripts(unit.text) if not unit.code else Counter[str]()
        total = counts.total()
        own = counts[wanted] + (counts["han"] if wanted in ("kana", "hangul") else 0)
        foreign = total - own
        prose = wanted != "latin" and counts["latin"] == foreign
        if (
            foreign >= (_LEAST_FOREIGN if not prose or own == 0 else _LEAST_LETTERS)
            and foreign > 0.8 * total
            and " " in unit.plain
        ):
            yield Finding(
                kind=Kind.MIXED_LANGUAGE, start=unit.start, end=unit.end,
                why=because("script_passage"),
            )  # fmt: skip


def _whole(found: Sequence[Unit], why: Why) -> Finding:
    return Finding(
        kind=Kind.WRONG_LANGUAGE,
        start=found[0].start if found else 0,
        end=found[-1].end if found else 0,
        why=why,
    )
