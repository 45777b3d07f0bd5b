"""The whole judge with its own ears, words and the demo's articles, in four languages; and what it costs."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest

from bots.decider.ears import SignalEars
from bots.dialogue.wording import site_words
from funnel.conversations.events import AnswerOffered, ConversationHandedOver
from kb import front_matter
from kb.articles import Article, Status
from kb.library import Shelving
from kb.search import KbSnapshot
from kb.store import Changes
from tests.unit.decider_world import SITE, Talk, bundle

DEMO = Path(front_matter.__file__).parent / "demo"
AT = datetime(2026, 1, 1, tzinfo=UTC)
LOCALES = ["en", "zh-Hans", "zh-Hant", "ar"]
TALKS = {
    "en": ("How do I return something?", "that didn't help", "I want to speak to a person"),
    "zh-Hans": ("怎么退货？", "没有用", "我要转人工"),
    "zh-Hant": ("請問要怎麼退貨？", "沒有幫助", "我要找真人客服"),
    "ar": ("كيف أرجع المنتج؟", "هذا لم يساعدني", "أريد التحدث مع موظف"),
}


@cache
def demo() -> KbSnapshot:
    """The demo's articles, indexed."""
    articles = []
    for path in sorted(DEMO.rglob("*.md")):
        found = front_matter.read(path.read_text(encoding="utf-8"))
        if isinstance(found, front_matter.Draft):
            content = {name: getattr(found.content, name) for name in found.content.__struct_fields__}
            content |= {"status": Status.PUBLISHED, "sites": (SITE,)}
            article_id = str(uuid5(NAMESPACE_URL, str(path.relative_to(DEMO))))
            articles.append(
                Article(id=article_id, group_id=found.key or article_id, revision=1, updated_at=AT, **content)
            )
    shelving = Shelving()
    shelving.apply(Changes(1, AT, tuple(articles), ()))
    return shelving.study()


def real(locale: str, channel: str = "web") -> Talk:
    """A talk with everything real but the database."""
    return Talk(bundle(knowledge=demo(), ears=SignalEars(), words=site_words), locale=locale, channel=channel)


@pytest.mark.parametrize("browser", ["en", "own"])
@pytest.mark.parametrize("locale", LOCALES)
def test_answer_rejection_and_person_in_the_language_of_the_message(locale: str, browser: str) -> None:
    question, rejection, wish = TALKS[locale]
    talk = real(locale if browser == "own" else "en")
    talk.says(question)
    assert talk.outcomes() == ["answer"]
    offered = talk.one(AnswerOffered)
    assert isinstance(offered, AnswerOffered)
    assert {one.locale for one in offered.passages} == {locale}
    first = {one.article_id for one in offered.passages}
    talk.wait(30).says(rejection)
    assert "answer.rated" in talk.types()
    again = talk.one(AnswerOffered)
    assert isinstance(again, AnswerOffered)
    assert not first & {one.article_id for one in again.passages}
    talk.wait(30).says(wish)
    handed = talk.one(ConversationHandedOver)
    assert isinstance(handed, ConversationHandedOver)
    assert handed.reason == "human_requested"
    assert talk.state is not None
    assert talk.state.locale == locale
    for text in talk.said():
        assert not re.search(r"[a-z]{4}", text) or locale == "en"


@pytest.mark.parametrize("wish", ["3ayez akallem 7ad", "转人工", "agent", "真人", "موظف", "get me a human!!"])
def test_a_wish_in_few_words_as_the_very_first_message(wish: str) -> None:
    talk = real("en")
    talk.says(wish)
    assert talk.outcomes() == ["human"]


@pytest.mark.parametrize("text", ["hello, where is my order?", "你好，我的订单在哪里"])
def test_a_greeting_with_a_question_is_a_question(text: str) -> None:
    talk = real("en")
    talk.says(text)
    assert talk.outcomes() in (["answer"], ["question"])
    assert talk.state is not None
    assert talk.state.episode.bot_turns == 1


@pytest.mark.parametrize("text", ["笑死", "this app makes me want to die", "هموت من الضحك"])
def test_figures_of_speech_are_no_emergency(text: str) -> None:
    talk = real("en")
    talk.says(text)
    if "answer.deferred" in talk.types():
        talk.next_timer()
    assert talk.state is not None
    assert not talk.state.episode.urgent
