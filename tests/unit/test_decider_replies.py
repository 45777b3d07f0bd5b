"""Replies that are easily misheard: thanks with a yes, rejections of nothing, an address, a question after a story."""

import pytest

from bots.decider.ears import SignalEars, email_in
from funnel.conversations.commands import AnswerOffer, GiveRating, Resolve
from funnel.conversations.events import ConversationHandedOver, ConversationStarted, RatingRequested
from funnel.conversations.values import Page
from funnel.core.errors import FunnelError
from kb.search import Outcome, SearchResult
from tests.unit.decider_world import OFFICE, VISITOR, Talk, TinyKnowledge, bundle, directory

DAY = 86_400


class ShortSighted(TinyKnowledge):
    """Finds nothing in a text longer than forty characters."""

    def search(
        self, text: str, locale: str, site_id: str | None, audience: str = "public", limit: int = 3,
        fallbacks: tuple[str, ...] = (),
    ) -> SearchResult:  # fmt: skip
        """Short texts as ever."""
        if len(text) > 40:
            return SearchResult(Outcome.NONE, 0.0, ())
        return super().search(text, locale, site_id, audience, limit, fallbacks)


def closed() -> Talk:
    """A visitor on a Sunday; what is heard is heard by the real ears."""
    pinned = bundle(ears=SignalEars(), directory=directory(OFFICE))
    return Talk(pinned).wait(6 * DAY)


def reason(talk: Talk) -> str | None:
    """Why the last turn handed over, if it did."""
    found = talk.one(ConversationHandedOver)
    return found.reason if isinstance(found, ConversationHandedOver) else None


def test_thanks_with_a_yes_is_answered_as_thanks() -> None:
    talk = Talk(bundle(ears=SignalEars()))
    talk.says("how long does delivery take?")
    talk.wait(20).says("ok, thank you!")
    assert talk.said() == ["thanks@en"]


def test_words_that_reject_mean_nothing_before_the_bot_has_said_anything() -> None:
    talk = Talk()
    talk.says("that did not help")
    assert talk.outcomes() == ["question"]
    assert "clarify_rejected" not in talk.said()[0]


def test_a_rejection_repeated_instead_of_a_detail_is_the_second_one() -> None:
    talk = Talk()
    talk.says("delivery")
    talk.wait(20).says("that did not help")
    assert talk.said() == ["clarify_rejected@en"]
    talk.wait(20).says("that did not help")
    assert reason(talk) == "not_helpful"


def test_a_question_at_the_end_of_a_story_is_found() -> None:
    talk = Talk(bundle(knowledge=ShortSighted()))
    talk.says("Three weeks ago I bought a few elephants from you. How long is the delivery?")
    assert talk.outcomes() == ["answer"]


def test_an_address_typed_where_it_was_asked_for_is_where_the_reply_goes() -> None:
    talk = closed()
    talk.says("a human please")
    assert talk.said()[-1] == "address@en"
    talk.wait(20).says("sure: Kim.Lee@example.com")
    assert talk.said() == ["address_saved@en email=kim.lee@example.com"]
    assert talk.state is not None
    assert talk.state.waiting is not None
    assert talk.state.waiting.reply_by == "email"
    talk.wait(20).says("and it is about order 4711")
    assert talk.said() == ["acknowledged@en"]
    talk.whole()


def test_an_address_that_nobody_asked_for_is_a_message_like_any_other() -> None:
    talk = Talk(bundle(ears=SignalEars()))
    talk.asks_human()
    talk.wait(20).says("kim@example.com")
    assert talk.said() == ["acknowledged@en"]


def test_the_first_usable_address_of_a_text() -> None:
    assert email_in("write to a..b@x..y or me@shop.example.") == "me@shop.example"
    assert email_in("no address here") is None


