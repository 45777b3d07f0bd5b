"""The demo's knowledge base: what it answers, what it must not, and how often it answers what it does not know."""

import pytest

from benchmarks.bench_retrieval import DEMO, NOW, demo_articles
from kb.library import Shelving
from kb.search import Outcome
from kb.store import Changes

_ARTICLES = demo_articles(DEMO)


_SHELVING = Shelving()
_SHELVING.apply(Changes(1, NOW, tuple(one for group in _ARTICLES.values() for one in group), ()))
BASE = _SHELVING.study()


@pytest.mark.parametrize(
    ("question", "locale", "slug"),
    [
        ("How long does delivery take?", "en", "delivery-times"),
        ("送货要多久？", "zh-Hans", "delivery-times"),
        ("多久會送到？", "zh-Hant", "delivery-times"),
        ("كم يستغرق التوصيل؟", "ar", "delivery-times"),
        ("How do I return something?", "en", "return-policy"),
        ("Sorry, can you tell me how I can reset my password?", "en", "reset-password"),
        ("不要转人工，我就想问一下运费多少钱", "zh-Hans", "shipping-cost"),
    ],
)
def test_plain_questions_are_answered(question: str, locale: str, slug: str) -> None:
    result = BASE.search(question, locale, None, fallbacks=("en",))
    assert (result.outcome, result.hits[0].slug) == (Outcome.ANSWER, slug)


@pytest.mark.parametrize(
    ("question", "locale"),
    [
        ("what is the capital of France", "en"),
        ("tell me a joke", "en"),
        ("will it rain tomorrow in Paris?", "en"),
        ("who won the football game last night", "en"),
        ("what time is it", "en"),
        ("asdkjh qwe zxc", "en"),
        ("今天天气怎么样", "zh-Hans"),
        ("法国的首都是哪里", "zh-Hans"),
        ("給我講個笑話", "zh-Hant"),
        ("明天會下雨嗎", "zh-Hant"),
        ("ما هي عاصمة فرنسا؟", "ar"),
        ("احك لي نكتة", "ar"),
        ("كيف الطقس اليوم؟", "ar"),
    ],
)
def test_other_matters_are_not_answered(question: str, locale: str) -> None:
    assert BASE.search(question, locale, None, fallbacks=("en",)).outcome is not Outcome.ANSWER


@pytest.mark.parametrize("locale", sorted(_ARTICLES))
def test_every_title_and_example_question_is_answered_by_its_article(locale: str) -> None:
    for article in _ARTICLES[locale]:
        for question in (article.title, *article.example_questions):
            shouted = f"  {question.upper()} !! "
            for text in (question, shouted):
                result = BASE.search(text, locale, None, article.audience)
                assert (result.outcome, result.hits[0].article_id) == (Outcome.ANSWER, article.id), text


@pytest.mark.parametrize("locale", sorted(_ARTICLES))
def test_few_questions_are_answered_while_their_article_is_away(locale: str) -> None:
    shelving = Shelving()
    shelving.apply(Changes(1, NOW, tuple(_ARTICLES[locale]), ()))
    shelving.study()
    asked = wrongly = 0
    for article in _ARTICLES[locale]:
        gone = shelving.apply(Changes(1, NOW, (), (article.id,)))
        for question in article.example_questions:
            asked += 1
            wrongly += gone.search(question, locale, None, article.audience).outcome is Outcome.ANSWER
        shelving.apply(Changes(1, NOW, (article,), ()))
    # English has nineteen articles more, many about the same matters ("delete my data" beside "delete my account").
    assert wrongly <= (0.16 if locale == "en" else 0.1) * asked
