"""Every connector by its channel. Adding one is a module with a CONNECTOR, its vectors, and one line here."""

from typing import Final

from bots.connectors import (
    email,
    instagram,
    line,
    messenger,
    slack,
    telegram,
    twilio,
    webhook,
    wechat,
    whatsapp,
)
from funnel.channels.port import Connector

CONNECTORS: Final[dict[str, Connector]] = {
    one.channel: one
    for one in (
        webhook.CONNECTOR,
        email.CONNECTOR,
        telegram.CONNECTOR,
        whatsapp.CONNECTOR,
        messenger.CONNECTOR,
        instagram.CONNECTOR,
        line.CONNECTOR,
        twilio.CONNECTOR,
        slack.CONNECTOR,
        wechat.CONNECTOR,
    )
}
