"""What a contact replied to a step, as far as a playbook needs to understand it. Pure."""

import re
import unicodedata
from typing import Final

from bots.dialogue.playbooks.model import Step

_ORDER: Final = re.compile(r"(?<![A-Za-z0-9])(?:#\s?)?(?:[A-Za-z]{1,4}-?)?\d{3,20}(?![A-Za-z0-9])")
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_LONGEST: Final = 500
_LAST_WORDS: Final = 6
_YES: Final = frozenset(
    "yes y yeah yep sure ok okay correct right 是 是的 对 對 对的 對的 有 有的 可以 好 好的 嗯 能 收到了 收到 نعم ايوه أيوه أجل اه آه طبعا تمام يب وصلني وصل".split()  # noqa: SIM905 - a list of this length is read better as a line
)
_NO: Final = frozenset(
    [
        "no",
        "n",
        "nope",
        "not",
        "不",
        "不是",
        "没有",
        "沒有",
        "没",
        "沒",
        "不行",
        "不能",
        "不可以",
        "没收到",
        "沒收到",
        "还没",
        "還沒",
        "لا",
        "لأ",
        "كلا",
        "ليس",
        "لسه",
        "لم",
    ]
)
_MARKS: Final = re.compile(r"[\s.,!?;:。，！？；：、،؟؛]+")


def usable(step: Step, text: str) -> str | None:
    """The step that follows on a reply; None where it cannot be used."""
    said = unicodedata.normalize("NFKC", text).strip()
    match step.expect:
        case "order_number":
            return step.next if _ORDER.search(said) else None
        case "email":
            return step.next if _EMAIL.search(said) else None
        case "yes_no":
            return _yes_or_no(step, said)
        case "choice":
            return _chosen(step, said)
        case "text":
            return step.next if 0 < len(said) <= _LONGEST else None


def value_of(step: Step, text: str) -> str | None:
    """What a hook is told of a reply: the number or address alone, `yes` or `no`, the step a choice leads to, or the text. None
    where the reply cannot be used.
    """
    said = unicodedata.normalize("NFKC", text).strip()
    match step.expect:
        case "order_number" | "email":
            found = (_ORDER if step.expect == "order_number" else _EMAIL).search(said)
            return _in_western_digits(found[0]) if found else None
        case "yes_no":
            following = _yes_or_no(step, said)
            return None if following is None else "yes" if following == step.yes else "no"
        case "choice":
            return _chosen(step, said)
        case "text":
            return said[:_LONGEST] or None


def _in_western_digits(text: str) -> str:
    """Whatever digits it was written with."""
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def _words(text: str) -> list[str]:
    return [word for word in _MARKS.split(text.casefold()) if word]


def _yes_or_no(step: Step, said: str) -> str | None:
    words = _words(said)
    if not words or len(words) > _LAST_WORDS:
        return None
    if words[0] in _NO or said.casefold() in _NO:
        return step.no
    return step.yes if words[0] in _YES else None


def _chosen(step: Step, said: str) -> str | None:
    """By number, or by the words of one option alone."""
    words = _words(said)
    if len(words) == 1 and words[0].isdecimal() and 1 <= int(words[0]) <= len(step.options):
        return step.options[int(words[0]) - 1].next
    folded = " ".join(words)
    named = [option for option in step.options if folded in map(_folded, option.label.values())]
    return named[0].next if len(named) == 1 else None


def _folded(label: str) -> str:
    return " ".join(_words(label))
