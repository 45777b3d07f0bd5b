"""Anger and distress by the trained model and plain words together, and the two matters the model knows in a few languages."""

from typing import Final

from funnel.conversations.values import SignalValue
from funnel.escalation.signals.folding import CLAUSE, Folded
from funnel.escalation.signals.lexicon import Found
from funnel.escalation.signals.registry import HIGH, RAISED
from funnel.escalation.signals.scores import PLAIN, evidence
from funnel.escalation.signals.trained import HEADS, Raw, listed, probability, spans_of, style_of

_MOODS: Final = ("anger", "distress")
_LISTS: Final = {"anger": ("anger",), "distress": ("distress",), "security": ("security", "fraud")}
"""The phrase lists that count for a head, in the order of the model's last columns."""
_SECURITY: Final = HEADS.index("security")
_PERSON: Final = HEADS.index("person")
_LEARNED: Final = frozenset(("en",))
"""Languages in which the model's word on security goes before the phrase list's."""
_SAID: Final = (0.5, 0.65, 0.8)
"""One, two and more plain words raise a mood by themselves, also in a long text in which the model loses it."""
_HEARD: Final = 0.1
"""What the model adds to that, so that of texts with plain words those come first that it hears the mood in, too."""
_INSULTED: Final = HIGH - RAISED
"""What an insult alone takes from anger: it has a rule of its own, and is no reason to be served first. Where the model is sure,
the anger is raised, never high."""
_CALM: Final = 0.4
_UNHEARD: Final = 0.49
"""The most that the model, if it is not sure, says of a text too short to carry a mood: "no" and "not it" reject, they do not
rage."""
_ENOUGH: Final = 6
"""Words, an ideograph being one, from which the model is believed without a plain word."""
_FEW: Final = 3
"""Words from which it is where it is sure: it is right there nine times in ten, of short texts and of insults, too."""
_SHOUTED: Final = 0.55
"""Who shouts in a language that was not learned is taken to be angry, no more."""
_LOUD: Final = 0.9
"""Of the letters so many are capitals."""
_EXCLAIMED: Final = 0.5
"""Two exclamation marks."""
_SHOUTED_WORDS: Final = 4
_WRITTEN_OUT: Final = 6
"""Letters of a word that is no abbreviation: a list of those is written in capitals by everybody."""
_CLAUSE_WORD: Final = f" {CLAUSE}"
_DENIED: Final = 0.5
"""What is left of a score where the text says that there is no such mood ("not angry at all")."""
_DOUBTED: Final = 0.2
"""Below this the model denies what a phrase list says."""


def moods(heard: Raw, found: Found, folded: Folded) -> dict[str, SignalValue]:
    """Anger and distress of any text, with evidence from where they are raised."""
    signals: dict[str, SignalValue] = {}
    size = _size(folded)
    for name in _MOODS:
        head = HEADS.index(name)
        score = probability(heard, head, _listed(heard, name, head, found))
        plain = evidence(found, name)
        if plain:
            score = max(score, _SAID[min(len(plain), len(_SAID)) - 1] + _HEARD * score)
        else:
            score = _alone(score, name, found, size)
        if name == "anger" and heard.scores is None and _shouts(folded.original):
            score = max(score, _SHOUTED)
        spans: tuple[tuple[int, int], ...] = ()
        if score >= RAISED:
            spans = plain or spans_of(heard, head, folded) or ((0, len(folded.original)),)
        signals[name] = SignalValue(round(score, 4), spans)
    return signals


def _alone(score: float, name: str, found: Found, size: int) -> float:
    """What is left of the model's word where no plain one goes with it."""
    if found.vetoed(name):
        score *= _DENIED
    sure = score >= HIGH and size >= _FEW
    if size < _ENOUGH and not sure:
        score = min(score, _UNHEARD)
    if found.spans("abuse"):
        if name == "distress":
            return min(score, _CALM)
        return score - _INSULTED if sure else min(score, _UNHEARD)
    return score


def security(heard: Raw, found: Found, folded: Folded, language: str) -> SignalValue | None:
    """A matter of access or money at risk: by the model where it knows the language, else by the phrase list."""
    spans = evidence(found, "security")
    if language not in _LEARNED:
        return SignalValue(PLAIN, spans) if spans else None
    score = probability(heard, _SECURITY, _listed(heard, "security", _SECURITY, found))
    fraud = evidence(found, "fraud")
    named = bool(spans) and bool(evidence(found, "access"))
    if score < RAISED and (named or ((spans or fraud) and score >= _DOUBTED)):
        score = RAISED
    if not spans and (score < RAISED or not (fraud or _size(folded) >= _ENOUGH)):
        return None
    spans = spans or fraud or spans_of(heard, _SECURITY, folded)
    return SignalValue(round(score, 4), spans)


def wish(heard: Raw, folded: Folded) -> tuple[tuple[int, int], ...]:
    """The words of a wish for a person that no phrase list has; empty where the model is not sure, and for a word or two."""
    if _size(folded) < _FEW or probability(heard, _PERSON) < RAISED:
        return ()
    return spans_of(heard, _PERSON, folded)


def _shouts(text: str) -> bool:
    """A sentence in capitals throughout: all that is to be had in a language that was not learned. Of short words only with
    exclamation marks."""
    exclaims, _, capitals, *_ = style_of(text)
    words = text.split()
    if capitals < _LOUD or len(words) < _SHOUTED_WORDS:
        return False
    return exclaims >= _EXCLAIMED or any(len(word) >= _WRITTEN_OUT and word.isalpha() for word in words)


def _size(folded: Folded) -> int:
    """Words, an ideograph being one; of a long text at least `_ENOUGH`."""
    text = folded.text
    count = text.count(" ") - 1 - text.count(_CLAUSE_WORD)
    if count >= _ENOUGH or text.isascii():
        return count
    words = [word for word in text.split() if word != CLAUSE]
    return len(words) + sum(max(len(one) - 1, 0) for one in words if "\u3400" <= one[0] <= "\u9fff")


def _listed(heard: Raw, name: str, head: int, found: Found) -> float:
    """What the spoken phrase lists add to a raw score."""
    return sum(listed(heard, head, at) for at, entry in enumerate(_LISTS[name]) if found.spans(entry))
