"""A child that sends: the outbox of a process without a gateway, over inboxes whose app is a local double. JSON lines in and out."""

import asyncio
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import uvloop

from api.bootstrap import running
from api.services import Services
from benchmarks.album import album
from benchmarks.loads import closed
from benchmarks.world import WorldNote, settings_for
from bots.connectors.registry import CONNECTORS
from funnel.channels import standard_webhooks
from funnel.core.clock import SystemClock
from funnel.core.database import open_database
from funnel.core.logging import configure
from funnel.core.settings import Settings
from funnel.people.inboxes import Inboxes
from funnel.people.sealing import Unsealer

PATIENCE = 60.0
IN_FLIGHT = 64
_PLACES = """
insert into reply_addresses (conversation_id, inbox_id, address)
select c.id, ($1::uuid[])[1 + abs(hashtext(c.id::text)) % cardinality($1)], c.contact_id::text
from conversations c where c.owner_kind = 'bot' order by c.id offset $2 limit $3
on conflict (conversation_id, name) do update set inbox_id = excluded.inbox_id
returning conversation_id
"""
# A message a conversation, known by an id of its own, for what the copies share is the template's.
_QUEUE = """
insert into deliveries (id, conversation_id, message_id, inbox_id, address, expires_at)
select gen_random_uuid(), e.conversation_id, md5(e.conversation_id::text || e.seq || $2)::uuid, a.inbox_id, 'home', now() + interval '1 hour'
from reply_addresses a join lateral (
  select e.conversation_id, e.seq from events e
  where e.conversation_id = a.conversation_id and e.type = 'message.created' order by e.seq limit 1
) e on true
where a.conversation_id = any ($1::uuid[])
"""
_NAME = """
update events e set data = jsonb_set(e.data, '{message_id}', to_jsonb(d.message_id::text))
from deliveries d where d.state = 'queued' and e.conversation_id = d.conversation_id and e.type = 'message.created'
  and md5(e.conversation_id::text || e.seq || $1)::uuid = d.message_id
"""
_LEFT = (
    "select count(*) filter (where state = 'queued'), count(*) filter (where told <> state) from deliveries"
)


