"""G5: what a client holds plus the events after its cursor equals what it would get fresh, after every kind of act."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from funnel.core.clock import SystemClock
from funnel.core.ids import new_id
from tests.faults.world import STEP_SECONDS, World

GATEWAYS = 2
Act = Callable[[], Awaitable[httpx.Response]]
WANTED = frozenset(
    {"message.created", "decision.made", "signals.measured", "conversation.handed_over", "conversation.assigned",
     "conversation.released", "conversation.handed_back", "conversation.resolved", "conversation.reopened",
     "conversation.tagged", "conversation.snoozed", "priority.changed", "rating.given"}
)  # fmt: skip


class Side:
    """A visitor or an agent: its credential and what it holds of the conversation."""

    def __init__(self, client: httpx.AsyncClient, token: str, conversation_id: str) -> None:
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"}
        self.path = f"/v1/conversations/{conversation_id}"
        self.events: list[dict[str, Any]] = []
        self.cursor = "0"

    async def page(self, after: str) -> dict[str, Any]:
        """All events after a cursor."""
        answer = await self.client.get(
            f"{self.path}/events", params={"after": after, "limit": 500}, headers=self.headers
        )
        answer.raise_for_status()
        page: dict[str, Any] = answer.json()
        return page

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """A write of this side."""
        return await self.client.post(f"{self.path}/{path}", json=body or None, headers=self.headers)

    async def follow(self, url: str) -> list[str]:
        """Applies what came after the cursor and compares with a fresh look; returns what differs."""
        page = await self.page(self.cursor)
        self.events += page["items"]
        self.cursor = page["cursor"]
        fresh = await self.page("0")
        conversation = (await self.client.get(self.path, headers=self.headers)).json()
        found = []
        if [_plain(e) for e in self.events] != [_plain(e) for e in fresh["items"]]:
            found.append(f"{url}: events held differ from a fresh look")
        last = self.events[-1]["seq"] if self.events else 0
        if conversation["last_seq"] != last:
            found.append(f"{url}: last_seq {conversation['last_seq']}, the last event held is {last}")
        return found


def _plain(event: dict[str, Any]) -> dict[str, Any]:
    """The event without its short-lived links."""
    data = {name: value for name, value in event["data"].items() if name != "attachments"}
    return {**event, "data": data}


def _acts(visitor: Side, agent: Side, word: str) -> list[tuple[str, Act]]:
    def say(side: Side, text: str, path: str = "messages") -> Act:
        return lambda: side.post(path, client_message_id=new_id(), text=text)

    until = (SystemClock().now() + timedelta(hours=1)).astimezone(UTC)
    return [
        ("question", say(visitor, "How long does delivery take?")),
        ("human", lambda: visitor.post("human", client_message_id=new_id())),
        ("seen", lambda: agent.post("seen")),
        ("claim", lambda: agent.post("claim")),
        ("reply", say(agent, f"{word} from the desk")),
        ("note", say(agent, "a private line", "notes")),
        ("tags", lambda: agent.post("tags", add=["vip"], remove=[])),
        ("priority", lambda: agent.post("priority", priority="high")),
        ("snooze", lambda: agent.post("snooze", until=datetime.isoformat(until))),
        ("wake", say(visitor, f"{word} again")),
        ("release", lambda: agent.post("release")),
        ("claim again", lambda: agent.post("claim")),
        ("hand back", lambda: agent.post("hand_back")),
        ("small talk", say(visitor, "thanks")),
        ("take", lambda: agent.post("claim")),
        ("resolve", lambda: agent.post("resolve")),
        ("rating", lambda: visitor.post("rating", score=5)),
        ("reopen", lambda: agent.post("reopen")),
    ]


async def run(world: World) -> None:
    """Acts one by one; after each, both sides compare on both gateways."""
    token, conversation_id, word = await world.visitor(human=False)
    types: set[str] = set()
    async with (
        httpx.AsyncClient(base_url=world.gateways[0].url, timeout=STEP_SECONDS) as near,
        httpx.AsyncClient(base_url=world.gateways[1].url, timeout=STEP_SECONDS) as far,
    ):
        sides = [
            Side(client, credential, conversation_id)
            for client in (near, far)
            for credential in (token, world.agent_tokens[0])
        ]
        for name, act in _acts(sides[0], sides[1], word):
            answer = await act()
            if answer.status_code not in (200, 201):
                world.verdict.findings.append(f"G5 {name}: {answer.status_code} {answer.text[:200]}")
            for side in sides:
                world.verdict.findings += [f"G5 {name}, {found}" for found in await side.follow(side.path)]
        types = {event["type"] for event in sides[1].events}
    if missing := WANTED - types:
        world.verdict.findings.append(f"G5 never happened: {sorted(missing)}")
    await world.fsck()
    world.verdict.need("event types", len(types), len(WANTED))
