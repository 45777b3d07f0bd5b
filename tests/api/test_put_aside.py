"""Requests that break or kill their reader: put aside alone, whatever their neighbours are; listed; read again when somebody says so."""

import asyncio
import json
import random

import pytest
from msgspec.structs import replace

from bots.connectors.registry import CONNECTORS
from bots.intake.worker import BATCH, MOST_ATTEMPTS, Intake
from funnel.channels.inbound import InboundEvent
from funnel.turns.arrivals import Arrivals
from tests.api.channels_world import ChannelInbox, message, open_inbox, read_all
from tests.api.gateway import Gateway
from tests.service.test_cli import Shell, shell  # noqa: F401 - a fixture

_LAPSE = "update inbound_requests set lease_until = null, due_at = now() where state = 'waiting'"
_LEFT = "select count(*) from inbound_requests where state = 'waiting'"
_ASIDE = "select attempts, problem from inbound_requests where state = 'poisoned'"
POISON = "poison"


class DiedError(BaseException):
    """The end of a process, as far as what it reads can tell."""


def dying(gateway: Gateway, word: str = POISON) -> Intake:
    """A reader that dies of a request in which the word is, each time."""

    def parse(raw: bytes) -> list[InboundEvent]:
        if word.encode() in raw:
            raise DiedError
        return CONNECTORS["webhook"].parse(raw)

    services, parts = gateway.services, gateway.services.channels
    deadly = {"webhook": replace(CONNECTORS["webhook"], parse=parse)}
    return Intake(
        Arrivals(gateway.db.pool), services.people.accounts, parts.intake._sealer, deadly, parts.intake._reader,
        services.settings,
    )  # fmt: skip


async def fill(inbox: ChannelInbox, words: list[str]) -> None:
    for number, word in enumerate(words):
        answer = await inbox.deliver(message(word, sender=f"u{number % 5}"))
        assert answer.status_code == 200


@pytest.mark.parametrize("seed", [1, 2])
async def test_only_what_kills_its_reader_is_put_aside_wherever_it_stands_and_whatever_dies(
    outward: Gateway, seed: int
) -> None:
    inbox, dice = await open_inbox(outward, "webhook"), random.Random(seed)
    sound = [f"line {number}" for number in range(14)]
    words = [*sound, f"{POISON} 1", f"{POISON} 2"]
    dice.shuffle(words)
    await fill(inbox, words)
    arrivals = Arrivals(outward.db.pool)
    for _ in range(3):  # readers that die of something else, with all that they hold
        await arrivals.claim(BATCH, 30)
        await arrivals.claim_suspect(30)
        await outward.db.pool.execute(_LAPSE)
    deaths, mortal = 0, dying(outward)
    while await outward.db.pool.fetchval(_LEFT):
        try:
            await mortal.read_due()
        except DiedError:
            deaths += 1
        await outward.db.pool.execute(_LAPSE)
    aside = await outward.db.pool.fetch(_ASIDE)
    assert sorted(await inbox.said()) == sorted(sound)
    assert [row["attempts"] > MOST_ATTEMPTS and "died" in row["problem"] for row in aside] == [True, True]
    assert deaths <= 2 * MOST_ATTEMPTS


async def test_what_was_never_begun_is_read_before_suspects_and_does_not_wait_for_them(
    outward: Gateway,
) -> None:
    inbox = await open_inbox(outward, "webhook")
    await fill(inbox, [POISON, "line 0"])
    arrivals = Arrivals(outward.db.pool)
    assert len(await arrivals.claim(BATCH, 30)) == 2
    await outward.db.pool.execute(_LAPSE)
    await fill(inbox, ["line 1", "line 2", "line 3"])
    with pytest.raises(DiedError):
        await dying(outward).read_due()
    assert {"line 1", "line 2", "line 3"} <= set(await inbox.said())
    attempts = await outward.db.pool.fetch(
        "select attempts from inbound_requests where state = 'waiting' order by 1"
    )
    assert [row["attempts"] for row in attempts] in ([1, 2], [2])


async def put_aside(gateway: Gateway, inbox: ChannelInbox, text: str) -> str:
    """The id of a request that an earlier version could not read."""
    assert (await inbox.deliver(message(text))).status_code == 200
    request_id = await gateway.db.pool.fetchval(
        "update inbound_requests set state = 'poisoned', attempts = 5, problem = 'reading raised KeyError'"
        " where state = 'waiting' returning id::text"
    )
    return str(request_id)


