"""The search over a small base in four languages: order, outcomes, who sees what, and which locale answers."""

from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.articles import Article, Audience, Status
from kb.library import Shelving
from kb.search import KbSnapshot, Outcome
from kb.store import Changes

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = count(1)
SITE, OTHER_SITE = "a" * 8, "b" * 8


def article(
    title: str, body: str, locale: str = "en", *, audience: Audience = Audience.PUBLIC, sites: tuple[str, ...] = (),
    asked: tuple[str, ...] = (), urls: tuple[str, ...] = (), group: str | None = None,
) -> Article:  # fmt: skip
    number = next(_numbers)
    return Article(
        id=f"id-{number}", group_id=group or f"group-{number}", revision=1, updated_at=_NOW, locale=locale, title=title,
        body=body, slug=f"slug-{number}", status=Status.PUBLISHED, audience=audience, sites=sites,
        example_questions=asked, url_patterns=urls,
    )  # fmt: skip


def snapshot(*articles: Article) -> KbSnapshot:
    shelving = Shelving()
    shelving.apply(Changes(7, _NOW, articles, ()))
    return shelving.study()


BASE = snapshot(
    article("Returning an item", "Send the parcel back within 30 days.\n\n# Label\n\nPrint the label from your account.",
            asked=("How do I send something back?", "return policy"), group="returns"),
    article("When will my refund arrive?", "Refunds reach your card 3 to 5 working days after we receive the parcel.",
            asked=("Where is my money?",), group="refunds"),
    article("Tracking a delivery", "Follow the parcel with the number in the dispatch e-mail.", asked=("Where is my order?",)),
    article("Resetting the password", "Choose Forgot password on the sign-in page.", asked=("I cannot log in",)),
    article("Goodwill credit", "Agents may grant a goodwill credit of 20 euros.", audience=Audience.AGENTS),
    article("退货流程", "收到商品后三十天内可以退货，请把包裹寄回仓库。", "zh-Hans", asked=("怎么退货",), group="returns"),
    article("退款多久到账", "我们收到包裹后三到五个工作日退款到原支付方式。", "zh-Hans", asked=("我的钱什么时候退",), group="refunds"),
    article("重設密碼", "請在登入頁面點選忘記密碼，並依照電子郵件的步驟操作。", "zh-Hant", asked=("無法登入怎麼辦",)),
    article("إرجاع المنتج", "يمكنك إرجاع المنتج خلال ثلاثين يوما من الاستلام.", "ar", asked=("كيف أرجع الطلب؟",), group="returns"),
    article("موعد استرداد المبلغ", "يصل المبلغ إلى بطاقتك خلال خمسة أيام عمل.", "ar", asked=("أين أموالي؟",), group="refunds"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "locale", "title"),
    [
        ("How can I return my item?", "en", "Returning an item"),
        ("how can I send it back", "en-GB", "Returning an item"),
        ("when do I get my refund", "en", "When will my refund arrive?"),
        ("怎么退货？", "zh-CN", "退货流程"),
        ("我要退貨，該怎麼做", "zh-Hant", "退货流程"),
        ("退款什么时候到账", "zh-Hans", "退款多久到账"),
        ("密碼忘記了怎麼重設", "zh-TW", "重設密碼"),
        ("密码忘记了怎么重设", "zh-Hans", "重設密碼"),
        ("كيف يمكنني إرجاع المنتج؟", "ar-EG", "إرجاع المنتج"),
        ("متى يصل المبلغ إلى بطاقتي", "ar", "موعد استرداد المبلغ"),
    ],
)
def test_a_question_about_an_article_is_answered(question: str, locale: str, title: str) -> None:
    result = BASE.search(question, locale, SITE)
    assert result.hits[0].title == title
    assert result.outcome is Outcome.ANSWER
    assert result.confidence >= 0.5


@pytest.mark.parametrize(
    ("question", "locale"),
    [
        ("What is the capital of Mongolia?", "en"),
        ("asdf qwertz", "en"),
        ("", "en"),
        ("🙂 ???", "en"),
        ("今天天气怎么样", "zh-Hans"),
        ("給我講個笑話", "zh-Hant"),
        ("ما هو الطقس اليوم؟", "ar"),
        ("anything", "xx"),
        ("anything", "not a locale"),
    ],
)
def test_a_question_about_something_else_is_not_answered(question: str, locale: str) -> None:
    assert BASE.search(question, locale, SITE).outcome is Outcome.NONE


def test_items_are_the_best_articles_whatever_the_outcome() -> None:
    result = BASE.search("parcel of the weather in Mongolia tomorrow", "en", SITE, limit=3)
    assert result.outcome is not Outcome.ANSWER
    assert len(result.hits) == 3
    assert len({hit.article_id for hit in result.hits}) == 3
    assert [hit.score for hit in result.hits] == sorted((hit.score for hit in result.hits), reverse=True)
    assert (
        BASE.search("parcel", "en", SITE, limit=1).hits == BASE.search("parcel", "en", SITE, limit=3).hits[:1]
    )


def test_the_best_passage_of_the_article_is_given() -> None:
    hit = BASE.search("print the label for a return", "en", SITE).hits[0]
    assert (hit.heading, hit.text) == ("Label", "Print the label from your account.")


