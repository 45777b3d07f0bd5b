"""What Messenger and Instagram share: a page's or account's conversations over the Graph API, told apart by the ids they use."""

from collections.abc import Callable, Mapping

from bots.connectors.graph import subscription
from bots.connectors.graph.reading import parse_page
from bots.connectors.graph.sending import build_page, judge_page, mark_page, probes
from funnel.channels.inbound import InboundEvent
from funnel.channels.media import by_link
from funnel.channels.outbound import Capabilities, OutboundMessage, Rendered
from funnel.channels.port import Account, Call, Connector, Quality, SecretField

DONE = frozenset(
    {
        "check",
        "verify",
        "parse",
        "handshake",
        "render",
        "send",
        "error_classes",
        "receipts",
        "simulator",
        "media_in",
        "typing",
        "read_marks",
        "windows",
    }
)


def page_connector(
    channel: str,
    name: str,
    capabilities: Capabilities,
    *,
    id_kind: str,
    account: SecretField,
    exempt: Mapping[str, str],
) -> Connector:
    """The connector of one of them. `account` is the setting with the page's id, `id_kind` what its contacts' ids are called."""
    return Connector(
        channel=channel,
        name=name,
        verify=subscription.verify,
        parse=_parse(id_kind),
        capabilities=capabilities,
        build=_build(account.name),
        probes=probes,
        sign=subscription.sign,
        judge=judge_page,
        marks=_marks(account.name),
        locate=by_link,
        handshake=subscription.handshake,
        secrets=(
            *subscription.SECRETS,
            account,
            SecretField(
                "api_base", "Another address of the platform's interface", required=False, public=True
            ),
        ),
        account_field=account.name,
        quality=Quality(done=DONE, exempt=exempt),
    )


def _parse(id_kind: str) -> Callable[[bytes], list[InboundEvent]]:
    def parse(raw: bytes) -> list[InboundEvent]:
        return parse_page(raw, id_kind)

    return parse


def _build(account_field: str) -> Callable[[Rendered, Account, float], tuple[Call, ...]]:
    def build(rendered: Rendered, account: Account, now: float) -> tuple[Call, ...]:
        return build_page(rendered, account, account_field)

    return build


def _marks(account_field: str) -> Callable[[OutboundMessage, Account, float], tuple[Call, ...]]:
    def marks(message: OutboundMessage, account: Account, now: float) -> tuple[Call, ...]:
        return mark_page(message, account, account_field)

    return marks
