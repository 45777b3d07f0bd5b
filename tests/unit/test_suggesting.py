"""Saved replies that fit a question: by telling words, in the contact's language, never more than three."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from api.operations.suggesting import MOST, fitting_replies
from funnel.replies.store import SavedReply


def reply(number: int, title: str, text: str, locale: str | None = None) -> SavedReply:
    return SavedReply(
        id=f"{number:04}", title=title, text=text, shortcut=None, locale=locale, shared=True, agent_id=None,
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


REPLIES = [
    reply(1, "Refund on its way", "Your refund was sent today; the bank needs three days."),
    reply(2, "Change of address", "I have changed the address of your order."),
    reply(3, "退款", "您的退款已经发出，银行需要三天。", "zh-Hans"),
    reply(4, "Opening hours", "We are open from nine to five."),
]


def test_the_reply_about_the_matter_comes_first_and_others_do_not() -> None:
    assert [one.id for one in fitting_replies("When do I get my refund?", "en", REPLIES)] == ["0001"]
    assert [one.id for one in fitting_replies("我的退款什么时候到？", "zh-Hans", REPLIES)] == ["0003"]
    assert fitting_replies("Do you sell oak tables?", "en", REPLIES) == []
    assert fitting_replies("", "en", REPLIES) == []
    assert fitting_replies("refund", "en", []) == []


@given(st.text(max_size=60), st.sampled_from(["en", "zh-Hans", "zh-Hant", "ar"]))
def test_any_question_gets_at_most_three_and_none_of_another_language(question: str, locale: str) -> None:
    found = fitting_replies(question, locale, REPLIES * 2)
    assert len(found) <= MOST
    assert all(one.locale in (None, locale) or locale.startswith("zh") for one in found)
