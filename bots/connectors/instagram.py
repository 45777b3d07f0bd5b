"""Instagram messaging: a professional account's conversations by Instagram-scoped ids (IGSID); texts count in bytes."""

from collections.abc import Mapping

from bots.connectors.graph import subscription
from bots.connectors.graph.reading import parse_page
from bots.connectors.graph.sending import build_page, judge_page
from funnel.channels.inbound import InboundEvent
from funnel.channels.media import by_link
from funnel.channels.outbound import Capabilities, Rendered
from funnel.channels.port import Account, Call, Connector, Quality, SecretField
from funnel.channels.request import Headers, Secret, Verdict, headers_of
from funnel.channels.signatures import hex_sha256

CAPABILITIES = Capabilities(
    text_max=1000, unit="bytes", text_with_buttons_max=640, buttons=3, button_title=20, quick_replies=13,
    quick_reply_title=20, payload_bytes=1000, media_bytes=8_000_000, typing=True, typing_seconds=20, mark_read=True,
    receipts=frozenset({"read"}), window_hours=24, rate_per_second=300.0,
)  # fmt: skip


def verify(
    headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
) -> Verdict:
    """`X-Hub-Signature-256` over the bytes as received (escaped unicode), with the app's secret."""
    given = headers_of(headers).get("x-hub-signature-256")
    return hex_sha256(given, body, secret.all("signing"), prefix="sha256=")


def parse(raw: bytes) -> list[InboundEvent]:
    """Messages, unsent messages, story mentions and replies, reactions, read receipts."""
    return parse_page(raw, "igsid")


def build(rendered: Rendered, account: Account, now: float) -> tuple[Call, ...]:
    """The Send API's calls."""
    return build_page(rendered, account, "account_id")


CONNECTOR = Connector(
    channel="instagram",
    name="Instagram",
    verify=verify,
    parse=parse,
    capabilities=CAPABILITIES,
    build=build,
    judge=judge_page,
    locate=by_link,
    handshake=subscription.handshake,
    secrets=(
        *subscription.SECRETS,
        SecretField("account_id", "Instagram account id", public=True),
        SecretField("api_base", "Another address of the platform's interface", required=False, public=True),
    ),
    account_field="account_id",
    quality=Quality(
        done=frozenset({"verify", "parse", "handshake", "render", "send", "error_classes", "media_in"}),
        exempt={
            "polling": "there is no such way in",
            "reconcile": "there is no echo of a failed call to wait for",
        },
    ),
)
