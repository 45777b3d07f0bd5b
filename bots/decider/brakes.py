"""Which switches hold for one conversation at one moment."""

from datetime import datetime

from bots.dialogue.scene import Brake, Brakes
from funnel.escalation.switches import Switch, SwitchBoard


def brakes_of(board: SwitchBoard, site_id: str, channel: str, at: datetime) -> Brakes:
    """The brakes of a site and channel; everything to people is the stronger one where both are on."""
    on = [one for one in board.switches if one.holds(site_id, channel, at)]
    if not on:
        return Brakes()
    kinds = {one.kind for one in on}
    brake: Brake = ""
    if "bot_off" in kinds:
        brake = "bot_off"
    if "everything_to_people" in kinds:
        brake = "everything_to_people"
    return Brakes(
        brake=brake,
        held=frozenset(one.topic for one in on if one.kind == "topic_hold" and one.topic),
        announcements=tuple(
            (announced(one), one.texts) for one in on if one.kind == "announce" and one.texts
        ),
    )


def announced(switch: Switch) -> str:
    """The tag a conversation gets that was told."""
    return f"announced:{switch.id[-12:]}"
