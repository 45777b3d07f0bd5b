"""For the people who write, over HTTP: pages, previews, findings, gaps, health, terms, export."""

import io
import zipfile
from datetime import timedelta
from typing import Any

from api.trust import Trust
from funnel.core.ids import new_id
from kb.bulk import Result
from kb.importers.importing import Importer
from kb.importers.sources import zip_sources
from tests import builders
from tests.api.gateway import Caller, Gateway

LAMP = {
    "locale": "en",
    "title": "Repairing a lamp",
    "body": "# How\n\nOpen **the lamp** and change the bulb.",
}
TEXT = (
    "You can return anything within {days} days. Print the label and send the parcel from any shop near you."
)
ICONS = "Facebook iconTwitter iconYouTube icon"


async def made(writer: Caller, **fields: Any) -> dict[str, Any]:
    answer = await writer.call("POST", "/v1/kb/articles", {**LAMP, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_page_is_read_by_id_and_address_and_old_addresses_lead_to_it(gateway: Gateway) -> None:
    writer, visitor = await gateway.agent(preset="writer"), await gateway.visitor()
    steps = [{"kind": "link", "label": "Spare parts", "target": "/parts"}, {"kind": "person"}]
    article = await made(writer, next_steps=steps, safety=True)
    assert article["next_steps"][1] == {"kind": "person", "label": "", "target": ""}
    page = (await visitor.call("GET", "/v1/kb/page", params={"article": article["id"]})).json()
    assert page["html"].startswith("<h1>How</h1>")
    assert (page["safety"], page["next_steps"][0]["target"]) == (True, "/parts")
    arabic = await made(writer, locale="ar", title="إصلاح", body="افتح المصباح", translation_of=article["id"])
    await writer.call("PUT", f"/v1/kb/articles/{article['id']}", {"revision": 1, "slug": "mending"})
    moved = await visitor.call("GET", "/v1/kb/page", params={"locale": "en", "slug": "repairing-a-lamp"})
    assert (moved.status_code, moved.headers["location"]) == (308, "/v1/kb/page?locale=en&slug=mending")
    found = await visitor.call("GET", "/v1/kb/page?locale=en&slug=mending")
    assert found.json()["translations"] == [{"locale": "ar", "slug": arabic["slug"], "title": "إصلاح"}]
    by_key = await gateway.anonymous().call(
        "GET", "/v1/kb/page", params={"locale": "en", "slug": "mending", "site_key": gateway.site.key}
    )
    assert by_key.json() == found.json()
    for query in (
        "locale=en&slug=nothing",
        "locale=xx-&slug=mending",
        f"article={new_id()}",
        "article=nonsense",
        "slug=%00x",
        "",
    ):
        assert (await visitor.call("GET", f"/v1/kb/page?{query}")).status_code in (404, 422)
    assert (await gateway.anonymous().call("GET", "/v1/kb/page?locale=en&slug=mending")).status_code == 401


async def test_what_is_not_for_a_reader_is_not_there(gateway: Gateway) -> None:
    writer, agent, visitor = (
        await gateway.agent(preset="writer"),
        await gateway.agent(),
        await gateway.visitor(),
    )
    other = await builders.make_site(gateway.db)
    soon = (gateway.services.clock.now() + timedelta(days=1)).isoformat()
    past = (gateway.services.clock.now() - timedelta(days=1)).isoformat()
    hidden = [
        await made(writer, title="Draft", status="draft"),
        await made(writer, title="Agents", audience="agents"),
        await made(writer, title="Other", sites=[other.id]),
        await made(writer, title="Soon", publish_at=soon),
        await made(writer, title="Over", unpublish_at=past),
    ]
    for article in hidden:
        assert (
            await visitor.call("GET", "/v1/kb/page", params={"article": article["id"]})
        ).status_code == 404
    assert (await agent.call("GET", "/v1/kb/page", params={"article": hidden[1]["id"]})).status_code == 200
    await gateway.services.library.refresh()
    found = await visitor.call(
        "GET", "/v1/kb/search", params={"q": "open the lamp and change the bulb", "limit": 50}
    )
    assert found.json()["items"] == []


async def test_a_season_page_goes_when_its_time_is_over(gateway: Gateway) -> None:
    writer, visitor = await gateway.agent(preset="writer"), await gateway.visitor()
    article = await made(writer, unpublish_at=(gateway.services.clock.now() + timedelta(days=1)).isoformat())
    await gateway.services.library.refresh()
    query = {"q": "change the bulb"}
    assert (await visitor.call("GET", "/v1/kb/search", params=query)).json()["items"]
    await gateway.db.pool.execute(
        "update kb_articles set unpublish_at = now() where id = $1::uuid", article["id"]
    )
    await gateway.services.library.refresh()
    assert (await visitor.call("GET", "/v1/kb/search", params=query)).json()["items"] == []
    times = {"publish_at": "2030-01-02T00:00:00Z", "unpublish_at": "2030-01-01T00:00:00Z"}
    refused = await writer.call("POST", "/v1/kb/articles", {**LAMP, **times})
    assert (refused.status_code, refused.json()["code"]) == (422, "times_invalid")


async def test_a_draft_is_shown_by_its_link_only(gateway: Gateway) -> None:
    writer, nobody = await gateway.agent(preset="writer"), gateway.anonymous()
    draft = await made(writer, status="draft", title="<b>Lamp</b>")
    link = (await writer.call("POST", f"/v1/kb/articles/{draft['id']}/preview")).json()
    path = link["url"].removeprefix(gateway.base_url)
    shown = await nobody.call("GET", path)
    assert shown.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;Lamp" in shown.text
    assert "<strong>the lamp</strong>" in shown.text
    assert (await nobody.call("GET", path[:-2] + "AA")).status_code == 404
    agent = await gateway.agent()
    assert (await agent.call("POST", f"/v1/kb/articles/{draft['id']}/preview")).status_code == 403


async def test_what_is_kept_back_is_served_once_somebody_takes_it_for_good(gateway: Gateway) -> None:
    writer, visitor = await gateway.agent(preset="writer"), await gateway.visitor()
    article = await made(writer, title="Icons", body=ICONS)
    assert article["status"] == "quarantined"
    path = f"/v1/kb/articles/{article['id']}"
    (found,) = (await writer.call("GET", f"{path}/findings")).json()["items"]
    assert (found["finding"]["kind"], found["finding"]["quarantines"]) == ("boilerplate", True)
    assert (found["finding"]["reason_code"], found["finding"]["reason_values"]) == ("frame_icons", {})
    assert found["finding"]["reason"] == "The passage is made of names of icons and of navigation."
    listed = await writer.call("GET", "/v1/kb/findings", params={"kind": "boilerplate"})
    assert [one["article_id"] for one in listed.json()["items"]] == [article["id"]]
    body = {"kind": "boilerplate", "mark": found["finding"]["mark"], "reason": "It lists the icons."}
    for wrong in ({"reason": " "}, {"mark": "nothing"}, {"kind": "dead_link"}):
        assert (await writer.call("POST", f"{path}/findings/accept", {**body, **wrong})).status_code in (
            404,
            422,
        )
    accepted = await writer.call("POST", f"{path}/findings/accept", body)
    assert (accepted.json()["status"], accepted.json()["revision"]) == ("published", 2)
    assert (await visitor.call("GET", "/v1/kb/page", params={"article": article["id"]})).status_code == 200
    changed = await writer.call("PUT", path, {"revision": 2, "title": "All icons"})
    assert changed.json()["status"] == "published"
    assert (await writer.call("GET", f"{path}/findings")).json()["items"][0][
        "accepted"
    ] == "It lists the icons."


async def test_a_text_is_tried_before_it_is_stored(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer")
    answer = (await writer.call("POST", "/v1/kb/render", {**LAMP, "body": "See [x]()."})).json()
    assert answer["html"].startswith("<p>See")
    assert [one["kind"] for one in answer["findings"]] == ["dead_link"]


async def ask(gateway: Gateway, text: str, helpful: bool | None = None) -> Caller:
    visitor = await gateway.visitor()
    said = await visitor.say(text)
    offered = [event["data"]["answer_id"] for event in said["events"] if event["type"] == "answer.offered"]
    if helpful is not None:
        body = {"client_message_id": new_id(), "answer_id": offered[0], "helpful": helpful}
        path = f"/v1/conversations/{said['conversation']['id']}/feedback"
        assert (await visitor.call("POST", path, body)).status_code == 201
    return visitor


async def test_gaps_health_and_what_an_article_answered(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer")
    lamp = await made(writer, example_questions=["How do I repair my lamp?"])
    unseen = await made(
        writer, title="Gift cards", body="Gift cards are sent by mail.", review_by="2020-01-01"
    )
    await gateway.services.library.refresh()
    for helpful in (True, False, False, False):
        await ask(gateway, "How do I repair my lamp?", helpful)
    for text in ("Do you engrave names on brass plates?", "Can you engrave a name on a brass plate?"):
        await ask(gateway, text)
    items = (await writer.call("GET", "/v1/kb/gaps")).json()["items"]
    engraving = next(one for one in items if "engrave" in one["question"])
    assert (engraving["count"], engraving["locale"], sum(week["count"] for week in engraving["weeks"])) == (
        2,
        "en",
        2,
    )
    assert len(engraving["draft"]["example_questions"]) == 2
    created = await writer.call("POST", "/v1/kb/articles", {**engraving["draft"], "body": "Yes, we do."})
    assert created.status_code == 201, created.text
    assert next(one for one in items if "repair" in one["question"])["count"] == 3
    health = (await writer.call("GET", "/v1/kb/health")).json()
    assert [(one["article_id"], one["shown"], one["unhelpful"]) for one in health["unhelpful"]] == [
        (lamp["id"], 4, 3)
    ]
    assert unseen["id"] in [one["article_id"] for one in health["never_shown"]]
    assert [one["article_id"] for one in health["stale"]] == [unseen["id"]]
    assert any("engrave" in one["question"] for one in health["without_results"])
    due = (await writer.call("GET", "/v1/kb/freshness", params={"within_days": 0})).json()["items"]
    assert (due[0]["article_id"], due[0]["days_over"] > 2_000) == (unseen["id"], True)
    answered = (await writer.call("GET", f"/v1/kb/articles/{lamp['id']}/questions")).json()["items"]
    assert [one["went"] for one in answered] == ["unhelpful", "unhelpful", "unhelpful", "helpful"]
    bins = (await writer.call("GET", "/v1/kb/calibration")).json()["items"]
    assert [(one["locale"], one["rated"], one["helpful"]) for one in bins] == [("en", 4, 0.25)]
    draft: dict[str, Any] = {
        "locale": "en",
        "title": "Engraving",
        "body": "We engrave a name on a brass plate for free.",
    }
    draft |= {
        "example_questions": ["Can you engrave a name on a brass plate?"],
        "article_id": created.json()["id"],
    }
    tried = (await writer.call("POST", "/v1/kb/would-answer", draft)).json()["items"]
    assert ("Can you engrave a name on a brass plate?", "answer", 1) in [
        (one["question"]["text"], one["outcome"], one["rank"]) for one in tried
    ]


async def test_confidence_follows_what_people_say_of_the_answers(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer")
    await made(writer, example_questions=["How do I repair my lamp?"])
    library, trust = gateway.services.library, Trust(gateway.services)
    before = (await library.refresh()).search("my old lamp needs a screwdriver", "en", None).confidence
    assert not await trust.look()
    for _ in range(4):
        await ask(gateway, "How do I repair my lamp?", helpful=False)
    assert await trust.look()
    after = (await library.refresh()).search("my old lamp needs a screwdriver", "en", None).confidence
    assert 0 < after < before
    assert not await trust.look()  # the same votes are not counted twice
    assert (await library.refresh()).search("How do I repair my lamp?", "en", None).outcome == "answer"


async def test_an_erased_question_is_in_no_gap(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer")
    await ask(gateway, "Do you engrave names on brass plates?")
    assert len((await writer.call("GET", "/v1/kb/gaps")).json()["items"]) == 1
    await gateway.db.pool.execute(
        """update events set data = '{"redacted": true}' where type = 'message.created'"""
    )
    assert (await writer.call("GET", "/v1/kb/gaps")).json()["items"] == []


async def test_missing_translations_and_contradictions_are_in_the_report(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer")
    site = await builders.make_site(gateway.db, locales=["en", "ar"])
    one = await made(writer, title="Returns", body=TEXT.format(days=14), sites=[site.id])
    two = await made(writer, title="Returning", body=TEXT.format(days=30), sites=[site.id])
    health = (await writer.call("GET", "/v1/kb/health")).json()
    missing = {one["article_id"]: one["missing"] for one in health["missing_translations"]}
    assert missing[one["id"]] == ["ar"]
    kinds = {
        (found["article_id"], found["finding"]["kind"], found["finding"]["other_id"])
        for found in health["contradicting"]
    }
    assert (two["id"], "contradiction", one["id"]) in kinds
    await made(writer, title="Help", body="Go on with [the old page](/v1/kb/page?locale=en&slug=long-gone).")
    (dead,) = (await writer.call("GET", "/v1/kb/health")).json()["dead_links"]
    assert (dead["title"], dead["finding"]["kind"]) == ("Help", "dead_link")


async def test_terms_are_kept(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer")
    before = await gateway.db.pool.fetchval("select revision from kb_state")
    made_set = (
        await writer.call("POST", "/v1/kb/synonyms", {"locale": "zh-TW", "words": ["包裹", "包裹 ", "快遞"]})
    ).json()
    assert (made_set["locale"], made_set["words"]) == ("zh-Hant", ["包裹", "快遞"])
    path = f"/v1/kb/synonyms/{made_set['id']}"
    assert (
        await writer.call("PUT", path, {"locale": "en", "words": ["parcel", "package"]})
    ).status_code == 200
    assert [one["words"] for one in (await writer.call("GET", "/v1/kb/synonyms")).json()["items"]] == [
        ["parcel", "package"]
    ]
    assert (
        await writer.call("POST", "/v1/kb/synonyms", {"locale": "en", "words": ["one"]})
    ).status_code == 422
    term = await writer.call("POST", "/v1/kb/glossary", {"terms": {"en": ["refund"], "zh-Hans": ["退款"]}})
    assert term.status_code == 201
    assert (await writer.call("POST", "/v1/kb/glossary", {"terms": {"en": ["refund"]}})).status_code == 422
    assert await gateway.db.pool.fetchval("select revision from kb_state") == before + 3
    for gone in (path, f"/v1/kb/glossary/{term.json()['id']}"):
        assert (await writer.call("DELETE", gone)).status_code == 204
        assert (await writer.call("DELETE", gone)).status_code == 404


async def test_an_export_comes_back_without_a_change(gateway: Gateway) -> None:
    writer = await gateway.agent(preset="writer")
    english = await made(
        writer, tags=["a", "b: c"], short_answer="Open it: #1", next_steps=[{"kind": "person"}], safety=True, review_by="2030-01-01",
        unpublish_at="2031-01-01T00:00:00Z", url_patterns=["/lamps*"], example_questions=["Why?"], product="Lamp", owner_id=writer.id,
        status="draft", body="# How\n\n---\n\nOpen it.",
    )  # fmt: skip
    await made(
        writer,
        locale="ar",
        title="إصلاح",
        body="افتح المصباح",
        translation_of=english["id"],
        audience="agents",
    )
    packed = await writer.call("GET", "/v1/kb/export")
    assert packed.headers["content-type"] == "application/zip"
    assert sorted(zipfile.ZipFile(io.BytesIO(packed.content)).namelist())[1] == "en/repairing-a-lamp.md"
    report = await Importer(gateway.db).sources(list(zip_sources(packed.content)))
    assert [item.result for item in report.items] == [Result.UNCHANGED, Result.UNCHANGED]
