"""What a file is: its first bytes decide, never its name or the type it claims. An allow-list; what is two things is refused."""

from typing import NamedTuple

from funnel.core.errors import FunnelError, invalid

_HEAD = 1024
_ZIP_TAIL = 66_000
_MARKUP = (
    b"<script",
    b"<html",
    b"<svg ",
    b"<svg>",
    b"<svg\n",
    b"<svg\t",
    b"<svg\r",
    b"<!doctype",
    b"<?php",
    b"<iframe",
)
_ZIP_END = b"PK\x05\x06"
_TEXT_CONTROLS = frozenset(range(32)) - {9, 10, 13}


class FileType(NamedTuple):
    """A type we take: what it is served as, its extension, and Pillow's name for it where it is re-encoded."""

    content_type: str
    extension: str
    image_format: str | None = None


PNG = FileType("image/png", "png", "PNG")
JPEG = FileType("image/jpeg", "jpg", "JPEG")
GIF = FileType("image/gif", "gif", "GIF")
WEBP = FileType("image/webp", "webp", "WEBP")
PDF = FileType("application/pdf", "pdf")
MP4 = FileType("video/mp4", "mp4")
TEXT = FileType("text/plain", "txt")
OGG = FileType("audio/ogg", "ogg")
MP3 = FileType("audio/mpeg", "mp3")
M4A = FileType("audio/mp4", "m4a")
AAC = FileType("audio/aac", "aac")
AMR = FileType("audio/amr", "amr")
WAV = FileType("audio/wav", "wav")
MOV = FileType("video/quicktime", "mov")
THREE_GP = FileType("video/3gpp", "3gp")
WEBM = FileType("video/webm", "webm")


def type_not_allowed() -> FunnelError:
    """422: none of the types we take, or more than one at once."""
    return invalid(
        "type_not_allowed", "Only PNG, JPEG, GIF and WebP images, PDF, MP4 and plain text files are taken."
    )


def sniff(data: bytes, *, from_channel: bool = False) -> FileType:
    """The type of a whole file; sounds and films as messengers record them are taken from channels only. Raises 422
    type_not_allowed, for files that are also something else too."""
    found = _by_magic(data) or (_recorded(data) if from_channel else None)
    if found is None:
        if not _is_text(data):
            raise type_not_allowed()
        found = TEXT
    if _hides_another(data, found):
        raise type_not_allowed()
    return found


def _by_magic(data: bytes) -> FileType | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"%PDF-"):
        return PDF
    if data[4:8] == b"ftyp" and data[8:12] in (b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"):
        return MP4
    return None


def _recorded(data: bytes) -> FileType | None:
    if data.startswith(b"OggS"):
        return OGG
    if data.startswith(b"#!AMR"):
        return AMR
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return WAV
    if data.startswith(b"\x1aE\xdf\xa3") and b"webm" in data[:64]:
        return WEBM
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12]) or _BRANDS.get(data[8:11] + b" ")
    if data.startswith((b"\xff\xf1", b"\xff\xf9")):
        return AAC
    if data.startswith(b"ID3") or data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return MP3
    return None


_BRANDS = {b"M4A ": M4A, b"M4B ": M4A, b"qt  ": MOV, b"3gp ": THREE_GP, b"3g2 ": THREE_GP}
_PLAYED = frozenset({MP4, OGG, MP3, M4A, AAC, AMR, WAV, MOV, THREE_GP, WEBM})


def _hides_another(data: bytes, found: FileType) -> bool:
    """Whether the same bytes are also a page, an archive or a document."""
    lower = data[:_HEAD].lower() if found is PDF or found in _PLAYED else data.lower()
    if any(mark in lower for mark in _MARKUP):
        return True
    if _ZIP_END in data[-_ZIP_TAIL:]:
        return True
    if found is PNG:
        return not data.endswith(b"IEND\xaeB`\x82")
    return found is not PDF and b"%PDF-" in (data if found.image_format else data[:_HEAD])


def _is_text(data: bytes) -> bool:
    """UTF-8 without control characters, and no markup language."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if any(byte in _TEXT_CONTROLS for byte in set(data)):
        return False
    return not text.lstrip("\ufeff \t\r\n").startswith(("<", "%!", "{\\rtf"))
