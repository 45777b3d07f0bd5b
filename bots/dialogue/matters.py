"""What a contact writes about, so that it is known when it comes back: marks of order numbers, and articles."""

import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

from bots.dialogue.hearing import Prepared
from funnel.conversations.state import PastEpisode, State

MARK_BYTES = 2


def marks(contact_id: str, orders: Iterable[str]) -> tuple[str, ...]:
    """A mark of two bytes for each order number, bound to the contact: enough to notice the same number again (a chance of
    one in 65,536 to be wrong), too little to tell which it was."""
    return tuple(dict.fromkeys(_mark(contact_id, order) for order in orders))


def _mark(contact_id: str, order: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFKC", order).casefold() if c.isalnum())
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in letters)
    return blake2b(f"{contact_id}:{plain}".encode(), digest_size=MARK_BYTES).hexdigest()


def same_matter(state: State, prepared: Prepared) -> PastEpisode | None:
    """The latest of `same_matters`."""
    return next(iter(same_matters(state, prepared)), None)


def same_matters(state: State, prepared: Prepared) -> tuple[PastEpisode, ...]:
    """The earlier episodes about what this turn is about whose need was not met, the latest first: the same order number, or a
    question that the same article answers again."""
    own = set(marks(state.contact_id, prepared.whole.orders))
    best = prepared.found_whole.candidates[:1] if prepared.found_whole.outcome == "answer" else ()
    articles = {one.article_id for one in best}
    return tuple(
        past
        for past in reversed(state.past)
        if not past.met and (own.intersection(past.matters) or articles.intersection(past.articles))
    )
