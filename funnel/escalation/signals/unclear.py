"""Texts that say nothing: keyboard mash, lone emoji, punctuation, test words. Heuristics over folded words."""

import re
from typing import Final, Literal

from funnel.escalation.signals.folding import CLAUSE, Folded

Unclear = Literal["gibberish", "emoji", "punctuation", "test"]

_ROWS: Final = (("qwertyuiop", 5), ("asdfghjkl", 4), ("zxcvbnm", 4), ("qwertzuiop", 5), ("azertyuiop", 5))
_RUNS: Final = frozenset(
    line[i : i + size] for row, size in _ROWS for line in (row, row[::-1]) for i in range(len(row) - size + 1)
)
_VOWELS: Final = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ")
_LATIN_WORD = re.compile(r"[a-z]+")
_HARD: Final = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")
_CLUSTERS: Final = re.compile(r"sch|ch|th|ng")
_REPEATED: Final = re.compile(r"(.{1,4}?)\1{3,}")
_ABBREVIATIONS: Final = frozenset(
    ("html", "https", "http", "xxl", "xxxl", "pdf", "sms", "gps", "dhl", "gls", "tnt")
)
_TESTS: Final = frozenset(("test", "tests", "testing", "tst", "teste", "测试", "测试一下", "试试", "اختبار", "تست", "تجربه", "فحص"))  # fmt: skip
_TEST_FILL: Final = frozenset(("this", "is", "a", "just", "only", "123", "1", "2", "3", "12", "one", "two", "مجرد", "هذا", "hello", "my", "first"))  # fmt: skip


def _mashed(word: str) -> bool:
    if word in _ABBREVIATIONS or len(word) < 4:
        return False
    if any(word[i : i + size] in _RUNS for size in (4, 5) for i in range(len(word) - size + 1)):
        return True
    if _REPEATED.fullmatch(word):
        return True
    if not _LATIN_WORD.fullmatch(word) or any(c.isdigit() for c in word):
        return False
    if len(word) >= 5 and not any(c in _VOWELS for c in word):
        return True
    return _HARD.search(_CLUSTERS.sub("", word)) is not None


def unclear(text: str, folded: Folded) -> Unclear | None:
    """Why the text cannot be a need, or None. Only a text that is mash from end to end counts: one readable word saves it."""
    words = [w for w in folded.text.split() if w != CLAUSE]
    if not words:
        return "punctuation" if text.strip() else None
    readable = [w for w in words if w.isalnum() or any(map(str.isalnum, w))]
    if not readable:
        return "emoji"
    if not _TESTS.isdisjoint(readable) and all(w in _TESTS or w in _TEST_FILL for w in readable):
        return "test"
    letters = [w for w in readable if not w.isdigit()]
    if letters and all(len(w) <= 3 or _mashed(w) for w in letters) and any(_mashed(w) for w in letters):
        known = [w for w in letters if not _mashed(w)]
        return "gibberish" if len(known) <= len(letters) // 2 else None
    if len(readable) == 1 and len(text.strip()) >= 3 and len(set(text.strip().lower())) == 1 and letters:
        return "gibberish"
    return None
