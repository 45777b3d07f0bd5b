"""Playbooks that call an integrator's hook: registered, called once, answered or done without; nothing is lost or done twice."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest

from api.bootstrap import Services
from bots.dialogue.playbooks.shelf import shipped_documents
from bots.egress import Reply
from bots.outgoing.hooks import judge, pause
from bots.playbooks.store import PlaybookStore
from funnel.channels import standard_webhooks
from funnel.conversations.commands import Redact, TellHookResult
from funnel.conversations.values import SYSTEM, Actor
from funnel.core.ids import new_id
from funnel.turns import fsck
from funnel.turns.feed import Whisper
from funnel.turns.outbox.hook_calls import HookCalls
from tests.api.gateway import Caller, Gateway, Json
from tests.simulators.http_double import Answer, HttpDouble

GOOD = {"values": {"status": "on its way"}}


@pytest.fixture
async def still(outward: Gateway) -> AsyncIterator[Gateway]:
    """A service whose hooks are called when the test says so; its log is sound at the end."""
    await outward.services.channels.hooks.stop()
    await waiting_for(outward, 30)
    yield outward
    assert await fsck.check(outward.db) == []


async def waiting_for(gateway: Gateway, seconds: int) -> None:
    """The order's status is waited for so long: as long as there may be, so that a busy machine is no time-out."""
    text = shipped_documents()["order-status"].replace(
        "send: [number]", f"send: [number]\n    seconds: {seconds}"
    )
    store = PlaybookStore(gateway.db)
    draft = await store.draft(text, None, None)
    await store.publish(draft.key, draft.version, None, None)
    await gateway.services.playbooks.refresh()


async def register(gateway: Gateway, url: str, name: str = "order_status") -> Json:
    admin = await gateway.admin()
    answer = await admin.call("POST", "/v1/playbook-hooks", {"name": name, "url": url})
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def asked(gateway: Gateway, text: str = "it is #4711, thanks") -> tuple[Caller, str]:
    """A visitor who wants to know where its order is, and has just said the number."""
    visitor = await gateway.visitor()
    conversation_id = str((await visitor.say("hello there, a question"))["conversation"]["id"])
    body = {"client_message_id": new_id(), "text": "Order status", "payload": "playbook:order-status"}
    begun = await visitor.call("POST", f"/v1/conversations/{conversation_id}/messages", body)
    assert begun.status_code == 201, begun.text
    await visitor.say(text, conversation_id)
    return visitor, conversation_id


async def events(gateway: Gateway, conversation_id: str, kind: str) -> list[Json]:
    rows = await gateway.db.pool.fetch(
        "select data from events where conversation_id = $1::uuid and type = $2 order by seq", conversation_id, kind
    )  # fmt: skip
    return [json.loads(row["data"]) for row in rows]


async def last_words(gateway: Gateway, conversation_id: str) -> str:
    return str((await events(gateway, conversation_id, "message.created"))[-1]["text"])


async def states(gateway: Gateway) -> list[tuple[str, str | None]]:
    rows = await gateway.db.pool.fetch("select state, error from hook_calls order by created_at")
    return [(row["state"], row["error"]) for row in rows]


async def hurry(services: Services) -> int:
    """What waits to be sent again is due now."""
    await services.db.pool.execute(
        "update hook_calls set due_at = now(), lease_until = null where state = 'waiting'"
    )
    return await services.channels.hooks.send_due()


async def test_a_good_answer_is_said_in_the_visitors_words(still: Gateway, double: HttpDouble) -> None:
    made = await register(still, f"{double.url}/status")
    double.rule = lambda taken: Answer(200, GOOD)
    _, conversation_id = await asked(still)
    heard: list[Whisper] = []
    unwatch = still.services.feed.watch_whispers(heard.append)
    assert await still.services.channels.hooks.send_due() == 1
    unwatch()
    assert heard == [Whisper(kind="typing", conversation_id=conversation_id, actor_kind="bot")]
    assert "status of your order: \u2068on its way\u2069" in await last_words(still, conversation_id)
    (taken,) = double.taken
    assert standard_webhooks.verify(taken.headers, taken.body, [made["signing_secret"]], time.time()).ok
    data = taken.json["data"]
    assert (taken.json["type"], taken.headers["webhook-id"]) == ("playbook.call", data["call_id"])
    assert (data["hook"], data["playbook"], data["step"], data["replies"], data["locale"]) == (
        "order_status", "order-status", "look", {"number": "#4711"}, "en",
    )  # fmt: skip
    assert data["contact"]["verified"] is False
    (told,) = await events(still, conversation_id, "hook.answered")
    assert (told["outcome"], told["values"]) == ("answered", {"status": "on its way"})
    assert await states(still) == [("answered", None)]
    shown = (await (await still.admin()).call("GET", f"/v1/playbook-hooks/{made['id']}")).json()
    assert (shown["calls"], shown["answered"], shown["last_error"]) == (1, 1, None)


