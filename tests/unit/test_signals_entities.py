"""Order numbers, addresses and telephone numbers in a text."""

import pytest

from funnel.escalation.signals.entities import find_entities, order_matcher


def named(text: str, pattern: str | None = None) -> tuple[list[str], list[str], list[str]]:
    found = find_entities(text) if pattern is None else find_entities(text, pattern)
    return tuple(
        [text[low:high] for low, high in spans] for spans in (found.orders, found.emails, found.phones)
    )  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("where is #4711?", "#4711"),
        ("order 20231145 please", "20231145"),
        ("订单20231145什么时候发货", "20231145"),
        ("ABC-12345", "ABC-12345"),
        ("طلبي رقم ١٢٣٤٥٦", "١٢٣٤٥٦"),
        ("no. FN88213, late", "FN88213"),
    ],
)
def test_order_numbers(text: str, order: str) -> None:
    assert named(text) == ([order], [], [])


def test_addresses_are_not_orders() -> None:
    assert named("write to mina.12345@example.org") == ([], ["mina.12345@example.org"], [])
    assert named("see https://shop.example/12345") == ([], [], [])
    assert named("ring +49 170 1234567") == ([], [], ["+49 170 1234567"])
    assert named("13800138000 打给我") == ([], [], ["13800138000"])


def test_prices_years_and_short_numbers_are_nothing() -> None:
    assert named("I paid 49.90 in 2025 for 2 lamps, 1234") == ([], [], [])


def test_a_site_has_its_own_pattern() -> None:
    assert named("X-99 and 20231145", r"X-[0-9]{2}")[0] == ["X-99"]
    for bad in ("", "(", "a*", "x" * 301, r"(?=a)b"):
        with pytest.raises(ValueError, match="order number pattern"):
            order_matcher(bad)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("It was due on 2026-11-20, €129.00 paid", ["€129.00"]),
        ("I sent 20, €5 came back.", ["€5"]),
        ("价格是 1,299 元，谢谢", ["1,299 元"]),
        ("NT$1,200 and 30 dollars, please", ["NT$1,200", "30 dollars"]),
    ],
)
def test_amounts_end_where_their_number_ends(text: str, amounts: list[str]) -> None:
    assert [text[low:high] for low, high in find_entities(text).amounts] == amounts
