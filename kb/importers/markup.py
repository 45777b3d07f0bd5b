"""HTML and bare text to the Markdown of an article. Scripts, forms and frames of pages do not come along. Pure."""

import re
from typing import Final

import msgspec
import nh3
from html_to_markdown import convert

from kb.hygiene.boilerplate import frame

_TAGS: Final = frozenset(
    [
        "html",
        "head",
        "title",
        "body",
        "main",
        "article",
        "section",
        "div",
        "span",
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "caption",
        "strong",
        "b",
        "em",
        "i",
        "u",
        "s",
        "del",
        "code",
        "pre",
        "blockquote",
        "a",
        "img",
        "figure",
        "figcaption",
        "sub",
        "sup",
        "mark",
        "iframe",
        "video",
        "source",
        "details",
        "summary",
    ]
)
_DROPPED: Final = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "form",
        "button",
        "select",
        "textarea",
        "nav",
        "footer",
        "object",
        "embed",
    ]
)
_ATTRIBUTES: Final = {
    "a": {"href", "title"}, "img": {"src", "alt", "title"}, "iframe": {"src", "title"}, "video": {"src", "title"},
    "source": {"src"}, "ol": {"start"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
}  # fmt: skip
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_TITLE: Final = re.compile(r"<title[^<>]{0,300}>([^<>]{1,1000})</title>", re.IGNORECASE)
_LANG: Final = re.compile(r"<html\b[^<>]{0,1000}?\blang=[\"']?([A-Za-z-]{2,35})", re.IGNORECASE)
_LOOKS_LIKE_HTML: Final = re.compile(
    r"</?(?:p|div|br|ul|ol|li|h[1-6]|table|span|a|strong|b|em|img)\b[^<>]{0,2000}>", re.IGNORECASE
)
_FIRST_HEADING: Final = re.compile(r"\s*#[ \t]+([^\n]{1,1000})\n?")
_SENTENCE_END: Final = tuple(".。!！؟…;；,，:：、")
_LONGEST_TITLE: Final = 120


class Written(msgspec.Struct, frozen=True):
    """A text as Markdown, with the title and the language its source gives itself, where it does."""

    title: str | None
    body: str
    language: str | None = None


class UnreadableError(Exception):
    """The markup cannot be read."""


def looks_like_html(text: str) -> bool:
    """Whether a field of a table or an export holds HTML rather than Markdown."""
    return _LOOKS_LIKE_HTML.search(text) is not None


def from_html(html: str) -> Written:
    """A page or a fragment. The first heading, else the page's title, is the title. Raises UnreadableError."""
    language = _LANG.search(html[:20_000])
    clean = nh3.clean(
        html, tags=set(_TAGS), clean_content_tags=set(_DROPPED), attributes=_ATTRIBUTES, url_schemes=set(_SCHEMES),
        link_rel=None,
    )  # fmt: skip
    named = _TITLE.search(clean)
    clean = _TITLE.sub("", clean, count=1)
    try:
        body = (convert(clean).content or "").strip()
    except Exception as error:
        raise UnreadableError from error
    heading = _FIRST_HEADING.match(body)
    title = heading[1].strip() if heading else None
    if heading:
        body = body[heading.end() :].strip()
    return Written(title or (named[1].strip() if named else None), body, language[1] if language else None)


def from_markdown(text: str) -> Written:
    """Markdown without front matter: its first heading is the title."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    heading = _FIRST_HEADING.match(text)
    if heading:
        return Written(heading[1].strip(" #\t"), text[heading.end() :].strip("\n"))
    return _titled(text)


def from_plain(text: str) -> Written:
    """Bare text: every line is a paragraph, unless blank lines part them; the first short line is the title."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    filled = [line for line in lines if line.strip()]
    blank = len(lines) - len(filled)
    body = "\n".join(lines) if blank * 5 >= len(filled) else "\n\n".join(filled)
    return _titled(body.strip("\n"))


def _titled(body: str) -> Written:
    """The first line that can be a title, taken out of the body where more follows."""
    place = 0
    for line in body.split("\n")[:20]:
        text = line.strip(" #*\t")
        if text and frame(text) is None:
            if len(text) <= _LONGEST_TITLE and not text.endswith(_SENTENCE_END):
                rest = body[:place] + body[place + len(line) :]
                return Written(text, rest.strip("\n")) if rest.strip() else Written(text, body)
            break
        place += len(line) + 1
    return Written(None, body)
