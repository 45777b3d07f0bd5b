"""The five-minute tour: a visitor is answered, asks for a person, an agent takes over knowing everything, answers, resolves."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.client.visitor import VisitorClient
from funnel.core.ids import new_id
from tests.e2e.conftest import Demo

pytestmark = pytest.mark.slow

QUESTIONS = {
    "en": "How long does delivery take?",
    "zh-Hans": "送货要多久？",
    "zh-Hant": "多久會送到？",
    "ar": "كم يستغرق التوصيل؟",
}
PERSON = {
    "en": "I want to talk to a real person",
    "zh-Hans": "转人工",
    "zh-Hant": "我要轉真人客服",
    "ar": "أريد التحدث مع موظف",
}


async def _agent(demo: Demo, role: str = "agent") -> httpx.AsyncClient:
    client = httpx.AsyncClient(base_url=demo.base_url, timeout=60)
    login = await client.post("/v1/auth/login", json=demo.banner[role])
    assert login.status_code == 200, login.text
    client.headers["authorization"] = f"Bearer {login.json()['token']}"
    client.cookies.clear()
    return client


def _types(result: dict[str, Any]) -> list[str]:
    return [event["type"] for event in result["events"]]


@pytest.mark.parametrize("locale", sorted(QUESTIONS))
async def test_from_the_visitors_word_to_the_agents_answer(demo: Demo, locale: str) -> None:
    visitor = VisitorClient(demo.base_url, demo.banner["site_key"], locale=locale)
    session = await visitor.start()
    assert session["conversation"] is None
    assert session["site"]["automated_notice"]

    asked = await visitor.say(QUESTIONS[locale])
    conversation_id = asked["conversation"]["id"]
    assert "answer.offered" in _types(asked)
    offered = next(event for event in asked["events"] if event["type"] == "answer.offered")
    assert offered["data"]["kind"] == "answer"
    assert {passage["locale"] for passage in offered["data"]["passages"]} == {locale}
    assert "score" not in offered["data"]["passages"][0]

    handed = await visitor.say(PERSON[locale], conversation_id=conversation_id)
    assert "conversation.handed_over" in _types(handed)
    assert handed["conversation"]["owner"]["kind"] == "queue"

    agent = await _agent(demo)
    try:
        taken = await agent.post(f"/v1/conversations/{conversation_id}/claim")
        assert taken.status_code == 201, taken.text
        context = (await agent.get(f"/v1/conversations/{conversation_id}/context")).json()
        assert context["question"]
        assert [tried["title"] for tried in context["tried"]] == [offered["data"]["passages"][0]["title"]]
        assert context["reason"]["code"] == "human_requested"
        reply = await agent.post(
            f"/v1/conversations/{conversation_id}/messages",
            json={"client_message_id": new_id(), "text": "I am with you."},
        )
        assert reply.status_code == 201
        resolved = await agent.post(f"/v1/conversations/{conversation_id}/resolve", json={"need_met": "yes"})
        assert resolved.json()["conversation"]["status"] == "resolved"
    finally:
        await agent.aclose()
    await visitor.close()


async def test_the_button_works_as_the_very_first_act(demo: Demo) -> None:
    visitor = VisitorClient(demo.base_url, demo.banner["site_key"])
    await visitor.start()
    result = await visitor.ask_human()
    assert _types(result)[:2] == ["conversation.started", "conversation.handed_over"] or (
        "conversation.handed_over" in _types(result)
    )
    assert result["conversation"]["owner"]["kind"] == "queue"
    agent = await _agent(demo)
    queues = (await agent.get("/v1/queues")).json()["items"]
    assert sum(queue["waiting"] for queue in queues) >= 1
    nexts = await agent.post(f"/v1/queues/{queues[0]['id']}/next")
    assert nexts.status_code == 201
    assert nexts.json()["conversation"]["owner"]["kind"] == "agent"
    await agent.aclose()
    await visitor.close()


def test_chat_in_the_terminal(demo: Demo) -> None:
    talk = subprocess.run(
        [sys.executable, "-m", "api.cli.main", "chat", "--url", demo.base_url, "--site",
         demo.banner["site_key"]],
        input="How do I return something?\n/human\n/quit\n", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert talk.returncode == 0, talk.stderr
    assert "30 days" in talk.stdout
    assert "Harbour & Pine" in talk.stdout


async def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    demo = Demo(tmp_path).start()
    visitor = VisitorClient(demo.base_url, demo.banner["site_key"])
    await visitor.start()
    asked = await visitor.say("Where is my order?")
    token = visitor.token
    await visitor.close()
    first = demo.banner
    assert demo.stop() == 0
    assert (tmp_path / "data" / "demo.json").stat().st_mode & 0o777 == 0o600

    demo.start()
    try:
        assert demo.banner["site_key"] == first["site_key"]
        assert demo.banner["agent"] == first["agent"]
        again = VisitorClient(demo.base_url, demo.banner["site_key"])
        again.token = token
        session = await again.start()
        assert session["conversation"]["id"] == asked["conversation"]["id"]
        assert session["conversation"]["last_seq"] == asked["conversation"]["last_seq"]
        async with httpx.AsyncClient(base_url=demo.base_url) as browser:
            preflight = await browser.options(
                "/v1/widget/session",
                headers={
                    "origin": demo.base_url.replace("127.0.0.1", "localhost"),
                    "access-control-request-method": "POST",
                },
            )
        assert preflight.status_code in (200, 204)
        assert "access-control-allow-origin" in preflight.headers
        await again.close()
    finally:
        assert demo.stop() == 0
