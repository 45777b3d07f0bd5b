"""The language guess: scripts, function words, priors."""

import pytest

from funnel.escalation.signals.folding import fold
from funnel.escalation.signals.language import UNSURE, guess_language


def guess(text: str, prior: str = "en") -> str:
    return guess_language(text, fold(text), prior).code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Where is my order?", "en"),
        ("我的订单在哪里", "zh-Hans"),
        ("我的訂單在哪裡", "zh-Hant"),
        ("退款几时到", "zh-Hans"),
        ("我張單去咗邊", "zh-Hant"),
        ("أين طلبي؟", "ar"),
        ("fein el order beta3y ya gama3a", "ar"),
        ("3ayez a3raf el talab wesel fein", "ar"),
        ("Où est ma commande ?", "fr"),
        ("Wo ist meine Bestellung?", "de"),
        ("¿Dónde está mi pedido?", "es"),
        ("Onde está a minha encomenda?", "pt"),
        ("Dove si trova il mio pacco?", "it"),
        ("Waar blijft mijn bestelling?", "nl"),
        ("Где мой заказ?", "ru"),
        ("Де моє замовлення, воно ще їде?", "uk"),
        ("Siparişim nerede kaldı?", "tr"),
        ("注文はどこですか", "ja"),
        ("주문은 어디에 있나요", "ko"),
        ("คำสั่งซื้อของฉันอยู่ที่ไหน", "th"),
        ("मेरा ऑर्डर कहाँ है", "hi"),
        ("Đơn hàng của tôi ở đâu?", "vi"),
        ("سفارش من کجاست؟ پول پس می‌خواهم", "fa"),
        ("איפה ההזמנה שלי", "he"),
        ("Πού είναι η παραγγελία μου;", "el"),
    ],
)
def test_languages(text: str, code: str) -> None:
    assert guess(text) == code
    assert guess_language(text, fold(text), "en").score >= UNSURE


@pytest.mark.parametrize(
    "text",
    ["", "4711", "ok", "👍", "#48213", "???", "mina@example.org", "https://example.org/where-is-my-order"],
)
@pytest.mark.parametrize("prior", ["zh-Hant", "ar", "en", "fr"])
def test_texts_that_tell_nothing_keep_the_prior(text: str, prior: str) -> None:
    assert guess(text, prior) == prior


def test_common_ideographs_keep_the_chinese_prior() -> None:
    assert guess("可以", "zh-Hant") == "zh-Hant"
    assert guess("可以", "zh-Hans") == "zh-Hans"


def test_product_names_do_not_change_the_language() -> None:
    assert guess("我想退 iPhone case 这个商品", "zh-Hans") == "zh-Hans"
    assert guess("أريد إرجاع iPhone", "en") == "ar"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我的 order 48213 还没到 please help", "zh-Hans"),
        ("请问 delivery 几天能到", "zh-Hans"),
        ("我要 return 這個 jacket", "zh-Hant"),
        ("退貨 shipping fee 誰付", "zh-Hant"),
        ("ممكن cancel subscription لو سمحت", "ar"),
        ("عايز refund للاوردر بتاعي", "ar"),
        ("do you sell 小米 phones in the shop", "en"),
        ("where is my طلب please, it is late", "en"),
        ("wallahi el shipment mawselsh lesa", "ar"),
        ("bghit n3ref fin wslat la commande dyali", "ar"),
        ("kifak, baddi es2al 3an el talabiye", "ar"),
        ("ya3ni emta haygy el order", "ar"),
    ],
)
@pytest.mark.parametrize("prior", ["en", "ar", "zh-Hans"])
def test_mixed_text_is_of_the_language_that_carries_it(text: str, code: str, prior: str) -> None:
    assert guess(text, prior) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Cât costă livrarea până acasă?", "ro"),
        ("Unde pot schimba adresa din cont", "ro"),
        ("Quanto costa la spedizione", "it"),
        ("Quanto custa o envio para o Porto", "pt"),
        ("Cuánto cuesta el envío a casa", "es"),
        ("Berapa harga pengiriman ke rumah", "id"),
        ("Ile kosztuje dostawa do domu", "pl"),
        ("Kargo ücreti ne kadar olur", "tr"),
    ],
)
@pytest.mark.parametrize("prior", ["en", "zh-Hans", "fr"])
def test_a_question_without_letters_of_its_own_is_told_by_its_words(text: str, code: str, prior: str) -> None:
    assert guess(text, prior) == code


@pytest.mark.parametrize(
    ("text", "prior"),
    [
        ("buenazo el video amigo", "es"),
        ("excelente tema, el si sabe", "es"),
        ("no problem la merge treaba", "ro"),
        ("me chama no chat", "pt"),
        ("il video non si apre", "it"),
    ],
)
def test_one_word_of_another_language_does_not_outweigh_the_prior(text: str, prior: str) -> None:
    assert guess(text, prior) == prior


def test_words_of_no_known_language_are_unsure() -> None:
    text = "kvel hrosta minelk dopra saktu weln"
    assert guess_language(text, fold(text), "en").score < UNSURE
