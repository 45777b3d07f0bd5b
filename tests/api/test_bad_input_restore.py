"""An older dump is restored under a running service with live cursors: readers start over from what there is, and go on."""

import asyncio
from pathlib import Path

from funnel.core.backup import back_up, restore
from funnel.core.database import open_database
from funnel.core.ids import new_id
from tests.api.gateway import Gateway, Json, open_gateway
from tests.configuration import make_settings


def _said(events: list[Json]) -> list[str]:
    return [
        event["data"]["text"]
        for event in events
        if event["type"] == "message.created" and event["actor"]["kind"] == "contact"
    ]


def _is_whole(events: list[Json]) -> bool:
    last = 0
    for event in events:
        if event["prev"] != last:
            return False
        last = event["seq"]
    return True


async def _put_back(gateway: Gateway, uploads: Path, archive: Path) -> None:
    epoch = await gateway.db.pool.fetchval("select epoch from deployment")
    await asyncio.to_thread(restore, gateway.db.dsn, uploads, archive, epoch)


async def test_readers_start_over_and_go_on(database_url: str, tmp_path: Path) -> None:
    uploads = tmp_path / "uploads"
    settings = make_settings(database_url, uploads={"dir": uploads})
    async with open_database(settings) as db, open_gateway(settings, db) as gateway:
        visitor = await gateway.visitor()
        conversation_id = (await visitor.say("before"))["conversation"]["id"]
        await visitor.call("POST", f"/v1/conversations/{conversation_id}/human", {"client_message_id": "h"})
        archive = tmp_path / "backup.tar.gz"
        await asyncio.to_thread(back_up, db.dsn, uploads, archive)
        path = f"/v1/conversations/{conversation_id}/events"
        kept = (await visitor.call("GET", path)).json()["items"]
        for number in range(3):
            await visitor.say(f"lost {number}", conversation_id)
        cursor = (await visitor.call("GET", path)).json()["cursor"]
        hello = {"subscribe": [{"conversation_id": conversation_id, "after": cursor}]}
        async with gateway.socket(visitor, hello) as wire:
            await wire.until("live")
            await _put_back(gateway, uploads, archive)
            async with asyncio.timeout(60):
                assert await wire.closed() == 1012
            # As many as were lost and more: the log is soon as long as the cursor says, with another history.
            for number in range(8):
                await visitor.say(f"after {number}", conversation_id)
            page = (await visitor.call("GET", path, params={"after": cursor})).json()
            assert page["reset"] is True
            assert page["items"][: len(kept)] == kept
            assert _said(page["items"]) == ["before", *(f"after {number}" for number in range(8))]
            assert _is_whole(page["items"])
        async with gateway.socket(visitor, hello) as wire:
            frames = await wire.until("live")
            assert frames[0]["type"] == "reset"
            assert [frame["event"] for frame in frames if frame["type"] == "event"] == page["items"]
            await wire.send(
                {
                    "type": "message.send",
                    "conversation_id": conversation_id,
                    "client_message_id": new_id(),
                    "text": "on",
                }
            )
            assert (await wire.until("ack"))[-1]["dup"] is False
