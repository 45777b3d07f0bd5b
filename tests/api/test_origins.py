"""Which pages may call: exact lists for visitors, our own for an agent's cookie; limits by default; addresses behind proxies."""

from pathlib import Path
from typing import Any

import pytest

from api.addresses import Addresses
from funnel.core.database import open_database
from funnel.core.ids import new_id
from funnel.core.settings import ServerSettings
from tests import builders
from tests.api.gateway import ORIGIN, Gateway, open_gateway
from tests.configuration import make_settings

WRONG = (
    "null",
    "https://shop.example.evil",
    "https://evil-shop.example",
    "http://shop.example",
    "https://shop.example:8443",
    "https://SHOP.example",
    "https://shop.example/",
)


async def test_preflight(gateway: Gateway) -> None:
    for path in (
        "/v1/widget/session",
        "/v1/conversations",
        f"/v1/conversations/{new_id()}/messages",
        "/v1/me",
        "/v1/uploads",
    ):
        headers = {"origin": ORIGIN, "access-control-request-method": "POST"}
        answer = await gateway.http.options(path, headers=headers)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "authorization" in answer.headers["access-control-allow-headers"]
        assert "Origin" in answer.headers["vary"]
        for wrong in WRONG:
            refused = await gateway.http.options(path, headers={**headers, "origin": wrong})
            assert refused.status_code == 403
            assert "access-control-allow-origin" not in refused.headers


async def test_a_page_must_be_on_the_sites_list(gateway: Gateway) -> None:
    other = await builders.make_site(gateway.db, origins=["https://other.example"])
    await gateway.services.directory.refresh()
    visitor = await gateway.visitor()
    message = {"client_message_id": "m", "text": "hi"}
    session = {"site_key": gateway.site.key}
    for origin in (*WRONG, "https://other.example"):
        for path, body in (("/v1/conversations", message), ("/v1/widget/session", session)):
            answer = await visitor.call("POST", path, body, headers={"origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed"), origin
    good = await visitor.call("POST", "/v1/conversations", message, headers={"origin": ORIGIN})
    assert good.status_code == 201
    assert good.headers["access-control-allow-origin"] == ORIGIN
    foreign = await visitor.call(
        "POST", "/v1/widget/session", {"site_key": other.key}, headers={"origin": ORIGIN}
    )
    assert foreign.status_code == 403


async def test_a_cookie_writes_from_our_own_page_only(gateway: Gateway) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    conversation_id = (await visitor.say("a person please"))["conversation"]["id"]
    cookie = {"cookie": f"funnel_session={agent.token}"}
    path = f"/v1/conversations/{conversation_id}"
    assert (await gateway.http.get(path, headers=cookie)).status_code == 200
    for origin in (None, ORIGIN, "null"):
        headers = {**cookie, **({"origin": origin} if origin else {})}
        assert (await gateway.http.post(f"{path}/claim", headers=headers)).status_code == 403
    own = {**cookie, "origin": gateway.base_url}
    assert (await gateway.http.post(f"{path}/claim", headers=own)).status_code == 201


async def test_limits_by_default(database_url: str, tmp_path: Path) -> None:
    limits = {"on": True, "widget_sessions_per_minute": 3, "sockets_per_address": 2}
    settings = make_settings(database_url, limits=limits, uploads={"dir": tmp_path})
    async with open_database(settings) as db, open_gateway(settings, db) as gateway:
        visitor = await gateway.visitor()
        for _ in range(10):
            await visitor.say("hi")
        body = {"client_message_id": new_id(), "text": "one more"}
        refused = await visitor.call("POST", "/v1/conversations", body)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 10
        for _ in range(10):
            stored = await visitor.call(
                "POST", "/v1/uploads", files={"file": ("a.txt", b"a line", "text/plain")}
            )
            assert stored.status_code == 201, "files are not counted as messages"
        statuses = [
            (
                await gateway.anonymous().call("POST", "/v1/widget/session", {"site_key": gateway.site.key})
            ).status_code
            for _ in range(4)
        ]
        assert statuses == [201, 201, 201, 429]
        other = await gateway.visitor()
        async with gateway.socket(other), gateway.socket(other), gateway.socket(None) as third:
            assert await third.closed() == 1013
        async with gateway.socket(other):
            pass


def _scope(peer: str, **headers: str) -> dict[str, Any]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"client": (peer, 1), "scheme": "http", "headers": raw}


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::/64"),
    ],
)
def test_addresses_behind_proxies(peer: str, forwarded: str, found: str) -> None:
    addresses = Addresses(ServerSettings(trusted_proxies=("10.0.0.0/8",)))
    assert addresses.client(_scope(peer, x_forwarded_for=forwarded)) == found
    assert addresses.base_url(
        _scope("10.0.0.1", host="in:1", x_forwarded_proto="https", x_forwarded_host="Out.example")
    ) == ("https://out.example")
    assert addresses.base_url(_scope("1.1.1.1", host="in:1", x_forwarded_host="evil")) == "http://in:1"
