"""Things named in a text: order numbers, amounts, dates, e-mail addresses, telephone numbers, links. Spans are of the original text."""

import re
from functools import lru_cache
from typing import Any, Final, cast

import re2
from msgspec import Struct

Span = tuple[int, int]
DEFAULT_ORDER_PATTERN: Final = r"#\s?[0-9]{3,12}|[A-Za-z]{2,4}-?[0-9]{4,12}|[0-9]{5,12}"
ORDER_EXAMPLE: Final = "#4711"
_MAX_PATTERN: Final = 300
_KINDS: Final = ("dates", "amounts", "phones", "orders")
_EMAIL = re2.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}")
_PHONE_TEXT: Final = r"(?:\+|00)?[0-9](?:[ \-./()]{0,2}[0-9]){6,14}"
_PHONE = re2.compile(_PHONE_TEXT)
_LINK = re2.compile(r"(?:https?://|www\.)[^\s]+")
_MONEY_SIGN: Final = r"[$€£¥₹₽₩₫฿₺]"
_MONEY_NAME: Final = (
    r"(?i:usd|eur|gbp|cny|rmb|hkd|twd|ntd|nt\$|hk\$|sar|aed|egp|mad|dzd|tnd|kwd|qar|omr|bhd|jod|lbp|dollars?|euros?|pounds?|bucks"
    r"|riyals?|dirhams?|dinars?|geneh|gneh|le\b|sr\b|inr|rs\.?)|元|块|塊|人民币|人民幣|台币|台幣|港币|港幣|港纸|港紙|蚊|円|원"
    r"|ريال|درهم|دينار|جنيه|جنيها|ليرة|دولار|يورو|ر\.س|ج\.م|د\.إ"
)
_NUMBER: Final = (
    r"[0-9](?:[0-9.,٬٫]{0,12}[0-9])?"  # it ends in a digit: the comma behind it is the sentence's
)
_AMOUNT_TEXT: Final = rf"{_MONEY_SIGN} ?{_NUMBER}|(?:(?i:nt|hk|us|rmb|usd|eur|gbp|sar|aed|egp) ?\$? ?){_NUMBER}|{_NUMBER} ?(?:{_MONEY_SIGN}|{_MONEY_NAME})"
_MONTH: Final = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}"
_AMOUNT = re2.compile(_AMOUNT_TEXT)
_DATE_TEXT: Final = (
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})"
    rf"|\b{_MONTH}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?\b|\b[0-9]{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}\b"
    r"|(?:[0-9]{4} ?年 ?)?[0-9]{1,2} ?月 ?[0-9]{1,2} ?[日号號]"
    r"|[0-9]{1,2} ?(?:يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|اغسطس|سبتمبر|أكتوبر|اكتوبر|نوفمبر|ديسمبر|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين|كانون)"
)
_DATE = re2.compile(_DATE_TEXT)
_OTHER_DIGITS = re.compile("[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19\ud800-\udfff]")
_DIGITS: Final = dict.fromkeys(range(0xD800, 0xE000), "\ufffd") | {
    ord(c): str(i) for zero in "٠۰０" for i, c in enumerate(chr(ord(zero) + n) for n in range(10))
}


class Entities(Struct, frozen=True):
    """Half-open code point spans of the original text, in order, each thing in one list only."""

    orders: tuple[Span, ...] = ()
    emails: tuple[Span, ...] = ()
    phones: tuple[Span, ...] = ()
    amounts: tuple[Span, ...] = ()
    dates: tuple[Span, ...] = ()
    urls: tuple[Span, ...] = ()


@lru_cache(maxsize=64)
def _kinds_of(pattern: str) -> "Any":
    """One automaton that tells which of `_KINDS` are in a text at all; most texts with a digit name one or two."""
    kinds = re2.Set.SearchSet()
    for one in (_DATE_TEXT, _AMOUNT_TEXT, _PHONE_TEXT, pattern):
        kinds.Add(one)
    kinds.Compile()
    return kinds


@lru_cache(maxsize=64)
def order_matcher(pattern: str = DEFAULT_ORDER_PATTERN) -> "Any":
    """The compiled order number pattern of a site (linear time whatever the pattern). Raises ValueError if unusable."""
    if not pattern or len(pattern) > _MAX_PATTERN:
        raise ValueError(f"an order number pattern has 1 to {_MAX_PATTERN} characters")
    try:
        compiled = re2.compile(pattern)
    except re2.error as error:
        raise ValueError("this order number pattern cannot be read") from error
    if compiled.search("") is not None:
        raise ValueError("an order number pattern must not match an empty text")
    return compiled


def _spans(matcher: "Any", text: str) -> list[Span]:
    return [cast(Span, found.span()) for found in matcher.finditer(text)]


def _free(spans: list[Span], taken: list[Span]) -> list[Span]:
    if not taken:
        return spans
    return [s for s in spans if not any(s[0] < high and low < s[1] for low, high in taken)]


def _stands_alone(text: str, span: Span) -> bool:
    """Not the middle of a longer word or number. Ideographs and other scripts may touch it."""
    before = text[span[0] - 1] if span[0] else " "
    after = text[span[1]] if span[1] < len(text) else " "
    return not (before.isascii() and (before.isalnum() or before in ".,")) and not (
        after.isascii() and after.isalnum()
    )


def _starts_alone(text: str, span: Span) -> bool:
    """Not the tail of a longer word or number: a currency may be glued to what follows."""
    before = text[span[0] - 1] if span[0] else " "
    return not (before.isascii() and (before.isalnum() or before in ".,"))


def _is_phone(text: str, span: Span) -> bool:
    """A `+`, a leading 0 or separators tell a telephone number from an order number."""
    piece = text[span[0] : span[1]]
    digits = sum(c.isdigit() for c in piece)
    return digits >= 7 and (piece[0] in "+0" or (len(piece) > digits and digits >= 9) or digits == 11)


def find_entities(text: str, order_pattern: str = DEFAULT_ORDER_PATTERN) -> Entities:
    """What the text names. A number that could be both counts as a telephone number only if it is written like one.

    Raises ValueError for an order pattern that cannot be used.
    """
    matcher = order_matcher(order_pattern)
    linked = "://" in text or "www." in text
    if not linked and not re.search(r"[\d@]", text):
        return Entities()
    plain = text if text.isascii() or not _OTHER_DIGITS.search(text) else text.translate(_DIGITS)
    emails = _spans(_EMAIL, plain) if "@" in plain else []
    urls = _spans(_LINK, plain) if linked else []
    kinds = frozenset(_KINDS[at] for at in _kinds_of(order_pattern).Match(plain) or ())
    taken = emails + urls
    dates = (
        [s for s in _free(_spans(_DATE, plain), taken) if _stands_alone(plain, s)] if "dates" in kinds else []
    )
    amounts = (
        [s for s in _free(_spans(_AMOUNT, plain), taken + dates) if _starts_alone(plain, s)]
        if "amounts" in kinds
        else []
    )
    taken += dates + amounts
    phones = (
        [s for s in _free(_spans(_PHONE, plain), taken) if _stands_alone(plain, s) and _is_phone(plain, s)]
        if "phones" in kinds
        else []
    )
    found = _free(_spans(matcher, plain), taken + phones) if "orders" in kinds else []
    orders = [s for s in found if _stands_alone(plain, s)]
    return Entities(*map(tuple, (orders, emails, phones, amounts, dates, urls)))
