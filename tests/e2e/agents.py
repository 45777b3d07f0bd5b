"""The agent's side over REST, for tests in which the desk is not the matter."""

from dataclasses import dataclass
from typing import Any

import httpx

from funnel.core.ids import new_id

Json = dict[str, Any]


@dataclass
class DeskAgent:
    """The demo agent, over the API."""

    http: httpx.AsyncClient

    async def take_next(self) -> str:
        """Takes the next conversation; its id."""
        queues = (await self.http.get("/v1/queues")).json()["items"]
        for queue in queues:
            taken = await self.http.post(f"/v1/queues/{queue['id']}/next")
            if taken.status_code in (200, 201):
                found: str = taken.json()["conversation"]["id"]
                return found
        raise AssertionError("nobody waits")

    async def act(self, conversation_id: str, what: str, body: Json | None = None) -> Json:
        """An act on a conversation that must be taken."""
        answer = await self.http.post(f"/v1/conversations/{conversation_id}/{what}", json=body or {})
        assert answer.is_success, answer.text
        found: Json = answer.json() if answer.content else {}
        return found

    async def reply(self, conversation_id: str, text: str) -> None:
        """Answers."""
        await self.act(conversation_id, "messages", {"client_message_id": new_id(), "text": text})

    async def clear(self) -> None:
        """Takes and closes whatever waits, so that the next one waiting is ours; what only a lead may close stays taken."""
        for queue in (await self.http.get("/v1/queues")).json()["items"]:
            while (taken := await self.http.post(f"/v1/queues/{queue['id']}/next")).status_code in (200, 201):
                conversation_id = taken.json()["conversation"]["id"]
                done = await self.http.post(f"/v1/conversations/{conversation_id}/resolve", json={})
                assert done.is_success or done.json()["code"] == "lead_only", done.text
