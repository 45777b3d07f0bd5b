"""Every code of the channels' error table means to the connector what the table says."""

import json
from typing import Any

import pytest

from bots.connectors import (
    line_calls,
    slack_calls,
    telegram_calls,
    twilio_calls,
    webhook_calls,
    wechat_calls,
    whatsapp_calls,
)
from bots.connectors.graph import sending
from funnel.channels.judging import by_status
from funnel.channels.outbound import DeliveryResult
from tests.contract.vectors import FOLDER

TABLE = FOLDER.parent / "error_map.json"
Json = dict[str, Any]


def table() -> Json:
    """The table, or a skip."""
    if not TABLE.is_file():
        pytest.skip("the channels' error table is not at hand")
    found: Json = json.loads(TABLE.read_text())
    return found


def classes(channel: str) -> dict[str, str]:
    """Code to class."""
    entries = table()[channel].items()
    named = {key: value["class"] if isinstance(value, dict) else value for key, value in entries}
    return {key: value for key, value in named.items() if key not in ("match", "schedule_s")}


def word(result: DeliveryResult) -> str:
    return result.failed.value if result.failed is not None else "ok_duplicate"


def test_bare_statuses() -> None:
    for status, expected in classes("http_default").items():
        if status.isdigit():
            assert word(by_status(int(status), {})) == expected, status


def test_telegram() -> None:
    for key, expected in classes("telegram").items():
        code, _, words = key.partition(" ")
        status = 500 if code == "5xx" else int(code)
        answer = {"ok": False, "error_code": status, "description": f"Bad Request: {words}", "parameters": {}}
        if "migrate_to_chat_id" in words:
            answer["parameters"] = {"migrate_to_chat_id": -100123}
        found = telegram_calls.judge(status, {}, json.dumps(answer).encode())
        assert word(found) == expected, key
    flood = {"ok": False, "error_code": 429, "parameters": {"retry_after": 7}}
    assert telegram_calls.judge(429, {}, json.dumps(flood).encode()).delay == 7


def test_whatsapp() -> None:
    for code, expected in classes("whatsapp").items():
        if code == "is_transient=true":
            error: Json = {"code": 99_999, "is_transient": True}
        else:
            error = {"code": int(code.partition("-")[0])}
        assert word(whatsapp_calls.judge(400, {}, json.dumps({"error": error}).encode())) == expected, code


def test_messenger_and_instagram() -> None:
    for key, expected in classes("messenger_instagram").items():
        code, _, subcode = key.removesuffix(" other").partition("/")
        error: Json = {"code": int(code), **({"error_subcode": int(subcode)} if subcode else {})}
        assert word(sending.judge_page(400, {}, json.dumps({"error": error}).encode())) == expected, key


def test_line() -> None:
    for key, expected in classes("line").items():
        code, _, words = key.partition(" ")
        if code.isdigit():
            assert (
                word(line_calls.judge(int(code), {}, json.dumps({"message": words}).encode())) == expected
            ), key
    month = {"message": "You have reached your monthly limit."}
    assert word(line_calls.judge(429, {}, json.dumps(month).encode())) == "quota"


def test_slack() -> None:
    for error, expected in classes("slack").items():
        status = 429 if error == "429" else 200
        found = slack_calls.judge(
            status, {"retry-after": "3"}, json.dumps({"ok": False, "error": error}).encode()
        )
        assert word(found) == expected, error
        assert found.delay == 3


def test_twilio() -> None:
    for code, expected in classes("twilio").items():
        assert word(twilio_calls.judge(400, {}, json.dumps({"code": int(code)}).encode())) == expected, code


def test_integrators() -> None:
    for status, expected in (
        (410, "config"),
        (429, "retry_after"),
        (503, "retry_after"),
        (502, "retry"),
        (302, "retry"),
        (404, "retry"),
    ):
        assert word(webhook_calls.judge(status, {}, b"")) == expected
        assert expected in classes("webhook_out").get(str(status), expected)


def test_wechat() -> None:
    for code, expected in classes("wechat").items():
        answer = {"errcode": int(code)}
        assert word(wechat_calls.judge(200, {}, json.dumps(answer).encode())) == expected, code
    good = wechat_calls.judge(200, {}, b'{"errcode":0,"errmsg":"ok"}')
    assert good.failed is None
