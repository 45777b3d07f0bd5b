"""Every frame with an id × everybody who has no right to the object: the same refusal as for one of nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.ws.frames import TYPES
from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from tests.api.gateway import Caller, Gateway, Json, Wire
from tests.api.standing import Household, make_household, publish_answer, standing_gateway

WORD = "canary"
FIELDS: Json = {
    "client_message_id": "m",
    "text": "hello",
    "up_to_seq": 1,
    "url": "https://shop.example/",
    "after": "0",
}
ADDRESSED = {kind: model for kind, model in TYPES.items() if "conversation_id" in model.model_fields}


@pytest.fixture(scope="module")
async def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One service for all frames."""
    async with standing_gateway(server, tmp_path_factory.mktemp("frames")) as found:
        await publish_answer(found)
        yield found


@pytest.fixture(scope="module")
async def household(gateway: Gateway) -> Household:
    """Whose conversation it is."""
    return await make_household(gateway, WORD, gateway.site)


@pytest.fixture(scope="module")
async def strangers(gateway: Gateway) -> dict[str, Caller]:
    """Who has no right to it."""
    other = await make_household(gateway, "other")
    team_id = str(
        await gateway.db.pool.fetchval(
            "select team_id from queues where id = $1::uuid", other.ids["queue_id"]
        )
    )
    return {
        "visitor of the site": await gateway.visitor(),
        "visitor of another site": other.visitor,
        "agent of another team": other.agent,
        "lead of another team": await gateway.agent(team_id=team_id, preset="lead", lead=True),
        "outsourced agent": await gateway.agent(team_id=team_id, preset="outsourced"),
    }


def _frame(kind: str, conversation_id: str) -> Json:
    names = ADDRESSED[kind].model_fields
    return {
        "type": kind,
        "conversation_id": conversation_id,
        **{name: value for name, value in FIELDS.items() if name in names},
    }


async def _answers(wire: Wire, frame: Json) -> list[Json]:
    """What comes before the pong of a ping sent behind it; ids that were sent are taken out."""
    await wire.send(frame)
    await wire.send({"type": "ping"})
    found = (await wire.until("pong"))[:-1]
    return [{key: value for key, value in one.items() if key != "conversation_id"} for one in found]


@pytest.mark.parametrize("kind", sorted(ADDRESSED))
async def test_foreign_conversations_are_refused_as_if_there_were_none(
    gateway: Gateway, household: Household, strangers: dict[str, Caller], kind: str
) -> None:
    before = await _events(household)
    for name, caller in strangers.items():
        async with gateway.socket(caller) as wire:
            foreign = await _answers(wire, _frame(kind, household.ids["conversation_id"]))
            assert foreign == await _answers(wire, _frame(kind, new_id())), name
            # Not to follow what one does not follow is nothing to refuse.
            assert [one["code"] for one in foreign] == ([] if kind == "unsubscribe" else ["not_found"]), name
    assert await _events(household) == before


async def test_hello_cannot_follow_a_foreign_conversation(
    gateway: Gateway, household: Household, strangers: dict[str, Caller]
) -> None:
    for name, caller in strangers.items():
        wanted = [{"conversation_id": target} for target in (household.ids["conversation_id"], new_id())]
        async with gateway.socket(caller, {"subscribe": wanted, "inbox": True}) as wire:
            await wire.send({"type": "ping"})
            frames = (await wire.until("pong"))[:-1]
            assert [frame["code"] for frame in frames] == ["not_found", "not_found"], name
            await household.visitor.say(f"{WORD} again", household.ids["conversation_id"])
            await wire.send({"type": "ping"})
            assert await wire.until("pong") == [{"type": "pong"}], name


async def test_another_ones_file_cannot_be_sent(
    gateway: Gateway, household: Household, strangers: dict[str, Caller]
) -> None:
    caller = strangers["visitor of the site"]
    own = (await caller.say("hello"))["conversation"]["id"]
    async with gateway.socket(caller) as wire:
        refused = [
            await _answers(wire, {**_frame("message.send", own), "attachments": [upload]})
            for upload in (household.ids["attachments"], new_id())
        ]
        assert refused[0] == refused[1]
        assert refused[0][0]["code"] == "attachment_invalid"


async def test_another_ones_cursor_starts_over(gateway: Gateway, household: Household) -> None:
    """A cursor is worth nothing to anybody but the one it was made for, though both may read the conversation."""
    conversation_id = household.ids["conversation_id"]
    path = f"/v1/conversations/{conversation_id}/events"
    cursor = (await household.agent.call("GET", path)).json()["cursor"]
    admin = await gateway.agent(preset="admin")
    for caller in (household.visitor, admin):
        async with gateway.socket(
            caller, {"subscribe": [{"conversation_id": conversation_id, "after": cursor}]}
        ) as wire:
            frames = await wire.until("live")
            assert frames[0]["type"] == "reset"
            assert frames[1]["event"]["seq"] == 1


async def _events(household: Household) -> list[Any]:
    path = f"/v1/conversations/{household.ids['conversation_id']}/events"
    return [event["id"] for event in (await household.agent.call("GET", path)).json()["items"]]
