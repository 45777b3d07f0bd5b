"""How much a channel is spoken to without being asked: one row a channel, which an inbox may change in part. Pure."""

from collections.abc import Mapping
from typing import Final

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace


class Manners(Struct, frozen=True, gc=False):
    """A row. Receipts of a hand-over, answers and the urgent path are said everywhere and stand in none.

    `bot_messages`: how many of bot and system may follow one another in a turn; what is more is joined to the last one.
    `acknowledgement`: that a further message of a waiting contact was added, once. `wait_update`: a new time where the promised
    one has passed. `survey`: a rating is asked for. `closing_text`: said where silence closes what an agent had. `settle`: "did
    that settle it?". `asks_address`: out of hours, where else a reply may be sent. `receipt_again`: what was promised is said
    once more where a waiting contact asks for a person again or comes back to people; without it no two machines keep each
    other busy. `marks`: that somebody types or has read is shown where the platform can.
    """

    bot_messages: int = 10
    acknowledgement: bool = True
    wait_update: bool = True
    survey: bool = True
    closing_text: bool = True
    settle: bool = True
    asks_address: bool = True
    receipt_again: bool = True
    marks: bool = True


class MannersOfInbox(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an inbox has otherwise than its channel; UNSET where it does as the channel."""

    bot_messages: int | UnsetType = UNSET
    acknowledgement: bool | UnsetType = UNSET
    wait_update: bool | UnsetType = UNSET
    survey: bool | UnsetType = UNSET
    closing_text: bool | UnsetType = UNSET
    settle: bool | UnsetType = UNSET
    asks_address: bool | UnsetType = UNSET
    receipt_again: bool | UnsetType = UNSET
    marks: bool | UnsetType = UNSET


MOST_BOT_MESSAGES: Final = 10
AS_CHANNEL: Final = MannersOfInbox()
_MESSENGER: Final = Manners(bot_messages=3)
# Each text message costs its sender and buzzes in a pocket; a WeChat window holds five in all; a mail has said by whom and when
# in its receipt, which is the one automatic mail of a conversation beside answers.
SHIPPED: Final[Mapping[str, Manners]] = {
    "web": Manners(),
    "webhook": Manners(),
    "telegram": _MESSENGER,
    "messenger": _MESSENGER,
    "instagram": _MESSENGER,
    "slack": replace(_MESSENGER, survey=False),
    "whatsapp": Manners(bot_messages=2),
    "line": Manners(bot_messages=2, wait_update=False),
    "wechat": Manners(bot_messages=1, acknowledgement=False, wait_update=False, survey=False, settle=False),
    "twilio": Manners(
        bot_messages=1, acknowledgement=False, wait_update=False, survey=False, closing_text=False, settle=False,
        asks_address=False,
    ),
    "email": Manners(
        bot_messages=1, acknowledgement=False, wait_update=False, survey=False, closing_text=False, settle=False,
        asks_address=False, receipt_again=False,
    ),
}  # fmt: skip


def manners_of(channel: str, own: MannersOfInbox = AS_CHANNEL) -> Manners:
    """The row of an inbox; a channel without one is spoken to as a messenger is."""
    row = SHIPPED.get(channel, _MESSENGER)
    if own == AS_CHANNEL:
        return row
    return replace(row, **{name: value for name, value in asdict(own).items() if value is not UNSET})
