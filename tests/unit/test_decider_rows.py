"""The shipped rows, one by one: when a person comes, when the bot tries again, and with which reason."""

import pytest

from funnel.conversations.events import (
    AnswerOffered,
    ContextAttached,
    ConversationHandedOver,
    ConversationTagged,
    DecisionMade,
    HumanOfferAnswered,
    HumanOffered,
    MessageCreated,
)
from funnel.conversations.values import Attachment
from tests.unit.decider_world import QUEUE, Talk, bundle

FILE = Attachment("f", "voice.ogg", "audio/ogg", 10)
WISHES = [
    ("en", "a human please"),
    ("zh-Hans", "转人工服务"),
    ("zh-Hant", "我要真人，謝謝還有這個"),
    ("ar", "اريد موظف الان"),
]


def reason(talk: Talk) -> str | None:
    """Why the last turn handed over, if it did."""
    found = talk.one(ConversationHandedOver)
    return found.reason if isinstance(found, ConversationHandedOver) else None


def say_all(talk: Talk, *texts: str) -> Talk:
    """Each text a burst of its own."""
    for text in texts:
        talk.wait(20)
        talk.says(text)
    return talk


@pytest.mark.parametrize(("locale", "text"), WISHES)
def test_a_wish_for_a_person_is_a_hand_over_at_once_in_the_messages_language(locale: str, text: str) -> None:
    talk = Talk()
    talk.says(text)
    assert reason(talk) == "human_requested"
    assert talk.outcomes() == ["human"]
    assert talk.said()[0].startswith(f"receipt@{locale} when=02 10:05 position@{locale} count=3")
    assert talk.said()[1] == f"intake@{locale}"
    assert talk.state is not None
    assert (talk.state.owner.kind, talk.state.owner.queue_id) == ("queue", QUEUE)
    assert talk.state.locale == locale


@pytest.mark.parametrize("channel", ["web", "telegram"])
def test_the_button_works_as_the_very_first_act_without_words(channel: str) -> None:
    talk = Talk(channel=channel, locale="ar")
    talk.asks_human()
    assert talk.types()[0] == "conversation.started"
    assert reason(talk) == "human_requested"
    assert talk.said()[0].startswith("receipt@ar")


def test_words_with_the_button_are_kept_and_not_searched_for_an_answer() -> None:
    talk = Talk()
    talk.says("how do I return this", human=True)
    assert talk.types().count("message.created") == 2
    assert reason(talk) == "human_requested"
    attached = talk.one(ContextAttached)
    assert isinstance(attached, ContextAttached)
    first = talk.log[1].payload
    assert isinstance(first, MessageCreated)
    assert attached.messages == (first.message_id,)


def test_a_second_press_changes_nothing() -> None:
    talk = Talk()
    talk.asks_human()
    assert talk.asks_human() == []
    talk.replies()
    assert talk.asks_human() == []


def test_an_answer_comes_with_its_passage_and_the_notice_only_once() -> None:
    talk = Talk()
    talk.says("how do I return this")
    assert talk.outcomes() == ["answer"]
    assert talk.said() == ["automated_notice@en\n\nAbout returns."]
    offered = talk.one(AnswerOffered)
    assert isinstance(offered, AnswerOffered)
    assert (offered.kind, [one.article_id for one in offered.passages]) == ("answer", ["returns"])
    say_all(talk, "and delivery times please")
    assert talk.said() == ["About delivery."]
    made = talk.one(DecisionMade)
    assert isinstance(made, DecisionMade)
    assert (made.need, made.positive, made.miss) == ("new", True, None)


def test_row_2_first_miss_asks_and_shows_the_way_to_a_person() -> None:
    talk = say_all(Talk(), "elephants")
    assert talk.outcomes() == ["question"]
    message = talk.one(MessageCreated)
    assert isinstance(message, MessageCreated)
    assert [chip.payload for chip in message.quick_replies] == ["human"]
    talk.says("chip_person@en", payload="human")
    assert reason(talk) == "human_requested"


def test_an_account_question_without_an_answer_asks_for_the_order_number_and_uses_it() -> None:
    talk = say_all(Talk(), "my order came broken")
    assert talk.said() == ["automated_notice@en\n\norder_number@en"]
    say_all(talk, "4711")
    assert talk.outcomes() == ["offer"]


