"""Escalation for the people around it, in a real browser: skills and playbooks by form, the weekly review by ops, guards, a cancelled back-test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser, expect

from funnel.core.clock import SystemClock
from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from tests.e2e.conftest import Demo
from tests.e2e.desk import open_desk
from tests.e2e.test_desk_escalation import LATE, ask, draft, go
from tests.e2e.visitors import visitor_of

pytestmark = pytest.mark.slow


@asynccontextmanager
async def ops_of(demo: Demo) -> AsyncIterator[str]:
    """Somebody of ops, hired for one test: the role to open the desk with."""
    name = f"ops-{new_id()[-6:]}"
    who = {"email": f"{name}@demo.example", "password": f"{name}-and-a-long-word"}
    async with demo.client("admin") as admin:
        made = await admin.post("/v1/agents", json={"name": "Otis", "preset": "ops", "teams": [], **who})
        assert made.status_code == 201, made.text
        demo.banner[name] = who
        yield name
        await admin.delete(f"/v1/agents/{made.json()['id']}")


async def into_last_week(demo: Demo, conversation_ids: list[str]) -> None:
    """Lets the conversations have happened a week ago, in the demo's own database."""
    server = EmbeddedServer(demo.folder / "data")
    await asyncio.to_thread(server.start)
    try:
        connection = await asyncpg.connect(server.url())
        try:
            await connection.execute(
                "update conversations set status = 'resolved', updated_at = $2 where id = any ($1::uuid[])",
                conversation_ids, SystemClock().now() - timedelta(days=7),
            )  # fmt: skip
        finally:
            await connection.close()
    finally:
        await asyncio.to_thread(server.stop)


async def agent_called(admin: httpx.AsyncClient, name: str) -> Any:
    """An agent as the gateway shows it."""
    return next(one for one in (await admin.get("/v1/agents")).json()["items"] if one["name"] == name)


async def test_skills_and_a_playbook_are_set_by_forms(browser: Browser, demo: Demo) -> None:
    async with demo.client("admin") as admin, open_desk(browser, demo, "admin") as desk:
        page = desk.page
        body = {"name": "Sura", "email": f"sura-{new_id()[-6:]}@demo.example", "teams": []}
        made = (await admin.post("/v1/agents", json=body)).json()
        await page.goto(f"{demo.base_url}/desk/setup/agents")
        await desk.button("Edit: Sura").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Skills, with commas").fill("Refunds, العربية")
        await dialog.get_by_label("Name", exact=True).focus()
        await desk.watched.axe("agents-skills")
        await dialog.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("row").filter(has_text="Sura")).to_contain_text("refunds")
        assert (await agent_called(admin, "Sura"))["skills"] == ["refunds", "العربية"]
        version = await draft(desk, LATE)
        await go(desk, f"/versions/{version}")
        await page.get_by_role("button", name="late_parcel").click()
        form = page.get_by_role("region", name="late_parcel")
        await form.get_by_label("Playbook").select_option(label="Order status")
        await expect(form.get_by_role("article")).to_contain_text("order-status")
        await form.get_by_label("At most, or at least").select_option("human")
        await expect(form).to_contain_text("Agents have: refunds")
        await form.get_by_label("Skills, with commas").fill("refunds")
        await form.get_by_label("Description").focus()
        await expect(page.get_by_role("status").filter(has_text="tests passed")).to_be_visible()
        await desk.watched.axe("escalation-skills")
        await page.keyboard.press("Control+s")
        await page.locator(".bar .chip.good", has_text="saved").wait_for()
        kept = (await ask(desk, "GET", f"/v1/rules/versions/{version}"))["rules"]["rules"][-1]["then"]
        assert (kept["playbook"], kept["human"]["skills"]) == ("order-status", ["refunds"])
        await ask(desk, "DELETE", f"/v1/rules/versions/{version}")
        await admin.delete(f"/v1/agents/{made['id']}")


async def test_ops_answer_the_weekly_sample_and_read_what_they_judge(browser: Browser, demo: Demo) -> None:
    ids = []
    for number, text in enumerate(("Do you sell purple elephants?", "Do you sell green elephants?")):
        visitor = await visitor_of(demo, f"Reviewed {number}")
        ids.append((await visitor.say(text))["conversation"]["id"])
        await visitor.close()
    await into_last_week(demo, ids)
    async with ops_of(demo) as role, open_desk(browser, demo, role) as desk:
        page = desk.page
        await go(desk, "/verdicts")
        review = page.locator(".review")
        await expect(review.locator("ul li")).to_have_count(2)
        await expect(review).to_contain_text("2 of 2 left")
        await expect(review.locator(".peek")).to_contain_text("elephants?")
        await review.get_by_role("radio").first.check()
        await desk.watched.axe("escalation-review")
        await review.get_by_role("button", name="Yes, a person was missing").click()
        await expect(review).to_contain_text("1 of 2 left")
        await review.get_by_role("button", name="No, it was fine").click()
        await expect(review).to_contain_text("0 of 2 left")
        found = (await ask(desk, "GET", "/v1/rules/reviews"))["items"]
        assert {one["should_have"] for one in found if one["conversation_id"] in ids} == {"yes", "no"}
        assert any(one["from_message_id"] for one in found)


async def test_a_second_person_a_freeze_and_a_cancelled_back_test(browser: Browser, demo: Demo) -> None:
    async with open_desk(browser, demo, "admin") as desk:
        page = desk.page
        version = await draft(desk, LATE)
        await go(desk)
        guards = page.get_by_role("region", name="How publishing is guarded")
        dialog = page.get_by_role("dialog")
        try:
            await guards.get_by_role("button").click()
            await dialog.get_by_label("Somebody else than the author has to publish").check()
            await dialog.get_by_role("button", name="Save").click()
            await expect(guards).to_contain_text("Somebody else than the author")
            await go(desk, f"/versions/{version}")
            await desk.button("Publish").click()
            await dialog.get_by_label("Why?").fill("Try it")
            await dialog.get_by_role("button", name="Publish").click()
            await expect(dialog.get_by_role("alert")).to_be_visible()
            await desk.watched.picture("escalation-second-person")
            await go(desk)
            await guards.get_by_role("button").click()
            await dialog.get_by_label("Somebody else than the author has to publish").uncheck()
            await dialog.get_by_label("Freeze publishing for a time").check()
            await dialog.get_by_role("button", name="Save").click()
            await expect(guards).not_to_contain_text("none planned")
            await desk.watched.axe("escalation-freeze")
            await go(desk, f"/versions/{version}")
            await expect(desk.button("Publish")).to_be_disabled()
            refused = await ask(desk, "POST", f"/v1/rules/versions/{version}/publish", {"note": "now"})
            assert refused["code"] == "frozen"
            await desk.watched.picture("escalation-frozen")
        finally:
            await ask(
                desk,
                "PUT",
                "/v1/rules/settings",
                {"second_person": False, "frozen_from": None, "frozen_until": None},
            )
        span = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "version": version}
        cancelled: Any = {"status": "done"}
        while cancelled["status"] == "done":  # before it was told to stop: the demo has little to judge
            jobs = [await ask(desk, "POST", "/v1/rules/backtests", span) for _ in range(3)]
            cancelled = await ask(desk, "POST", f"/v1/rules/backtests/{jobs[-1]['id']}/cancel")
        await go(desk, f"/back-tests/{cancelled['id']}")
        await expect(page.locator(".chip.warn")).to_be_visible()
        await desk.watched.axe("escalation-cancelled")
        await ask(desk, "DELETE", f"/v1/rules/versions/{version}")
