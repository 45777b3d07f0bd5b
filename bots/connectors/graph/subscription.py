"""The check of a webhook address on the Graph platform: the token we chose, then the challenge back."""

from collections.abc import Mapping
from typing import Final

from funnel.channels.port import SecretField
from funnel.channels.request import Secret
from funnel.channels.signatures import shared_token

SECRETS: Final = (
    SecretField("signing", "App secret", rotates=True),
    SecretField("verify_token", "Verify token of the webhook subscription", made="token"),
    SecretField("access_token", "Access token"),
)


def handshake(query: Mapping[str, str], secret: Secret) -> str | None:
    """The challenge, if the mode is subscribe and the token is ours; None refuses."""
    if query.get("hub.mode") != "subscribe":
        return None
    verdict = shared_token(query.get("hub.verify_token"), secret.all("verify_token"))
    return query.get("hub.challenge") if verdict.ok else None
