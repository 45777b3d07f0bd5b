"""Folding: what patterns take for a word is what folding makes of letters and digits, and nothing else."""

import sys
import unicodedata

import re2
from hypothesis import given
from hypothesis import strategies as st

from funnel.escalation.signals.folding import CLAUSE, LETTERS, fold

_WORD = re2.compile(f"^[{LETTERS}]+$")
_SYMBOL_BLOCKS = ((0x2000, 0x2BFF), (0x1F000, 0x1FAFF))


def test_every_letter_and_digit_is_part_of_a_word() -> None:
    missed = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if chr(code).isalnum()
        for word in fold(chr(code)).text.split()
        if word[0].isalnum() and not _WORD.match(word)
    ]
    assert missed == []


def test_no_emoji_or_sign_is_part_of_a_word() -> None:
    taken = [
        hex(code)
        for low, high in _SYMBOL_BLOCKS
        for code in range(low, high)
        if unicodedata.category(chr(code)) in ("So", "Sk", "Sm", "Sc")
        for word in fold(chr(code)).text.split()
        if not word[0].isalnum() and _WORD.match(word)
    ]
    assert taken == []


@given(st.text(max_size=40))
def test_folded_text_is_words_clause_ends_and_symbols_between_single_spaces(text: str) -> None:
    folded = fold(text).text
    assert folded.startswith(" ")
    assert folded.endswith(" ")
    assert "  " not in folded
    for word in folded.split():
        assert word == CLAUSE or len(word) == 1 or _WORD.match(word), (word, folded)
