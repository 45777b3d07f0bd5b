"""Loops of a part: they rest, wake, survive what a step raises, and end when they are told."""

import asyncio

from funnel.core.loops import Flights, Loops, end


async def test_a_wake_ends_the_present_rest_and_one_that_came_before_it() -> None:
    rounds = asyncio.Queue[int]()
    count = 0

    async def step() -> float:
        nonlocal count
        count += 1
        rounds.put_nowait(count)
        if count == 2:
            loops.wake("one")  # while it works: the rest after it is none
        return 3600

    loops = Loops(one=step)
    loops.start()
    assert await rounds.get() == 1
    loops.wake("one")
    assert [await asyncio.wait_for(rounds.get(), 60) for _ in range(2)] == [2, 3]
    await loops.stop()
    await loops.stop()
    assert not loops.running


async def test_what_a_step_raises_is_tried_again() -> None:
    done = asyncio.Event()
    faults: list[Exception] = [KeyError("a fault")]

    async def step() -> float:
        if faults:
            raise faults.pop()
        done.set()
        return 3600

    loops = Loops(one=step)
    loops.start()
    await asyncio.wait_for(done.wait(), 60)
    await loops.stop()


async def test_flights_end_in_their_time_or_are_cancelled() -> None:
    ended: list[str] = []

    async def short() -> None:
        await asyncio.sleep(0)
        ended.append("short")

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("long")

    flights = Flights()
    flights.begin(long())
    flights.begin(short())
    await flights.stop(0.05)
    assert ended == ["short", "long"]


async def test_the_first_round_waits_as_long_as_it_is_told_or_until_it_is_woken() -> None:
    begun, failed = asyncio.Event(), asyncio.Event()

    async def step() -> float:
        if not failed.is_set():
            failed.set()
            raise ValueError("once")
        begun.set()
        return 3600

    loops = Loops(one=step)
    loops.start(after=3600, again=0)
    await asyncio.sleep(0)
    assert not failed.is_set()
    loops.wake("one")
    await asyncio.wait_for(begun.wait(), 60)
    await loops.stop()


async def test_a_wake_in_the_moment_of_the_end_does_not_outlive_it() -> None:
    """What ends a rest in the same moment in which the loop is told to end must not take that word away."""
    resting = asyncio.Event()

    async def step() -> float:
        resting.set()
        return 3600

    loops = Loops(one=step)
    loops.start()
    await resting.wait()
    for _ in range(3):
        await asyncio.sleep(0)
    loops.wake("one")
    await asyncio.wait_for(loops.stop(), 60)


async def test_what_was_deaf_to_the_first_word_is_told_again() -> None:
    deaf = asyncio.Event()

    async def twice() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            deaf.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(twice())
    await asyncio.sleep(0)
    await asyncio.wait_for(end(task, again=0.01), 60)
    assert deaf.is_set()
    assert task.cancelled()