class ChannelWorker:
    """The tasks of one child."""

    def __init__(self, services: Services, note: WorldNote) -> None:
        self._services = services
        self._note = note
        self._inboxes: list[str] = []
        self._app: tuple[str, str] | None = None
        self._album: str | None = None

    async def do(self, task: str, **arguments: Any) -> dict[str, Any]:
        """Does a task by its name."""
        done: dict[str, Any] = await getattr(self, f"task_{task}")(**arguments)
        return done

    async def task_outbox(self, url: str, inboxes: int, start: int, count: int) -> dict[str, Any]:
        """Queues so many messages in as many conversations, then sends them; rate, and this process's own processor time."""
        await self._open(url, inboxes)
        await self._queue(start, count)
        outbox = self._services.channels.outbox
        began, cpu = time.perf_counter(), time.process_time()
        await outbox.start()
        sent = await self._until(0, began)
        spent = time.process_time() - cpu
        told = await self._until(1, began)
        all_spent = time.process_time() - cpu
        await outbox.stop()
        return {
            "done": count,
            "rate": count / sent,
            "told_rate": count / told,
            "cpu_us": 1e6 * spent / count,
            "told_cpu_us": 1e6 * all_spent / count,
            "cores": spent / sent,
        }

    async def task_hooks(
        self, port: int, connections: int, start: int, most: int, seconds: float
    ) -> dict[str, Any]:
        """A closed loop of genuine webhooks, each from a sender of its own, at an inbox of the gateway's copy of the world."""
        inbox_id, secret = await self._app_inbox()
        clock = int(time.time())
        path = f"/hooks/webhook/{inbox_id}"
        made = [_webhook(path, secret, clock, start + number) for number in range(most)]
        return await closed(port, lambda number: made[number], connections, seconds, len(made))

    async def task_album(self, url: str, number: int) -> dict[str, Any]:
        """An album of a sender of its own arrives at an inbox of this process, which fetches its pictures from `url`."""
        if self._album is None:
            (self._album,) = await self._made(1, "Album", "https://app.example/")
        account = await self._services.people.accounts.find(self._album)
        if account is None:
            raise RuntimeError("the inbox of the album is not there")
        return await album(self._services, account, f"album-{number}-{time.time_ns()}", url)

    async def task_forget(self) -> dict[str, Any]:
        """What the gateway has not read yet is taken away, so that it weighs on no other measurement."""
        async with open_database(settings_for(self._note.urls["gateway"])) as db:
            gone = await db.pool.execute("delete from inbound_requests where state = 'waiting'")
        return {"count": int(gone.rpartition(" ")[2])}

    async def task_calls(self, url: str, count: int) -> dict[str, Any]:
        """So many calls alone, as many at once as the outbox makes."""
        egress, body = self._services.channels.egress, b"x" * 400
        numbers = iter(range(count))

        async def lane() -> None:
            for _ in numbers:
                await egress.call("POST", url, content=body, headers={"content-type": "application/json"})

        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
        took, spent = time.perf_counter() - began, time.process_time() - cpu
        return {"done": count, "rate": count / took, "cpu_us": 1e6 * spent / count}

    async def _app_inbox(self) -> tuple[str, str]:
        """An inbox of the gateway's copy, made at the first call."""
        if self._app is None:
            settings = settings_for(self._note.urls["gateway"])
            channels = {name: one.secrets for name, one in CONNECTORS.items()}
            async with open_database(settings) as db:
                inboxes = Inboxes(db, SystemClock(), sealer=Unsealer(settings), channels=channels)
                made = await inboxes.create(
                    site_id=await db.pool.fetchval("select id::text from sites limit 1"),
                    channel="webhook",
                    name="Platform",
                    queue_id=await db.pool.fetchval("select id::text from queues limit 1"),
                    secrets={"url": "https://app.example/"},
                )
            self._app = made.inbox.id, made.made["signing"]
        return self._app

    async def _open(self, url: str, inboxes: int) -> None:
        missing = inboxes - len(self._inboxes)
        self._inboxes += await self._made(max(0, missing), "App", url)

    async def _made(self, count: int, name: str, url: str) -> list[str]:
        """The ids of so many new inboxes of an app that listens at `url`."""
        made = [
            await self._services.people.inboxes.create(
                site_id=next(iter(self._services.directory.now().sites)),
                channel="webhook",
                name=f"{name} {number}",
                queue_id=await self._services.db.pool.fetchval("select id::text from queues limit 1"),
                secrets={"url": url},
            )
            for number in range(count)
        ]
        return [one.inbox.id for one in made]

    async def _queue(self, start: int, count: int) -> None:
        async with self._services.db.pool.acquire() as connection:
            await connection.execute("set statement_timeout = '60s'")
            rows = await connection.fetch(_PLACES, self._inboxes, start, count, timeout=60)
            salt = str(time.time_ns())
            await connection.execute(_QUEUE, [row["conversation_id"] for row in rows], salt, timeout=60)
            await connection.execute(_NAME, salt, timeout=60)
            await connection.execute("analyze deliveries", timeout=60)
            await connection.execute("reset statement_timeout")
        if len(rows) != count:
            raise RuntimeError(f"{len(rows)} of {count} messages could be queued")

    async def _until(self, column: int, began: float) -> float:
        """Seconds until nothing is queued (0) or untold (1)."""
        while time.perf_counter() - began < PATIENCE:
            if (await self._services.db.pool.fetchrow(_LEFT))[column] == 0:
                return time.perf_counter() - began
            await asyncio.sleep(0.05)
        raise RuntimeError("the outbox does not get empty")


def _webhook(path: str, secret: str, at: int, number: int) -> bytes:
    """A signed delivery of a message nobody sent before."""
    name = f"bench-{at}-{number}"
    data = {
        "event_id": name,
        "sender": {"id": f"u{name}"},
        "message": {"id": name, "text": "Where is my parcel?"},
    }
    body = msgspec.json.encode({"type": "message.created", "timestamp": at, "data": data})
    signed = standard_webhooks.sign([secret], name, at, body)
    lines = [
        f"POST {path} HTTP/1.1",
        "host: 127.0.0.1",
        "content-type: application/json",
        f"content-length: {len(body)}",
    ]
    return (
        "\r\n".join([*lines, *(f"{key}: {value}" for key, value in signed.items()), "", ""]).encode() + body
    )


def settings_of(note: WorldNote, world: str, uploads: str) -> Settings:
    """The settings of a process that may call this machine and keeps files in a folder that goes with it."""
    settings = settings_for(note.urls[world])
    egress = settings.egress.model_copy(update={"allow_private": True})
    kept = settings.uploads.model_copy(update={"dir": Path(uploads)})
    return settings.model_copy(update={"egress": egress, "uploads": kept})


async def serve(note: WorldNote, world: str) -> None:
    """Answers one line after another until stdin ends."""
    with TemporaryDirectory() as uploads:
        await _serve(note, settings_of(note, world, uploads))


async def _serve(note: WorldNote, settings: Settings) -> None:
    configure(settings)
    async with running(settings, gateway=False, workers=False) as services:
        worker = ChannelWorker(services, note)
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            answer = await worker.do(**json.loads(line))
            sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(serve(msgspec.json.decode(sys.argv[2], type=WorldNote), sys.argv[1]))
