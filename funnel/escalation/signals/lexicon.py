"""Phrase lists of several languages compiled into one automaton: one pass over a text tells which lists speak."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, cast

import re2
from msgspec import Struct

from funnel.escalation.signals.folding import CLAUSE, LETTERS, Folded, fold_letters

_MEMORY: Final = 256 << 20  # an upper bound; the automaton grows only with what it meets
Spans = tuple[tuple[int, int], ...]
MOST_EVIDENCE: Final = 12
"""Spans kept of one signal: a text that repeats itself says no more with the hundredth."""
_SPACE: Final = ord(" ")
_SYMBOLS: Final = f"[^ {LETTERS}]"


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

    __slots__ = ("_denied", "_encoded", "_known", "_lexicon", "_placed", "_text", "names", "wholes")

    def __init__(
        self, lexicon: "Lexicon", text: Folded, names: frozenset[str], wholes: frozenset[str]
    ) -> None:
        self._lexicon = lexicon
        self._text = text
        self._encoded = b""
        self._denied: frozenset[str] | None = None
        self._known: dict[str, Spans] = {}
        self._placed: dict[str, Spans] = {}
        self.names = names
        self.wholes = wholes

    def spans(self, name: str) -> Spans:
        """Where the list speaks, in the folded text; spans that a veto covers are left out."""
        if name not in self.names:
            return ()
        known = self._known.get(name)
        if known is None:
            read = self._lexicon.spans(name, self._bytes(), vetoed=self.vetoed(name))
            known = self._known[name] = self._decoded(read)
        return known

    def evidence(self, name: str) -> Spans:
        """Where the list speaks in the original text: the first spans of `spans`, enough to show."""
        placed = self._placed.get(name)
        if placed is None:
            span = self._text.span
            placed = tuple(span(low, high) for low, high in self.spans(name)[:MOST_EVIDENCE])
            self._placed[name] = placed
        return placed

    def vetoed(self, name: str) -> bool:
        """Whether a look-alike of the list is in the text, whatever else is."""
        if self._denied is None:
            self._denied = self._lexicon.denied(self._text.text)
        return name in self._denied

    def _bytes(self) -> bytes:
        if not self._encoded:
            self._encoded = self._text.text.encode()
        return self._encoded

    def _decoded(self, spans: Spans) -> Spans:
        """Spans of bytes as spans of characters; they are in order and do not overlap."""
        raw = self._encoded
        if not spans or len(raw) == len(self._text.text):
            return spans
        found: list[tuple[int, int]] = []
        read = at = 0
        for start, end in spans:
            first = at + len(raw[read:start].decode())
            at = first + len(raw[start:end].decode())
            read = end
            found.append((first, at))
        return tuple(found)


class Lexicon:
    """Immutable once built. `find` is one pass of a finite automaton: linear in the text, whatever it holds."""

    def __init__(self, lists: Sequence[Phrases], wholes: Sequence[Whole] = ()) -> None:
        options = _options()
        self._set, self._veto_set = re2.Set.SearchSet(options), re2.Set.SearchSet(options)
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
                self._veto_set.Add(veto)
        for whole in wholes:
            self._add(
                whole.name,
                _whole_body(
                    whole, [by_name[name] for name in (*whole.of, *([whole.filler] if whole.filler else []))]
                ),
            )
        self._set.Compile()
        self._veto_names = tuple(self._vetoes)
        if self._vetoes:
            self._veto_set.Compile()

    def warm(self) -> None:
        """Builds the backward automata, which tell where a match begins. Each would else be built by the first text that its
        list speaks in, and hold up its process for a tenth of a second."""
        for automaton in (*self._hits.values(), *self._vetoes.values()):
            _ = automaton.reverseprogramsize

    def _add(self, name: str, pattern: str) -> None:
        self._set.Add(pattern)
        self._names.append(name)

    def find(self, folded: Folded) -> Found:
        """Which lists the text speaks of, in one pass."""
        matched = cast(list[int] | None, self._set.Match(folded.text)) or ()
        names = frozenset(self._names[index] for index in matched)
        return Found(self, folded, names - self._whole_names, names & self._whole_names)

    def denied(self, text: str) -> frozenset[str]:
        """The lists of which a veto speaks in a folded text, in one pass."""
        matched = (cast(list[int] | None, self._veto_set.Match(text)) or ()) if self._vetoes else ()
        return frozenset(self._veto_names[index] for index in matched)

    def spans(self, name: str, text: bytes, *, vetoed: bool) -> Spans:
        """Where one list speaks in a folded text, without what its vetoes cover, if they are known to speak: the bytes of its
        UTF-8 form, as the automaton reads them (it would count characters anew for every match). In order, none overlaps."""
        found = [
            (start, end)
            for m in self._hits[name].finditer(text)
            for start, end in (_trimmed(text, *m.span()),)
            if start < end
        ]
        if not vetoed:
            return tuple(found)
        covers = [m.span() for m in self._vetoes[name].finditer(text)]
        starts = [low for low, _ in covers]
        return tuple((start, end) for start, end in found if not _covered(start, end, covers, starts))


def _covered(start: int, end: int, covers: Sequence[tuple[int, int]], starts: Sequence[int]) -> bool:
    """Whether one of the spans, which are in order and do not overlap, holds the whole of another."""
    at = bisect_right(starts, start) - 1
    return at >= 0 and end <= covers[at][1]


def _trimmed(text: bytes, start: int, end: int) -> tuple[int, int]:
    if start < end and text[start] == _SPACE:
        start += 1
    if start < end and text[end - 1] == _SPACE:
        end -= 1
    return start, end
