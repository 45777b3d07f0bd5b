"""Page addresses against patterns."""

import pytest

from kb.patterns import address_of, specificity


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("/orders", "https://shop.example/orders/"),
        ("/orders*", "https://shop.example/orders/4711?x=1#y"),
        ("/*/returns", "https://shop.example/en/returns"),
        ("*", "https://shop.example/"),
        ("/", "https://shop.example"),
        ("shop.example/orders*", "https://shop.example/orders"),
        ("https://shop.example/*", "http://shop.example/a/b"),
        ("/a*b*c", "/axxbxxc"),
        ("/帮助*", "https://shop.example/%E5%B8%AE%E5%8A%A9/1"),
    ],
)
def test_matching(pattern: str, url: str) -> None:
    assert specificity(pattern, address_of(url)) >= 0


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("/orders", "https://shop.example/orders/1"),
        ("/a*b*c", "/ac"),
        ("/aa*aa", "/aaa"),
        ("/.*", "https://shop.example/orders"),
        ("other.example/*", "https://shop.example/"),
        ("", "https://shop.example/"),
        ("/x", "http://[broken"),
    ],
)
def test_not_matching(pattern: str, url: str) -> None:
    assert specificity(pattern, address_of(url)) == -1


def test_the_closer_pattern_counts_more() -> None:
    address = address_of("https://shop.example/orders/returns")
    assert (
        specificity("/orders/returns", address) > specificity("/orders*", address) > specificity("*", address)
    )


def test_many_stars_take_linear_time() -> None:
    assert specificity("*a" * 900, address_of("/" + "a" * 1_800 + "b")) == -1
