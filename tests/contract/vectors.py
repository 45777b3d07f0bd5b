"""The recorded payloads and signatures of every channel, where they are at hand; without them their tests are skipped."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "channels" / "vectors"
CHANNELS = (
    "webhook", "email", "telegram", "whatsapp", "messenger", "instagram", "line", "twilio", "slack", "wechat",
)  # fmt: skip
Json = dict[str, Any]


def entries(channel: str, *kinds: str) -> list[Json]:
    """The vectors of a channel of these kinds, nothing where the folder is missing."""
    index = FOLDER / channel / "index.json"
    if not index.is_file():
        return []
    return [one for one in json.loads(index.read_text())["vectors"] if one["kind"] in kinds]


def body(channel: str, entry: Json) -> bytes:
    """The recorded body."""
    return (FOLDER / channel / entry["file"]).read_bytes()


def signatures(channel: str) -> list[Json]:
    """The signature vectors of a channel."""
    path = FOLDER / channel / "signatures.json"
    found: list[Json] = json.loads(path.read_text()) if path.is_file() else []
    return found


def parameters(found: list[tuple[str, Json]]) -> list[Any]:
    """As pytest parameters named by channel and vector; one that skips where there are none."""
    if not found:
        return [
            pytest.param(
                "", {}, marks=pytest.mark.skip(reason="the channels' vectors are not at hand"), id="absent"
            )
        ]
    return [pytest.param(channel, entry, id=f"{channel}-{entry['id']}") for channel, entry in found]
