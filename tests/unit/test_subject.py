"""What a conversation is called: first words that can be read, never what was taken back, never half a character."""

from datetime import UTC, datetime

import regex
from hypothesis import given
from hypothesis import strategies as st

from funnel.conversations.events import (
    Logged,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    MessageRedacted,
    Payload,
)
from funnel.conversations.subject import LONGEST, NO_SUBJECT, Subject, first_line, subject_after
from funnel.conversations.values import BOT, Actor

CONTACT = Actor("contact", "c")


def logged(payload: Payload | None, actor: Actor = CONTACT) -> Logged:
    return Logged(
        id="e", turn_id="t", conversation_id="v", seq=1, prev_visible=0, at=datetime(2026, 1, 1, tzinfo=UTC),
        type="message.created", actor=actor, visible=True, payload=payload,
    )  # fmt: skip


def said(message_id: str, text: str, actor: Actor = CONTACT, subject: str | None = None) -> Logged:
    direction = "incoming" if actor is CONTACT else "outgoing"
    return logged(MessageCreated(message_id, text, direction, subject=subject), actor)  # type: ignore[arg-type]


def test_the_first_words_of_the_contact_that_can_be_read_name_it() -> None:
    events = [
        said("b", "Hello!", BOT),
        said("p", ""),
        said("m", " \n  Where is\tmy parcel? \nThanks"),
        said("n", "More"),
    ]
    assert subject_after(NO_SUBJECT, events) == Subject("Where is my parcel?", "m")


def test_a_mail_is_called_by_its_subject() -> None:
    assert subject_after(NO_SUBJECT, [said("m", "Dear all", subject="Order 77")]) == Subject("Order 77", "m")


def test_words_that_change_or_go_do_so_here() -> None:
    named = subject_after(NO_SUBJECT, [said("m", "My card is 12")])
    assert subject_after(named, [logged(MessageEdited("m", "My card"))]) == Subject("My card", "m")
    assert subject_after(named, [logged(MessageEdited("other", "x"))]) == named
    for gone in (MessageDeleted("m"), MessageRedacted("m"), MessageEdited("m", " ")):
        assert subject_after(named, [logged(gone)]) == NO_SUBJECT
        assert subject_after(named, [logged(gone), said("n", "Next")]) == Subject("Next", "n")
    assert subject_after(named, [logged(MessageRedacted("n")), logged(None)]) == named


@given(st.text(max_size=2_000))
def test_it_is_one_short_line_of_whole_characters(text: str) -> None:
    line = first_line(text)
    assert line == " ".join(line.split())
    seen = regex.findall(r"\X", line)
    assert len(seen) <= LONGEST
    whole = " ".join(text.split())
    assert line.removesuffix("…").rstrip() in whole
    assert bool(line) or not text[:1_000].strip()


def test_a_family_is_not_cut_in_half() -> None:
    family = "👨‍👩‍👧‍👦"
    assert first_line(family * 130) == family * (LONGEST - 1) + "…"
