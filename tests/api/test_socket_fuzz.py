"""Thousands of frames made from the schema of the socket's frames: sound ones, wrong values, wrong types, no frames at all.

Whatever comes, the answers are of a closed set of types, codes and close codes, nothing of anybody else is in them, nothing
is logged as an error, and the service answers the next request.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from api.ws.frames import MOST_BYTES, json_schema
from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from tests.api.gateway import Caller, Gateway
from tests.api.standing import Household, make_household, publish_answer, standing_gateway

WORD = "canary"
FRAMES_EACH, SOCKETS = 24, 50
SERVER_FRAMES = {
    "ready", "event", "live", "ack", "nack", "typing", "viewing", "read", "inbox", "inbox_gone", "reset", "pong",
}  # fmt: skip
CODES = {
    "bad_frame", "text_invalid", "not_found", "id_reused", "attachment_invalid", "too_many_waiting",
    "too_many_subscriptions",
}  # fmt: skip
CLOSES = {4400, 4401, 4408, 4429}
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", " ", "\0", "\ud800", "x" * 10_000, "x" * 10_001, "'; drop table events; --", "{{7*7}}", "\u202e"]),
)  # fmt: skip
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)  # fmt: skip
NO_FRAMES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40),
    st.sampled_from(["[", "nul", "[" * 5_000, "1e999999", '{"type": "ping"} x', "x" * (MOST_BYTES + 1)]),
    ANYTHING.map(json.dumps),
    st.fixed_dictionaries({"type": TEXTS}, optional={"conversation_id": TEXTS}).map(json.dumps),
)


def _of_schema(schema: dict[str, Any], ids: list[str]) -> st.SearchStrategy[Any]:
    """Values as the schema has them."""
    if "anyOf" in schema:
        return st.one_of([_of_schema(one, ids) for one in schema["anyOf"]])
    if "$ref" in schema:
        return _of_object(DEFINITIONS[schema["$ref"].rpartition("/")[2]], ids)
    if "const" in schema:
        return st.just(schema["const"])
    if schema.get("format") == "uuid":
        return st.sampled_from(ids)
    match schema["type"]:
        case "array":
            return st.lists(_of_schema(schema["items"], ids), max_size=2)
        case "integer":
            return st.sampled_from([int(schema["minimum"]), 1, 5, int(schema["maximum"])])
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            low, high = schema.get("minLength", 0), min(schema.get("maxLength", 60), 60)
            plain = st.text(
                st.characters(codec="utf-8", exclude_characters="\0"), min_size=low, max_size=high
            )
            return plain.filter(lambda text: bool(text.strip()) or not low)


def _of_object(schema: dict[str, Any], ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: _of_schema(inner, ids) for name, inner in schema["properties"].items()}
    required = {name: fields.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional=fields)


DEFINITIONS: dict[str, Any] = json_schema()["$defs"]
# Messages have the most that can be wrong, so they come more often.
KINDS = [schema for schema in DEFINITIONS.values() if "type" in schema["properties"]] + [
    DEFINITIONS["MessageSend"]
] * 3


@st.composite
def frames(draw: st.DrawFn, ids: list[str]) -> str | bytes:
    """Half of them sound, half with one field wrong, gone or too much; a few that end the socket: no frames, no known type."""
    if draw(st.integers(0, 79)) == 40:
        return draw(NO_FRAMES)
    frame = draw(_of_object(draw(st.sampled_from(KINDS)), ids))
    if draw(st.booleans()):
        name = draw(st.sampled_from([*frame, "unknown", "\0"]))
        if name == "type" and draw(st.integers(0, 9)) != 5:
            name = "unknown"
        if name in frame and draw(st.integers(0, 4)) == 0:
            del frame[name]
        else:
            frame[name] = draw(TEXTS if name == "text" else ANYTHING)
    return json.dumps(frame)


@pytest.fixture(scope="module")
async def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One service for both sides."""
    async with standing_gateway(server, tmp_path_factory.mktemp("fuzz")) as found:
        await publish_answer(found)
        yield found


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """What is logged meanwhile."""
    with structlog.testing.capture_logs() as entries:
        yield entries  # type: ignore[misc] # a list of mappings


async def _drive(gateway: Gateway, caller: Caller, batch: list[str | bytes]) -> tuple[list[str], int]:
    """Sends frames over one socket, sometimes before hello; what came back, and the code it was closed with (0: by us)."""
    received: list[str] = []
    last = {"conversation_id": new_id(), "client_message_id": new_id(), "text": "x"}
    async with gateway.socket(None, max_queue=None) as wire:
        with contextlib.suppress(ConnectionClosed):
            if not str(batch[0]).startswith('{"type": "hello"'):
                await wire.send({"type": "hello", "token": caller.token})
            for frame in batch:
                await wire.connection.send(frame)
            await wire.send({"type": "message.send", **last})
        try:
            while not received or last["client_message_id"] not in received[-1]:
                received.append(str(await wire.connection.recv()))
        except ConnectionClosed as closed:
            return received, closed.rcvd.code if closed.rcvd else 1006
    return received, 0


def _check(received: list[str], code: int) -> None:
    assert code == 0 or code in CLOSES, code
    for text in received:
        assert WORD not in text, text[:300]
        assert "Traceback" not in text
        frame = json.loads(text)
        assert frame["type"] in SERVER_FRAMES, frame
        if frame["type"] == "nack":
            assert frame["code"] in CODES, frame
            assert frame.keys() <= {"type", "code", "detail", "client_message_id", "conversation_id"}, frame


@pytest.mark.parametrize("side", ["visitor", "agent"])
async def test_whatever_is_sent_the_answers_are_of_a_closed_set(
    gateway: Gateway, side: str, logged: list[dict[str, Any]]
) -> None:
    stranger = await make_household(gateway, WORD)
    own = await make_household(gateway, "own")
    caller = own.visitor if side == "visitor" else own.agent
    ids = [own.ids["conversation_id"]] * 3 + [
        stranger.ids["conversation_id"],
        new_id(),
        own.ids["attachments"],
    ]
    before = await _log_of(gateway, stranger)
    loop = asyncio.get_running_loop()
    seen: set[str] = set()

    @settings(
        max_examples=SOCKETS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(batch=st.lists(frames(ids), min_size=FRAMES_EACH, max_size=FRAMES_EACH))
    def send(batch: list[str | bytes]) -> None:
        result: Future[Any] = asyncio.run_coroutine_threadsafe(_drive(gateway, caller, batch), loop)
        received, code = result.result(60)
        _check(received, code)
        seen.update(json.loads(text)["type"] for text in received)
        seen.update(json.loads(text).get("code", "") for text in received)

    await asyncio.to_thread(send)
    assert {"event", "live", "ack", "nack", "pong", "bad_frame", "not_found", "text_invalid"} <= seen
    assert await _log_of(gateway, stranger) == before
    assert [entry for entry in logged if entry["log_level"] in ("error", "critical")] == []
    said = await caller.call("GET", f"/v1/conversations/{own.ids['conversation_id']}")
    assert said.status_code == 200


async def _log_of(gateway: Gateway, household: Household) -> list[str]:
    path = f"/v1/conversations/{household.ids['conversation_id']}/events"
    answer = await household.agent.call("GET", path)
    return [event["id"] for event in answer.json()["items"]]
