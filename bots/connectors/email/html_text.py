"""The readable text of an HTML mail, with the quoted parts that mail programs mark left out. No styles, no scripts, no links followed."""

from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BLOCKS: Final = frozenset(
    {
        "p",
        "div",
        "tr",
        "table",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "pre",
        "hr",
    }
)
_VOID: Final = frozenset(
    {"br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source", "embed"}
)
_QUOTES: Final = (
    "gmail_quote",
    "gmail_extra",
    "yahoo_quoted",
    "moz-cite-prefix",
    "protonmail_quote",
    "zmail_extra",
    "ntes-mailmaster-quote",
)
_QUOTE_IDS: Final = (
    "divrplyfwdmsg",
    "appendonsend",
    "mail-editor-reference-message-container",
    "isreplycontent",
    "reply-intro",
)
MOST_DEPTH: Final = 2000


class _Reader(HTMLParser):
    """Collects text; everything inside a quotation or a silent element is skipped."""

    def __init__(self, *, quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.skipped = False
        self._keep_quotes = quotes
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" and not self._hidden:
            self.pieces.append("\n")
        if tag in _BLOCKS and not self._hidden:
            self.pieces.append("\n")
        if tag in _VOID or len(self._open) > MOST_DEPTH:
            return
        quote = not self._keep_quotes and _is_quote(tag, dict(attrs))
        self.skipped = self.skipped or quote
        hides = quote or tag in _SILENT
        self._open.append((tag, hides))
        self._hidden += hides

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                self._hidden -= sum(hides for _, hides in self._open[place:])
                del self._open[place:]
                break
        if tag in _BLOCKS and not self._hidden:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(" ".join(data.split("\n")) if self._open else data)


def _is_quote(tag: str, attributes: dict[str, str | None]) -> bool:
    classes = (attributes.get("class") or "").lower()
    name = (attributes.get("id") or "").lower()
    if any(mark in classes for mark in _QUOTES) or any(mark in name for mark in _QUOTE_IDS):
        return True
    return tag == "blockquote" and ("cite" in (attributes.get("type") or "").lower() or "cite" in attributes)


def html_to_text(html: str, *, quotes: bool = True) -> str:
    """The text of a document, blank lines joined. With `quotes` False the marked quotations are left out. Never raises."""
    reader = _Reader(quotes=quotes)
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.pieces).replace("\xa0", " ").split("\n")]
    joined: list[str] = []
    for line in lines:
        if line or (joined and joined[-1]):
            joined.append(line)
    return "\n".join(joined).strip()
