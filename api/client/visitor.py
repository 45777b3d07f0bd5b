"""A visitor over REST: session, messages, the button for a person. Sending is repeated under the same id until it is known."""

import asyncio
from typing import Any

import httpx

from api.client.backoff import Backoff
from funnel.core.ids import new_id

Json = dict[str, Any]
RETRY = frozenset({429, 502, 503, 504})


class VisitorClient:
    """One visitor of one site. Raises httpx.HTTPStatusError where the server refuses for good."""

    def __init__(self, base_url: str, site_key: str, *, locale: str | None = None, tries: int = 20) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=15)
        self._site_key = site_key
        self._locale = locale
        self._tries = tries
        self.token: str | None = None
        self.session: Json = {}

    @property
    def socket_url(self) -> str:
        """Where this visitor's socket is."""
        return str(self._http.base_url).rstrip("/").replace("http", "ws", 1) + "/v1/ws"

    async def start(self, *, tries: int | None = None) -> Json:
        """Opens or continues the session; keeps the token. `tries` is for those who would rather know soon."""
        body: Json = {"site_key": self._site_key}
        if self.token:
            body["visitor_token"] = self.token
        if self._locale:
            body["locale"] = self._locale
        self.session = await self._post("/v1/widget/session", body, tries)
        self.token = self.session["visitor_token"]
        return self.session

    async def say(
        self, text: str, *, conversation_id: str | None = None, message_id: str | None = None
    ) -> Json:
        """Sends a message; without a conversation it lands in the open one or starts one."""
        body = {"client_message_id": message_id or new_id(), "text": text}
        path = f"/v1/conversations/{conversation_id}/messages" if conversation_id else "/v1/conversations"
        return await self._post(path, body)

    async def ask_human(self, conversation_id: str | None = None) -> Json:
        """The button; it works as the very first act too."""
        body: Json = {"client_message_id": new_id()}
        if conversation_id is None:
            return await self._post("/v1/conversations", {**body, "human": True})
        return await self._post(f"/v1/conversations/{conversation_id}/human", body)

    async def feedback(self, conversation_id: str, answer_id: str, *, helpful: bool) -> Json:
        """Did this help."""
        body = {"client_message_id": new_id(), "answer_id": answer_id, "helpful": helpful}
        return await self._post(f"/v1/conversations/{conversation_id}/feedback", body)

    async def choose(self, conversation_id: str, offer_id: str, choice: str) -> Json:
        """A choice under an offer."""
        body = {"client_message_id": new_id(), "choice": choice}
        return await self._post(f"/v1/conversations/{conversation_id}/offers/{offer_id}", body)

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def _post(self, path: str, body: Json, tries: int | None = None) -> Json:
        backoff, most = Backoff(), tries or self._tries
        for attempt in range(most):
            last = attempt == most - 1
            try:
                answer = await self._http.post(path, json=body, headers=self._headers())
            except httpx.TransportError:
                if last:
                    raise
            else:
                if last or answer.status_code not in RETRY:
                    answer.raise_for_status()
                    result: Json = answer.json()
                    return result
            await asyncio.sleep(backoff.next())
        raise AssertionError("the last try returns or raises")

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}
