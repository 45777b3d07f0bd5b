"""A cheap guess of a text's language: by script, then by function words, with the conversation's language as prior."""

import re
import unicodedata
from collections import Counter, defaultdict
from typing import Final

from funnel.conversations.values import Language
from funnel.escalation.signals.folding import Folded, fold
from funnel.escalation.signals.han import ONLY_HANS, ONLY_HANT
from funnel.escalation.signals.language_words import ARABIZI, ARABIZI_SHAPE, LETTERS, SHARED, WORDS

UNSURE: Final = 0.5
"""Below this score the guess is the prior or a shot in the dark."""

_BLOCKS: Final = (
    (0x0370, 0x03FF, "Grek", "el"), (0x0400, 0x052F, "Cyrl", "ru"), (0x0530, 0x058F, "Armn", "hy"),
    (0x0590, 0x05FF, "Hebr", "he"), (0x0600, 0x06FF, "Arab", "ar"), (0x0750, 0x077F, "Arab", "ar"),
    (0x08A0, 0x08FF, "Arab", "ar"), (0xFB50, 0xFDFF, "Arab", "ar"), (0xFE70, 0xFEFC, "Arab", "ar"),
    (0x0900, 0x097F, "Deva", "hi"), (0x0980, 0x09FF, "Beng", "bn"), (0x0A00, 0x0A7F, "Guru", "pa"),
    (0x0A80, 0x0AFF, "Gujr", "gu"), (0x0B80, 0x0BFF, "Taml", "ta"), (0x0C00, 0x0C7F, "Telu", "te"),
    (0x0C80, 0x0CFF, "Knda", "kn"), (0x0D00, 0x0D7F, "Mlym", "ml"), (0x0D80, 0x0DFF, "Sinh", "si"),
    (0x0E00, 0x0E7F, "Thai", "th"), (0x0E80, 0x0EFF, "Laoo", "lo"), (0x1000, 0x109F, "Mymr", "my"),
    (0x10A0, 0x10FF, "Geor", "ka"), (0x1200, 0x137F, "Ethi", "am"), (0x1780, 0x17FF, "Khmr", "km"),
    (0x1100, 0x11FF, "Kore", "ko"), (0xAC00, 0xD7AF, "Kore", "ko"), (0x3040, 0x30FF, "Jpan", "ja"),
    (0x31F0, 0x31FF, "Jpan", "ja"), (0xFF66, 0xFF9D, "Jpan", "ja"),
    (0x3400, 0x4DBF, "Hani", "zh"), (0x4E00, 0x9FFF, "Hani", "zh"), (0xF900, 0xFAFF, "Hani", "zh"),
    (0x20000, 0x3FFFF, "Hani", "zh"),
)  # fmt: skip
_SCRIPT_LANGUAGE: Final = {script: code for _, _, script, code in _BLOCKS}
_SCRIPT_OF: Final = {"zh-Hans": "Hans", "zh-Hant": "Hant", "ja": "Jpan", "ko": "Kore", "sr": "Cyrl", "bg": "Cyrl", "uk": "Cyrl", "fa": "Arab", "ur": "Arab"}  # fmt: skip
_WORDED: Final = frozenset(code for codes in WORDS.values() for code in codes)
"""Languages with words of their own. Letters alone leave no other: they are shared (ä is Finnish and Estonian, too)."""
_SHORT: Final = 2  # words
_LETTERS_OF_AN_IDEOGRAPH: Final = 3
"""As much as so many letters: two ideographs are a word and a half."""
_LETTERS_OF_A_WORD: Final = 4
"""A Latin word in a text of another script counts for no more: names and borrowed words are long."""
_SHARED: Final = 0.6
"""The vote of a word that several languages have."""
_LEAD: Final = 1.0
"""By so many votes, a word of its own, another Latin language must lead before the prior is left for it."""
_TRADITIONAL = re.compile(r"^(?:zh|yue)-(?:Hant|TW|HK|MO)\b|^yue\b(?!-Hans)")
_LINK = re.compile(r"\S*(?:://|@|www\.)\S*")
_MOST_KNOWN: Final = 40_000  # characters remembered
_cache: dict[str, str] = {}


def _script(char: str) -> str:
    """ISO 15924 code of a letter, `` for anything else."""
    known = _cache.get(char)
    if known is not None:
        return known
    code = ord(char)
    script = ""
    if unicodedata.category(char)[0] in "LM":
        script = next((name for low, high, name, _ in _BLOCKS if low <= code <= high), "")
        if not script and "LATIN" in unicodedata.name(char, ""):
            script = "Latn"
    if len(_cache) < _MOST_KNOWN:
        _cache[char] = script
    return script


def _script_of(code: str) -> str:
    if code in _SCRIPT_OF:
        return _SCRIPT_OF[code]
    return next((script for script, language in _SCRIPT_LANGUAGE.items() if language == code), "Latn")


_KINDS: Final = tuple(
    (script, simplified, traditional)
    for script in ("", "Latn", *dict.fromkeys(name for _, _, name, _ in _BLOCKS))
    for simplified in (False, True)
    for traditional in (False, True)
)
"""A letter's script, and whether only simplified or only traditional Chinese writes it."""
_SIGN_OF: Final = {kind: chr(at) if any(kind) else "" for at, kind in enumerate(_KINDS)}


