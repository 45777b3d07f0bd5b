"""Secrets, which keep their passage back, and personal data, which is pointed at."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import re2

from kb.hygiene.findings import Field, Finding, Kind, mark_of
from kb.hygiene.reasons import because
from kb.hygiene.units import Unit

_SHAPES: Final = (
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}\b|"
    r"\bxox[abpsr]-[A-Za-z0-9-]{10,}\b|\b[sr]k_live_[A-Za-z0-9]{16,}\b|\bAIza[0-9A-Za-z_-]{35}\b|\bglpat-[A-Za-z0-9_-]{20,}\b|"
    r"\bfk_[A-Za-z0-9_-]{24,}|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}|"
    r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|\bhttps?://[^\s/:@]{1,64}:[^\s/:@]{3,64}@[^\s/]{3,255}"
)
_SHAPE_OF_ASSIGNED: Final = (
    r"(?:passwor[dt]|passwd|pwd|passphrase|api[_ -]?key|secret(?:[_ -]?key)?|access[_ -]?token|auth[_ -]?token|密码|密碼|口令|كلمة (?:السر|المرور))"
    r"\s*(?:is|=|:|：|是|为|為)\s*[\"'`「]?([^\s\"'`，。、」]{8,200})"
)
_SECRET: Final = re.compile(_SHAPES)
_ASSIGNED: Final = re.compile(_SHAPE_OF_ASSIGNED, re.IGNORECASE)
_ANY: Final = re2.compile(f"(?:{_SHAPES})|(?i:{_SHAPE_OF_ASSIGNED})")
_STAND_IN: Final = re.compile(
    r"your|example|placeholder|changeme|x{4,}|\*{3,}|\.{3,}|[<>{}\[\]]|^https?:", re.IGNORECASE
)
_FREE_MAIL: Final = re.compile(
    r"[\w.+-]{1,64}@(?:gmail|googlemail|outlook|hotmail|live|yahoo|icloud|me|aol|gmx|web|qq|163|126|sina|naver|proton(?:mail)?|mail|yandex)\.(?:com|net|de|cn|ru|me|fr|co\.uk|co\.jp)\b",
    re.IGNORECASE,
)
_CARD: Final = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_CHINESE_ID: Final = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
)


def secrets(text: str, field: Field = "body", offset: int = 0) -> Iterator[Finding]:
    """Keys, tokens and passwords that stand in a text as themselves; stand-ins such as `your-password` do not count."""
    if not _ANY.search(text):
        return
    spans = [match.span() for match in _SECRET.finditer(text)]
    spans += [match.span(1) for match in _ASSIGNED.finditer(text) if _is_password(match[1])]
    for start, end in spans:
        yield Finding(
            kind=Kind.SECRET, field=field, start=offset + start, end=offset + end, mark=mark_of(text[start:end]),
            why=because("secret"),
        )  # fmt: skip


def _is_password(value: str) -> bool:
    mixed = any(c.isdigit() for c in value) and any(c.isascii() and c.isalpha() for c in value)
    return mixed and value.isascii() and _STAND_IN.search(value) is None


def held_secrets(found: Sequence[Unit]) -> Iterator[Finding]:
    """The secrets of a body; each keeps back its whole unit, so that no half of it is served."""
    for unit in found:
        for one in secrets(unit.text):
            yield Finding(
                kind=Kind.SECRET, start=unit.start, end=unit.end, why=one.why, mark=mark_of(unit.text)
            )
            break


def personal(found: Sequence[Unit]) -> Iterator[Finding]:
    """Private mail addresses, card and account numbers, identity numbers."""
    for unit in found:
        text = unit.text
        spans = [m.span() for m in _FREE_MAIL.finditer(text)] if "@" in text else []
        spans += [m.span() for m in _CARD.finditer(text) if _luhn(m[0])]
        spans += [m.span() for m in _IBAN.finditer(text) if _is_iban(m[0])]
        spans += [m.span() for m in _CHINESE_ID.finditer(text)]
        for start, end in sorted(set(spans)):
            yield Finding(
                kind=Kind.PERSONAL_DATA, start=unit.start + start, end=unit.start + end,
                why=because("personal"),
            )  # fmt: skip


def _luhn(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [sum(divmod(2 * d, 10)) if place % 2 else d for place, d in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    compact = text.replace(" ", "")
    if not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1
