"""The other side of the desk's tests: a visitor over REST."""

import asyncio
from typing import Any

import httpx

from funnel.core.ids import new_id
from tests.e2e.conftest import Demo

Json = dict[str, Any]


class Visitor:
    """A visitor of the demo shop; every request must be taken."""

    def __init__(self, demo: Demo) -> None:
        self._http = httpx.AsyncClient(base_url=demo.base_url, timeout=60)
        self._key = demo.banner["site_key"]

    async def start(self, locale: str) -> None:
        """Opens the session."""
        page = {"url": "https://shop.example/orders", "title": "Orders"}
        session = await self.call(
            "POST", "/v1/widget/session", {"site_key": self._key, "locale": locale, "page": page}
        )
        self._http.headers["authorization"] = f"Bearer {session['visitor_token']}"

    async def call(self, method: str, path: str, body: Json | None = None, **more: Any) -> Json:
        """One request."""
        answer = await self._http.request(method, path, json=body, **more)
        answer.raise_for_status()
        found: Json = answer.json() if answer.content else {}
        return found

    async def say(self, text: str, conversation_id: str | None = None, **more: Any) -> Json:
        """A message."""
        path = f"/v1/conversations/{conversation_id}/messages" if conversation_id else "/v1/conversations"
        return await self.call("POST", path, {"client_message_id": new_id(), "text": text, **more})

    async def upload(self, name: str, data: bytes) -> str:
        """The id of a file to attach."""
        stored = await self.call("POST", "/v1/uploads", files={"file": (name, data, "text/plain")})
        upload_id: str = stored["upload_id"]
        return upload_id

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()


async def visitor_of(demo: Demo, name: str | None = None, locale: str = "en") -> Visitor:
    """A new visitor, by name where one is given."""
    visitor = Visitor(demo)
    await visitor.start(locale)
    if name is not None:
        await visitor.call("PUT", "/v1/me", {"name": name})
    return visitor


async def waiting(visitor: Visitor, text: str) -> str:
    """The id of a new conversation of theirs that waits for a person."""
    asked = await visitor.say(text)
    conversation_id: str = asked["conversation"]["id"]
    await visitor.call("POST", f"/v1/conversations/{conversation_id}/human", {"client_message_id": new_id()})
    return conversation_id


async def findable(demo: Demo, question: str, title: str, site_key: str | None = None) -> None:
    """Waits until a question finds an article whose title begins so: a page that asks earlier is not told later."""
    query = {"q": question, "locale": "en", "site_key": site_key or demo.banner["site_key"]}
    async with httpx.AsyncClient(base_url=demo.base_url, timeout=60) as http, asyncio.timeout(60):
        while not any(one["title"].startswith(title) for one in await _found(http, query)):  # noqa: ASYNC110 - another process indexes it
            await asyncio.sleep(0.05)


async def _found(http: httpx.AsyncClient, query: dict[str, str]) -> list[Json]:
    items: list[Json] = (await http.get("/v1/kb/search", params=query)).json()["items"]
    return items


async def events_of(visitor: Visitor, conversation_id: str) -> list[Json]:
    """The log as the visitor may read it."""
    page = await visitor.call("GET", f"/v1/conversations/{conversation_id}/events")
    found: list[Json] = page["items"]
    return found
