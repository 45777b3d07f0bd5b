"""A real listener on a free port, and the people who call it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from api.bootstrap import running
from api.services import Services
from api.serving import listening
from funnel.core.database import Database
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from tests import builders
from tests.configuration import TLS

Json = dict[str, Any]
ORIGIN = "https://shop.example"


@dataclass
class Caller:
    """Somebody with a credential."""

    http: httpx.AsyncClient
    token: str | None
    id: str = ""

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """One request with the credential."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        return await self.http.request(method, path, headers=headers, **more)

    async def say(self, text: str, conversation_id: str | None = None, **more: Any) -> Json:
        """A message that must be taken."""
        path = f"/v1/conversations/{conversation_id}/messages" if conversation_id else "/v1/conversations"
        answer = await self.call("POST", path, {"client_message_id": new_id(), "text": text, **more})
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    async def act(self, conversation_id: str, what: str, body: Json | None = None) -> httpx.Response:
        """An agent's act on a conversation."""
        return await self.call("POST", f"/v1/conversations/{conversation_id}/{what}", body or {})


@dataclass
class Gateway:
    """A running service with one site, one team, its queue and an agent."""

    services: Services
    base_url: str
    http: httpx.AsyncClient
    site: Any
    queue_id: str
    team_id: str
    _admin: Caller | None = None

    async def admin(self) -> Caller:
        """The administrator who sets things up for others: always the same, so that many tests of one service stay quick."""
        if self._admin is None:
            self._admin = await self.agent(preset="admin")
        return self._admin

    @property
    def db(self) -> Database:
        """The service's database."""
        return self.services.db

    async def visitor(self, **contact: Any) -> Caller:
        """A new visitor of the site."""
        row, token = await builders.make_visitor(self.db, self.site, **contact)
        return Caller(self.http, token, row.id)

    async def agent(self, **fields: Any) -> Caller:
        """A new agent of the team, signed in."""
        fields.setdefault("team_id", self.team_id)
        row = await builders.make_agent(self.db, **fields)
        token = await builders.make_agent_token(self.db, row.id)
        await self.services.directory.refresh()
        return Caller(self.http, token, row.id)

    def anonymous(self) -> Caller:
        """Nobody."""
        return Caller(self.http, None)

    @asynccontextmanager
    async def socket(
        self, caller: Caller | None, hello: Json | None = None, **more: Any
    ) -> AsyncIterator["Wire"]:
        """A socket; says hello unless `caller` is None."""
        address = self.base_url.replace("http", "ws", 1) + "/v1/ws"
        async with connect(address, compression=None, max_size=None, **more) as connection:
            wire = Wire(connection)
            if caller is not None:
                await wire.send({"type": "hello", "token": caller.token, **(hello or {})})
                assert (await wire.receive())["type"] == "ready"
            yield wire


@dataclass
class Wire:
    """One end of a socket."""

    connection: ClientConnection

    async def send(self, frame: Json) -> None:
        """Sends a frame."""
        await self.connection.send(json.dumps(frame))

    async def receive(self) -> Json:
        """The next frame."""
        found: Json = json.loads(await self.connection.recv())
        return found

    async def until(self, kind: str, **fields: Any) -> list[Json]:
        """Frames up to the first one of this type with these fields, that one included."""
        frames = []
        while True:
            frame = await self.receive()
            frames.append(frame)
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frames

    async def closed(self) -> int:
        """Reads to the end; the close code."""
        await self.connection.wait_closed()
        return self.connection.close_code or 0


@asynccontextmanager
async def open_gateway(settings: Settings, db: Database, *, workers: bool = True) -> AsyncIterator[Gateway]:
    """Starts everything on a migrated database; without `workers` nothing is done but what is asked for."""
    team_id = await builders.make_team(db)
    queue_id = await builders.make_queue(db, team_id)
    site = await builders.make_site(db, origins=[ORIGIN], queue_id=queue_id)
    async with (
        running(settings, database=db, workers=workers) as services,
        listening(services) as base_url,
        httpx.AsyncClient(base_url=base_url, timeout=30, verify=TLS) as http,
    ):
        yield Gateway(services, base_url, http, site, queue_id, team_id)
