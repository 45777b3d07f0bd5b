"""What a channel can show of a message: choices step down from buttons to numbers, long texts are split. Pure."""

from typing import Final

import regex

from funnel.channels.outbound import (
    Capabilities,
    Choice,
    OutboundMessage,
    Rendered,
    RenderedPart,
    Style,
    Unit,
)

MOST_PARTS: Final = 20
_GRAPHEME: Final = regex.compile(r"\X")
# Where a text is best cut: after a paragraph, a line, a sentence, a word.
_SEAMS: Final = (
    regex.compile(r"\n{2,}"),
    regex.compile(r"\n"),
    regex.compile(r"(?<=[.!?؟…])\s+|(?<=[。！？；])"),
    regex.compile(r"\s+"),
)


class TooLongError(Exception):
    """The text needs more messages than the channel lets us send."""


def length(text: str, unit: Unit) -> int:
    """How long the channel finds the text."""
    if unit == "bytes":
        return len(text.encode("utf-8", "replace"))
    if unit == "utf16":
        return len(text.encode("utf-16-le", "replace")) // 2
    return len(text)


def split(text: str, limit: int, unit: Unit) -> tuple[str, ...]:
    """Pieces within the limit, cut at the best seam and never inside a grapheme; joined they say the same.

    A single grapheme over the limit (a pile of marks) is cut by code points, for there is no other way.
    """
    left, pieces = text.strip(), []
    while left:
        if length(left, unit) <= limit:
            pieces.append(left)
            break
        head, left = _cut(left, limit, unit)
        pieces.append(head)
    return tuple(pieces)


def _cut(text: str, limit: int, unit: Unit) -> tuple[str, str]:
    most = _fitting(text, limit, unit)
    for seam in _SEAMS:
        seams = [one for one in seam.finditer(text, pos=most // 2, endpos=most + 1) if one.start() <= most]
        if seams and seams[-1].start() > 0:
            return text[: seams[-1].start()].rstrip(), text[seams[-1].end() :].lstrip()
    return text[:most], text[most:].lstrip()


def _fitting(text: str, limit: int, unit: Unit) -> int:
    """How many code points of whole graphemes fit."""
    size, end = 0, 0
    for found in _GRAPHEME.finditer(text):
        size += length(found.group(), unit)
        if size > limit:
            break
        end = found.end()
    if end:
        return end
    while length(text[: end + 1], unit) <= limit:
        end += 1
    return max(end, 1)


def render(
    message: OutboundMessage, capabilities: Capabilities, *, quota_left: int | None = None
) -> Rendered:
    """The parts to send, in order: text (choices under the last piece), files, location. A template is one part, whatever its length.

    Raises TooLongError where there would be more than the window's quota or twenty parts.
    """
    if message.template is not None:
        return Rendered(message, (RenderedPart(text=message.text),))
    style = _style(message.choices, capabilities) if not message.plain else _plain(message.choices)
    text = message.text
    numbers: tuple[Choice, ...] = ()
    if style is Style.NUMBERED:
        numbers = message.choices
        lines = "\n".join(f"{place}. {choice.label}" for place, choice in enumerate(numbers, 1))
        text = f"{text}\n\n{lines}".strip()
    pieces = _pieces(text, style, capabilities)
    shown = message.choices if style not in (Style.NONE, Style.NUMBERED) else ()
    parts = [RenderedPart(text=piece) for piece in pieces]
    if parts and (shown or style is Style.NUMBERED):
        parts[-1] = RenderedPart(text=parts[-1].text, style=style, choices=shown)
    parts += [RenderedPart(media=media) for media in message.media]
    if message.location is not None:
        parts.append(RenderedPart(location=message.location))
    if len(parts) > MOST_PARTS or (quota_left is not None and len(parts) > quota_left):
        raise TooLongError(f"{len(parts)} parts")
    return Rendered(message, tuple(parts), numbers)


def _pieces(text: str, style: Style, capabilities: Capabilities) -> tuple[str, ...]:
    pieces = split(text, capabilities.text_max, capabilities.unit)
    with_buttons = capabilities.text_with_buttons_max
    tight = style in (Style.BUTTONS, Style.LIST, Style.QUICK_REPLIES) and with_buttons is not None
    if tight and with_buttons and pieces and length(pieces[-1], capabilities.unit) > with_buttons:
        pieces = (*pieces[:-1], *split(pieces[-1], with_buttons, capabilities.unit))
    return pieces


def _plain(choices: tuple[Choice, ...]) -> Style:
    return Style.NUMBERED if choices else Style.NONE


def _style(choices: tuple[Choice, ...], capabilities: Capabilities) -> Style:
    """Native buttons, else quick replies, else a list, else numbers: the first that shows every label whole."""
    if not choices:
        return Style.NONE
    if any(len(choice.payload.encode()) > capabilities.payload_bytes for choice in choices):
        return Style.NUMBERED
    longest = max(length(choice.label, "chars") for choice in choices)
    for style, most, title in (
        (Style.BUTTONS, capabilities.buttons, capabilities.button_title),
        (Style.QUICK_REPLIES, capabilities.quick_replies, capabilities.quick_reply_title),
        (Style.LIST, capabilities.list_rows, capabilities.list_row_title),
    ):
        if len(choices) <= most and longest <= title:
            return style
    return Style.NUMBERED


_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９", "0123456789" * 3)
_CHOSEN: Final = regex.compile(r"[\[(（]?([0-9]{1,2})[\])）.．、。:)]?")


def chosen(text: str, numbers: tuple[Choice, ...]) -> Choice | None:
    """The choice a reply of just a number stands for ("2", "2.", "(2)", "٢", "２"); None for every other text."""
    found = _CHOSEN.fullmatch(text.strip().translate(_DIGITS))
    if found is None:
        return None
    place = int(found.group(1))
    return numbers[place - 1] if 1 <= place <= len(numbers) else None
