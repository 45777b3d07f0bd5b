"""What is counted of the way out."""

from prometheus_client import Counter

from funnel.core import metrics

attempts = Counter(
    "funnel_outbox_attempts",
    "Attempts to send, by what became of them.",
    ["outcome"],
    registry=metrics.registry,
)
marks = Counter(
    "funnel_outbox_marks",
    "Typing and read marks, by what became of them.",
    ["mark", "outcome"],
    registry=metrics.registry,
)
stale = Counter(
    "funnel_outbox_stale", "Outcomes refused because the lease was lost.", registry=metrics.registry
)
