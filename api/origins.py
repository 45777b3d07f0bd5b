"""Which browser origins may call: the sites' lists for visitors, our own for agents. Exact comparison, no patterns."""

from api.addresses import Addresses, Scope, header
from funnel.core.errors import ErrorKind, FunnelError
from funnel.people.directory import Directory

VISITOR_PATHS = (
    "/v1/widget/",
    "/v1/conversations",
    "/v1/me",
    "/v1/uploads",
    "/v1/attachments/",
    "/v1/proactive/",
    "/v1/kb/search",
    "/v1/kb/suggest",
    "/v1/kb/page",
)


class Origins:
    """The lists as the directory knows them (at most a second old)."""

    def __init__(self, directory: Directory, addresses: Addresses) -> None:
        self._directory = directory
        self._addresses = addresses

    def own(self, scope: Scope, origin: str) -> bool:
        """Whether it is our own."""
        return origin == self._addresses.base_url(scope)

    def of_any_site(self, origin: str) -> bool:
        """Whether any site lists it: good for a preflight, which names no site."""
        return any(origin in site.origins for site in self._directory.now().sites.values())

    def of_site(self, site_id: str, origin: str) -> bool:
        """Whether this site lists it."""
        site = self._directory.now().sites.get(site_id)
        return site is not None and origin in site.origins

    def shared(self, scope: Scope) -> str | None:
        """The origin a visitor route's answer may be read by, if any."""
        origin = header(scope, b"origin")
        if origin is None or not scope["path"].startswith(VISITOR_PATHS):
            return None
        return origin if self.own(scope, origin) or self.of_any_site(origin) else None

    def require_site(self, scope: Scope, site_id: str) -> None:
        """A browser's origin must be on the site's list. No origin at all is no browser. Raises 403 origin_not_allowed."""
        origin = header(scope, b"origin")
        if origin is not None and not self.of_site(site_id, origin):
            raise refused()

    def require_own(self, scope: Scope) -> None:
        """A write with a cookie must come from our own pages. Raises 403 origin_not_allowed."""
        origin = header(scope, b"origin")
        if origin is None or not self.own(scope, origin):
            raise refused()


def refused() -> FunnelError:
    """403: the page is not on the list."""
    return FunnelError("origin_not_allowed", ErrorKind.FORBIDDEN, "This origin is not on the site's list.")