async def test_what_was_put_aside_is_listed_and_read_again_once(outward: Gateway) -> None:
    inbox = await open_inbox(outward, "webhook")
    admin, agent = await outward.agent(preset="admin"), await outward.agent()
    one = await put_aside(outward, inbox, "first")
    two = await put_aside(outward, inbox, "second")
    page = (await admin.call("GET", "/v1/intake/failed?limit=1")).json()
    (shown,) = page["items"]
    assert (shown["id"], shown["inbox_id"], shown["problem"]) == (one, inbox.id, "reading raised KeyError")
    assert "body" not in shown
    assert page["next"] == one
    rest = (await admin.call("GET", f"/v1/intake/failed?cursor={one}")).json()
    assert ([found["id"] for found in rest["items"]], rest["next"]) == ([two], None)
    assert (await admin.call("GET", "/v1/intake/failed?cursor=x")).status_code == 422
    for path in (f"/v1/intake/{one}/replay", "/v1/intake/failed"):
        refused = await agent.call("POST" if "replay" in path else "GET", path)
        assert refused.status_code == 403
    answers = await asyncio.gather(*(admin.call("POST", f"/v1/intake/{one}/replay") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404, 404]
    await read_all(outward.services.channels.intake)
    assert await inbox.said() == ["first"]
    kept = await outward.db.pool.fetchrow(
        "select state, replayed_by, replayed_at from inbound_requests where id = $1::uuid", one
    )
    assert (kept["state"], kept["replayed_by"]) == ("read", f"agent:{admin.id}")
    assert kept["replayed_at"] is not None
    for unknown in (one, inbox.id, "x"):
        assert (await admin.call("POST", f"/v1/intake/{unknown}/replay")).status_code == 404


async def test_what_kills_its_reader_again_is_put_aside_again_and_harms_no_other(outward: Gateway) -> None:
    inbox = await open_inbox(outward, "webhook")
    admin = await outward.agent(preset="admin")
    deadly = await put_aside(outward, inbox, POISON)
    assert (await admin.call("POST", f"/v1/intake/{deadly}/replay")).status_code == 201
    await fill(inbox, ["line 1"])
    deaths = 0
    while await outward.db.pool.fetchval(_LEFT):
        try:
            await dying(outward).read_due()
        except DiedError:
            deaths += 1
        await outward.db.pool.execute(_LAPSE)
    assert deaths == MOST_ATTEMPTS - 1
    (again,) = (await admin.call("GET", "/v1/intake/failed")).json()["items"]
    assert (again["id"], again["replayed_by"]) == (deadly, f"agent:{admin.id}")
    assert await inbox.said() == ["line 1"]


async def test_the_shell_lists_and_replays(outward: Gateway, shell: Shell) -> None:  # noqa: F811
    inbox = await open_inbox(outward, "webhook")
    ids = [await put_aside(outward, inbox, text) for text in ("first", "second", "third")]
    code, told, why = await asyncio.to_thread(shell, "inbox", "failed", "--json")
    assert code == 0, why
    assert [one["id"] for one in json.loads(told)["items"]] == ids
    code, told, why = await asyncio.to_thread(shell, "inbox", "replay", ids[0], "--json")
    assert (code, json.loads(told)) == (0, {"queued": 1}), why
    code, told, why = await asyncio.to_thread(shell, "inbox", "replay", ids[0])
    assert (code, told) == (1, "")
    assert "no such request" in why
    code, told, why = await asyncio.to_thread(shell, "inbox", "replay", "all", "--json")
    assert (code, json.loads(told)) == (0, {"queued": 2}), why
    await read_all(outward.services.channels.intake)
    assert sorted(await inbox.said()) == ["first", "second", "third"]


_AGE = "update inbound_requests set at = now() - $2::int * interval '1 day' where id = $1::uuid"
_AGE_KEYS = "update inbound_events set at = now() - $2::int * interval '1 day' where request_id = $1::uuid"


async def test_requests_are_kept_sealed_for_seven_days_and_their_keys_for_eight(outward: Gateway) -> None:
    inbox, pool = await open_inbox(outward, "webhook"), outward.db.pool
    bodies = {word: message(f"very private {word}") for word in ("young", "old", "older")}
    for word, body in bodies.items():
        assert (await inbox.deliver(body, message_id=word)).status_code == 200
    await read_all(outward.services.channels.intake)
    read = [row["id"] for row in await pool.fetch("select id::text from inbound_requests order by id")]
    aside = await put_aside(outward, inbox, "very private and unreadable")
    assert (await inbox.deliver(message("very private and unread"))).status_code == 200
    waiting = await pool.fetchval("select id::text from inbound_requests where state = 'waiting'")
    for row in await pool.fetch("select body from inbound_requests"):
        assert b"private" not in row["body"]
    for request_id, days in ((read[0], 6), (read[1], 7), (read[2], 8), (aside, 7), (waiting, 30)):
        await pool.execute(_AGE, request_id, days)
        await pool.execute(_AGE_KEYS, request_id, days)
    await Arrivals(pool).forget_old()
    left = {row["id"] for row in await pool.fetch("select id::text from inbound_requests")}
    assert left == {read[0], waiting}
    assert await inbox.count("inbound_events") == 2
    await read_all(outward.services.channels.intake)
    assert (await inbox.deliver(bodies["old"], message_id="old")).status_code == 200  # its key is still known
    await read_all(outward.services.channels.intake)
    assert len(await inbox.said()) == 4
