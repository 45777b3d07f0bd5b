"""What the installed connectors tell the rest of the service: which channels there are and what setting one up needs."""

from msgspec.structs import asdict

from api.schemas.inboxes import ChannelOut, MannersOut, SecretFieldOut
from bots.connectors.registry import CONNECTORS
from funnel.channels.manners import manners_of
from funnel.channels.port import SecretField


def channel_secrets() -> dict[str, tuple[SecretField, ...]]:
    """The secrets of each installed channel."""
    return {channel: connector.secrets for channel, connector in CONNECTORS.items()}


def installed() -> list[ChannelOut]:
    """Every channel as it is shown to whoever sets one up."""
    return [
        ChannelOut(
            channel=connector.channel,
            name=connector.name,
            secrets=[_shown(field) for field in connector.secrets],
            todo=sorted(connector.quality.todo),
            manners=MannersOut(**asdict(manners_of(connector.channel))),
        )
        for connector in CONNECTORS.values()
    ]


def _shown(field: SecretField) -> SecretFieldOut:
    return SecretFieldOut(
        name=field.name,
        label=field.label,
        required=field.required,
        public=field.public,
        rotates=field.rotates,
        made_here=bool(field.made),
    )
