"""Facebook Messenger: a page's conversations by page-scoped ids (PSID)."""

from bots.connectors.graph.pages import page_connector
from funnel.channels.outbound import Capabilities
from funnel.channels.port import SecretField

CAPABILITIES = Capabilities(
    text_max=2000, text_with_buttons_max=640, buttons=3, button_title=20, quick_replies=13, quick_reply_title=20,
    payload_bytes=1000, media_bytes=25_000_000, typing=True, typing_seconds=20, mark_read=True,
    receipts=frozenset({"delivered", "read"}), window_hours=24, reconciles=True, rate_per_second=300.0,
)  # fmt: skip
CONNECTOR = page_connector(
    "messenger",
    "Facebook Messenger",
    CAPABILITIES,
    id_kind="psid",
    account=SecretField("page_id", "Page id", public=True),
    exempt={"polling": "there is no such way in"},
)
