"""Rendering for channels: nothing is lost, nothing is too long, no grapheme is cut, numbers come back as choices."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.connectors.registry import CONNECTORS
from funnel.channels.outbound import Capabilities, Choice, OutboundMessage, Style, Unit
from funnel.channels.rendering import TooLongError, chosen, length, render, split

WORDS = st.text(
    alphabet=st.one_of(st.sampled_from("ab 。.\n你好مرحبا👩‍👩‍👧é🇪🇬e\u0301"), st.characters(codec="utf-8")),
    max_size=400,
)
UNITS: st.SearchStrategy[Unit] = st.sampled_from(["chars", "utf16", "bytes"])
YES_NO = (Choice("Yes", "yes"), Choice("No", "no"))


def message(text: str = "Did that help?", choices: tuple[Choice, ...] = YES_NO) -> OutboundMessage:
    return OutboundMessage(
        id="d", conversation_id="c", message_id="m", address="a", text=text, choices=choices
    )


@given(text=WORDS, limit=st.integers(40, 200), unit=UNITS)
@settings(max_examples=60)
def test_split_fits_and_loses_nothing_but_white_space(text: str, limit: int, unit: Unit) -> None:
    pieces = split(text, limit, unit)
    assert all(length(piece, unit) <= limit for piece in pieces)
    assert all(pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(
    clusters=st.lists(
        st.sampled_from(["👩‍👩‍👧", "🇪🇬", "e\u0301", "க்ஷ", "한", "👍🏽", "a"]), min_size=1, max_size=120
    ),
    unit=UNITS,
)
def test_split_never_cuts_a_grapheme(clusters: list[str], unit: Unit) -> None:
    text = "".join(clusters)
    whole = regex.findall(r"\X", text)
    parts = [found for piece in split(text, 60, unit) for found in regex.findall(r"\X", piece)]
    assert parts == whole


def test_split_prefers_paragraphs_then_sentences() -> None:
    assert split("First one. Second one.\n\nThird one is here.", 30, "chars") == (
        "First one. Second one.",
        "Third one is here.",
    )
    assert split("第一句话说完了。第二句话也说完了。第三句", 10, "chars") == (
        "第一句话说完了。",
        "第二句话也说完了。",
        "第三句",
    )


@pytest.mark.parametrize(
    ("capabilities", "style"),
    [
        (Capabilities(text_max=100, buttons=3), Style.BUTTONS),
        (Capabilities(text_max=100, buttons=1, quick_replies=13), Style.QUICK_REPLIES),
        (Capabilities(text_max=100, buttons=1, list_rows=10), Style.LIST),
        (Capabilities(text_max=100), Style.NUMBERED),
        (Capabilities(text_max=100, buttons=3, button_title=2), Style.NUMBERED),
        (Capabilities(text_max=100, buttons=3, payload_bytes=2), Style.NUMBERED),
    ],
)
def test_choices_step_down(capabilities: Capabilities, style: Style) -> None:
    rendered = render(message(), capabilities)
    assert rendered.parts[-1].style is style
    if style is Style.NUMBERED:
        assert rendered.parts[-1].text == "Did that help?\n\n1. Yes\n2. No"
        assert rendered.numbers == YES_NO
    else:
        assert rendered.parts[-1].choices == YES_NO


@pytest.mark.parametrize("text", ["2", " 2 ", "2.", "(2)", "２", "٢", "۲", "2、"])
def test_a_number_comes_back_as_its_choice(text: str) -> None:
    assert chosen(text, YES_NO) == YES_NO[1]


@pytest.mark.parametrize("text", ["0", "3", "22", "two", "2 tickets", "", "order 2"])
def test_other_texts_choose_nothing(text: str) -> None:
    assert chosen(text, YES_NO) is None


@pytest.mark.parametrize("channel", sorted(CONNECTORS))
def test_every_channel_shows_every_choice(channel: str) -> None:
    capabilities = CONNECTORS[channel].capabilities
    choices = tuple(Choice(f"Choice number {n}", f"c{n}") for n in range(1, 6))
    long = "你好。Hello there. " * 200
    rendered = render(message(long, choices), capabilities)
    assert all(length(part.text, capabilities.unit) <= capabilities.text_max for part in rendered.parts)
    last = rendered.parts[-1]
    assert last.choices == choices or rendered.numbers == choices
    if last.choices and capabilities.text_with_buttons_max:
        assert length(last.text, capabilities.unit) <= capabilities.text_with_buttons_max


def test_what_the_quota_cannot_hold_is_refused() -> None:
    wechat = CONNECTORS["wechat"].capabilities
    with pytest.raises(TooLongError):
        render(message("很长。" * 1000, ()), wechat, quota_left=2)
    assert len(render(message("短", ()), wechat, quota_left=1).parts) == 1
