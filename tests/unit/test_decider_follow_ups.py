"""Questions that lean on the one before, in four languages, and which texts do not."""

import pytest

from bots.decider.follow_up import follows_up
from funnel.conversations.events import AnswerOffered
from tests.unit.decider_world import Talk
from tests.unit.test_decider_languages import demo, real

LEANING = (
    "and for sale items?", "And what about jackets", "what about Norway?", "how about two", "same for gift cards",
    "那打折的呢？", "换成大一号的呢", "那運費呢", "如果包裝丟了呢？", "وماذا عن السعودية؟", "وبالنسبة للملابس؟", "ماذا عن الشحن",
)  # fmt: skip
STANDING = (
    "How do I return something?", "android app", "andy sent me", "what does it cost", "怎么退货", "那个订单号是多少",
    "運費多少", "كيف أرجع المنتج؟", "واجهت مشكلة", "", "and " * 20,
)  # fmt: skip
TALKS = [
    ("en", "How do I return something?", "and for sale items?", "sale-items"),
    ("en", "How long does delivery take?", "and what does it cost?", "shipping-cost"),
    ("zh-Hans", "怎么退货？", "那退款呢？", "refund-time"),
    ("zh-Hant", "請問要怎麼退貨？", "那退款呢？", "refund-time"),
    ("ar", "كم يستغرق التوصيل؟", "وماذا عن تكلفة الشحن؟", "shipping-cost"),
    ("ar", "هل يمكنني إرجاع منتجات التخفيضات؟", "استرداد المبلغ", "refund-time"),
    ("ar", "هل يمكنني إرجاع منتجات التخفيضات؟", "وماذا عن استرداد المبلغ؟", "refund-time"),
]


@pytest.mark.parametrize("text", LEANING)
def test_texts_that_lean(text: str) -> None:
    assert follows_up(text)


@pytest.mark.parametrize("text", STANDING)
def test_texts_that_stand_by_themselves(text: str) -> None:
    assert not follows_up(text)


def offered(talk: Talk) -> list[str]:
    """The slugs of what was offered last."""
    event = talk.one(AnswerOffered)
    assert isinstance(event, AnswerOffered)
    entries = (
        entry.article
        for tag in demo().locales
        for entry in demo().shelf(tag).entries(None, "agents")  # type: ignore[union-attr, arg-type]
    )
    slugs = {article.id: article.slug for article in entries}
    return [slugs[one.article_id] for one in event.passages]


@pytest.mark.parametrize(("locale", "question", "more", "slug"), TALKS)
def test_a_follow_up_is_read_with_the_question_before(
    locale: str, question: str, more: str, slug: str
) -> None:
    talk = real(locale)
    talk.says(question)
    first = offered(talk)
    talk.wait(30).says(more)
    again = offered(talk)
    assert slug in again
    assert not set(first) & set(again)