def test_a_new_conversation_knows_when_the_contact_was_last_asked_for_a_rating() -> None:
    talk = Talk()
    talk.asks_human()
    talk.replies()
    talk.by_agent(Resolve)
    assert talk.one(RatingRequested) is not None
    before = talk.state
    again = Talk()
    again.at = talk.at
    again.wait(10 * DAY).closed = before
    again.says("a human please", page=Page(url="https://shop.example/"))
    started = again.one(ConversationStarted)
    assert isinstance(started, ConversationStarted)
    assert before is not None
    assert started.rating_requested_at == before.rating_requested_at
    again.replies()
    again.by_agent(Resolve)
    assert again.one(RatingRequested) is None
    with pytest.raises(FunnelError, match="rating_not_requested"):
        again.do(GiveRating(command_id="g", actor=VISITOR, score=5))


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "are you a real person?"),
        ("en", "am I talking to a bot"),
        ("zh-Hans", "你是机器人吗"),
        ("zh-Hant", "請問你是真人還是機器人？"),
        ("ar", "هل انت روبوت؟"),
    ],
)
def test_who_asks_whether_a_person_writes_is_told_the_truth(locale: str, text: str) -> None:
    talk = Talk(bundle(ears=SignalEars()), locale=locale)
    talk.says(text)
    assert talk.said() == [f"automated_notice@{locale}\n\ngreeting@{locale}"]
    talk.wait(20).says(text)
    assert talk.said() == [f"automated_notice@{locale}"]
    assert talk.state is not None
    assert talk.state.episode.misses == 0


@pytest.mark.parametrize(
    "text",
    ["can i talk to sombody", "speak to ur manager", "get me a humna", "costumer service agnet please"],
)
def test_a_wish_for_a_person_survives_typing_mistakes(text: str) -> None:
    talk = Talk(bundle(ears=SignalEars()))
    talk.says(text)
    assert reason(talk) == "human_requested"


@pytest.mark.parametrize(
    ("locale", "text", "code"),
    [
        ("zh-Hans", "hi", "zh-Hans"),
        ("ar", "ok", "ar"),
        ("zh-Hans", "track order", "en"),
        ("en", "sure: a@b.example", "en"),
        ("en", "شكرا", "ar"),
        ("zh-TW", "好", "zh-Hant"),
        ("zh-Hant-HK", "好的", "zh-Hant"),
        ("zh-CN", "好", "zh-Hans"),
        ("zh-TW", "这个怎么退", "zh-Hans"),
    ],
)
def test_a_word_or_two_keep_the_language_of_the_conversation(locale: str, text: str, code: str) -> None:
    assert SignalEars().hear(text, locale).language.code == code


def test_a_guess_in_another_language_is_not_shown_where_the_site_writes_the_readers_own() -> None:
    class Elsewhere(TinyKnowledge):
        """Knows everything in English alone, and is never sure."""

        def search(
            self, text: str, locale: str, site_id: str | None, audience: str = "public", limit: int = 3,
            fallbacks: tuple[str, ...] = (),
        ) -> SearchResult:  # fmt: skip
            """The delivery, perhaps."""
            return super().search("maybe delivery", "en", site_id, audience, limit, fallbacks)

    arabic = Talk(bundle(knowledge=Elsewhere()), locale="ar")
    arabic.says("هل عندكم خيام")
    assert arabic.outcomes() == ["question"]
    french = Talk(bundle(knowledge=Elsewhere()), locale="fr")
    french.says("...")
    assert french.outcomes() == ["answer"]


def test_a_question_right_after_the_hand_over_is_answered_where_the_visitor_asks_on() -> None:
    talk = Talk(bundle(ears=SignalEars(), directory=directory(reply_seconds=3600)))
    talk.says("I want to talk to a human")
    assert reason(talk) == "human_requested"
    offer = talk.state.offer if talk.state is not None else None
    assert offer is not None
    talk.wait(1).do(AnswerOffer(command_id="o", actor=VISITOR, offer_id=offer.offer_id, choice="keep_asking"))
    talk.wait(1).says("how long does delivery take?")
    assert talk.outcomes() == ["answer"]
    assert talk.said() == ["automated_notice@en\n\nAbout delivery."]
    talk.whole()


def test_chinese_after_english_comes_back_in_the_script_it_was_opened_in() -> None:
    talk = Talk(bundle(ears=SignalEars()), locale="zh-Hant")
    talk.says("Could you please tell me about the elephants")
    talk.wait(20).says("人工客服")
    assert talk.said()[0].startswith("receipt@zh-Hant")
