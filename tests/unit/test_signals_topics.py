"""Matters and moods by plain words in the four languages and a few more, their look-alikes, and the course of a mood."""

import pytest

from funnel.escalation.signals.complexity import Facts, complexity
from funnel.escalation.signals.entities import find_entities
from funnel.escalation.signals.measure import measure
from funnel.escalation.signals.progress import ALIKE, alike, read_turn, trajectory
from funnel.escalation.signals.registry import RAISED


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("payment", "my refund has not arrived"),
        ("payment", "退款什么时候到账"),
        ("payment", "我要退錢"),
        ("payment", "متى يرجع المبلغ"),
        ("payment", "fein feloosy"),
        ("fraud", "someone used my card without my permission"),
        ("fraud", "我的卡被盗刷了"),
        ("fraud", "你們重複扣款"),
        ("fraud", "اتسحب مني المبلغ مرتين"),
        ("security", "I forgot my password"),
        ("security", "账号被锁了"),
        ("security", "忘記密碼"),
        ("security", "حسابي مقفول"),
        ("legal", "you will hear from my lawyer"),
        ("legal", "我要找消费者协会"),
        ("legal", "我要找消保官"),
        ("legal", "هرفع عليكم قضية"),
        ("privacy", "delete all the data you have about me"),
        ("privacy", "请删除我的个人信息"),
        ("privacy", "احذفوا بياناتي"),
        ("safety", "the charger burned my hand"),
        ("safety", "充电宝着火了"),
        ("safety", "用了之後臉過敏紅腫"),
        ("safety", "الشاحن ولع في البيت"),
        ("churn", "cancel my subscription"),
        ("churn", "我要退订会员"),
        ("churn", "عايز ألغي اشتراكي"),
        ("abuse_to_staff", "fuck you all"),
        ("abuse_to_staff", "你们这群废物"),
        ("abuse_to_staff", "يا حمير"),
        ("anger", "I am absolutely furious"),
        ("anger", "气死我了，什么态度"),
        ("anger", "حسبي الله ونعم الوكيل فيكم"),
        ("distress", "I'm in tears, I don't know what to do"),
        ("distress", "求求你们帮帮我"),
        ("distress", "أرجوكم ساعدوني"),
        ("wants_person", "quiero hablar con una persona"),
        ("wants_person", "オペレーターに繋いでください"),
        ("wants_person", "상담원 연결해 주세요"),
        ("wants_person", "хочу поговорить с человеком"),
        ("wants_person", "मुझे किसी इंसान से बात करनी है"),
        ("wants_person", "ขอคุยกับเจ้าหน้าที่"),
        ("minors", "I am only 14 years old"),
        ("complaint", "我要投诉"),
    ],
)
def test_said_plainly(name: str, text: str) -> None:
    value = measure(text).signals[name]
    assert value.score >= 0.5
    assert all(0 <= low < high <= len(text) for low, high in value.evidence)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("anger", "I'm not angry at all, take your time"),
        ("anger", "垃圾桶有几种颜色"),
        ("anger", "我没有生气"),
        ("anger", "أنا مش زعلان ولا معصب"),
        ("payment", "how long does charging the lamp take"),
        ("fraud", "do you have fraud protection"),
        ("fraud", "معاكم كود خصم؟"),
        ("legal", "do you sell tennis court shoes"),
        ("abuse_to_staff", "do you have dog food"),
        ("abuse_to_staff", "这个机器人是废物"),
        ("safety", "is the cream hypoallergenic"),
        ("safety", "这款面霜敏感肌能用吗"),
        ("wants_person", "please call me tom"),
        ("distress", "do you have emergency lights"),
    ],
)
def test_look_alikes(name: str, text: str) -> None:
    value = measure(text).signals.get(name)
    assert value is None or value.score < RAISED


def test_complexity_grows_with_what_is_asked() -> None:
    def asks(text: str, **facts: float) -> float:
        return complexity(text, find_entities(text), Facts(**facts))[0]  # type: ignore[arg-type]

    plain = asks("where is my order?")
    several = asks("where is my order 48213? and why was I charged? and when do I get my refund of 40 EUR?")
    technical = asks("firmware 2.14.1 says ERR_0042 and HTTP 503 after OAuth")
    assert plain < 0.2 < technical
    assert several > 0.5
    assert asks("where is my order?", unresolved=2) >= plain + 0.5
    assert asks("where is my order?", confidence=0.0) > asks("where is my order?", confidence=1.0)


def test_entities_are_told_apart() -> None:
    text = "On 12/03/2026 I paid $49.90 for order #48213, see https://shop.example/o?id=1 or mail a@b.example"
    found = find_entities(text)
    named = {name: [text[a:b] for a, b in getattr(found, name)] for name in found.__struct_fields__}
    assert named == {
        "orders": ["#48213"],
        "emails": ["a@b.example"],
        "phones": [],
        "amounts": ["$49.90"],
        "dates": ["12/03/2026"],
        "urls": ["https://shop.example/o?id=1"],
    }


def test_the_course_of_a_mood() -> None:
    assert trajectory(()).in_row == 0
    course = trajectory((0.1, 0.9, 0.6, 0.7))
    assert (course.now, course.peak, course.in_row) == (0.7, 0.9, 3)
    assert course.trend > 0


def test_a_reply_is_read_as_what_it_is() -> None:
    asked = "how long does delivery to Norway take"
    assert read_turn("delivery to Norway, how long does it take?", [asked]).miss == "repeated"
    assert read_turn("that didn't help", [asked]).miss == "rejected"
    assert read_turn("thanks!", [asked]).positive
    assert read_turn("and can I return the lamp?", [asked]).miss is None
    assert read_turn("asdfghjkl", [asked], asked=True).miss == "unusable_reply"
    assert alike(asked, asked) >= ALIKE
    assert alike("", asked) == 0.0
