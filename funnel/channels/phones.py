"""Phone numbers that platforms spell in two ways for one person (Brazil with and without the 9, Argentina with 9)."""

import re

_DIGITS = re.compile(r"\+?([0-9]{7,15})", re.ASCII)
_BR_WITH = re.compile(r"55([1-9][0-9])9([6-9][0-9]{7})", re.ASCII)
_BR_WITHOUT = re.compile(r"55([1-9][0-9])([6-9][0-9]{7})", re.ASCII)
_AR_WITH = re.compile(r"549([0-9]{10})", re.ASCII)
_AR_WITHOUT = re.compile(r"54([1-8][0-9]{9})", re.ASCII)


def spellings(number: str) -> tuple[str, ...]:
    """Every form in digits under which this number's owner may come, the given one first; nothing for what is no number."""
    found = _DIGITS.fullmatch(number.strip())
    if found is None:
        return ()
    digits = found.group(1)
    for pattern, other in (
        (_BR_WITH, r"55\1\2"),
        (_BR_WITHOUT, r"55\g<1>9\2"),
        (_AR_WITH, r"54\1"),
        (_AR_WITHOUT, r"549\1"),
    ):
        if pattern.fullmatch(digits):
            return (digits, pattern.sub(other, digits))
    return (digits,)
