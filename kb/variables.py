"""Variables in answers, `{{contact.name}}` or `{{contact.name|there}}`: filled where known, gone without a trace otherwise. Pure."""

import re
from collections.abc import Mapping
from typing import Final

NAMES: Final = ("contact.name", "site.name", "site.hours", "site.reply_time", "contact.plan")
_VARIABLE: Final = re.compile(r"\{\{[ \t]*([a-z][a-z_.]{0,40})[ \t]*(?:\|([^{}\n]{0,120}))?\}\}")
_BEFORE: Final = re.compile(r"[ \t]*[,،，、]?[ \t]*$")
_ONCE: Final = "contact.name"


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables put in. One that is unknown or empty gives its fallback, or nothing: then the comma or
    space before it goes too, so that no sentence shows the hole. The name is put in once at most.
    """
    if "{{" not in text:
        return text
    pieces: list[str] = []
    place = 0
    named = False
    for match in _VARIABLE.finditer(text):
        before = text[place : match.start()]
        value = values.get(match[1], "").strip()
        if match[1] == _ONCE:
            value, named = ("" if named else value), named or bool(value)
        value = value or (match[2] or "").strip()
        if not value:
            before = _BEFORE.sub("", before) if before.strip() or pieces else before
        pieces += [before, value]
        place = match.end()
    return "".join([*pieces, text[place:]])


def named(text: str) -> list[str]:
    """The variables of a text, in order."""
    return [match[1] for match in _VARIABLE.finditer(text)]


def unknown(text: str) -> list[str]:
    """The variables of a text that nothing fills, in order."""
    return [name for name in named(text) if name not in NAMES]
