"""Setting up by HTTP: sites, hours, inboxes, teams, queues, agents, keys; who may, what is refused, what is shown once."""

from typing import Any

import pytest

from funnel.core.ids import new_id
from tests import builders
from tests.api.gateway import Caller, Gateway

SITE = {"name": "Second shop", "origins": ["https://two.example"], "locales": ["ar", "en"]}
WEEK = {"monday": [{"opens": "09:00", "closes": "17:30"}], "sunday": [{"opens": "00:00", "closes": "24:00"}]}


async def made(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await caller.call("POST", path, body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def bodies(gateway: Gateway) -> dict[str, dict[str, Any]]:
    return {
        "sites": SITE,
        "business-hours": {"name": "Office", "zone": "Asia/Shanghai", "weekly": WEEK},
        "teams": {"name": "Care"},
        "queues": {"name": "Returns", "team_id": gateway.team_id},
        "agents": {"email": "bo@example.com", "name": "Bo"},
        "api-keys": {"name": "Import", "scopes": ["contacts"]},
    }


async def test_a_site_needs_only_name_origins_and_locales(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    site = await made(admin, "/v1/sites", SITE)
    assert site["origins"] == ["https://two.example"]
    assert site["locales"] == ["ar", "en"]
    assert (site["zone"], site["identity_required"], site["archived_at"]) == ("UTC", False, None)
    assert len(site["key"]) >= 20
    assert len(site["identity_secret"]) >= 43
    assert gateway.services.directory.now().sites[site["id"]].inbox_id == site["inbox_id"]
    read = (await admin.call("GET", f"/v1/sites/{site['id']}")).json()
    listed = (await admin.call("GET", "/v1/sites")).json()["items"][-1]
    assert read == listed
    assert "identity_secret" not in read
    assert site["identity_secret"] not in str(read)
    opened = await gateway.anonymous().call("POST", "/v1/widget/session", {"site_key": site["key"]})
    assert opened.status_code == 201
    assert opened.json()["site"]["locale"] == "ar"


async def test_every_place_is_made_read_changed_listed_and_archived(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    for path, body in bodies(gateway).items():
        thing = await made(admin, f"/v1/{path}", body)
        address = f"/v1/{path}/{thing['id']}"
        assert (await admin.call("GET", address)).json()["id"] == thing["id"]
        changed = await admin.call("PUT", address, {"name": "Changed"})
        assert (changed.status_code, changed.json()["name"]) == (200, "Changed"), changed.text
        listed = (await admin.call("GET", f"/v1/{path}?limit=200")).json()["items"]
        assert thing["id"] in [item["id"] for item in listed]
        for _ in range(2):
            gone = await admin.call("DELETE", address)
            assert (gone.status_code, gone.content) == (204, b"")
        listed = (await admin.call("GET", f"/v1/{path}?limit=200")).json()["items"]
        assert thing["id"] not in [item["id"] for item in listed]
        if path != "queues":
            assert (await admin.call("GET", address)).json()["archived_at"] is not None


@pytest.mark.parametrize(
    "path", ["sites", "business-hours", "teams", "queues", "agents", "inboxes", "api-keys"]
)
async def test_what_is_not_there_is_not_found(standing: Gateway, path: str) -> None:
    admin = await standing.agent(preset="admin")
    body = {"name": "X"}
    for key in (new_id(), "nothing", "%00", "0", "%ED%A0%80"):
        for method in ("GET", "PUT", "DELETE"):
            answer = await admin.call(method, f"/v1/{path}/{key}", body if method == "PUT" else None)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, key)


NEEDED = {
    "sites": "channels", "business-hours": "channels", "inboxes": "channels",
    "teams": "people", "queues": "people", "agents": "people", "api-keys": "people",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(NEEDED))
async def test_only_those_with_the_permission_set_up(standing: Gateway, path: str) -> None:
    right, wrong = NEEDED[path], {"channels": "people", "people": "channels"}[NEEDED[path]]
    body = bodies(standing).get(path) or {
        "site_id": standing.site.id, "channel": "web", "name": "X", "queue_id": standing.queue_id,
    }  # fmt: skip
    requests = [("POST", f"/v1/{path}", body), ("GET", f"/v1/{path}/{new_id()}", None)]
    requests += [("PUT", f"/v1/{path}/{new_id()}", {"name": "X"}), ("DELETE", f"/v1/{path}/{new_id()}", None)]
    if path != "queues":
        requests.append(("GET", f"/v1/{path}", None))
    nobody, visitor = standing.anonymous(), await standing.visitor()
    refused = {401: [nobody, visitor], 403: [await standing.agent(), await standing.agent(preset="lead")]}
    refused[403].append(Caller(standing.http, await builders.make_key(standing.db, wrong)))
    for status, callers in refused.items():
        for caller in callers:
            for method, address, sent in requests:
                answer = await caller.call(method, address, sent)
                assert answer.status_code == status, (method, address, answer.text)
    key = Caller(standing.http, await builders.make_key(standing.db, right))
    statuses = [(await key.call(method, address, sent)).status_code for method, address, sent in requests]
    assert not {401, 403} & set(statuses)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("sites", {**SITE, "key": "mine"}, "invalid"),
        ("sites", {**SITE, "id": new_id()}, "invalid"),
        ("sites", {**SITE, "identity_secret": "mine"}, "invalid"),
        ("sites", {**SITE, "archived_at": None}, "invalid"),
        ("sites", {**SITE, "origins": ["https://two.example/path"]}, "origin_invalid"),
        ("sites", {**SITE, "origins": "https://two.example"}, "invalid"),
        ("sites", {**SITE, "locales": []}, "invalid"),
        ("sites", {**SITE, "locales": ["klingonisch"]}, "locale_invalid"),
        ("sites", {**SITE, "zone": "Mars/Base"}, "zone_unknown"),
        ("sites", {**SITE, "name": "a\0b"}, "invalid"),
        ("sites", {**SITE, "identity_required": "yes"}, "invalid"),
        ("sites", {**SITE, "business_hours_id": new_id()}, "reference_unknown"),
        ("sites", {"name": "X"}, "invalid"),
        ("sites", {**SITE, "a\0": 1}, "invalid"),
        ("business-hours", {"name": "X", "zone": "UTC", "weekly": {"monday": [{"opens": "9", "closes": "17"}]}}, "invalid"),
        ("business-hours", {"name": "X", "zone": "UTC", "weekly": {"monday": [{"opens": "09:00", "closes": "24:01"}]}}, "invalid"),
        ("business-hours", {"name": "X", "zone": "UTC", "weekly": {"monday": [{"opens": "17:00", "closes": "09:00"}]}}, "hours_invalid"),
        ("business-hours", {"name": "X", "zone": "UTC", "weekly": {"funday": []}}, "invalid"),
        ("business-hours", {"name": "X", "zone": "UTC", "weekly": {}, "holidays": [{"date": "2026-02-30"}]}, "invalid"),
        ("teams", {"name": " "}, "name_invalid"),
        ("queues", {"name": "X", "team_id": new_id()}, "reference_unknown"),
        ("queues", {"name": "X", "team_id": "nothing"}, "invalid"),
        ("agents", {"email": "nobody", "name": "X"}, "email_invalid"),
        ("agents", {"email": "x@example.com", "name": "X", "preset": "king"}, "invalid"),
        ("agents", {"email": "x@example.com", "name": "X", "permissions": ["fly"]}, "invalid"),
        ("agents", {"email": "x@example.com", "name": "X", "password": "short"}, "password_invalid"),
        ("agents", {"email": "x@example.com", "name": "X", "password_hash": "x"}, "invalid"),
        ("agents", {"email": "x@example.com", "name": "X", "status": "online"}, "invalid"),
        ("agents", {"email": "x@example.com", "name": "X", "teams": [{"team_id": new_id()}]}, "reference_unknown"),
        ("api-keys", {"name": "X", "scopes": []}, "invalid"),
        ("api-keys", {"name": "X", "scopes": ["everything"]}, "scope_unknown"),
        ("api-keys", {"name": "X", "scopes": ["people"], "token": "fk_mine"}, "invalid"),
    ],
)  # fmt: skip
async def test_bad_input_is_refused_with_a_reason(
    standing: Gateway, path: str, body: dict[str, Any], code: str
) -> None:
    admin = await standing.agent(preset="admin")
    answer = await admin.call("POST", f"/v1/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_hours_keep_their_words_and_open_the_site(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    hours = await made(
        admin,
        "/v1/business-hours",
        {"name": "Office", "zone": "Europe/Berlin", "weekly": WEEK, "holidays": [{"date": "2026-12-25"}]},
    )
    assert hours["weekly"]["monday"] == WEEK["monday"]
    assert hours["weekly"]["tuesday"] == []
    assert hours["weekly"]["sunday"] == WEEK["sunday"]
    assert hours["holidays"] == [{"date": "2026-12-25", "openings": []}]
    linked = await admin.call("PUT", f"/v1/sites/{gateway.site.id}", {"business_hours_id": hours["id"]})
    assert linked.json()["business_hours_id"] == hours["id"]
    assert (await admin.call("DELETE", f"/v1/business-hours/{hours['id']}")).json()["code"] == "in_use"
    closed = await admin.call("PUT", f"/v1/business-hours/{hours['id']}", {"weekly": {}})
    assert closed.json()["holidays"] == hours["holidays"]
    session = await gateway.anonymous().call("POST", "/v1/widget/session", {"site_key": gateway.site.key})
    assert session.json()["site"]["open"] is False
    unlinked = await admin.call("PUT", f"/v1/sites/{gateway.site.id}", {"business_hours_id": None})
    assert unlinked.json()["business_hours_id"] is None


async def test_helplines_and_texts_come_back_as_they_were_given(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    body = {
        "helplines": {"zh-TW": {"text": "1925", "valid_until": "2030-01-31"}},
        "texts": {"safety": {"en": "We hear you."}},
        "reply_seconds": {"web": 600},
        "on_call": "oncall@shop.example",
        "safety_confirmed": True,
    }
    site = (await admin.call("PUT", f"/v1/sites/{gateway.site.id}", body)).json()
    assert site["helplines"] == {"zh-Hant": {"text": "1925", "valid_until": "2030-01-31"}}
    assert site["texts"] == {"safety": {"en": "We hear you."}}
    assert site["safety_confirmed_at"] is not None
    assert (await admin.call("GET", f"/v1/sites/{gateway.site.id}")).json() == site


async def test_a_new_secret_is_shown_once(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    answer = await admin.call("POST", f"/v1/sites/{gateway.site.id}/identity-secret")
    assert answer.status_code == 201
    assert answer.json()["identity_secret"] != gateway.site.secret


async def test_pages_of_a_list(gateway: Gateway) -> None:
    admin = await gateway.agent(preset="admin")
    for n in range(4):
        await made(admin, "/v1/teams", {"name": f"Team number {n}"})
    first = (await admin.call("GET", "/v1/teams?limit=3")).json()
    second = (await admin.call("GET", f"/v1/teams?limit=3&cursor={first['next']}")).json()
    assert len(first["items"]) == 3
    assert second["next"] is None
    assert not {team["id"] for team in first["items"]} & {team["id"] for team in second["items"]}
    for query in ("limit=0", "limit=201", "limit=x", "cursor=x!", "unknown=1"):
        assert (await admin.call("GET", f"/v1/teams?{query}")).status_code == 422, query
