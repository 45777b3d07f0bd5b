"""When a person may be offered again. When one must come is a matter of the rules, whose fixed rows guard against circles."""

from funnel.conversations.state import Episode


def may_offer(episode: Episode, *, missed: bool) -> bool:
    """An offer is made once and repeated only after a further miss."""
    return episode.offers == 0 or episode.misses + missed > episode.misses_at_offer
