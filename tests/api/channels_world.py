"""Inboxes of channels for tests, and platforms that sign what they send."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from bots.connectors.registry import CONNECTORS
from bots.intake.worker import Intake
from funnel.channels.request import Secret
from funnel.core.database import Database
from funnel.core.ids import new_id
from tests.api.gateway import Caller, Gateway, Json

SECRETS: dict[str, dict[str, str]] = {
    "webhook": {"url": "https://app.example/hook"},
    "telegram": {"token": "1:abc"},
    "whatsapp": {"signing": "app", "access_token": "t", "phone_number_id": "1"},
    "messenger": {"signing": "app", "access_token": "t", "page_id": "1"},
    "instagram": {"signing": "app", "access_token": "t", "account_id": "1"},
    "line": {"signing": "channel", "access_token": "t"},
    "slack": {"signing": "slack", "access_token": "t"},
    "wechat": {"signing": "token", "app_id": "wx1", "app_secret": "s"},
    "twilio": {"signing": "auth", "account_sid": "AC1", "number": "+1"},
    "email": {"address": "help@shop.example", "basic": "u:p"},
}


@dataclass
class ChannelInbox:
    """An inbox and the platform behind it."""

    http: httpx.AsyncClient
    db: Database
    id: str
    channel: str
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the platform delivers."""
        return f"/hooks/{self.channel}/{self.id}"

    def signed(self, body: bytes, message_id: str | None = None, at: float | None = None) -> dict[str, str]:
        """The headers of a genuine delivery."""
        sign = CONNECTORS[self.channel].sign
        assert sign is not None
        return dict(
            sign(Secret.of(**self.secrets), body, message_id or new_id(), int(at or time.time()), "").headers
        )

    async def deliver(self, body: Any, **more: Any) -> httpx.Response:
        """A genuine delivery of this JSON value (or these bytes)."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post(self.path, content=raw, headers=self.signed(raw, **more))

    async def events(self, kind: str = "message.created") -> list[Json]:
        """The data of every event of this type in the inbox's conversations, in order."""
        records = await self.db.pool.fetch(
            "select e.data from events e join conversations c on c.id = e.conversation_id"
            " where c.inbox_id = $1::uuid and e.type = $2 order by c.created_at, e.seq",
            *(self.id, kind),
        )
        return [json.loads(record["data"]) for record in records]

    async def said(self) -> list[str]:
        """What contacts said, in order."""
        return [one["text"] for one in await self.events() if one["direction"] == "incoming"]

    async def count(self, table: str) -> int:
        """Rows of a table that belong to the inbox."""
        query = f"select count(*) from {table} where inbox_id = $1::uuid"  # noqa: S608 - a table of ours
        found: int = await self.db.pool.fetchval(query, self.id)
        return found


async def open_inbox(gateway: Gateway, channel: str, admin: Caller | None = None) -> ChannelInbox:
    """Makes an inbox through the API."""
    admin = admin or await gateway.agent(preset="admin")
    answer = await admin.call(
        "POST",
        "/v1/inboxes",
        {
            "site_id": gateway.site.id,
            "channel": channel,
            "name": channel.title(),
            "queue_id": gateway.queue_id,
            "secrets": SECRETS[channel],
        },
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return ChannelInbox(
        gateway.http, gateway.db, made["id"], channel, {**SECRETS[channel], **made["made_secrets"]}
    )


async def read_all(intake: Intake) -> None:
    """Reads until nothing that is due waits."""
    while await intake.read_due():
        pass


def message(text: str, message_id: str | None = None, sender: str = "u1", **more: Any) -> Json:
    """A message of the generic webhook."""
    inner = {"id": message_id or new_id(), "text": text, **more}
    return {
        "type": "message.created",
        "timestamp": "2026-11-27T08:00:00Z",
        "data": {"sender": {"id": sender, "name": "Ada"}, "message": inner},
    }
