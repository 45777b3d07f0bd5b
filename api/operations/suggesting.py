"""Which saved replies fit a question: those that share the most telling words with it, in the contact's language first."""

import math
from collections import Counter
from collections.abc import Sequence

from funnel.core.locales import language_of
from funnel.replies.store import SavedReply
from kb.analyzer import content_tokens

MOST = 3
LEAST_SHARE = 0.2  # of the question's weight; below it a reply shares only what everybody says


def fitting_replies(question: str, locale: str, replies: Sequence[SavedReply]) -> list[SavedReply]:
    """At most three, best first. A word weighs more the fewer replies have it; replies of another language are left out. Pure."""
    asked = frozenset(content_tokens(question, locale))
    open_to_all = [
        one for one in replies if one.locale is None or language_of(one.locale) == language_of(locale)
    ]
    words = [frozenset(content_tokens(f"{one.title} {one.text}", locale)) for one in open_to_all]
    known = Counter(word for found in words for word in found & asked)
    weights = {word: math.log(1 + len(words) / count) for word, count in known.items()}
    whole = sum(weights.values()) + math.log(1 + len(words)) * len(asked - weights.keys())
    scored = [
        (sum(weights[word] for word in found & asked), one.locale == locale, one)
        for found, one in zip(words, open_to_all, strict=True)
    ]
    fits = [entry for entry in scored if whole and entry[0] / whole >= LEAST_SHARE]
    fits.sort(key=lambda entry: (-entry[0], not entry[1], entry[2].id))
    return [one for _, _, one in fits[:MOST]]
