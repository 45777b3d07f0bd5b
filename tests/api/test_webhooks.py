"""Integrators' webhooks: signed, in order for each conversation, tried for three days, listed and sent again."""

import asyncio
import time

import pytest

from api.bootstrap import Services
from bots.outgoing.webhooks import judge, pause
from funnel.channels import standard_webhooks
from funnel.core.errors import FunnelError
from funnel.people.hooks import Hooks
from funnel.people.webhooks import Webhooks
from tests.api.gateway import Gateway, Json
from tests.simulators.http_double import Answer, HttpDouble

WANTED = ["conversation.started", "message.created"]


async def webhook(gateway: Gateway, url: str, **more: object) -> Json:
    admin = await gateway.agent(preset="admin")
    answer = await admin.call("POST", "/v1/webhooks", {"name": "App", "url": url, "events": WANTED, **more})
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    await gateway.services.channels.webhooks.stop()
    return made


async def hurry(services: Services) -> None:
    """Everything queued is due now, and one round is sent."""
    await services.db.pool.execute("update webhook_deliveries set due_at = now() where state = 'queued'")
    await services.channels.webhooks.send_due()


async def test_events_arrive_signed_whole_and_in_order(outward: Gateway, double: HttpDouble) -> None:
    made = await webhook(outward, f"{double.url}/events")
    visitor = await outward.visitor()
    said = await visitor.say("hello there")
    await visitor.say("where is my order", said["conversation"]["id"])
    double.script.extend([Answer(500), Answer(302)])
    for _ in range(12):
        await hurry(outward.services)
    whole = await outward.db.pool.fetch(
        "select seq from events where conversation_id = $1::uuid and type = any ($2::text[]) order by seq",
        said["conversation"]["id"], WANTED,
    )  # fmt: skip
    taken = double.taken[2:]
    assert [one.json["data"]["seq"] for one in taken] == [row["seq"] for row in whole]
    assert {one.headers["webhook-id"] for one in double.taken[:2]} == {taken[0].headers["webhook-id"]}
    assert {one.json["type"] for one in taken} == set(WANTED)
    for one in taken:
        assert standard_webhooks.verify(one.headers, one.body, [made["signing_secret"]], time.time()).ok


async def test_rotation_signs_with_both(outward: Gateway, double: HttpDouble) -> None:
    made = await webhook(outward, double.url)
    admin = await outward.agent(preset="admin")
    newer = (await admin.call("POST", f"/v1/webhooks/{made['id']}/secret")).json()["signing_secret"]
    assert (await admin.call("POST", f"/v1/webhooks/{made['id']}/test")).status_code == 201
    await hurry(outward.services)
    (taken,) = double.taken
    assert taken.json["type"] == "webhook.test"
    for secret in (made["signing_secret"], newer):
        assert standard_webhooks.verify(taken.headers, taken.body, [secret], time.time()).ok
    shown = (await admin.call("GET", f"/v1/webhooks/{made['id']}")).text
    assert newer not in shown


_BLOCKED = (
    "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
)


@pytest.mark.parametrize("table", ["hooks", "webhooks"])
async def test_of_two_rotations_at_once_one_wins_and_no_secret_is_told_that_signs_nothing(
    outward: Gateway, table: str
) -> None:
    people, pool = outward.services.people, outward.db.pool
    owners: Hooks | Webhooks = people.hooks if table == "hooks" else people.webhooks
    if table == "hooks":
        hook, first = await people.hooks.create("order_status", "https://app.example/")
        owner_id = hook.id
    else:
        made, first = await people.webhooks.create(name="App", url="https://app.example/")
        owner_id = made.id
    async with (
        asyncio.timeout(20),
        asyncio.TaskGroup() as tasks,
        pool.acquire() as connection,
        connection.transaction(),
    ):
        await connection.fetchrow(f"select 1 from {table} where id = $1::uuid for update", owner_id)  # noqa: S608
        two = [tasks.create_task(rotated(owners, owner_id)) for _ in range(2)]
        while await pool.fetchval(_BLOCKED) < len(two):
            pass
    told = [one.result() for one in two]
    assert told.count("secret_changed") == 1
    told.remove("secret_changed")
    sealed = await pool.fetchval(f"select secrets from {table} where id = $1::uuid", owner_id)  # noqa: S608
    assert owners.secrets(owner_id, sealed) == (told[0], first)
    await owners.archive(owner_id)
    assert await rotated(owners, owner_id) == await rotated(owners, "x") == "not_found"


async def rotated(owners: Hooks | Webhooks, owner_id: str) -> str:
    """The new secret, or why there is none."""
    try:
        return await owners.rotate(owner_id)
    except FunnelError as refusal:
        return refusal.code


async def test_gone_disables_and_turning_on_and_replay_bring_it_back(
    outward: Gateway, double: HttpDouble
) -> None:
    made = await webhook(outward, double.url)
    admin = await outward.agent(preset="admin")
    double.script.append(Answer(410))
    await admin.call("POST", f"/v1/webhooks/{made['id']}/test")
    await hurry(outward.services)
    path = f"/v1/webhooks/{made['id']}"
    assert (await admin.call("GET", path)).json()["disabled_reason"]
    await admin.call("POST", f"{path}/test")
    await hurry(outward.services)
    assert len(double.taken) == 1
    assert (await admin.call("PUT", path, {"disabled": False})).json()["disabled_at"] is None
    (dead,) = (await admin.call("GET", f"{path}/deliveries?state=failed")).json()["items"]
    assert (dead["status"], dead["error"]) == (410, "gone")
    assert (await admin.call("POST", f"{path}/deliveries/{dead['id']}/replay")).status_code == 201
    await hurry(outward.services)
    log = (await admin.call("GET", f"{path}/deliveries")).json()["items"]
    assert [one["state"] for one in log] == ["delivered", "delivered"]


async def test_a_private_address_is_never_called(gateway: Gateway) -> None:
    made = await webhook(gateway, "https://169.254.169.254/latest")
    admin = await gateway.agent(preset="admin")
    await admin.call("POST", f"/v1/webhooks/{made['id']}/test")
    await hurry(gateway.services)
    (dead,) = (await admin.call("GET", f"/v1/webhooks/{made['id']}/deliveries")).json()["items"]
    assert (dead["state"], dead["error"]) == ("failed", "refused: the host is not a public one")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "ftp://x"}, "url_invalid"),
        ({"events": ["no.such"]}, "event_unknown"),
        ({"url": "https://a b"}, "url_invalid"),
    ],
)
async def test_what_cannot_be_a_webhook(gateway: Gateway, body: Json, code: str) -> None:
    admin = await gateway.agent(preset="admin")
    answer = await admin.call("POST", "/v1/webhooks", {"name": "App", "url": "https://app.example/", **body})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_schedule_is_the_standard_one() -> None:
    assert [pause(n, 0) for n in range(1, 12)] == [
        5,
        300,
        1800,
        7200,
        18_000,
        36_000,
        50_400,
        72_000,
        86_400,
        86_400,
        86_400,
    ]
    assert judge(503, {"retry-after": "900"}, 1, 0).delay == 900
    assert judge(204, {}, 1, 0).state == "delivered"
    assert judge(404, {}, 2, 0).delay == 300
