"""`funnel inbox` against a running service: recorded payloads delivered as their platform would, and what is refused."""

import asyncio
import json
from pathlib import Path

from tests.api.channels_world import open_inbox, read_all
from tests.api.gateway import Gateway
from tests.api.test_simulators import SAYS
from tests.service.test_cli import Shell, shell  # noqa: F401 - a fixture


async def test_a_recorded_payload_is_delivered_as_its_platform_would(
    outward: Gateway,
    shell: Shell,  # noqa: F811
    tmp_path: Path,
) -> None:
    for channel in ("whatsapp", "wechat"):  # one signs in a header, the other in the address
        inbox = await open_inbox(outward, channel)
        said, broken = tmp_path / f"{channel}.body", tmp_path / "broken.body"
        body = SAYS[channel]("4917012345", "recorded words")
        said.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
        broken.write_bytes(b"{")
        words = ("inbox", "simulate", inbox.id, "--base-url", outward.base_url, "--json")
        code, told, why = await asyncio.to_thread(
            shell, *words, "--payload", str(said), "--payload", str(broken), "--payload", str(said)
        )
        assert code == 0, why
        assert [(one["payload"], one["status"]) for one in json.loads(told)["items"]] == [
            (said.name, 200), ("broken.body", 200), (said.name, 200),
        ]  # fmt: skip
        await read_all(outward.services.channels.intake)
        assert await inbox.said() == ["recorded words"]
    nobody = ("inbox", "simulate", outward.queue_id, "--payload", str(said))
    code, told, why = await asyncio.to_thread(shell, *nobody)
    assert (code, told) == (1, "")
    assert "not there" in why
    code, told, why = await asyncio.to_thread(
        shell, *words[:3], "--base-url", "http://127.0.0.1:9", "--payload", str(said)
    )
    assert (code, told) == (1, "")
    assert "Nothing answers" in why
