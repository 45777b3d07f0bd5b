"""A wheel without the built web pages would start and show nothing: refuse to build it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = ("widget/widget.js", "desk/index.html", "demo/index.html")


class WebPages(BuildHookInterface[Any]):
    """Checks that `make web` was run before a wheel is packed; an editable install serves whatever is there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises RuntimeError where a page is missing."""
        if version == "editable":
            return
        files = Path(self.root) / "api" / "pages" / "files"
        missing = [page for page in PAGES if not (files / page).is_file()]
        if missing:
            raise RuntimeError(f"The web pages are not built ({', '.join(missing)}): run `make web` first.")