class _Signs(dict[int, str]):
    """What `str.translate` puts in a character's place: the sign of its kind, nothing for what is no letter."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        sign = _SIGN_OF[_script(char), char in ONLY_HANS, char in ONLY_HANT]
        if len(self) < _MOST_KNOWN:
            self[code] = sign
        return sign


_SIGNS: Final = _Signs()


def _chinese(hans: int, hant: int, prior: str) -> Language:
    if hans == hant:
        code = "zh-Hant" if _TRADITIONAL.search(prior) else "zh-Hans"
        return Language(code=code, script=code[3:], score=0.7)
    code = "zh-Hans" if hans > hant else "zh-Hant"
    return Language(code=code, script=code[3:], score=0.9 + 0.09 * abs(hans - hant) / (hans + hant))


def _by_letters(text: str, code: str, script: str) -> Language:
    lowered = frozenset(text.casefold())
    for other, letters in LETTERS.get(script, ()):
        if lowered & letters:
            return Language(code=other, script=script, score=0.8)
    return Language(code=code, script=script, score=0.95)


def _latin(text: str, folded: Folded, prior: str) -> Language:
    """Function words vote; letters of one alphabet add weight; Arabizi counts as Arabic."""
    words = [w for w in folded.text.split() if w.isalpha() or any(map(str.isalpha, w))]
    if not words:
        return keep(prior)
    votes: dict[str, float] = defaultdict(float)
    for word in words:
        codes = WORDS.get(word)
        if codes:
            vote = _SHARED if word in SHARED else 1
            for code in codes:
                votes[code] += vote
        if word in ARABIZI or (not word.isalpha() and ARABIZI_SHAPE.fullmatch(word)):
            votes["ar"] += _SHARED if codes else 1
    if not text.isascii() and (votes or prior.split("-")[0] in _WORDED or _script_of(prior) != "Latn"):
        lowered = frozenset(text.casefold())
        for code, letters in LETTERS["Latn"]:
            if lowered & letters:
                votes[code] += 1.2
    if not votes:
        return keep(prior, 0.6 if len(words) <= 4 else 0.4)
    ranked = sorted(votes.items(), key=lambda item: -item[1])
    best, weight = ranked[0]
    rival = ranked[1][1] if len(ranked) > 1 else 0.0
    if prior in votes and votes[prior] > weight - _LEAD:
        best, weight, rival = prior, votes[prior], 0.0
    share = weight / max(len(words), 1)
    if len(words) <= _SHORT and best != prior and not _tells(best, weight, rival, prior):
        return keep(prior, 0.6)
    score = min(0.99, 0.55 + 0.5 * min(share, 0.6) + 0.2 * (weight - rival) / weight)
    return Language(code=best, script="Latn", score=round(score, 3))


def _tells(best: str, weight: float, rival: float, prior: str) -> bool:
    """Whether one or two words are enough to leave the prior: never from one Latin language to another ("sure" is a word of
    several), and from another script only where every word says so ("hi" and "ok" are written everywhere)."""
    return best == "ar" or (_script_of(prior) != "Latn" and weight >= _SHORT and rival < weight)


def keep(prior: str, score: float = 0.6) -> Language:
    """The prior, for texts that tell nothing."""
    return Language(code=prior, script=_script_of(prior), score=score)


def guess_language(text: str, folded: Folded, prior: str) -> Language:
    """BCP 47 code (`zh-Hans`, `zh-Hant`, `ar`, `en`, `fr` …), script and certainty. Texts without letters, and short ones
    that fit it, keep the prior. Below `UNSURE` the text is of no language we can tell. Never raises.
    """
    bare = _LINK.sub(" ", text) if ("@" in text or "/" in text or "www" in text) else text
    if bare != text:
        folded = fold(bare)
    if bare.isascii():
        return _latin(bare, folded, prior) if any(map(str.isalpha, bare)) else keep(prior)
    scripts: Counter[str] = Counter()
    hans = hant = 0
    for sign, times in Counter(bare.translate(_SIGNS)).items():
        script, simplified, traditional = _KINDS[ord(sign)]
        scripts[script] += times
        hans += simplified * times
        hant += traditional * times
    scripts.pop("", None)
    if not scripts:
        return keep(prior)
    scripts["Hani"] *= _LETTERS_OF_AN_IDEOGRAPH
    if scripts["Latn"] and len(scripts) > 1:
        foreign = sum(map(str.isascii, filter(str.isalpha, folded.text.split())))
        scripts["Latn"] = min(scripts["Latn"], _LETTERS_OF_A_WORD * foreign)
    main, _ = max(scripts.items(), key=lambda item: (item[1], item[0]))
    if scripts["Jpan"] * 8 >= scripts["Hani"] and scripts["Jpan"] and main in ("Hani", "Jpan"):
        return Language(code="ja", script="Jpan", score=0.97)
    if main == "Hani":
        return _chinese(hans, hant, prior)
    if main == "Latn":
        return _latin(bare, folded, prior)
    return _by_letters(bare, _SCRIPT_LANGUAGE[main], main)