def test_articles_for_agents_never_reach_a_visitor() -> None:
    for question in ("goodwill credit", "Goodwill credit of 20 euros", "agents may grant"):
        visitor = BASE.search(question, "en", SITE, limit=50)
        assert "Goodwill credit" not in {hit.title for hit in visitor.hits}
        assert BASE.search(question, "en", SITE, "agents").hits[0].title == "Goodwill credit"


def test_articles_of_another_site_are_never_found() -> None:
    base = snapshot(
        article("Ours", "lamp repair", sites=(SITE,)), article("Theirs", "lamp repair", sites=(OTHER_SITE,))
    )
    assert [hit.title for hit in base.search("lamp repair", "en", SITE).hits] == ["Ours"]
    assert [hit.title for hit in base.search("lamp repair", "en", OTHER_SITE).hits] == ["Theirs"]
    assert {hit.title for hit in base.search("lamp repair", "en", None).hits} == {"Ours", "Theirs"}


@given(st.lists(st.sampled_from(["agents", "public"]), min_size=1, max_size=12), st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_question_finds_what_is_not_public(audiences: list[str], question: str) -> None:
    base = snapshot(
        *(article(f"Lamp {i}", f"lamp {question}", audience=Audience(a)) for i, a in enumerate(audiences))
    )
    found = base.search(f"lamp {question}", "en", SITE, limit=20).hits
    assert len(found) == audiences.count("public")


def test_an_article_alone_in_its_locale_is_found() -> None:
    base = snapshot(article("Zorblax warranty", "The Zorblax is covered for two years."))
    assert base.search("How long is the warranty of the Zorblax?", "en", SITE).outcome is Outcome.ANSWER


def test_the_chain_is_language_then_its_siblings_then_the_site() -> None:
    assert BASE.chain("en-GB") == ("en",)
    assert BASE.chain("zh-TW", ("en", "ar")) == ("zh-Hant", "zh-Hans", "en", "ar")
    assert BASE.chain("fr", ("en",)) == ("en",)
    assert BASE.chain("nonsense tag", ()) == ()


def test_a_site_locale_answers_when_the_own_does_not() -> None:
    result = BASE.search("refund", "fr", SITE, fallbacks=("en",))
    assert result.hits[0].locale == "en"
    assert BASE.search("refund", "fr", SITE).hits == ()


def test_suggestions_for_a_page_are_closest_first_and_in_the_readers_language() -> None:
    base = snapshot(
        article("Orders", "text", urls=("/orders*",), group="o"),
        article("Returns", "text", urls=("/orders/returns",), group="r"),
        article("إرجاع", "نص", "ar", urls=("/orders/returns",), group="r"),
        article("Staff", "text", urls=("*",), audience=Audience.AGENTS),
        article("Other site", "text", urls=("*",), sites=(OTHER_SITE,)),
    )
    url = "https://shop.example/orders/returns"
    assert [hit.title for hit in base.suggest(url, "en", SITE)] == ["Returns", "Orders"]
    assert [hit.title for hit in base.suggest(url, "ar", SITE, fallbacks=("en",))] == ["إرجاع", "Orders"]
    assert base.suggest("https://shop.example/", "en", SITE) == ()


def test_changes_leave_earlier_snapshots_alone() -> None:
    shelving = Shelving()
    first = article("Lamp", "how to repair the lamp")
    one = shelving.apply(Changes(1, _NOW, (first,), ()))
    second = article("Desk", "how to repair the desk")
    two = shelving.apply(Changes(2, _NOW, (second,), (first.id,)))
    three = shelving.apply(Changes(3, _NOW, (), (second.id,)))
    assert [hit.title for hit in one.search("repair lamp", "en", SITE).hits] == ["Lamp"]
    assert [hit.title for hit in two.search("repair lamp", "en", SITE).hits] == ["Desk"]
    assert three.search("repair", "en", SITE).hits == ()
    assert (one.revision, two.revision, three.revision) == (1, 2, 3)


def test_an_article_that_moves_to_another_locale_leaves_the_first() -> None:
    shelving = Shelving()
    shelving.apply(Changes(1, _NOW, (article("Lamp", "repair"), moved := article("Desk", "repair")), ()))
    base = shelving.apply(Changes(2, _NOW, (Article(**{**_fields(moved), "locale": "de"}),), ()))
    assert [hit.title for hit in base.search("repair", "en", SITE).hits] == ["Lamp"]
    assert [hit.title for hit in base.search("repair", "de", SITE).hits] == ["Desk"]


def _fields(one: Article) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60), st.text(max_size=12))
@settings(max_examples=150, deadline=None)
def test_no_question_or_locale_raises(question: str, locale: str) -> None:
    result = BASE.search(question, locale, SITE, fallbacks=("en", locale))
    assert 0 <= result.confidence <= 1
    BASE.suggest(question, locale, SITE)


def test_suggestions_are_in_no_language_but_the_visitors() -> None:
    for question in (
        "المصباح المنتج المبلغ",
        "المنتج الجديد في البيت",
        "خمسة أيام",
        "بطاقتك في المكتب الكبير",
    ):
        found = BASE.search(question, "en", None, fallbacks=("en", "ar"))
        alone = BASE.search(question, "ar", None)
        assert alone.hits
        assert found.outcome is Outcome.ANSWER or all(hit.locale == "en" for hit in found.hits)
