"""How each platform is asked whether an inbox is set up right: its token, and where it delivers to. Pure."""

import base64
from collections.abc import Mapping
from typing import Final

from bots.connectors import (
    line_calls,
    slack_calls,
    telegram_calls,
    twilio_calls,
    wechat_calls,
    whatsapp_calls,
)
from bots.connectors.graph import sending
from funnel.channels.checking import Probe, Probes, accepted
from funnel.channels.port import Account, Call
from funnel.channels.reading import Node


def _get(url: str, headers: Mapping[str, str] | None = None) -> Call:
    return Call("GET", url, headers or {}, b"")


def _bearer(account: Account) -> dict[str, str]:
    return {"authorization": f"Bearer {account.secret.one('access_token')}"}


def telegram(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """getMe, and what getWebhookInfo says of our address."""
    secret = account.secret
    base = f"{secret.one('api_base') or telegram_calls.API}/bot{secret.one('token')}"
    polling = secret.one("receive") == "polling"

    def subscribed(status: int, answer: Node) -> str | None:
        found = answer["result"]["url"].text() or ""
        if polling:
            return f"A webhook is still set: {found}" if found else None
        if found != webhook_url:
            return f"setWebhook was given {found or 'nothing'}, not {webhook_url}"
        return answer["result"]["last_error_message"].text()

    return (
        Probe("token", _get(f"{base}/getMe"), accepted),
        Probe("webhook", _get(f"{base}/getWebhookInfo"), subscribed),
    )


def whatsapp(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """The number behind the token."""
    base = account.secret.one("api_base") or whatsapp_calls.API
    return (
        Probe("token", _get(f"{base}/{account.secret.one('phone_number_id')}", _bearer(account)), accepted),
    )


def page(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """The apps that a page delivers to: Meta takes ours off the list after an hour of failures."""
    base = account.secret.one("api_base") or sending.API
    name = account.secret.one("page_id") or account.secret.one("account_id")

    def subscribed(status: int, answer: Node) -> str | None:
        return None if list(answer["data"]) else "The page delivers to no app: subscribe it again."

    call = _get(f"{base}/{name}/subscribed_apps", _bearer(account))
    return Probe("token", call, accepted), Probe("webhook", call, subscribed)


def line(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """The bot behind the token, and its webhook address."""
    base = account.secret.one("api_base") or line_calls.API

    def subscribed(status: int, answer: Node) -> str | None:
        found = answer["endpoint"].text() or ""
        if found != webhook_url:
            return f"The webhook address is {found or 'not set'}, not {webhook_url}"
        return None if answer["active"].flag() else "Webhooks are switched off in the console."

    return (
        Probe("token", _get(f"{base}/v2/bot/info", _bearer(account)), accepted),
        Probe("webhook", _get(f"{base}/v2/bot/channel/webhook/endpoint", _bearer(account)), subscribed),
    )


def slack(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """auth.test; errors come with status 200."""
    base = account.secret.one("api_base") or slack_calls.API

    def signed_in(status: int, answer: Node) -> str | None:
        return None if answer["ok"].flag() else f"Slack says {answer['error'].text() or status}."

    return (Probe("token", _get(f"{base}/auth.test", _bearer(account)), signed_in),)


def twilio(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """The account itself."""
    secret = account.secret
    sid = secret.one("account_sid")
    pair = base64.b64encode(f"{sid}:{secret.one('signing')}".encode()).decode()
    url = f"{secret.one('api_base') or twilio_calls.API}/2010-04-01/Accounts/{sid}.json"
    return (Probe("token", _get(url, {"authorization": f"Basic {pair}"}), accepted),)


def wechat(account: Account, webhook_url: str) -> tuple[Probe, ...]:
    """Whether app id and secret are lent a token."""

    def lent(status: int, answer: Node) -> str | None:
        return None if answer["access_token"].text() else f"WeChat says {answer['errcode'].id() or status}."

    return (Probe("token", wechat_calls.TOKENS.call(account), lent),)


PROBES: Final[dict[str, Probes]] = {
    "telegram": telegram, "whatsapp": whatsapp, "messenger": page, "instagram": page, "line": line, "slack": slack,
    "twilio": twilio, "wechat": wechat,
}  # fmt: skip
"""By channel; mail and the generic webhook have no platform to ask."""
