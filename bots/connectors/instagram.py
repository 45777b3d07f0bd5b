"""Instagram messaging: a professional account's conversations by Instagram-scoped ids (IGSID); texts count in bytes."""

from bots.connectors.graph.pages import page_connector
from funnel.channels.outbound import Capabilities
from funnel.channels.port import SecretField

CAPABILITIES = Capabilities(
    text_max=1000, unit="bytes", text_with_buttons_max=640, buttons=3, button_title=20, quick_replies=13,
    quick_reply_title=20, payload_bytes=1000, media_bytes=8_000_000, typing=True, typing_seconds=20, mark_read=True,
    receipts=frozenset({"read"}), window_hours=24, rate_per_second=300.0,
)  # fmt: skip
CONNECTOR = page_connector(
    "instagram",
    "Instagram",
    CAPABILITIES,
    id_kind="igsid",
    account=SecretField("account_id", "Instagram account id", public=True),
    exempt={
        "polling": "there is no such way in",
        "reconcile": "there is no echo of a failed call to wait for",
    },
)
