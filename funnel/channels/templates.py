"""Messages that a platform approved beforehand and takes at any time: what there is of them, what fills them, how they read. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal
from urllib.parse import urlsplit

from msgspec import Struct

State = Literal["approved", "pending", "rejected", "paused", "disabled", "unknown"]
Piece = Literal["header", "body", "button"]
Cannot = Literal["", "header", "button", "piece", "flow"]
Takes = Literal["text", "image", "video", "document", "code"]
MOST_TEMPLATES: Final = 2_000
MOST_VALUE: Final = 1_024
MOST_CODE: Final = 15
_PLACE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}", re.ASCII)
_CODE: Final = re.compile(rf"[!-~]{{1,{MOST_CODE}}}", re.ASCII)
_FILES: Final[Mapping[Takes, frozenset[str]]] = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "video": frozenset({"video/mp4", "video/3gpp"}),
    "document": frozenset({
        "application/pdf", "text/plain", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    }),
}  # fmt: skip
_BROKEN: Final = re.compile(r"[\n\r\t]| {5}")


class TemplateVariable(Struct, frozen=True):
    """A gap to fill. `key` names it in its template ("body.1", "button.0", "media.image", "code.1"), `name` is the platform's own
    name for it. What `takes` a picture, film or document is filled by an https link or by the message's one file."""

    key: str
    piece: Piece
    name: str
    example: str = ""
    takes: Takes = "text"


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
    cannot: Cannot = ""


class TemplateValues(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A template as somebody filled it: the value of each variable by its key. An empty one of a picture, film or document stands for
    the message's file."""

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


def file_of(template: Template) -> TemplateVariable | None:
    """The variable that a file fills."""
    return next((one for one in template.variables if one.takes in _FILES), None)


def fits(variable: TemplateVariable, content_type: str) -> bool:
    """Whether a file of this type may fill it."""
    return content_type in _FILES[variable.takes]


def missing(template: Template, values: Mapping[str, str], files: int = 0) -> list[str]:
    """The keys of variables without a value; one of white space is none."""
    return [
        one.key
        for one in template.variables
        if not values.get(one.key, "").strip() and not (one.takes in _FILES and files)
    ]


def unusable(template: Template, values: Mapping[str, str]) -> list[str]:
    """Keys the template does not have, and those whose value no platform takes: too long, a line break, a tab, many blanks, a code
    with blanks, a file's address that is no https link."""
    known = {one.key: one.takes for one in template.variables}
    return [key for key, value in values.items() if key not in known or not _usable(known[key], value)]


def _usable(takes: Takes, value: str) -> bool:
    if len(value) > MOST_VALUE or _BROKEN.search(value):
        return False
    if takes == "code":
        return bool(_CODE.fullmatch(value.strip()))
    return takes == "text" or not value.strip() or _is_link(value.strip())


def _is_link(value: str) -> bool:
    try:
        found = urlsplit(value)
        return found.scheme == "https" and bool(found.hostname) and not re.search(r"\s", value)
    except ValueError:
        return False


def written(template: Template, values: Mapping[str, str]) -> str:
    """The template as its reader sees it, for the timeline."""
    file = file_of(template)
    pieces = [
        values.get(file.key, "").strip() if file is not None else "",
        _filled(template.header, "header", values),
        _filled(template.body, "body", values),
        template.footer,
    ]
    codes = {
        one.key: values[one.key].strip()
        for one in template.variables
        if one.takes == "code" and one.key in values
    }
    pieces += [
        f"[{label}: {codes[f'code.{place}']}]" if f"code.{place}" in codes else f"[{label}]"
        for place, label in enumerate(template.buttons)
    ]
    return "\n\n".join(piece for piece in pieces if piece)


def _filled(text: str, piece: Piece, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: values.get(f"{piece}.{found.group(1)}", found.group(0)), text)


def find(templates: Sequence[Template], name: str, language: str) -> Template | None:
    """The one of this name in this language."""
    return next((one for one in templates if (one.name, one.language) == (name, language)), None)
