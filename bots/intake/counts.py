"""What is counted of the way in."""

from prometheus_client import Counter

from funnel.core import metrics

accepted = Counter(
    "funnel_webhooks_accepted", "Webhook requests kept.", ["channel"], registry=metrics.registry
)
refused = Counter(
    "funnel_webhooks_refused", "Webhook requests refused for their signature.", ["channel", "verdict"], registry=metrics.registry
)  # fmt: skip
alarms = Counter(
    "funnel_webhook_alarms", "Times an inbox's signatures failed five times in five minutes.", ["channel"], registry=metrics.registry
)  # fmt: skip
events = Counter(
    "funnel_inbound_events", "Inbound events by what became of them.", ["channel", "kind", "outcome"], registry=metrics.registry
)  # fmt: skip
poisoned = Counter("funnel_inbound_poisoned", "Requests put aside.", ["channel"], registry=metrics.registry)
media = Counter(
    "funnel_media_files", "Files of channels' messages by what became of them.", ["channel", "outcome"], registry=metrics.registry
)  # fmt: skip
