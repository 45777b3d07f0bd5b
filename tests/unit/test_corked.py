"""Writes gathered in one turn of the loop, and text frames written by hand."""

import asyncio
from typing import Any, cast

import pytest
from websockets.frames import Frame, Opcode

from api.corked import MOST_HELD, Corked
from api.ws.outgoing import text_frame


class _Wire:
    """A transport that remembers what reached it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def _corked(wire: _Wire) -> Corked:
    return Corked(cast(Any, wire), asyncio.get_running_loop())


async def test_one_turn_is_one_write_in_order() -> None:
    wire = _Wire()
    corked = _corked(wire)
    corked.write(b"head ")
    corked.write(b"body")
    assert wire.written == []
    await asyncio.sleep(0)
    assert wire.written == [b"head body"]


async def test_much_goes_at_once() -> None:
    wire = _Wire()
    _corked(wire).write(b"x" * (MOST_HELD + 1))
    assert len(wire.written) == 1


async def test_closing_comes_behind_what_was_written_and_nothing_behind_it() -> None:
    wire = _Wire()
    corked = _corked(wire)
    corked.write(b"last")
    corked.close()
    corked.write(b"late")
    await asyncio.sleep(0)
    assert wire.written == [b"last"]
    assert wire.closed


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_frames_are_those_of_the_library(length: int) -> None:
    text = "é" * (length // 2) + "a" * (length % 2)
    assert text_frame(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
