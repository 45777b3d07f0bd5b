"""How much a text asks for: several questions, technical density, length, things that only an account look-up can tell."""

import re
from typing import Final

import re2
from msgspec import Struct

from funnel.escalation.signals.entities import Entities

Spans = tuple[tuple[int, int], ...]

_QUESTION = re.compile(r"[?？؟]+|吗[。！!\s]|呢[。！!\s]")
_CODE_TEXT: Final = (
    r"`[^`]{2,200}`|\b(?:HTTP|ERR|ERROR|E|0x)[-_ ]?[0-9A-Fa-f]{3,8}\b|\b\d{1,3}\.\d{1,4}(?:\.\d{1,6}){1,2}\b"
    r"|\b\w{2,40}(?:Exception|Error)\b|\b[A-Za-z_]\w{1,40}\(\)|[{}]\s*$|\bat [\w$.]{3,60}:\d+|\b[A-Z]{2,}_[A-Z_]{2,}\b"
    r"|\b(?:json|api|sql|oauth|webhook|dns|ssl|tls|csv|regex|stack ?trace|traceback|firmware|endpoint|localhost|sdk|ios|android|bluetooth|firewall|proxy|imei|mac address|driver)\b"
)
_STEPS_TEXT: Final = (
    r"\b(?:first|second|third|also|another|besides|moreover|additionally|on top of that|plus)\b"
    r"|另外|还有|還有|第一|第二|第三|其次|此外|而且|同时|同時|首先|أولا|اولا|ثانيا|ثالثا|كمان|كذلك|أيضا|ايضا|وبعدين|بالإضافة"
)
_CODE = re.compile(_CODE_TEXT, re.MULTILINE)
_STEPS = re.compile(_STEPS_TEXT, re.IGNORECASE)
_EITHER = re2.compile(f"(?im){_CODE_TEXT}|{_STEPS_TEXT}")
"""One pass of an automaton tells that a text has neither, as most have."""
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_MOST: Final = 8  # spans kept of a kind
LONG: Final = 400
"""Code points from which a text's length alone says the most it can; ideographs weigh three."""


class Facts(Struct, frozen=True):
    """What is known beside the text: earlier unresolved conversations on the same matter, and the knowledge base's
    confidence (None where it was not asked)."""

    unresolved: int = 0
    confidence: float | None = None


NO_FACTS: Final = Facts()


def complexity(text: str, entities: Entities, facts: Facts = NO_FACTS) -> tuple[float, Spans]:
    """0..1: 0.5 and more is a matter that takes several answers or a look at an account; with the spans that say so."""
    questions = [found.span() for found in _QUESTION.finditer(text)]
    codes: list[tuple[int, int]] = []
    steps: list[tuple[int, int]] = []
    if _EITHER.search(text.encode("utf-8", "replace")) is not None:
        codes = [found.span() for found in _CODE.finditer(text)][:_MOST]
        steps = [found.span() for found in _STEPS.finditer(text)][:_MOST]
    wide = 3 if not text.isascii() and _IDEOGRAPH.search(text[:80]) else 1
    length = min(len(text) * wide / LONG, 1.0)
    named = len(entities.orders) + len(entities.amounts) + len(entities.dates)
    score = 0.22 * min(max(len(questions) - 1, 0), 3)
    score += 0.16 * min(len(codes), 4) + 0.12 * min(len(steps), 3)
    score += 0.3 * length + 0.08 * min(named, 3)
    evidence = tuple(sorted({*(questions if len(questions) > 1 else []), *codes, *steps}))
    return weighed(score, facts), evidence


def weighed(score: float, facts: Facts) -> float:
    """A text's own score with what is known beside it, 0..1."""
    score += 0.25 * min(facts.unresolved, 2)
    if facts.confidence is not None:
        score += 0.2 * (1.0 - min(max(facts.confidence, 0.0), 1.0))
    return min(round(score, 3), 1.0)
