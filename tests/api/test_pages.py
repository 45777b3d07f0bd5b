"""The web's pages: policies, nonces, caching, compressed copies, and a plain word where nothing was built."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.responses import PlainTextResponse

from api.pages.built import BuiltFiles
from api.pages.demo import DemoShop
from api.pages.policy import desk_policy, shop_policy
from api.pages.serving import Pages
from tests import builders
from tests.api.gateway import ORIGIN, Gateway

HOME = "http://127.0.0.1:8000"
AGENT, PASSWORD = "noor@shop.example", "a long enough password"
SCRIPT = b"export const greeting = 'hello'; " * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {
        "desk/index.html": b'<meta property="csp-nonce" nonce="FUNNEL_NONCE">',
        "desk/assets/index-abc.js": SCRIPT,
        "desk/assets/index-abc.js.gz": gzip.compress(SCRIPT),
        "demo/index.html": b'<body data-ticket="FUNNEL_TICKET" data-site="FUNNEL_SITE_KEY">',
        "demo/basket.html": b"<title>basket</title>",
        "widget/widget.js": b"(()=>{})();",
        "widget/notes.txt": b"not for the world",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


def _client(gateway: Gateway, folder: Path) -> httpx.AsyncClient:
    shop = DemoShop(gateway.site.key, AGENT, PASSWORD)
    pages = Pages(PlainTextResponse("behind", 404), gateway.services, BuiltFiles(folder), shop)
    return httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url=HOME)


@pytest_asyncio.fixture
async def web(gateway: Gateway, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(gateway, folder) as client:
        yield client


async def test_the_desk_is_one_page_with_a_nonce_of_its_own(web: httpx.AsyncClient) -> None:
    first, second = await web.get("/desk"), await web.get("/desk/inbox/mine")
    nonces = [re.findall(r'nonce="([^"]+)"', answer.text)[0] for answer in (first, second)]
    assert len(set(nonces)) == 2
    for answer, nonce in zip((first, second), nonces, strict=True):
        policy = answer.headers["content-security-policy"]
        assert f"'nonce-{nonce}'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-cache"


async def test_hashed_files_never_change_and_the_short_name_is_asked_again(web: httpx.AsyncClient) -> None:
    hashed, short = await web.get("/desk/assets/index-abc.js"), await web.get("/widget.js")
    assert "immutable" in hashed.headers["cache-control"]
    assert "immutable" not in short.headers["cache-control"]
    assert short.headers["access-control-allow-origin"] == "*"
    again = await web.get("/widget.js", headers={"if-none-match": short.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip, br", "gzip"), ("gzip;q=0", None), ("identity", None), ("", None)]
)
async def test_the_copy_that_fits_is_sent(web: httpx.AsyncClient, accepted: str, coding: str | None) -> None:
    answer = await web.get("/desk/assets/index-abc.js", headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert answer.content == SCRIPT
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["/desk/assets/none.js", "/demo/../desk", "/demo/none", "/widget/notes.txt", "/demo/..%2fdesk", "/widget/"]
)  # fmt: skip
async def test_what_was_not_built_is_not_there(web: httpx.AsyncClient, path: str) -> None:
    answer = await web.get(path)
    assert answer.status_code == (200 if path == "/demo/../desk" else 404)
    assert "not for the world" not in answer.text


async def test_only_reading(web: httpx.AsyncClient) -> None:
    assert (await web.post("/desk")).status_code == 405
    head = await web.head("/demo/basket")
    assert (head.status_code, head.content) == (200, b"")
    assert (await web.get("/elsewhere")).text == "behind"


async def test_the_sites_pages_may_frame_the_shop(web: httpx.AsyncClient) -> None:
    policy = (await web.get("/demo")).headers["content-security-policy"]
    assert f"frame-ancestors 'self' {ORIGIN}" in policy
    assert "trusted-types 'none'" in policy


async def test_where_nothing_was_built_a_sentence_says_what_to_do(gateway: Gateway, tmp_path: Path) -> None:
    async with _client(gateway, tmp_path / "nothing") as web:
        for path in ("/widget.js", "/desk", "/demo"):
            answer = await web.get(path)
            assert answer.status_code == 503
            assert "make web" in answer.text


async def test_every_answer_says_nosniff(gateway: Gateway) -> None:
    answer = await gateway.http.get("/desk")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_origin_cannot_write_into_the_policy() -> None:
    policy = shop_policy(["https://a.example", "https://b.example; script-src *", "https://[::1]:8443"])
    assert b"https://a.example" in policy
    assert b"https://[::1]:8443" in policy
    assert b"script-src *" not in policy
    assert b"'unsafe-inline'" not in desk_policy("x")


async def test_a_preview_holds_one_live_sites_widget_and_only_our_pages_frame_it(gateway: Gateway) -> None:
    page = await gateway.http.get("/desk/preview", params={"site": gateway.site.key, "lang": "zh-TW"})
    assert f'<script defer src="/widget.js" data-site="{gateway.site.key}">' in page.text
    assert '<html lang="zh-Hant">' in page.text
    assert page.headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert "unsafe" not in page.headers["content-security-policy"]
    for key in ("", "nothing", '"><script>', "\x00"):
        unknown = await gateway.http.get("/desk/preview", params={"site": key})
        assert (unknown.status_code, unknown.headers["content-type"]) == (404, "text/plain; charset=utf-8")


async def _ticket(web: httpx.AsyncClient, **headers: str) -> str:
    page = await web.get("/demo", headers=headers)
    assert page.headers["cache-control"] == "no-store"
    return re.findall(r'data-ticket="([^"]*)"', page.text)[0]


async def test_a_ticket_of_the_demo_page_opens_the_desk_once(
    gateway: Gateway, web: httpx.AsyncClient
) -> None:
    await builders.make_agent(gateway.db, email=AGENT, password=PASSWORD, team_id=gateway.team_id)
    ticket = await _ticket(web)

    async def enter(value: str, **headers: str) -> httpx.Response:
        return await web.post("/demo/desk", data={"ticket": value}, headers={"origin": HOME, **headers})

    assert (await enter("guessed")).status_code == 403
    foreign = await enter(await _ticket(web), origin="https://evil.example")
    assert (foreign.status_code, "set-cookie" in foreign.headers) == (403, False)
    opened = await enter(ticket)
    assert (opened.status_code, opened.headers["location"]) == (303, "/desk")
    assert "httponly" in opened.headers["set-cookie"].lower()
    assert (await enter(ticket)).status_code == 403
    token = opened.headers["set-cookie"].partition("=")[2].partition(";")[0]
    me = await gateway.http.get("/v1/me", headers={"authorization": f"Bearer {token}"})
    assert me.json()["agent"]["email"] == AGENT


@pytest.mark.parametrize(
    "headers", [{"host": "rebound.example"}, {"x-forwarded-for": "203.0.113.9"}, {"host": "127.0.0.1.evil.example"}]
)  # fmt: skip
async def test_nobody_elsewhere_gets_a_ticket(web: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert await _ticket(web) != ""
    assert await _ticket(web, **headers) == ""
