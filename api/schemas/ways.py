"""Other ways to reach a contact, on the wire."""

from api.schemas.objects import Shown


class WayOut(Shown):
    """A way that is open now: into that conversation of the same person; null: by mail, in this one. `verified`: whose address it
    is has been proven."""

    conversation_id: str | None
    channel: str
    inbox: str
    address: str | None
    verified: bool


class WaysOut(Shown):
    """The ways that are open now and that the agent may use."""

    items: list[WayOut]
    next: str | None = None
