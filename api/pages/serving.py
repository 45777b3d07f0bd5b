"""The web's addresses as plain ASGI behind the front table: `/widget.js`, `/widget/...`, `/desk`, `/demo`. GET and HEAD only."""

import secrets
from collections.abc import Mapping
from html import escape

from starlette.types import ASGIApp, Receive, Scope, Send

from api.addresses import header
from api.pages.built import BuiltFile, BuiltFiles
from api.pages.demo import DemoDoor, DemoShop
from api.pages.policy import desk_policy, shop_policy
from api.services import Services
from funnel.core.errors import FunnelError

NONCE = b"FUNNEL_NONCE"
TICKET = b"FUNNEL_TICKET"
NOT_BUILT = b"The web pages are not built here. Run `make web`, then start again.\n"
NOT_AT_HOME = b"Open this from the demo page, on the machine that runs it. The link works once.\n"
NOT_FOUND = b"There is no such page.\n"
FOREVER = b"public, max-age=31536000, immutable"
A_WHILE = b"public, max-age=300, stale-while-revalidate=86400"
ALWAYS_ASK = b"no-cache"
Headers = list[tuple[bytes, bytes]]
_PLAIN: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]


class Pages:
    """Answers the web's addresses; everything else goes to the application behind."""

    def __init__(
        self,
        app: ASGIApp,
        services: Services,
        files: BuiltFiles | None = None,
        demo: DemoShop | None = None,
    ) -> None:
        self._app = app
        self._services = services
        self._demo = DemoDoor(demo, services) if demo else None
        self._files = files or BuiltFiles()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a page or a file."""
        part = scope["path"].split("/", 2)[1] if scope["type"] == "http" else ""
        if part not in ("widget.js", "widget", "desk", "demo"):
            await self._app(scope, receive, send)
            return
        scope["path_template"] = f"/{part}" if part == "widget.js" else f"/{part}/*"
        if self._demo and (scope["method"], scope["path"]) == ("POST", "/demo/desk"):
            await self._enter(self._demo, scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(scope, send, 405, [*_PLAIN, (b"allow", b"GET, HEAD")], b"Only GET and HEAD.\n")
            return
        files = await self._files.all()
        if not files:
            await _answer(scope, send, 503, _PLAIN, NOT_BUILT)
            return
        await self._serve(scope, send, files)

    async def _serve(self, scope: Scope, send: Send, files: Mapping[str, BuiltFile]) -> None:
        path = scope["path"].strip("/")
        if path == "widget.js":
            file = files.get("widget/widget.js")
            await _file(scope, send, file, [(b"cache-control", A_WHILE)])
        elif path in files and not path.endswith(".html"):
            await _file(scope, send, files[path], [])
        elif path == "desk" or (path.startswith("desk/") and not path.startswith("desk/assets/")):
            nonce = secrets.token_urlsafe(16)
            policy = desk_policy(nonce)
            page = files.get("desk/index.html")
            await _page(scope, send, page, policy, {NONCE: nonce}, [(b"x-frame-options", b"DENY")])
        elif self._demo and path.partition("/")[0] == "demo":
            name = path.removeprefix("demo").strip("/") or "index"
            words = {b"FUNNEL_SITE_KEY": self._demo.site_key, TICKET: self._demo.ticket(scope)}
            policy = shop_policy(self._ancestors())
            await _page(scope, send, files.get(f"demo/{name}.html"), policy, words, [])
        else:
            await _answer(scope, send, 404, _PLAIN, NOT_FOUND)

    async def _enter(self, demo: DemoDoor, scope: Scope, receive: Receive, send: Send) -> None:
        """The demo agent's session for whoever has a good ticket."""
        try:
            cookie = await demo.enter(scope, receive)
        except FunnelError:
            cookie = None
        if cookie is None:
            await _answer(scope, send, 403, _PLAIN, NOT_AT_HOME)
            return
        headers = [(b"location", b"/desk"), (b"set-cookie", cookie), (b"cache-control", b"no-store")]
        await _answer(scope, send, 303, headers, b"")

    def _ancestors(self) -> set[str]:
        """The pages of every site: they may show ours in a frame."""
        return {origin for site in self._services.directory.now().sites.values() for origin in site.origins}


async def _file(scope: Scope, send: Send, file: BuiltFile | None, extra: Headers) -> None:
    """A file as it was built. Any page may load the widget's code: it is public, and what it may read is the API's to say."""
    if file is None:
        await _answer(scope, send, 404, _PLAIN, NOT_FOUND)
        return
    headers = [
        (b"content-type", file.content_type),
        (b"etag", file.etag),
        (b"vary", b"Accept-Encoding"),
        (b"access-control-allow-origin", b"*"),
        *(extra or [(b"cache-control", FOREVER if file.immutable else ALWAYS_ASK)]),
    ]
    if header(scope, b"if-none-match") == file.etag.decode():
        await _answer(scope, send, 304, headers, b"")
        return
    coding, content = file.fitting(header(scope, b"accept-encoding") or "")
    if coding is not None:
        headers.append((b"content-encoding", coding))
    await _answer(scope, send, 200, headers, content)


async def _page(
    scope: Scope,
    send: Send,
    page: BuiltFile | None,
    policy: bytes,
    words: Mapping[bytes, str],
    extra: Headers,
) -> None:
    """A page under its policy, with what is this answer's own in it: a nonce, a site's key, a ticket."""
    if page is None:
        await _answer(scope, send, 404, _PLAIN, NOT_FOUND)
        return
    headers = [
        (b"content-type", page.content_type),
        (b"cache-control", b"no-store" if TICKET in words else ALWAYS_ASK),
        (b"content-security-policy", policy),
        (b"permissions-policy", b"geolocation=(), microphone=(), payment=(), usb=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
        *extra,
    ]
    content = page.content
    for name, word in words.items():
        content = content.replace(name, escape(word).encode())
    await _answer(scope, send, 200, headers, content)


async def _answer(scope: Scope, send: Send, status: int, headers: Headers, body: bytes) -> None:
    if status != 304:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
