"""One person on several channels, on the wire."""

from datetime import datetime
from typing import Literal

from api.schemas.body import Body, Id
from api.schemas.objects import Shown


class JoinIn(Body):
    """The contact that is the same person."""

    contact_id: Id


class PartIn(Body):
    """The join to undo."""

    join_id: Id


class KinConversationOut(Shown):
    """A conversation of the person that the agent may see."""

    conversation_id: str
    contact_id: str
    name: str | None = None
    channel: str
    status: Literal["open", "snoozed", "resolved"]
    updated_at: datetime


class SuggestedContactOut(Shown):
    """A contact with the same address, and its last conversation. `proven`: the address is really theirs."""

    contact_id: str
    name: str | None
    verified: bool
    because: Literal["email", "phone"]
    address: str
    proven: bool
    conversation: KinConversationOut


class JoinOut(Shown):
    """A join by an agent, with the conversations on both of its sides."""

    join_id: str
    at: datetime
    by: str | None
    conversations: list[KinConversationOut]


class SamePersonOut(Shown):
    """Who may be the same person, and who was said to be."""

    items: list[SuggestedContactOut]
    joined: list[JoinOut]
    next: str | None = None
