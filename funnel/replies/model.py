"""What a saved reply is: its fields checked, its placeholders known. Pure."""

import re
from typing import Final

from msgspec import UNSET, Struct, UnsetType

from funnel.core.errors import invalid
from funnel.core.locales import canonical_locale

VARIABLES: Final = frozenset({"contact.name", "agent.name", "site.name", "queue.name", "order"})
"""What a text may name as `{{name}}` or `{{name|words to use where it is not known}}`; the desk fills it in."""

MOST_TEXT: Final = 10_000
MOST_TITLE: Final = 120
_SHORTCUT: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PLACEHOLDER: Final = re.compile(r"\{\{([^{}|]{0,80})(?:\|[^{}]{0,200})?\}\}")


class ReplyDraft(Struct, frozen=True):
    """The fields of a saved reply. `locale` None fits every language; `shared` ones are everybody's."""

    title: str
    text: str
    shortcut: str | None = None
    locale: str | None = None
    shared: bool = False


class ReplyChanges(Struct, frozen=True):
    """What to change; what is UNSET stays."""

    title: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    shortcut: str | UnsetType | None = UNSET
    locale: str | UnsetType | None = UNSET
    shared: bool | UnsetType = UNSET


def checked(draft: ReplyDraft) -> ReplyDraft:
    """The draft with its fields trimmed and made canonical. Raises 422: title_invalid, text_invalid, variable_unknown,
    shortcut_invalid, locale_invalid.
    """
    title = draft.title.strip()
    if not 0 < len(title) <= MOST_TITLE:
        raise invalid("title_invalid", "A title has 1 to 120 characters.")
    if not draft.text.strip() or len(draft.text) > MOST_TEXT:
        raise invalid("text_invalid", "A text has 1 to 10,000 characters, not only white space.")
    if not set(placeholders(draft.text)) <= VARIABLES:
        raise invalid("variable_unknown", f"Placeholders are {', '.join(sorted(VARIABLES))}.")
    return ReplyDraft(
        title=title,
        text=draft.text,
        shortcut=_shortcut(draft.shortcut),
        locale=_locale(draft.locale),
        shared=draft.shared,
    )


def placeholders(text: str) -> list[str]:
    """The names in `{{…}}`, in order, without the words behind the bar."""
    return [found.group(1).strip() for found in _PLACEHOLDER.finditer(text)]


def _shortcut(shortcut: str | None) -> str | None:
    cleaned = (shortcut or "").strip().lower().removeprefix("/")
    if not cleaned:
        return None
    if not _SHORTCUT.fullmatch(cleaned):
        raise invalid("shortcut_invalid", "A shortcut has up to 40 of a-z, 0-9, - and _.")
    return cleaned


def _locale(tag: str | None) -> str | None:
    if not tag:
        return None
    known = canonical_locale(tag)
    if known is None:
        raise invalid("locale_invalid", "This is no language tag of a known language.")
    return known
