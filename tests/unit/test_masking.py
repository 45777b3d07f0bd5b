"""Masking: no card number, IBAN or spoken secret gets through, and ordinary words do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.conversations import masking
from funnel.conversations.masking import HIDDEN, luhn, mask

DIGITS = {"ascii": "0123456789", "arabic": "٠١٢٣٤٥٦٧٨٩", "full": "０１２３４５６７８９"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my card is 4111 1111 1111 1111, thanks", "my card is [•••• 1111], thanks"),
        ("5555-5555-5555-4444", "[•••• 4444]"),
        ("卡号4111111111111111付款失败", "卡号[•••• 1111]付款失败"),
        ("order 12 4111 1111 1111 1111", "order 12 [•••• 1111]"),
        ("بطاقتي ٤١١١١١١١١١١١١١١١", "بطاقتي [•••• ١١١١]"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [•••• 3000] please"),
        ("gb82west12345698765432.", "[•••• 5432]."),
        ("我的IBAN是FR1420041010050500013M02606", "我的IBAN是[•••• 2606]"),
        ("my password is hunter2 ok", "my password is [••••] ok"),
        ("password: s3cret!", "password: [••••]"),
        ("密码是abc123，进不去", "密码是[••••]，进不去"),
        ("密碼：Qwerty99", "密碼：[••••]"),
        ("كلمة السر هي abc123", "كلمة السر هي [••••]"),
        ("كلمة المرور: ١٢٣٤٥٦", "كلمة المرور: [••••]"),
        ("password hunter2", "password [••••]"),
    ],
)
def test_hides_what_is_secret(text: str, expected: str) -> None:
    assert mask(text) == expected
    assert mask(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "my password is not working",
        "I forgot my password",
        "password reset does not arrive",
        "my password is expired",
        "密码忘了怎么办",
        "密码是多少",
        "نسيت كلمة السر",
        "order 4711 from 2024-05-06",
        "call +86 138 0013 8000",
        "4111 1111 1111 1112",
        "tracking 1234567890123456789012345",
        "GB00 WEST 1234 5698 7654 32",
        "",
    ],
)
def test_leaves_ordinary_words(text: str) -> None:
    assert mask(text) == text


def _card(body: str) -> str:
    return next(body + str(check) for check in range(10) if luhn(body + str(check)))


cards = st.builds(
    lambda first, rest: _card(first + rest),
    st.sampled_from("23456"),
    st.text("0123456789", min_size=11, max_size=17),
)


@given(before=st.text(), card=cards, after=st.text(), script=st.sampled_from(list(DIGITS)))
def test_no_card_number_survives(before: str, card: str, after: str, script: str) -> None:
    written = card.translate(str.maketrans(DIGITS["ascii"], DIGITS[script]))
    text = f"{before} x{written}x {after}"
    assert written not in mask(text)


@given(card=cards, gap=st.sampled_from([" ", "-", "."]), size=st.integers(3, 6))
def test_grouped_card_numbers_are_hidden(card: str, gap: str, size: int) -> None:
    grouped = gap.join(card[start : start + size] for start in range(0, len(card), size))
    assert mask(grouped) == f"[{HIDDEN} {card[-4:]}]"


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(
    st.text(st.characters(categories=["L", "Zs"])).filter(
        lambda text: not re.search(r"(?i)pass|pwd|باس|كلم", text)
    )
)
def test_letters_alone_are_never_touched(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "mi contraseña es Hunter22!",
        "mot de passe : Hunter22!",
        "пароль: Hunter22!",
        "パスワードはHunter22!です",
        "비밀번호: Hunter22!",
        "my cvv is 123, card ending 4242",
        "Passwort ist Hunter22!",
    ],
)
def test_secrets_after_a_cue_of_further_languages(text: str) -> None:
    masked = mask(text)
    assert "Hunter22" not in masked
    assert "123" not in masked
    assert mask(masked) == masked


@given(st.from_regex(re.compile(masking._CUE, re.IGNORECASE), fullmatch=True), st.text(max_size=20))
def test_no_cue_is_passed_over_in_haste(cue: str, around: str) -> None:
    assert masking._MAYBE.search(f"{around}{cue}".encode("utf-8", "replace"))


def test_capitals_of_every_language_are_cues() -> None:
    for text in (
        "ŞİFREM: abc123",
        "şıfrem: abc123",
        "HASŁO: abc123",
        "ПАРОЛЬ: abc123",
        "Paſſword: abc123",
        "MẬT KHẨU: abc123",
    ):
        assert "abc123" not in mask(text)
