"""The table of channels: how much is said without being asked, and how many messages of a turn leave as one."""

from datetime import timedelta

import pytest
from msgspec.structs import asdict, replace

from bots.connectors.registry import CONNECTORS
from funnel.channels.manners import SHIPPED, Manners, MannersOfInbox, manners_of
from funnel.conversations.commands import Resolve
from funnel.conversations.events import (
    ExpectationChanged,
    MessageCreated,
    RatingGiven,
    RatingRequested,
)
from funnel.conversations.values import Window
from funnel.people.directory import InboxInfo
from funnel.service_levels.hours import Calendar
from tests.unit.decider_world import INBOX, QUEUE, SITE, Talk, bundle, directory

CLOSED = Calendar("UTC", ((),) * 7, ())


def of(channel: str, own: MannersOfInbox | None = None, calendar: Calendar | None = None) -> Talk:
    found = directory(calendar)
    info = InboxInfo(INBOX, SITE, channel, channel, QUEUE, *([own] if own is not None else []))
    return Talk(bundle(directory=replace(found, inboxes={INBOX: info})), channel=channel)


def shown(talk: Talk) -> list[list[str]]:
    """The texts of each delivery of the last turn."""
    said = [
        e.payload
        for e in talk.last
        if isinstance(e.payload, MessageCreated) and e.actor.kind in ("bot", "system")
    ]
    names = [one.message_id for one in said]
    return [
        [
            one.text
            for one in said[names.index(d.from_message_id or d.message_id) : names.index(d.message_id) + 1]
        ]
        for d in talk.decided.deliveries
    ]


def test_every_channel_has_a_row_and_an_inbox_changes_part_of_it() -> None:
    assert SHIPPED.keys() == CONNECTORS.keys() | {"web"}
    assert (SHIPPED["twilio"].bot_messages, SHIPPED["whatsapp"].bot_messages) == (1, 2)
    assert manners_of("one that comes later") == manners_of("telegram")
    own = manners_of("twilio", MannersOfInbox(wait_update=True))
    assert {n for n, v in asdict(own).items() if v != asdict(SHIPPED["twilio"])[n]} == {"wait_update"}


@pytest.mark.parametrize(("channel", "most"), [("twilio", 1), ("email", 1), ("whatsapp", 2), ("telegram", 3)])
@pytest.mark.parametrize("calendar", [None, CLOSED])
def test_no_turn_sends_more_messages_in_a_row_than_its_channel_takes_and_none_is_lost(
    channel: str, most: int, calendar: Calendar | None
) -> None:
    for words in (
        ["a human please"],
        ["return policy", "that did not help", "still not", "no"],
        ["blorp", "blorp blorp"],
    ):
        talk = of(channel, calendar=calendar)
        for text in words:
            talk.says(text)
            if talk.state is not None and talk.state.deferred_until is not None:
                talk.next_timer()
            assert len(talk.decided.deliveries) <= most
            assert [text for texts in shown(talk) for text in texts] == talk.said()
    talk.whole()


def test_a_receipt_and_its_question_leave_as_one_message_where_an_inbox_takes_one() -> None:
    narrow = of("whatsapp", MannersOfInbox(bot_messages=1), CLOSED)
    narrow.asks_human()
    assert len(narrow.said()) == 2
    assert shown(narrow) == [narrow.said()]
    marks = [e.payload.joined for e in narrow.last if isinstance(e.payload, MessageCreated)]
    assert marks == [True, False]
    wide = of("whatsapp", calendar=CLOSED)
    wide.asks_human()
    assert shown(wide) == [[text] for text in wide.said()]


def test_messages_that_leave_as_one_are_counted_once_against_a_window() -> None:
    talk = of("wechat")
    talk.says("a human please", window=Window(left=5))
    assert talk.state is not None
    assert talk.state.window is not None
    assert (len(talk.decided.deliveries), talk.state.window.left) == (1, 4)
    assert len(talk.said()) >= 1


@pytest.mark.parametrize("channel", ["web", "telegram", "twilio", "email"])
def test_waiting_is_as_quiet_as_the_channel_wants(channel: str) -> None:
    row, talk = SHIPPED[channel], of(channel)
    talk.says("a human please")
    talk.wait(20).says("my order is 4711")
    assert (len(talk.said()) == 1) is row.acknowledgement
    assert talk.state is not None
    assert talk.state.waiting is not None
    promised = talk.state.waiting.expected_reply_at
    assert promised is not None
    talk.at = promised + timedelta(seconds=1)
    talk.time()
    assert talk.one(ExpectationChanged) is not None
    assert (len(talk.said()) == 1) is row.wait_update
    talk.wait(61).says("a human please!")
    assert bool(talk.said()) is row.receipt_again


@pytest.mark.parametrize("channel", ["web", "telegram", "twilio", "email"])
def test_an_end_is_as_quiet_as_the_channel_wants(channel: str) -> None:
    row, talk = SHIPPED[channel], of(channel)
    talk.says("a human please")
    talk.replies("hello")
    talk.by_agent(Resolve, how="agent")
    assert (talk.one(RatingRequested) is not None) is row.survey
    if channel == "web" or not row.survey:
        assert talk.said() == []
        return
    assert talk.said() == ["rating@en"]
    talk.wait(60).says("4", payload="rating:4")
    assert talk.one(RatingGiven) == RatingGiven(4, None)
    assert talk.said() == ["rating_thanks@en"]
    assert talk.state is not None
    assert (talk.state.status, talk.state.rating) == ("resolved", 4)


def test_silence_after_an_agent_is_closed_with_words_only_where_the_channel_wants_them() -> None:
    for channel in ("web", "twilio"):
        talk = of(channel)
        talk.says("a human please")
        talk.replies("hello")
        talk.next_timer()
        assert talk.state is not None
        assert talk.state.status == "resolved"
        assert (len(talk.said()) == 1) is SHIPPED[channel].closing_text


def test_a_mail_gets_one_automatic_receipt_with_the_promised_time_and_is_asked_for_no_address() -> None:
    talk = of("email", calendar=CLOSED)
    talk.says("a human please")
    assert [text.split("@")[0].split(" ")[-1] for text in talk.said()] == ["receipt_closed_unknown"]
    talk = of("email")
    talk.says("a human please")
    assert len(shown(talk)) == 1
    assert "receipt@en when=" in talk.said()[0]
    talk.replies("hello")
    talk.by_agent(Resolve, how="agent")
    talk.wait(3600).says("one more thing, the lamp is broken")
    assert talk.state is not None
    assert talk.state.owner.kind in ("queue", "agent")
    assert talk.said() == []


def test_an_inbox_s_own_row_reaches_the_bot() -> None:
    assert Manners().receipt_again
    talk = of("telegram", MannersOfInbox(acknowledgement=False, survey=False))
    talk.says("a human please")
    talk.wait(20).says("my order is 4711")
    assert talk.said() == []
    talk.replies("hello")
    talk.by_agent(Resolve, how="agent")
    assert talk.one(RatingRequested) is None
