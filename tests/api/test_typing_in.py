"""An integrator's own app says that its user types: agents see it in the conversation that goes on, and nowhere else."""

from datetime import datetime, timedelta

from funnel.core.database import Database
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from tests.api.channels_world import message, open_inbox, read_all
from tests.api.gateway import Json, open_gateway


def typing(sender: str, at: datetime | None) -> Json:
    """What the app posts."""
    return {
        "type": "typing",
        "timestamp": at.isoformat() if at is not None else None,
        "data": {"event_id": new_id(), "sender": {"id": sender, "name": "Ada"}},
    }


async def test_typing_of_an_own_app_is_shown_to_agents(settings: Settings, db: Database) -> None:
    async with open_gateway(settings, db, workers=False) as gateway:
        inbox = await open_inbox(gateway, "webhook")
        intake = gateway.services.channels.intake
        now = gateway.services.clock.now()
        for event in (typing("u1", None), message("I would like to talk to a person")):
            assert (await inbox.deliver(event)).status_code < 300
            await read_all(intake)
        row = await db.pool.fetchrow(
            "select id::text, contact_id::text from conversations where inbox_id = $1::uuid", inbox.id
        )
        agent = await gateway.agent(preset="admin")
        async with gateway.socket(agent, {"subscribe": [{"conversation_id": row["id"]}]}) as wire:
            await wire.until("live", conversation_id=row["id"])
            for event in (
                typing("u1", now - timedelta(minutes=1)),
                typing("nobody", None),
                typing("u1", None),
            ):
                assert (await inbox.deliver(event)).status_code < 300
                await read_all(intake)
            await wire.send({"type": "ping"})
            seen = [one for one in await wire.until("pong") if one["type"] == "typing"]
        assert [one["actor"] for one in seen] == [{"kind": "contact", "id": row["contact_id"], "name": "Ada"}]
        assert await inbox.said() == ["I would like to talk to a person"]
