"""Phrase lists of several languages compiled into one automaton: one pass over a text tells which lists speak."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, cast

import re2
from msgspec import Struct

from funnel.escalation.signals.folding import CLAUSE, Folded, fold_letters

_MEMORY: Final = 256 << 20  # an upper bound; the automaton grows only with what it meets
Spans = tuple[tuple[int, int], ...]
_SPACE: Final = ord(" ")
_SYMBOLS = "[^\\p{L}\\p{N} ]"


class Phrases(Struct, frozen=True, kw_only=True):
    """One list. Patterns are written over folded words (`folding.fold`): lower case, no apostrophes, one space, `|` for a
    clause end. `words` (Latin, Arabic …) match whole words; `han` matches anywhere; `symbols` are emoji.

    `unless` lists patterns that take a match away where they cover it (negations, false friends).
    """

    name: str
    words: tuple[str, ...] = ()
    han: tuple[str, ...] = ()
    symbols: str = ""
    unless: tuple[str, ...] = ()
    unless_han: tuple[str, ...] = ()


class Whole(Struct, frozen=True, kw_only=True):
    """Texts that consist of nothing but phrases of the lists `of`, fillers, symbols and punctuation. `filler` names a list
    that is of no interest by itself.
    """

    name: str
    of: tuple[str, ...]
    filler: str | None = None
    fillers: tuple[str, ...] = ()
    han_fillers: tuple[str, ...] = ()


def _union(patterns: Iterable[str]) -> str:
    return "|".join(patterns)


def _body(words: Sequence[str], han: Sequence[str], symbols: str = "") -> str | None:
    """One alternation, None where every part is empty. No capturing groups: without them the automaton finds the bounds."""
    parts: list[str] = []
    if words:
        parts.append(f" (?:و|ف)?(?:{_union(map(fold_letters, words))}) ")
    if han:
        parts.append(_union(map(fold_letters, han)))
    if symbols:
        parts.append(f"[{symbols}]")
    return _union(f"(?:{part})" for part in parts) if parts else None


def _whole_body(whole: Whole, lists: Sequence[Phrases]) -> str:
    words = [*whole.fillers, *(w for entry in lists for w in entry.words)]
    han = [*whole.han_fillers, *(h for entry in lists for h in entry.han)]
    parts = [re.escape(CLAUSE), f"{_SYMBOLS}+"]
    if words:
        parts.append(f"(?:و|ف)?(?:{_union(map(fold_letters, words))})")
    if han:
        parts.append(f"(?:{_union(map(fold_letters, han))})+")
    return f"^(?: (?:{_union(parts)}))+ $"


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


class Found:
    """What a text says: `names` of the lists that spoke before vetoes, `wholes` that cover it, spans on demand."""

    __slots__ = ("_encoded", "_known", "_lexicon", "_text", "names", "wholes")

    def __init__(self, lexicon: "Lexicon", text: str, names: frozenset[str], wholes: frozenset[str]) -> None:
        self._lexicon = lexicon
        self._text = text
        self._encoded = b""
        self._known: dict[str, Spans] = {}
        self.names = names
        self.wholes = wholes

    def spans(self, name: str) -> Spans:
        """Where the list speaks, in the folded text; spans that a veto covers are left out."""
        if name not in self.names:
            return ()
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._decoded(self._lexicon.spans(name, self._bytes()))
        return known

    def vetoed(self, name: str) -> bool:
        """Whether a look-alike of the list is in the text, whatever else is."""
        return self._lexicon.vetoed(name, self._bytes())

    def _bytes(self) -> bytes:
        if not self._encoded:
            self._encoded = self._text.encode()
        return self._encoded

    def _decoded(self, spans: Spans) -> Spans:
        """Spans of bytes as spans of characters."""
        if not spans or len(self._encoded) == len(self._text):
            return spans
        raw = self._encoded
        return tuple((len(raw[:start].decode()), len(raw[:end].decode())) for start, end in spans)


class Lexicon:
    """Immutable once built. `find` is one pass of a finite automaton: linear in the text, whatever it holds."""

    def __init__(self, lists: Sequence[Phrases], wholes: Sequence[Whole] = ()) -> None:
        options = _options()
        self._set = re2.Set.SearchSet(options)
        self._names: list[str] = []
        self._hits: dict[str, re2._Regexp] = {}
        self._vetoes: dict[str, re2._Regexp] = {}
        self._whole_names = frozenset(whole.name for whole in wholes)
        fillers = {whole.filler for whole in wholes if whole.filler is not None}
        by_name = {entry.name: entry for entry in lists}
        for entry in lists:
            hit = _body(entry.words, entry.han, entry.symbols)
            if hit is None:
                raise ValueError(f"the list {entry.name} is empty")
            if entry.name not in fillers:
                self._add(entry.name, hit)
            self._hits[entry.name] = re2.compile(hit, options)
            veto = _body(entry.unless, entry.unless_han)
            if veto is not None:
                self._vetoes[entry.name] = re2.compile(veto, options)
        for whole in wholes:
            self._add(
                whole.name,
                _whole_body(
                    whole, [by_name[name] for name in (*whole.of, *([whole.filler] if whole.filler else []))]
                ),
            )
        self._set.Compile()

    def _add(self, name: str, pattern: str) -> None:
        self._set.Add(pattern)
        self._names.append(name)

    def find(self, folded: Folded) -> Found:
        """Which lists the text speaks of, in one pass."""
        matched = cast(list[int] | None, self._set.Match(folded.text)) or ()
        names = frozenset(self._names[index] for index in matched)
        return Found(self, folded.text, names - self._whole_names, names & self._whole_names)

    def vetoed(self, name: str, text: bytes) -> bool:
        """Whether one of the list's vetoes speaks in a folded text."""
        veto = self._vetoes.get(name)
        return veto is not None and veto.search(text) is not None

    def spans(self, name: str, text: bytes) -> Spans:
        """Where one list speaks in a folded text, without what its vetoes cover: the bytes of its UTF-8 form, as the automaton
        reads them (it would count characters anew for every match)."""
        veto = self._vetoes.get(name)
        covered = [] if veto is None else [m.span() for m in veto.finditer(text)]
        found = (_trimmed(text, *m.span()) for m in self._hits[name].finditer(text))
        return tuple(
            (start, end)
            for start, end in found
            if start < end and not any(low <= start and end <= high for low, high in covered)
        )


def _trimmed(text: bytes, start: int, end: int) -> tuple[int, int]:
    if start < end and text[start] == _SPACE:
        start += 1
    if start < end and text[end - 1] == _SPACE:
        end -= 1
    return start, end
