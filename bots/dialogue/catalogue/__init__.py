"""Every text a visitor can see, in all four languages of the catalogue."""

from bots.dialogue.catalogue.keys import NEEDS_REVIEW, PARAMETERS, Key
from bots.dialogue.catalogue.moments import format_moment
from bots.dialogue.catalogue.speech import say, span
from funnel.core.locales import CATALOGUE_LOCALES, resolve_locale

__all__ = [
    "CATALOGUE_LOCALES",
    "NEEDS_REVIEW",
    "PARAMETERS",
    "Key",
    "format_moment",
    "resolve_locale",
    "say",
    "span",
]