async def test_a_failure_is_tried_again_under_the_same_id(still: Gateway, double: HttpDouble) -> None:
    await register(still, double.url)
    double.rule = lambda taken: Answer(200, GOOD)
    double.script.extend([Answer(500), Answer(breaks=True)])
    _, conversation_id = await asked(still)
    for _ in range(3):
        await hurry(still.services)
    assert len({one.headers["webhook-id"] for one in double.taken}) == 1
    assert len(double.taken) == 3
    assert "on its way" in await last_words(still, conversation_id)


async def test_answers_of_no_use_go_the_other_way(still: Gateway, double: HttpDouble) -> None:
    await register(still, double.url)
    cases = [
        (Answer(404), "answered_404"),
        (Answer(302, headers={"location": double.url}), "answered_302"),
        (Answer(200, b"ok"), "bad_answer"),
        (Answer(200, b"x" * 70_000), "too_large"),
        (Answer(200, {"values": {"carrier": "post"}}), "incomplete"),
        (Answer(204, b""), "incomplete"),
    ]
    for answer, error in cases:
        double.script.append(answer)
        _, conversation_id = await asked(still)
        await still.services.channels.hooks.send_due()
        (told,) = await events(still, conversation_id, "hook.answered")
        assert (told["outcome"], told["error"]) == ("failed", error)
        assert len(await events(still, conversation_id, "conversation.handed_over")) == 1
    assert len(double.taken) == len(cases)


async def test_time_is_over_and_what_comes_late_is_ignored(still: Gateway, double: HttpDouble) -> None:
    await register(still, double.url)
    await waiting_for(still, 1)
    _, conversation_id = await asked(still)
    (called,) = await events(still, conversation_id, "hook.called")
    async with asyncio.timeout(60):
        while not (told := await events(still, conversation_id, "hook.answered")):
            await still.services.timers.fire_due()
    assert [one["outcome"] for one in told] == ["timed_out"]
    assert len(await events(still, conversation_id, "conversation.handed_over")) == 1
    late = TellHookResult(
        command_id="hook:late", actor=SYSTEM, conversation_id=conversation_id, call_id=called["call_id"], values={"status": "x"}
    )  # fmt: skip
    assert (await still.services.pipeline.submit(late)).changed is False
    await hurry(still.services)
    assert (await states(still), double.taken) == ([("dropped", None)], [])
    assert len(await events(still, conversation_id, "hook.answered")) == 1


async def test_a_private_address_is_never_called(gateway: Gateway) -> None:
    await gateway.services.channels.hooks.stop()
    await waiting_for(gateway, 30)
    await register(gateway, "https://169.254.169.254/latest")
    _, conversation_id = await asked(gateway)
    await gateway.services.channels.hooks.send_due()
    (told,) = await events(gateway, conversation_id, "hook.answered")
    assert (told["outcome"], told["error"]) == ("failed", "refused_address")


async def test_a_worker_that_dies_with_the_answer_loses_and_doubles_nothing(
    still: Gateway, double: HttpDouble
) -> None:
    await register(still, double.url)
    double.rule = lambda taken: Answer(200, GOOD)
    _, conversation_id = await asked(still)
    calls = HookCalls(still.db.pool)
    (due,) = await calls.claim(1, 30)
    worker = still.services.channels.hooks
    assert (await worker._attempt(due)).values == GOOD["values"]
    # It is dead now; another one takes the call over when the lease has ended, and the first comes back to life.
    assert await hurry(still.services) == 1
    assert "on its way" in await last_words(still, conversation_id)
    await worker._call(due)
    assert await states(still) == [("answered", None)]
    assert len(double.taken) == 3
    assert len({one.headers["webhook-id"] for one in double.taken}) == 1
    assert len(await events(still, conversation_id, "hook.answered")) == 1
    assert len(await events(still, conversation_id, "decision.made")) == 3


