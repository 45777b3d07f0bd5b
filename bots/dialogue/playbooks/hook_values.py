"""What an integrator's hook answers: a flat map of short values, read strictly and made fit to be said. Pure."""

import re
import unicodedata
from typing import Final

import msgspec
from msgspec import Struct

from funnel.conversations.masking import mask

Value = str | int | float
VALUE_NAME: Final = re.compile(r"[a-z][a-z_]{0,39}")
MOST_VALUES: Final = 20
LONGEST_VALUE: Final = 300
_LARGEST: Final = 10**15
_MARKS: Final = frozenset("\u061c\u200e\u200f\ufeff")


class HookAnswerError(ValueError):
    """The answer is not what a hook may say."""


class _Answer(Struct, frozen=True, forbid_unknown_fields=True):
    values: dict[str, Value]


_DECODER: Final = msgspec.json.Decoder(_Answer)


def read_answer(body: bytes) -> dict[str, str]:
    """The values of an answer `{"values": {"status": "on its way", "parcels": 2}}`, as they are said. Raises HookAnswerError."""
    try:
        answer = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise HookAnswerError("no object with nothing but `values`, each a short text or a number") from error
    return told(answer.values)


def told(values: dict[str, Value]) -> dict[str, str]:
    """The same values as texts of one line, without marks of direction or control and without card numbers. Raises
    HookAnswerError."""
    if len(values) > MOST_VALUES:
        raise HookAnswerError(f"more than {MOST_VALUES} values")
    for name in values:
        if VALUE_NAME.fullmatch(name) is None:
            raise HookAnswerError("a value is named with a-z and _")
    return {name: _said(value) for name, value in values.items()}


def _said(value: Value) -> str:
    if isinstance(value, int | float):
        if not abs(value) < _LARGEST:
            raise HookAnswerError("a number is too large")
        return str(value)
    plain = "".join(one if _plain(one) else " " for one in unicodedata.normalize("NFC", value))
    text = mask(" ".join(plain.split()))
    if len(text) > LONGEST_VALUE:
        raise HookAnswerError(f"a text is longer than {LONGEST_VALUE} characters")
    return text


def _plain(one: str) -> bool:
    """Joiners that letters and emoji need stay; control, private and bidirectional marks do not."""
    if one in _MARKS or "\u202a" <= one <= "\u202e" or "\u2066" <= one <= "\u2069":
        return False
    return unicodedata.category(one) not in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
