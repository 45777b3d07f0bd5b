"""The demo passes its script: twenty-four dialogues, six a language, all played at once against one process."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, timedelta

import httpx
import pytest
import pytest_asyncio

from api.client.visitor import VisitorClient
from funnel.core.clock import SystemClock
from tests.dialogues.script import load_dialogues
from tests.e2e.conftest import Demo
from tests.e2e.dialogue_player import Json, Player, Stage
from tests.e2e.visitors import findable

pytestmark = pytest.mark.slow
DIALOGUES = load_dialogues()
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COPIED = ("locale", "title", "body", "short_answer", "status", "example_questions", "tags", "url_patterns")


async def _login(base_url: str, credentials: Json) -> httpx.AsyncClient:
    client = httpx.AsyncClient(base_url=base_url, timeout=60)
    login = await client.post("/v1/auth/login", json=credentials)
    login.raise_for_status()
    client.headers["authorization"] = f"Bearer {login.json()['token']}"
    client.cookies.clear()
    return client


async def _articles(admin: httpx.AsyncClient) -> list[Json]:
    found: list[Json] = []
    cursor: str | None = None
    while True:
        page = (
            await admin.get("/v1/kb/articles", params={"limit": 100} | ({"cursor": cursor} if cursor else {}))
        ).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


async def _post(client: httpx.AsyncClient, path: str, body: Json) -> Json:
    answer = await client.post(path, json=body)
    answer.raise_for_status()
    made: Json = answer.json()
    return made


async def _closed_site(admin: httpx.AsyncClient, articles: list[Json]) -> tuple[str, dict[str, str]]:
    """A shop that opens again in two days, with copies of the articles its dialogues need: its key and their ids by slug."""
    opens = DAYS[(SystemClock().now().astimezone(UTC) + timedelta(days=2)).weekday()]
    weekly = {opens: [{"opens": "09:00", "closes": "17:00"}]}
    hours = await _post(
        admin, "/v1/business-hours", {"name": "Closed", "zone": "Europe/Amsterdam", "weekly": weekly}
    )
    site = await _post(
        admin,
        "/v1/sites",
        {
            "name": "Closed shop",
            "origins": ["https://closed.example"],
            "locales": ["en", "zh-Hans", "zh-Hant", "ar"],
            "zone": "Europe/Amsterdam",
            "business_hours_id": hours["id"],
        },
    )
    needed = {slug for one in DIALOGUES if not one.open for step in one.steps for slug in step.expect.article}
    ids: dict[str, str] = {}
    for article in articles:
        if article["slug"] in needed:
            copy = {name: article[name] for name in COPIED} | {"sites": [site["id"]]}
            ids[(await _post(admin, "/v1/kb/articles", copy))["id"]] = article["slug"]
    return site["key"], ids


@pytest_asyncio.fixture(scope="module")
async def stage(demo: Demo) -> AsyncIterator[Stage]:
    base_url = demo.base_url
    admin = await _login(base_url, demo.banner["admin"])
    agent = await _login(base_url, demo.banner["agent"])
    articles = await _articles(admin)
    closed_key, copies = await _closed_site(admin, articles)
    await findable(demo, "shipping cost", "", closed_key)
    slugs = {one["id"]: one["slug"] for one in articles} | copies
    yield Stage(base_url, {True: demo.banner["site_key"], False: closed_key}, agent, admin, slugs)
    await admin.aclose()
    await agent.aclose()


@pytest_asyncio.fixture(scope="module")
async def played(stage: Stage) -> dict[str, list[str] | BaseException]:
    """What each dialogue has to complain about; all are played at once, because most of their time is pauses."""
    results = await asyncio.gather(*(Player(stage, one).play() for one in DIALOGUES), return_exceptions=True)
    return {one.name: result for one, result in zip(DIALOGUES, results, strict=True)}


@pytest.mark.parametrize("name", [one.name for one in DIALOGUES])
async def test_dialogue(played: dict[str, list[str] | BaseException], name: str) -> None:
    result = played[name]
    if isinstance(result, BaseException):
        raise result
    assert not result, "\n".join(result)


async def test_an_address_typed_out_of_hours_is_where_the_reply_goes(stage: Stage) -> None:
    visitor = VisitorClient(stage.base_url, stage.site_keys[False], locale="en")
    await visitor.start()
    try:
        handed = await visitor.ask_human()
        conversation_id = handed["conversation"]["id"]
        await visitor.say("write to Kim@Example.com please", conversation_id=conversation_id)
    finally:
        await visitor.close()
    known = (await stage.observer.get(f"/v1/conversations/{conversation_id}/context")).json()["contact"]
    assert (known["email"], known["reply_by"]) == ("kim@example.com", "email")
