"""File names: shown to people, never used as a path."""

import unicodedata
from urllib.parse import quote

MOST_NAME = 120
_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(name: str | None, extension: str) -> str:
    """The last part of `name` without control, invisible and reordering characters, ending in our `extension`."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    sound = "".join(
        char for char in last if unicodedata.category(char) not in _FORBIDDEN and char not in '"<>:|?*'
    )
    stem = unicodedata.normalize("NFC", sound).strip(" .")
    bare, dot, ending = stem.rpartition(".")
    if dot and ending.isascii() and ending.isalnum() and len(ending) <= 5:
        stem = bare
    return f"{stem.strip(' .')[:MOST_NAME] or 'file'}.{extension}"


def disposition(name: str) -> str:
    """A Content-Disposition that makes every browser save the file (RFC 6266)."""
    fallback = "".join(char if (char.isascii() and char.isalnum()) or char in "._-" else "_" for char in name)
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
