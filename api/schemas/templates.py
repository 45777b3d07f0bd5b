"""Templates of a platform on the wire."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.body import Body, ClientMessageId, Id, Short, Sound
from api.schemas.objects import Shown

Key = Annotated[Sound, Field(min_length=1, max_length=80)]
Value = Annotated[Sound, Field(max_length=1024)]


class TemplateMessageIn(Body):
    """A template, filled in. `values` holds the value of each of its variables by key; a picture, film or document is an https link
    there or the one file of `attachments`."""

    client_message_id: ClientMessageId
    name: Short
    language: Annotated[Sound, Field(min_length=1, max_length=20)]
    values: Annotated[dict[Key, Value], Field(max_length=100)] = {}
    attachments: Annotated[list[Id], Field(max_length=1, description="An own unused upload id.")] = []


class TemplateVariableOut(Shown):
    """A gap to fill. `takes` says by what: a text, a file (an https link or an upload), a code to copy of up to 15 characters."""

    key: str
    piece: Literal["header", "body", "button"]
    name: str
    example: str
    takes: Literal["text", "image", "video", "document", "code"]


class TemplateOut(Shown):
    """A message the platform takes outside of the window once it is `approved`. `cannot` names what of it is not sent from here
    (a `header` with a place, a `flow`, a `button` or `piece` of another kind), nothing where all is."""

    name: str
    language: str
    state: Literal["approved", "pending", "rejected", "paused", "disabled", "unknown"]
    category: str
    header: str
    body: str
    footer: str
    buttons: list[str]
    variables: list[TemplateVariableOut]
    cannot: Literal["", "header", "button", "piece", "flow"]


class TemplatesOut(Shown):
    """All templates of the conversation's inbox, as told at `fetched_at`; `fresh` is false where the platform could not be asked."""

    items: list[TemplateOut]
    fetched_at: dt.datetime
    fresh: bool