async def test_a_person_is_there_before_the_answer(still: Gateway, double: HttpDouble) -> None:
    await register(still, double.url)
    visitor, conversation_id = await asked(still)
    await visitor.say("I want to talk to a person", conversation_id)
    await hurry(still.services)
    assert (await states(still), double.taken) == ([("dropped", None)], [])
    assert await events(still, conversation_id, "hook.answered") == []


async def test_what_is_erased_is_neither_sent_nor_kept(still: Gateway, double: HttpDouble) -> None:
    await register(still, double.url)
    double.rule = lambda taken: Answer(200, GOOD)
    admin = await still.admin()

    async def erase(conversation_id: str, place: int) -> None:
        rows = await still.db.pool.fetch(
            "select seq, data ->> 'message_id' as id from events where conversation_id = $1::uuid and type = 'message.created' order by seq",
            conversation_id,
        )
        await still.services.pipeline.submit(
            Redact(
                command_id=new_id(), actor=Actor("agent", admin.id, "Admin"), conversation_id=conversation_id,
                message_id=rows[place]["id"], event_seq=rows[place]["seq"],
            )
        )  # fmt: skip

    _, before = await asked(still)
    await erase(before, -1)
    await still.services.channels.hooks.send_due()
    assert double.taken[0].json["data"]["replies"] == {}
    for place in (-2, -1):  # the number, and the words with what the hook gave
        _, after = await asked(still)
        await still.services.channels.hooks.send_due()
        await erase(after, place)
        assert await events(still, after, "hook.answered") == [{"redacted": True}]


async def test_no_hook_is_called_that_is_not_registered_or_turned_off(
    still: Gateway, double: HttpDouble
) -> None:
    _, conversation_id = await asked(still)
    assert len(await events(still, conversation_id, "conversation.handed_over")) == 1
    made = await register(still, double.url)
    admin = await still.admin()
    path = f"/v1/playbook-hooks/{made['id']}"
    _, conversation_id = await asked(still)
    assert (await admin.call("PUT", path, {"disabled": True})).json()["disabled_at"]
    await still.services.channels.hooks.send_due()
    (told,) = await events(still, conversation_id, "hook.answered")
    assert told["error"] == "no_hook"
    _, conversation_id = await asked(still)
    assert await events(still, conversation_id, "hook.called") == []
    assert (await admin.call("PUT", path, {"disabled": False})).json()["disabled_at"] is None
    assert (await admin.call("DELETE", path)).status_code == 204
    assert (await admin.call("GET", path)).status_code == 404
    assert double.taken == []


async def test_secrets_are_shown_once_and_rotated(still: Gateway, double: HttpDouble) -> None:
    made = await register(still, double.url)
    double.rule = lambda taken: Answer(200, GOOD)
    admin = await still.admin()
    newer = (await admin.call("POST", f"/v1/playbook-hooks/{made['id']}/secret")).json()["signing_secret"]
    await asked(still)
    await still.services.channels.hooks.send_due()
    (taken,) = double.taken
    for secret in (made["signing_secret"], newer):
        assert standard_webhooks.verify(taken.headers, taken.body, [secret], time.time()).ok
    listed = await admin.call("GET", "/v1/playbook-hooks")
    assert [one["name"] for one in listed.json()["items"]] == ["order_status"]
    assert "whsec_" not in listed.text
    again = await admin.call("POST", "/v1/playbook-hooks", {"name": "order_status", "url": double.url})
    assert (again.status_code, again.json()["code"]) == (409, "hook_exists")
    for body, code in (({"name": "Order Status", "url": double.url}, "invalid"), ({"name": "x", "url": "ftp://x"}, "url_invalid")):  # fmt: skip
        refused = await admin.call("POST", "/v1/playbook-hooks", body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_the_service_calls_by_itself(outward: Gateway, double: HttpDouble) -> None:
    await waiting_for(outward, 30)
    await register(outward, double.url)
    double.rule = lambda taken: Answer(200, GOOD)
    _, conversation_id = await asked(outward)
    async with asyncio.timeout(60):
        while not await events(outward, conversation_id, "hook.answered"):
            await double.until(1)
    assert "on its way" in await last_words(outward, conversation_id)


def test_what_is_tried_again() -> None:
    assert [pause(n) for n in range(1, 6)] == [0.5, 1.0, 2.0, 4.0, 4.0]
    assert judge(Reply(503, {"retry-after": "3"}, b""), 1).again == 3
    assert judge(Reply(429, {}, b""), 2).again == 1.0
    assert judge(Reply(410, {}, b""), 1).again is None
    assert judge(Reply(204, {}, b""), 1).values == {}
