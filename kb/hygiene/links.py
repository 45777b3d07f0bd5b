"""The links of a text and what can be said of them without a network: broken, unsafe, or to a place that is not there."""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from kb.articles import safe_address
from kb.hygiene.findings import Finding, Kind
from kb.hygiene.reasons import Why, because
from kb.hygiene.units import Unit

_LINK: Final = re.compile(
    r"(!?)\[([^\[\]\n]{0,300})\]\(\s*<?((?:[^()<>\s]|\([^()<>\s]{0,200}\)){0,2000})>?(?:\s+\"[^\"\n]{0,300}\")?\s*\)"
)
_BARE: Final = re.compile(r"https?://[^\s<>()\[\]\"'，。；！？、]{1,2000}")
_NOWHERE: Final = re.compile(
    r"^(?:localhost|127\.|10\.|192\.168\.|0\.0\.0\.0)|\.(?:invalid|test|local|localhost)$|^(?:www\.)?(?:your-?(?:domain|site|company)|domain|site)\.com$",
    re.IGNORECASE,
)
_PLACE: Final = re.compile(r"[^\w\s-]")


class Link(msgspec.Struct, frozen=True):
    """A link or image of Markdown, or a bare address; `start` and `end` are its span in the text given."""

    start: int
    end: int
    text: str
    target: str
    image: bool = False

    @property
    def host(self) -> str:
        """The host it leads to; empty for a path, a place on the page and what cannot be read."""
        try:
            return (urlsplit(self.target).hostname or "").lower()
        except ValueError:
            return ""


def links(text: str) -> list[Link]:
    """Every link of a text, in order of kind and place."""
    if "](" not in text and "://" not in text:
        return []
    found = [Link(m.start(), m.end(), m[2], m[3], m[1] == "!") for m in _LINK.finditer(text)]
    covered = [(link.start, link.end) for link in found]
    bare = (m for m in _BARE.finditer(text) if not any(start <= m.start() < end for start, end in covered))
    return found + [Link(m.start(), m.end(), "", m[0].rstrip(".,:;!?")) for m in bare]


def anchor(heading: str) -> str:
    """The place on a page that a heading makes, as Markdown renderers name it."""
    return "-".join(_PLACE.sub("", heading.strip("# \t").casefold()).split())


def dead_links(found: Sequence[Unit]) -> Iterator[Finding]:
    """Links that lead nowhere, and images without words for those who cannot see them."""
    places = {anchor(unit.text) for unit in found if unit.heading}
    for unit in found:
        for link in () if unit.code else links(unit.text):
            start, end = unit.start + link.start, unit.start + link.end
            if (why := _dead(link, places)) is not None:
                yield Finding(kind=Kind.DEAD_LINK, start=start, end=end, why=why)
            if link.image and not link.text.strip():
                yield Finding(
                    kind=Kind.NO_ALTERNATIVE, start=start, end=end,
                    why=because("image_wordless"),
                )  # fmt: skip


def _dead(link: Link, places: set[str]) -> Why | None:
    target = link.target
    if not target:
        return because("link_empty")
    if target.startswith("#"):
        return None if target[1:].casefold() in places or target == "#" else because("link_heading")
    if not safe_address(target):
        return because("link_unsafe")
    if "://" in target:
        if "." not in link.host and link.host != "localhost":
            return because("link_no_host")
        if _NOWHERE.search(link.host):
            return because("link_nowhere")
    return None
