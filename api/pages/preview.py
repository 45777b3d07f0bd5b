"""`/desk/preview`: an empty page with one site's widget on it, for the set-up page of that site to show in a frame."""

from html import escape
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from api.pages.policy import shop_policy
from api.services import Services
from funnel.core.locales import resolve_locale

PATH = "/desk/preview"
_PAGE = (
    '<!doctype html><html lang="{locale}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title></head>'
    '<body><script defer src="/widget.js" data-site="{key}"></script></body></html>'
)


class Preview:
    """Answers its one address; everything else goes to the application behind. Only our own pages may frame it."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page of a live site; an unknown key is 404."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        scope["path_template"] = PATH
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        site = self._services.directory.now().site_by_key(asked.get("site", [""])[0])
        locale = resolve_locale(asked.get("lang", [None])[0], site.locales if site else ())
        content = b"No such site.\n"
        if site is not None:
            content = _PAGE.format(locale=locale, name=escape(site.name), key=escape(site.key)).encode()
        headers = [
            (b"content-type", b"text/html; charset=utf-8" if site else b"text/plain; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"content-security-policy", shop_policy(())),
        ]
        await send({"type": "http.response.start", "status": 200 if site else 404, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
