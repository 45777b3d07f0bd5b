"""Templates of a platform on the wire."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.body import Body, ClientMessageId, Short, Sound
from api.schemas.objects import Shown

Key = Annotated[Sound, Field(min_length=1, max_length=80)]
Value = Annotated[Sound, Field(max_length=1024)]


class TemplateMessageIn(Body):
    """A template, filled in. `values` holds the value of each of its variables by key."""

    client_message_id: ClientMessageId
    name: Short
    language: Annotated[Sound, Field(min_length=1, max_length=20)]
    values: Annotated[dict[Key, Value], Field(max_length=100)] = {}


class TemplateVariableOut(Shown):
    """A gap to fill."""

    key: str
    piece: Literal["header", "body", "button"]
    name: str
    example: str


class TemplateOut(Shown):
    """A message the platform takes outside of the window once it is `approved`. `cannot` names what of it is not sent from here
    (a `header` with a picture, a `button` or `piece` of another kind), nothing where all is."""

    name: str
    language: str
    state: Literal["approved", "pending", "rejected", "paused", "disabled", "unknown"]
    category: str
    header: str
    body: str
    footer: str
    buttons: list[str]
    variables: list[TemplateVariableOut]
    cannot: str


class TemplatesOut(Shown):
    """All templates of the conversation's inbox, as told at `fetched_at`; `fresh` is false where the platform could not be asked."""

    items: list[TemplateOut]
    fetched_at: dt.datetime
    fresh: bool
