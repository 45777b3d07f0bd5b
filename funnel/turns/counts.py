"""Counters of the turn pipeline and the feed that only this package touches."""

from prometheus_client import Counter

from funnel.core.metrics import registry

mismatches = Counter(
    "funnel_turn_mismatches", "Turns decided again because the conversation had moved on.", registry=registry
)
repeats = Counter(
    "funnel_turn_repeats", "Commands answered with the turn they had caused before.", registry=registry
)
judge_failures = Counter(
    "funnel_judge_failures", "Turns in which preparing or deciding broke.", ["command"], registry=registry
)
bisects = Counter("funnel_turn_bisects", "Batches split because a row was refused.", registry=registry)
outages = Counter("funnel_turn_outages", "Times the writer lost its connection.", registry=registry)
refetches = Counter("funnel_feed_refetches", "Times the feed filled a gap from the log.", registry=registry)
