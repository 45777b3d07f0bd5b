"""Plays one scripted dialogue against a running service: the visitor by the reference client, the agent by REST."""

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

from api.client.visitor import VisitorClient
from funnel.conversations.state import BURST_SECONDS
from funnel.core.ids import new_id
from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.language import guess_language
from tests.dialogues.script import Dialogue, Expect, Step

Json = dict[str, Any]
APART = BURST_SECONDS + 0.2  # seconds after which a line is no part of the burst before it
TURN_SECONDS = 60.0
ACTS = {"claims": "claim", "replies": "messages", "resolves": "resolve", "hands_back": "hand_back"}


@dataclass
class Stage:
    """What every dialogue plays on: the service, its sites by whether they are open, the people, articles by id."""

    base_url: str
    site_keys: Mapping[bool, str]
    agent: httpx.AsyncClient
    observer: httpx.AsyncClient
    articles: Mapping[str, str]


@dataclass
class Turn:
    """What became of one step, as somebody sees it who may see everything."""

    conversation: Json
    events: list[Json] = field(default_factory=list)

    def of(self, kind: str) -> list[Json]:
        """The data of the turn's events of one type."""
        return [event["data"] for event in self.events if event["type"] == kind]

    def said(self) -> list[str]:
        """What bot and system said."""
        return [
            event["data"]["text"]
            for event in self.events
            if event["type"] == "message.created" and event["actor"]["kind"] in ("bot", "system")
        ]


class Player:
    """One dialogue from its first act to its last; `complaints` says what was not as the script wants it."""

    def __init__(self, stage: Stage, dialogue: Dialogue) -> None:
        self._stage = stage
        self._dialogue = dialogue
        self._visitor = VisitorClient(stage.base_url, stage.site_keys[dialogue.open], locale=dialogue.locale)
        self._conversation_id: str | None = None
        self._cursor = "0"
        self._burst_began = -APART
        self._with_bot = False
        self._seen: list[Json] = []
        self.complaints: list[str] = []

    async def play(self) -> list[str]:
        """Every step in order; returns the complaints."""
        await self._visitor.start()
        try:
            for number, step in enumerate(self._dialogue.steps, 1):
                turn = await self._act(step)
                found = complaints_of(step.expect, turn, self._stage.articles)
                self.complaints += [f"step {number}: {one}; said: {turn.said()}" for one in found]
        finally:
            await self._visitor.close()
        return self.complaints

    async def _act(self, step: Step) -> Turn:
        conversation = await self._do(step)
        if not step.within_burst:
            self._burst_began = (
                asyncio.get_running_loop().time()
            )  # when it was answered: it was stored before
        self._conversation_id = conversation["id"]
        if step.pause:
            await asyncio.sleep(step.pause)
        return await self._turn(judged=step.expect != Expect() and step.agent is None)

    async def _do(self, step: Step) -> Json:
        if step.agent is not None:
            return await self._by_agent(step.agent, step.text)
        if step.presses is None and not step.within_burst and self._with_bot:
            await asyncio.sleep(max(0.0, self._burst_began + APART - asyncio.get_running_loop().time()))
        if step.says is not None:
            return _landed(await self._visitor.say(step.says, conversation_id=self._conversation_id))
        if step.presses is not None:
            return _landed(await self._press(step.presses))
        body: Json = {"client_message_id": new_id()}
        body |= {"attachments": [await self._upload(name) for name in step.attaches]} if step.attaches else {}
        body |= {"payload": step.taps} if step.taps else {}
        place = f"/{self._conversation_id}/messages" if self._conversation_id else ""
        return _landed(await self._post(f"/v1/conversations{place}", json=body))

    async def _press(self, what: str) -> Json:
        if what == "human":
            return await self._visitor.ask_human(self._conversation_id)
        assert self._conversation_id is not None
        if what in ("helpful", "not_helpful"):
            answer_id = self._latest("answer.offered")["answer_id"]
            return await self._visitor.feedback(self._conversation_id, answer_id, helpful=what == "helpful")
        offer_id = self._latest("human.offered")["offer_id"]
        return await self._visitor.choose(self._conversation_id, offer_id, what)

    def _latest(self, kind: str) -> Json:
        found: Json = next(event["data"] for event in reversed(self._seen) if event["type"] == kind)
        return found

    async def _upload(self, name: str) -> str:
        picture = io.BytesIO()
        Image.new("RGB", (8, 8), "white").save(picture, "PNG")
        stored = await self._post("/v1/uploads", files={"file": (name, picture.getvalue())})
        return str(stored["upload_id"])

    async def _post(self, path: str, **request: Any) -> Json:
        async with httpx.AsyncClient(base_url=self._stage.base_url, timeout=60) as client:
            headers = {"authorization": f"Bearer {self._visitor.token}"}
            answer = await client.post(path, headers=headers, **request)
        answer.raise_for_status()
        result: Json = answer.json()
        return result

    async def _by_agent(self, act: str, text: str | None) -> Json:
        body = {"client_message_id": new_id(), "text": text} if text is not None else None
        path = f"/v1/conversations/{self._conversation_id}/{ACTS[act]}"
        answer = await self._stage.agent.post(path, json=body)
        answer.raise_for_status()
        conversation: Json = answer.json()["conversation"]
        return conversation

    async def _turn(self, *, judged: bool) -> Turn:
        """The events since the last step; where a judgement is owed, those until it is made."""
        path = f"/v1/conversations/{self._conversation_id}"
        turn = Turn({})
        clock = asyncio.get_running_loop().time
        ends = clock() + TURN_SECONDS
        while True:
            page = (
                await self._stage.observer.get(f"{path}/events", params={"after": self._cursor, "wait": 0})
            ).json()
            turn.events += page["items"]
            self._cursor = page["cursor"]
            if not judged or not _unjudged(turn) or clock() > ends:
                break
            await asyncio.sleep(0.2)
        self._seen += turn.events
        turn.conversation = (await self._stage.observer.get(path)).json()
        self._with_bot = turn.conversation["owner"]["kind"] == "bot"
        return turn


