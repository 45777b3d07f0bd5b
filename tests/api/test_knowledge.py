"""The knowledge base over HTTP: who may do what, what readers see, and how soon."""

import asyncio
import io
import zipfile
from typing import Any

import pytest

from funnel.core.ids import new_id
from tests import builders
from tests.api.gateway import Caller, Gateway

LAMP = {
    "locale": "en",
    "title": "Repairing a lamp",
    "body": "# How\n\nOpen **the lamp** and change the bulb.",
}
SECRET = {"locale": "en", "title": "Goodwill for lamps", "body": "Grant a lamp credit.", "audience": "agents"}
FILE = "---\ntitle: {title}\nlocale: en\n---\n\nText about {title}.\n"


async def searched(caller: Caller, **query: Any) -> dict[str, Any]:
    answer = await caller.call("GET", "/v1/kb/search", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def until_found(caller: Caller, title: str, **query: Any) -> None:
    async with asyncio.timeout(60):
        while title not in [item["title"] for item in (await searched(caller, **query))["items"]]:  # noqa: ASYNC110 - another task indexes it
            await asyncio.sleep(0.05)


async def test_an_article_goes_from_writer_to_visitor(gateway: Gateway) -> None:
    writer, visitor = await gateway.agent(preset="writer"), await gateway.visitor()
    made = await writer.call("POST", "/v1/kb/articles", LAMP)
    assert made.status_code == 201, made.text
    article = made.json()
    assert (article["status"], article["revision"], article["audience"], article["slug"]) == (
        "published", 1, "public", "repairing-a-lamp",
    )  # fmt: skip
    await until_found(visitor, "Repairing a lamp", q="How do I repair a lamp?")
    found = await searched(visitor, q="How do I repair a lamp?", locale="en")
    assert found["outcome"] == "answer"
    assert found["items"][0] == {
        "article_id": article["id"], "title": "Repairing a lamp", "locale": "en",
        "text": "Open the lamp and change the bulb.",
    }  # fmt: skip
    by_key = await searched(gateway.anonymous(), q="repair a lamp", site_key=gateway.site.key)
    assert by_key["items"] == found["items"]
    changed = await writer.call(
        "PUT", f"/v1/kb/articles/{article['id']}", {"revision": 1, "title": "Mending a lamp"}
    )
    assert (changed.status_code, changed.json()["revision"], changed.json()["body"]) == (200, 2, LAMP["body"])
    await until_found(visitor, "Mending a lamp", q="lamp")
    stale = await writer.call("PUT", f"/v1/kb/articles/{article['id']}", {"revision": 1, "title": "x"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    history = (await writer.call("GET", f"/v1/kb/articles/{article['id']}/revisions")).json()["items"]
    assert [one["title"] for one in history] == ["Mending a lamp", "Repairing a lamp"]
    assert (await writer.call("DELETE", f"/v1/kb/articles/{article['id']}")).status_code == 204
    assert (await writer.call("GET", f"/v1/kb/articles/{article['id']}")).json()["status"] == "archived"
    await gateway.services.library.refresh()
    assert (await searched(visitor, q="lamp"))["items"] == []


async def test_articles_for_agents_reach_agents_only(gateway: Gateway) -> None:
    writer, agent, visitor = (
        await gateway.agent(preset="writer"),
        await gateway.agent(),
        await gateway.visitor(),
    )
    for body in (LAMP, SECRET):
        assert (await writer.call("POST", "/v1/kb/articles", body)).status_code == 201
    await gateway.services.library.refresh()
    for question in ("lamp", "goodwill for lamps credit"):
        assert [i["title"] for i in (await searched(visitor, q=question))["items"]] == ["Repairing a lamp"]
    seen = await searched(agent, q="goodwill for lamps", site=gateway.site.id)
    assert seen["items"][0]["title"] == "Goodwill for lamps"
    assert 0 < seen["confidence"] <= 1
    assert seen["items"][0]["score"] > 0
    assert [i["title"] for i in (await searched(agent, q="lamps", audience="public"))["items"]] == [
        "Repairing a lamp"
    ]
    for query in ({"audience": "agents"}, {"site": gateway.site.id}):
        assert (await visitor.call("GET", "/v1/kb/search", params={"q": "lamp", **query})).status_code == 403


async def test_who_may_do_what(gateway: Gateway) -> None:
    agent, visitor, nobody = await gateway.agent(), await gateway.visitor(), gateway.anonymous()
    drafter = Caller(gateway.http, await builders.make_key(gateway.db, "kb.write"))
    for caller, status in ((agent, 403), (visitor, 401), (nobody, 401), (drafter, 201)):
        assert (await caller.call("POST", "/v1/kb/articles", LAMP)).status_code == status
        assert (await caller.call("GET", "/v1/kb/articles")).status_code == (200 if status == 201 else status)
    draft = (await drafter.call("GET", "/v1/kb/articles")).json()["items"][0]
    assert draft["status"] == "draft"
    path = f"/v1/kb/articles/{draft['id']}"
    assert (await drafter.call("PUT", path, {"revision": 1, "status": "published"})).status_code == 403
    assert (await drafter.call("POST", "/v1/kb/articles", {**LAMP, "status": "published"})).status_code == 403
    assert (await drafter.call("PUT", path, {"revision": 1, "title": "Lamps"})).status_code == 200
    assert (await nobody.call("GET", "/v1/kb/search", params={"q": "lamp"})).status_code == 401
    assert (
        await nobody.call("GET", "/v1/kb/search", params={"q": "x", "site_key": "wrong"})
    ).status_code == 401


async def test_another_sites_articles_and_pages_are_refused(gateway: Gateway) -> None:
    other = await builders.make_site(gateway.db, origins=["https://other.example"])
    writer, visitor = await gateway.agent(preset="writer"), await gateway.visitor()
    await writer.call("POST", "/v1/kb/articles", {**LAMP, "sites": [other.id]})
    await gateway.services.library.refresh()
    await gateway.services.directory.refresh()
    assert (await searched(visitor, q="lamp"))["items"] == []
    assert len((await searched(gateway.anonymous(), q="lamp", site_key=other.key))["items"]) == 1
    foreign = await gateway.anonymous().call(
        "GET",
        "/v1/kb/search",
        params={"q": "lamp", "site_key": other.key},
        headers={"origin": "https://evil.example"},
    )
    assert foreign.status_code == 403


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"locale": "nonsense-locale-x1"}, 422, "locale_invalid"),
        ({"title": " "}, 422, "text_invalid"),
        ({"title": ""}, 422, "invalid"),
        ({"body": "a\0b"}, 422, "invalid"),
        ({"unknown": 1}, 422, "invalid"),
        ({"sites": [new_id()]}, 422, "site_unknown"),
        ({"sites": ["shop"]}, 422, "invalid"),
        ({"slug": "Not Good"}, 422, "slug_invalid"),
        ({"tags": None}, 422, "invalid"),
        ({"status": "gone"}, 422, "invalid"),
        ({"publish_at": "2026-01-01T00:00:00"}, 422, "invalid"),
        ({"translation_of": new_id()}, 404, "not_found"),
    ],
)
async def test_what_is_wrong_is_refused(
    standing: Gateway, change: dict[str, Any], status: int, code: str
) -> None:
    writer = await standing.agent(preset="writer")
    answer = await writer.call("POST", "/v1/kb/articles", {**LAMP, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_translations_and_suggestions(gateway: Gateway) -> None:
    writer, visitor = await gateway.agent(preset="writer"), await gateway.visitor()
    english = (await writer.call("POST", "/v1/kb/articles", {**LAMP, "url_patterns": ["/lamps*"]})).json()
    arabic = {
        "locale": "ar-EG",
        "title": "إصلاح المصباح",
        "body": "افتح المصباح.",
        "translation_of": english["id"],
    }
    made = await writer.call("POST", "/v1/kb/articles", {**arabic, "url_patterns": ["/lamps*"]})
    assert made.status_code == 201
    again = await writer.call("POST", "/v1/kb/articles", {**arabic, "locale": "en"})
    assert (again.status_code, again.json()["code"]) == (409, "translation_exists")
    listed = await writer.call("GET", f"/v1/kb/articles/{english['id']}/translations")
    assert [one["locale"] for one in listed.json()["items"]] == ["ar-EG", "en"]
    await gateway.services.library.refresh()
    for locale, title in (("en", "Repairing a lamp"), ("ar", "إصلاح المصباح")):
        answer = await visitor.call(
            "GET", "/v1/kb/suggest", params={"url": "https://x.example/lamps/1", "locale": locale}
        )
        assert [item["title"] for item in answer.json()["items"]] == [title]


async def test_an_import_reports_every_file(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("en/a.md", FILE.format(title="Lamps"))
        archive.writestr("en/b.md", "---\ntitle: x\nlocale: en\naudiance: agents\n---\ntext")
    for expected in ("created", "unchanged"):
        answer = await writer.call("POST", "/v1/kb/import", files={"file": ("kb.zip", stream.getvalue())})
        assert answer.status_code == 200, answer.text
        first, second = answer.json()["items"]
        assert (first["path"], first["result"]) == ("en/a.md", expected)
        assert (second["result"], second["problems"][0]["line"]) == ("failed", 4)
    single = await writer.call(
        "POST", "/v1/kb/import", files={"file": ("c.md", FILE.format(title="Desks").encode())}
    )
    assert single.json()["items"][0]["result"] == "created"
    for name, data in (("kb.zip", b"no archive"), ("kb.exe", b"x")):
        assert (await writer.call("POST", "/v1/kb/import", files={"file": (name, data)})).status_code == 422
    drafter = Caller(gateway.http, await builders.make_key(gateway.db, "kb.write"))
    refused = await drafter.call("POST", "/v1/kb/import", files={"file": ("c.md", b"x")})
    assert refused.status_code == 403


async def test_writers_find_articles_by_tag_owner_and_words_and_know_their_choices(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer", name="Wren")
    owner = (await writer.call("GET", "/v1/me")).json()["agent"]["id"]
    await writer.call("POST", "/v1/kb/articles", {**LAMP, "tags": ["light"], "owner_id": owner})
    await writer.call("POST", "/v1/kb/articles", {**SECRET, "tags": ["50% off"]})
    asked = {"tag": "light", "owner_id": owner, "q": "THE BULB"}
    for name, value in asked.items():
        found = (await writer.call("GET", "/v1/kb/articles", params={name: value})).json()["items"]
        assert [one["title"] for one in found] == [LAMP["title"]], name
    for words, count in (("50%", 1), ("%", 1), ("_", 0), ("nowhere", 0), ("  ", 2)):
        found = (await writer.call("GET", "/v1/kb/articles", params={"q": words})).json()["items"]
        assert len(found) == count, words
    choices = (await writer.call("GET", "/v1/kb/choices")).json()
    assert choices["tags"] == ["50% off", "light"]
    assert choices["locales"] == ["en"]
    assert {"id": owner, "name": "Wren"} in choices["owners"]
    assert [site["id"] for site in choices["sites"]] == [gateway.site.id]
