"""The measured signals of a text as the dialogue hears them."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from bots.dialogue.hearing import Heard
from funnel.core.errors import FunnelError
from funnel.core.locales import DEFAULT_LOCALE
from funnel.escalation.signals.entities import Span, find_entities
from funnel.escalation.signals.language import UNSURE
from funnel.escalation.signals.measure import Measured, measure
from funnel.people.fields import clean_email

# A few words of one's own order or account: they only choose which question is asked, never whether a person comes.
ACCOUNT_WORDS: Final = (
    "my order", "my parcel", "my package", "my account", "my payment", "my refund", "my invoice", "my delivery",
    "订单", "訂單", "包裹", "我的账户", "我的帐户", "我的帳戶", "我的退款", "快递", "طلبي", "طلبيتي", "حسابي", "شحنتي", "الطلب رقم",
)  # fmt: skip

WISH: Final = 0.5
"""The score from which a wish for a person counts."""


class SignalEars:
    """Hears by `funnel.escalation.signals`."""

    def hear(self, text: str, prior: str) -> Heard:
        """Pure; never raises on any text."""
        return heard_of(text, measure(text, prior or DEFAULT_LOCALE))


def heard_of(text: str, measured: Measured) -> Heard:
    """The dialogue's flags of what was measured."""
    lowered = text.casefold()
    talk = measured.small_talk
    orders = bool(measured.entities.orders)
    return Heard(
        language=measured.language,
        signals=measured.signals,
        wants_person=_score(measured, "wants_person") >= WISH,
        yes=measured.affirms == "yes",
        no=measured.affirms == "no",
        thanks=talk == "thanks",
        greeting=talk == "greeting",
        reaction=measured.unclear == "emoji",
        rejects=measured.rejects,
        withdraws=measured.withdraws == "never_mind",
        solved=measured.withdraws == "solved",
        urgent=measured.urgent == "explicit",
        fragment=measured.fragment,
        gibberish=measured.unclear in ("gibberish", "test", "punctuation"),
        unsure_language=measured.language.score < UNSURE,
        account=orders or any(word in lowered for word in ACCOUNT_WORDS),
        order_number=orders,
        asks_bot=measured.asks_bot,
        email=_email(text, measured.entities.emails),
        orders=tuple(text[start:end] for start, end in measured.entities.orders),
        entities={
            kind: len(spans)
            for kind in measured.entities.__struct_fields__
            if (spans := getattr(measured.entities, kind))
        },
    )


def _score(measured: Measured, name: str) -> float:
    value = measured.signals.get(name)
    return value.score if value is not None else 0.0


def email_in(text: str) -> str | None:
    """The first e-mail address a text names, as it is kept; None where it names none."""
    return _email(text, find_entities(text).emails)


def _email(text: str, spans: Sequence[Span]) -> str | None:
    for start, end in spans:
        with suppress(FunnelError):
            return clean_email(text[start:end])
    return None