def _landed(answer: Json) -> Json:
    conversation: Json = answer["conversation"]
    return conversation


def _unjudged(turn: Turn) -> bool:
    """Whether a burst still waits for its rest."""
    kinds = [event["type"] for event in turn.events if event["type"] in ("answer.deferred", "decision.made")]
    return bool(kinds) and kinds[-1] == "answer.deferred"


def complaints_of(expect: Expect, turn: Turn, articles: Mapping[str, str]) -> list[str]:
    """What a turn owes to its script."""
    found: list[str] = []
    if expect.outcome is not None:
        made = [decision["outcome"] for decision in turn.of("decision.made")] or ["none"]
        if made[-1] != expect.outcome:
            found.append(f"outcome {made}, not {expect.outcome}")
    if expect.article:
        passages = [one for offered in turn.of("answer.offered")[-1:] for one in offered.get("passages", ())]
        shown = {articles.get(one["article_id"]) for one in passages}
        if not shown & set(expect.article):
            found.append(f"articles {shown}, not {expect.article}")
    for name in ("owner", "status"):
        wanted = getattr(expect, name)
        have = turn.conversation[name]["kind"] if name == "owner" else turn.conversation[name]
        if wanted is not None and have != wanted:
            found.append(f"{name} {have}, not {wanted}")
    reasons = [handed["reason"] for handed in turn.of("conversation.handed_over")]
    if expect.reason is not None and reasons[-1:] != [expect.reason]:
        found.append(f"reasons {reasons}, not {expect.reason}")
    missing = set(expect.events) - {event["type"] for event in turn.events}
    if missing:
        found.append(f"without {sorted(missing)}")
    return found + _about_words(expect, turn)


def _about_words(expect: Expect, turn: Turn) -> list[str]:
    said = turn.said()
    if expect.quiet:
        return ["not quiet"] if said else []
    if expect.locale is None:
        return []
    if not said:
        return ["nobody said anything"]
    tongues = {guess_language(text, fold(text), expect.locale).code for text in said}
    return [f"spoke {tongues}, not {expect.locale}"] if tongues != {expect.locale} else []
