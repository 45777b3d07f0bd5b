"""Page addresses against the patterns of an article: `*` stands for any run of characters, nothing else is special."""

from typing import Final
from urllib.parse import unquote, urlsplit

_LONGEST: Final = 2_000


def address_of(url: str) -> str:
    """Host and path of a page, lower case, without scheme, query, fragment and final slash; "" if it cannot be read."""
    try:
        parts = urlsplit(url[:_LONGEST])
        host = parts.hostname or ""
    except ValueError:
        return ""
    return (host + "/" + unquote(parts.path).strip("/")).lower()


def _matches(pieces: list[str], text: str) -> bool:
    """The literal pieces of a pattern occur in `text` in order, the first at its start and the last at its end."""
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in middle:
        place = text.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return True


def specificity(pattern: str, address: str) -> int:
    """How closely a pattern describes an address of `address_of`: its literal characters, or -1 where it does not match.

    A pattern that begins with `/` is about the path alone, any other about host and path. Linear time.
    """
    wanted = pattern[:_LONGEST].strip().lower()
    _, scheme, rest = wanted.partition("://")
    wanted = rest if scheme else wanted
    text = address[address.find("/") :] if wanted.startswith("/") else address
    if len(wanted) > 1 and not wanted.endswith("*"):
        wanted = wanted.rstrip("/") or "/"
    pieces = wanted.split("*")
    if not text or not wanted:
        return -1
    return sum(map(len, pieces)) if _matches(pieces, text) else -1
