"""Masking of card numbers, IBANs and spoken secrets, before a text reaches log, snapshot, index or job. Pure."""

import re

import re2

HIDDEN = "••••"
CARD_DIGITS = range(13, 20)

# Digit groups with at most one separator between them; `\d` also matches full-width and Arabic-Indic digits.
_RUN = re.compile(r"\d(?:[ \u00a0\u2007\u2009\u202f.\-\u2010-\u2013]?\d){12,}")
_GROUP = re.compile(r"\d+")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0-]?[A-Za-z0-9]){11,40}", re.ASCII)

# Lengths of ISO 13616; a country that is not listed is tried at every length that ends with a group.
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27,
    "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25,
    "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18,
    "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33,
    "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28,
    "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip

_CUE = (
    r"pass\s?(?:word|code|phrase)|passwort|pwd|passwd|密[码碼]|口令|通行[码碼]"
    r"|كلم[ةه]\s+(?:ال)?(?:سر|مرور)|الرقم\s+السري|الباسوورد|باسورد"
    r"|mot\s+de\s+passe|contraseña|senha|wachtwoord|hasło|парол[ья]|şifrem?|mật\s+khẩu|パスワード|暗証番号|비밀번호|รหัสผ่าน|पासवर्ड"
    r"|\bcv[vc]2?\b"
)
_LINK = r"(?:\s+(?:is|was|est|ist|es|é|hea?ya|هي|هو|كان[تن]?)(?!\w)\s*[:：=]?\s*|\s*(?:[:：=]|->|=>|是|为|為|は)\s*[:：=]?\s*)"
_SECRET = re.compile(
    rf"(?P<cue>{_CUE})(?P<link>{_LINK}|\s*)[\"'“«]?(?P<secret>(?!\[•)[!-~\d]+)", re.IGNORECASE
)
# A beginning of every cue, for an automaton that a text without one passes in a microsecond; true more often than a cue.
_MAYBE = re2.compile(
    r"(?i)pass|pwd|密|口令|通行|كلم|الرقم|باسو?ورد|mot|contrase|senha|wachtwoord|has[łl]o|парол|[şs].fre|mật|パスワード|暗証|비밀|รหัส|पासवर्ड|cv[vc]"
)
_DIGIT = re.compile(r"\d")
# Words that follow "password is …" in ordinary complaints and are no secrets.
_PLAIN = frozenset(
    [
        "a",
        "an",
        "the",
        "not",
        "no",
        "wrong",
        "incorrect",
        "invalid",
        "expired",
        "correct",
        "right",
        "weak",
        "too",
        "still",
        "being",
        "been",
        "locked",
        "forgotten",
        "lost",
        "changed",
        "reset",
        "resetting",
        "gone",
        "missing",
        "unknown",
        "different",
        "same",
        "new",
        "old",
        "old.",
        "needed",
        "required",
        "asked",
        "broken",
        "blocked",
        "compromised",
        "stolen",
        "hacked",
        "leaked",
        "saved",
        "hidden",
        "never",
        "always",
        "also",
        "now",
        "just",
        "very",
        "really",
        "so",
        "what",
        "where",
        "how",
        "why",
        "rejected",
        "refused",
        "accepted",
        "working",
        "set",
        "and",
        "or",
        "but",
        "that",
        "it",
        "my",
        "your",
        "our",
        "their",
        "fine",
        "ok",
        "okay",
        "bad",
        "good",
        "to",
        "for",
        "in",
        "on",
        "reset?",
        "please",
        "only",
        "empty",
        "blank",
        "case-sensitive",
        "short",
        "long",
    ]
)


def mask(text: str) -> str:
    """The text without card numbers (Luhn), IBANs (mod 97) and what follows a cue such as "password is".

    Numbers keep their last four characters: `[•••• 1234]`; secrets become `[••••]`. Idempotent; never raises; a text
    that holds none of them is returned unchanged.
    """
    if _MAYBE.search(text.encode("utf-8", "replace")):
        text = _SECRET.sub(_hide_secret, text)
    if not _DIGIT.search(text):
        return text
    text = _IBAN.sub(_hide_iban, text)
    return _RUN.sub(_hide_cards, text)


def luhn(digits: str) -> bool:
    """Whether ASCII digits pass the checksum of payment cards."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = ord(digit) - 48
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def iban(code: str) -> bool:
    """Whether a compact, upper-case code passes the checksum of IBANs."""
    moved = code[4:] + code[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def _hide_secret(found: re.Match[str]) -> str:
    secret, link = found["secret"], found["link"]
    if not _is_secret(secret, spoken=bool(link.strip()), marked=any(mark in link for mark in ":：=>")):
        return found[0]
    return found[0][: found.start("secret") - found.start()] + f"[{HIDDEN}]"


def _is_secret(word: str, *, spoken: bool, marked: bool) -> bool:
    """`spoken`: a linking word or sign stands between cue and word; `marked`: that sign is a colon or the like."""
    bare = word.strip(".,;!?)(\"'").lower()
    if not bare or bare in _PLAIN or bare == HIDDEN:
        return False
    if marked:
        return True
    letters = bare.isalpha() and bare.isascii()
    if spoken:
        return not (letters and bare.endswith(("ing", "ed")))
    return len(bare) >= 4 and any(sign.isdecimal() for sign in bare)


def _hide_iban(found: re.Match[str]) -> str:
    whole = found[0]
    compact: list[str] = []
    ends: list[int] = []
    for place, sign in enumerate(whole):
        if sign.isalnum():
            compact.append(sign.upper())
            ends.append(place + 1)
    code = "".join(compact)
    length = _IBAN_LENGTHS.get(code[:2])
    lengths = [length] if length else range(min(34, len(code)), 14, -1)
    for size in lengths:
        if size <= len(code) and iban(code[:size]):
            return f"[{HIDDEN} {code[size - 4 : size]}]{whole[ends[size - 1] :]}"
    return whole


def _hide_cards(found: re.Match[str]) -> str:
    """Hides every window of whole groups that is a card number; windows that overlap are hidden as one."""
    whole = found[0]
    groups = [match.span() for match in _GROUP.finditer(whole)]
    hidden: list[tuple[int, int]] = []
    for first in range(len(groups)):
        digits = ""
        for last in range(first, len(groups)):
            digits += _ascii(whole[slice(*groups[last])])
            if len(digits) > CARD_DIGITS.stop - 1:
                break
            if len(digits) in CARD_DIGITS and digits[0] in "23456" and luhn(digits):
                hidden.append((groups[first][0], groups[last][1]))
    return _cut(whole, hidden)


def _ascii(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


def _cut(whole: str, hidden: list[tuple[int, int]]) -> str:
    parts: list[str] = []
    place = 0
    while hidden:
        start, end = hidden.pop(0)
        while hidden and hidden[0][0] < end:
            end = max(end, hidden.pop(0)[1])
        tail = "".join(sign for sign in whole[start:end] if sign.isdecimal())[-4:]
        parts += [whole[place:start], f"[{HIDDEN} {tail}]"]
        place = end
    return "".join((*parts, whole[place:]))