def test_the_reply_to_a_question_is_read_together_with_it() -> None:
    talk = say_all(Talk(), "something about my order")
    assert talk.outcomes() == ["question"]
    say_all(talk, "it is the delivery")
    assert talk.outcomes() == ["answer"]


def test_row_3_two_rejected_answers() -> None:
    talk = say_all(Talk(), "how do I return this", "that did not help")
    assert talk.outcomes() == ["answer"]
    assert "About refunds." in talk.said()[0]
    say_all(talk, "that did not help")
    assert reason(talk) == "not_helpful"


def test_a_plain_no_after_an_answer_rejects_it() -> None:
    talk = say_all(Talk(), "delivery times", "no")
    assert "answer.rated" in talk.types()
    assert talk.outcomes() == ["question"]


def test_row_3_three_misses_in_a_row_also_for_gibberish_with_low_priority() -> None:
    talk = say_all(Talk(), "asdf", "asdf", "asdf")
    assert reason(talk) == "loop_guard"
    handed = talk.one(ConversationHandedOver)
    tagged = talk.one(ConversationTagged)
    assert isinstance(handed, ConversationHandedOver)
    assert isinstance(tagged, ConversationTagged)
    assert (handed.priority, tagged.add) == ("low", ("unclear",))


def test_row_3_four_misses_in_an_episode() -> None:
    talk = say_all(Talk(), "elephants", "delivery", "thanks", "tigers", "thanks", "lions")
    assert talk.outcomes() == ["question"]
    say_all(talk, "thanks", "bears")
    assert reason(talk) == "loop_guard"


def test_row_3_five_turns_on_one_need() -> None:
    talk = say_all(Talk(), "maybe delivery", "maybe warranty", "maybe password", "maybe return", "elephants")
    assert talk.state is not None
    assert talk.state.episode.need.bot_turns == 5
    say_all(talk, "thanks", "warranty maybe")
    assert reason(talk) == "loop_guard"


def test_off_topic_gets_a_question_then_an_offer() -> None:
    talk = say_all(Talk(), "elephants", "lions")
    assert talk.outcomes() == ["offer"]
    offered = talk.one(HumanOffered)
    assert isinstance(offered, HumanOffered)
    assert offered.choices == ("person_now", "reply_later", "keep_asking")


@pytest.mark.parametrize("word", ["yes", "好的", "نعم", "👍"])
def test_a_plain_yes_takes_the_offer(word: str) -> None:
    talk = say_all(Talk(), "elephants", "lions", word)
    answered = talk.one(HumanOfferAnswered)
    assert isinstance(answered, HumanOfferAnswered)
    assert (answered.choice, answered.by) == ("person_now", "text")
    assert reason(talk) == "human_requested"


def test_a_plain_no_declines_the_offer_and_is_no_miss() -> None:
    talk = say_all(Talk(), "elephants", "lions", "no")
    assert talk.said() == ["offer_declined@en"]
    assert talk.state is not None
    assert (talk.state.episode.misses, talk.state.offer) == (2, None)


def test_an_ignored_offer_is_closed_before_it_is_repeated() -> None:
    talk = say_all(Talk(), "elephants", "lions", "delivery", "thanks", "tigers")
    assert talk.outcomes() == ["question"]
    assert talk.state is not None
    assert talk.state.offer is not None


def test_the_same_answer_is_never_given_twice_in_a_need() -> None:
    talk = say_all(Talk(), "delivery", "delivery")
    made = talk.one(DecisionMade)
    assert isinstance(made, DecisionMade)
    assert (made.outcome, made.miss) == ("question", "repeated")


def test_a_third_try_after_two_misses_answers_and_offers_in_one_message() -> None:
    talk = say_all(Talk(), "elephants", "lions", "delivery")
    assert talk.outcomes() == ["answer_and_offer"] or talk.outcomes() == ["answer"]


