"""Slips of machine translation and of copying, and passages that are empty or far too long."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kb.hygiene.findings import Finding, Kind
from kb.hygiene.reasons import because
from kb.hygiene.units import Unit

# What machines make of idioms, beside what was meant; each was seen in published help texts.
_MEANT: Final = {
    "قذائف الهاون": "slip_mortar",
    "خرطوم حريق": "slip_idiom",
    "كلمة قذرة": "slip_idiom",
    "钱币。": "slip_exclamation",
    "錢幣。": "slip_exclamation",
    "怀上了": "slip_idiom",
    "出站中心": "slip_outbound",
    "热容量": "slip_capacity",
}
_KNOWN: Final = re.compile("|".join(map(re.escape, _MEANT)))
_SLIPS: Final = (
    (re.compile(r"(?<![A-Za-z])(?:a|an|the|of|to|and)(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?:the|of|and)(?=[\u4e00-\u9fff])"),
     "slip_english_word"),
    (re.compile(r"\b[A-Z][a-z]{3,}(?:[a-z]*[A-Z][a-z]{4,})(?=\s)(?<=[a-z])"), "slip_joined_names"),
    (re.compile(r"(?:\w[ \u00a0]+[،؛؟][^\n]*){3}"), "slip_comma_space"),
    (re.compile(r"(?<=[\u4e00-\u9fff])[ ]?(?:\u2019|\u201d)(?=[^\W\d_]{2,8}(?:\u2019|\u201d))"), "slip_quotes"),
)  # fmt: skip
_TWO_NAMES: Final = 1
_LONGEST_PASSAGE: Final = 3_000
_WIDE: Final = 0x2E80


def slips(found: Sequence[Unit]) -> Iterator[Finding]:
    """What a machine or a careless copy did to the wording, where it can be told."""
    for unit in found:
        if unit.code:
            continue
        for match in _KNOWN.finditer(unit.text):
            yield _slip(unit, match, _MEANT[match[0]])
        for number, (pattern, code) in enumerate(_SLIPS):
            match_or_none = pattern.search(unit.text)
            if match_or_none and (number != _TWO_NAMES or _wide(unit.text)):
                yield _slip(unit, match_or_none, code)


def _wide(text: str) -> bool:
    return any(ord(c) >= _WIDE for c in text)


def _slip(unit: Unit, match: re.Match[str], code: str) -> Finding:
    return Finding(
        kind=Kind.TRANSLATION_SLIP,
        start=unit.start + match.start(),
        end=unit.start + match.end(),
        why=because(code),
    )


def sizes(found: Sequence[Unit]) -> Iterator[Finding]:
    """Headings with nothing below them, and passages nobody will read to the end."""
    for number, unit in enumerate(found):
        if unit.heading and not unit.code:
            below = found[number + 1] if number + 1 < len(found) else None
            if below is None or (below.heading and _level(below) <= _level(unit)):
                yield Finding(
                    kind=Kind.EMPTY_PASSAGE,
                    start=unit.start,
                    end=unit.end,
                    why=because("empty"),
                )
        elif len(unit.text) * 2 > _LONGEST_PASSAGE < len(unit.text) + sum(ord(c) >= _WIDE for c in unit.text):
            yield Finding(
                kind=Kind.LONG_PASSAGE, start=unit.start, end=unit.end,
                why=because("long"),
            )  # fmt: skip


def _level(unit: Unit) -> int:
    return len(unit.text.lstrip()) - len(unit.text.lstrip().lstrip("#"))
