"""Messages that a platform approved beforehand and takes at any time: what there is of them, what fills them, how they read. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

State = Literal["approved", "pending", "rejected", "paused", "disabled", "unknown"]
Piece = Literal["header", "body", "button"]
MOST_TEMPLATES: Final = 2_000
MOST_VALUE: Final = 1_024
_PLACE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}", re.ASCII)
_BROKEN: Final = re.compile(r"[\n\r\t]| {5}")


class TemplateVariable(Struct, frozen=True):
    """A gap to fill. `key` names it in its template ("body.1", "button.0"), `name` is the platform's own name for it."""

    key: str
    piece: Piece
    name: str
    example: str = ""


class Template(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One template in one language. `cannot` says why it cannot be sent from here though it is approved, nothing where it can."""

    name: str
    language: str
    state: State
    category: str = ""
    header: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    variables: tuple[TemplateVariable, ...] = ()
    cannot: str = ""


class TemplateValues(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A template as somebody filled it: the value of each variable by its key."""

    name: str
    language: str
    values: dict[str, str] = {}


class TemplatePage(Struct, frozen=True):
    """What one answer held; `after` asks for the next one, None where it was the last."""

    items: tuple[Template, ...]
    after: str | None = None


def places(text: str) -> tuple[str, ...]:
    """The names of the gaps of a text, each once, numbers in their order."""
    found = tuple(dict.fromkeys(_PLACE.findall(text)))
    return tuple(sorted(found, key=int)) if found and all(one.isdigit() for one in found) else found


def missing(template: Template, values: Mapping[str, str]) -> list[str]:
    """The keys of variables without a value; one of white space is none."""
    return [one.key for one in template.variables if not values.get(one.key, "").strip()]


def unusable(template: Template, values: Mapping[str, str]) -> list[str]:
    """Keys the template does not have, and those whose value no platform takes: too long, a line break, a tab, many blanks."""
    known = {one.key for one in template.variables}
    return [
        key
        for key, value in values.items()
        if key not in known or len(value) > MOST_VALUE or _BROKEN.search(value)
    ]


def written(template: Template, values: Mapping[str, str]) -> str:
    """The template as its reader sees it, for the timeline."""
    pieces = [
        _filled(template.header, "header", values),
        _filled(template.body, "body", values),
        template.footer,
    ]
    pieces += [f"[{label}]" for label in template.buttons]
    return "\n\n".join(piece for piece in pieces if piece)


def _filled(text: str, piece: Piece, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: values.get(f"{piece}.{found.group(1)}", found.group(0)), text)


def find(templates: Sequence[Template], name: str, language: str) -> Template | None:
    """The one of this name in this language."""
    return next((one for one in templates if (one.name, one.language) == (name, language)), None)
