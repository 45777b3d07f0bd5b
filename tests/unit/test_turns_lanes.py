"""Lanes: shares, order inside a conversation, refusals. Cursors: what is accepted and what means reset."""

import asyncio

import pytest

from funnel.conversations.commands import AddNote, Command, PostMessage
from funnel.conversations.values import Actor
from funnel.core.errors import ErrorKind, FunnelError
from funnel.turns.cursors import Cursors
from funnel.turns.lanes import Lane, Lanes, Pending

SIZES = {Lane.AGENT: 100, Lane.VISITOR: 100, Lane.BULK: 100}


def make_lanes(**changes: int) -> Lanes:
    return Lanes(batch=changes.get("batch", 64), sizes=SIZES, conversation_waiting=changes.get("waiting", 20))


def pending(key: str, lane: Lane = Lane.AGENT, number: int = 0) -> Pending:
    command: Command = AddNote(
        command_id=str(number), actor=Actor(kind="agent", id="a"), conversation_id=key, text=""
    )
    if lane is Lane.VISITOR:
        command = PostMessage(
            command_id=str(number), actor=Actor(kind="contact", id=key), conversation_id="c"
        )
    return Pending(command, lane, asyncio.get_running_loop().create_future())


def fill(lanes: Lanes, lane: Lane, count: int) -> None:
    for number in range(count):
        lanes.put(pending(f"{lane}{number}", lane))


async def test_a_batch_is_shared_by_halves_and_eighths() -> None:
    lanes = make_lanes()
    for lane in Lane:
        fill(lanes, lane, 100)
    batch = lanes.take()
    assert [sum(item.lane is lane for item in batch) for lane in Lane] == [32, 24, 8]


async def test_idle_shares_pass_on() -> None:
    lanes = make_lanes()
    fill(lanes, Lane.BULK, 100)
    assert len(lanes.take()) == 64


async def test_one_command_a_conversation_in_a_batch_and_order_is_kept() -> None:
    lanes = make_lanes()
    for number in range(3):
        lanes.put(pending("one", number=number))
    lanes.put(pending("two", number=9))
    batch = lanes.take()
    assert [item.command.command_id for item in batch] == ["0", "9"]
    assert lanes.take() == []
    lanes.settle(batch[0], ValueError())
    assert isinstance(batch[0].future.exception(), ValueError)
    assert [item.command.command_id for item in lanes.take()] == ["1"]


async def test_leftovers_come_first_and_in_order() -> None:
    lanes = make_lanes(batch=2)
    for number, key in enumerate(("one", "two", "one", "three")):
        lanes.put(pending(key, number=number))
    lanes.put_back(lanes.take())
    again = lanes.take()
    assert [item.command.command_id for item in again] == ["0", "1"]
    assert [item.command.command_id for item in lanes.take()] == ["3"]
    lanes.put_back(again)
    assert [item.command.command_id for item in lanes.take()] == ["0", "1"]


async def test_a_conversation_may_have_twenty_waiting_until_they_are_answered() -> None:
    lanes = make_lanes()
    for number in range(20):
        lanes.put(pending("one", number=number))
    taken = lanes.take()
    with pytest.raises(FunnelError) as refusal:
        lanes.put(pending("one"))
    assert (refusal.value.code, refusal.value.kind) == ("too_many_waiting", ErrorKind.THROTTLED)
    lanes.settle(taken[0], ValueError())
    lanes.settle(taken[0], ValueError())
    assert isinstance(taken[0].future.exception(), ValueError)
    lanes.put(pending("one"))
    with pytest.raises(FunnelError):
        lanes.put(pending("one"))


async def test_a_full_lane_refuses_and_leaves_the_others_open() -> None:
    lanes = make_lanes()
    fill(lanes, Lane.VISITOR, 100)
    with pytest.raises(FunnelError) as refusal:
        lanes.put(pending("late", Lane.VISITOR))
    assert refusal.value.code == "overloaded"
    assert refusal.value.retry_after
    lanes.put(pending("agent", Lane.AGENT))


async def test_old_ones_are_taken_out_and_the_rest_keeps_its_order() -> None:
    lanes = make_lanes()
    old = pending("one", number=0)
    old.since -= 100
    lanes.put(old)
    lanes.put(pending("one", number=1))
    lanes.put(pending("two", number=2))
    assert lanes.take_older_than(old.since + 50) == [old]
    assert sorted(item.command.command_id for item in lanes.take()) == ["1", "2"]


def test_cursors_belong_to_a_reader_a_conversation_and_an_epoch() -> None:
    cursors = Cursors(b"k" * 32, "e1")
    cursor = cursors.make("contact:1", "c1", 42)
    assert cursors.read(cursor, "contact:1", "c1") == 42
    assert cursors.read(None, "contact:1", "c1") == 0
    assert cursors.read("0", "contact:1", "c1") == 0
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    for reader, conversation in (("contact:2", "c1"), ("contact:1", "c2")):
        assert cursors.read(cursor, reader, conversation) is None
    assert Cursors(b"k" * 32, "e2").read(cursor, "contact:1", "c1") is None
    assert Cursors(b"l" * 32, "e1").read(cursor, "contact:1", "c1") is None


@pytest.mark.parametrize(
    "forged", ["e1.43.x", "e1", "..", "e1.-1.a", "é.1.1", "x" * 201, "e1.٤.a", "e1." + "9" * 30 + ".a"]
)
def test_forged_cursors_mean_reset(forged: str) -> None:
    assert Cursors(b"k" * 32, "e1").read(forged, "contact:1", "c1") is None