def test_suggestions_are_tapped_as_chips() -> None:
    talk = say_all(Talk(), "maybe return")
    message = talk.one(MessageCreated)
    assert isinstance(message, MessageCreated)
    assert [chip.payload for chip in message.quick_replies] == ["article:returns", "article:refunds"]
    talk.wait(20)
    talk.says("Return", payload="article:returns")
    assert talk.outcomes() == ["answer"]
    made = talk.one(DecisionMade)
    assert isinstance(made, DecisionMade)
    assert made.positive
    talk.says("Return", payload="article:returns")
    assert talk.outcomes() == ["silent"]


@pytest.mark.parametrize("text", ["thanks", "谢谢", "شكرا", "hi", "bye", "😀"])
def test_small_talk_never_counts(text: str) -> None:
    talk = say_all(Talk(), "elephants")
    assert talk.state is not None
    before = talk.state.episode
    say_all(talk, text)
    if "answer.deferred" in talk.types():
        talk.next_timer()
    after = talk.state.episode
    assert (after.misses, after.bot_turns, after.need) == (before.misses, before.bot_turns, before.need)


def test_row_18_unreadable_content_is_said_once_then_a_person() -> None:
    talk = Talk()
    talk.says("", attachments=(FILE,))
    assert talk.said() == ["automated_notice@en\n\nunreadable@en"]
    talk.wait(20)
    talk.says("", attachments=(FILE,))
    assert reason(talk) == "unreadable"


def test_row_18_a_file_within_an_open_need_goes_to_a_person() -> None:
    talk = say_all(Talk(), "delivery")
    talk.wait(20)
    talk.says("", attachments=(FILE,))
    assert reason(talk) == "unreadable"


def test_an_album_on_a_messenger_is_one_burst() -> None:
    talk = Talk(channel="whatsapp")
    for _ in range(3):
        talk.says("", attachments=(FILE,))
        talk.wait(0.5)
    talk.next_timer()
    assert talk.outcomes() == ["question"]
    assert len(talk.said()) == 1


def test_row_18_a_second_file_does_not_wait_for_the_burst_to_end() -> None:
    talk = Talk()
    talk.says("", attachments=(FILE,))
    talk.wait(1)
    talk.says("", attachments=(FILE,))
    assert reason(talk) == "unreadable"


def test_row_18_an_unsure_language_twice() -> None:
    talk = say_all(Talk(), "??? lorem ipsum")
    assert "unsure_language@en" in talk.said()[0]
    say_all(talk, "??? dolor sit amet")
    assert reason(talk) == "unreadable"


def test_danger_to_a_life_is_urgent_and_says_only_the_fixed_text() -> None:
    talk = Talk()
    talk.says("I will kill myself")
    assert reason(talk) == "safety"
    assert talk.said() == ["safety@en\n\nsafety_reading@en"]
    assert talk.state is not None
    assert (talk.state.priority, talk.state.tags, talk.state.episode.urgent) == ("urgent", ("safety",), True)
    handed = talk.one(ConversationHandedOver)
    assert isinstance(handed, ConversationHandedOver)
    assert (handed.expected_reply_at, handed.position) == (None, None)
    talk.says("I will kill myself")
    assert talk.said() == []
    while not talk.said():
        talk.next_timer()
    assert talk.said() == ["safety_follow_up@en"]
    talk.says("never mind")
    assert talk.said() == []
    assert talk.state.owner.kind == "queue"


def test_danger_beats_a_wish_and_the_button() -> None:
    talk = Talk()
    talk.says("a human please, I will kill myself", human=True)
    assert reason(talk) == "safety"


def test_danger_while_an_agent_owns_it_raises_the_priority_and_the_bot_keeps_silent() -> None:
    talk = Talk()
    talk.asks_human()
    talk.replies()
    talk.says("自杀")
    assert talk.said() == []
    assert talk.state is not None
    assert (talk.state.priority, talk.state.owner.kind) == ("urgent", "agent")


def test_an_unknown_site_still_hands_over() -> None:
    empty = bundle()
    empty = type(empty)(
        knowledge=empty.knowledge,
        directory=type(empty.directory)({}, {}, {}, {}, {}, {}),
        estimates=empty.estimates,
        ears=empty.ears,
        words=empty.words,
    )
    talk = Talk(empty)
    talk.asks_human()
    assert reason(talk) == "human_requested"
