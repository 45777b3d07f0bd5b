"""Saved replies on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas.body import Body, Sound, Text
from api.schemas.setup import Answer, Changes

Title = Annotated[Sound, Field(min_length=1, max_length=120, pattern=r"\S")]
Shortcut = Annotated[Sound, Field(max_length=41, examples=["refund"])]
ReplyLocale = Annotated[Sound, Field(max_length=60, examples=["zh-Hant"])]


class ReplyIn(Body):
    """A new saved reply. Its text may hold `{{contact.name|you}}`: a variable and the words for where it is not known."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"title": "Label sent", "text": "Hello {{contact.name|there}}, the label is on its way."}
            ]
        }
    )

    title: Title
    text: Text
    shortcut: Shortcut | None = None
    locale: ReplyLocale | None = None
    shared: bool = False


class ReplyUpdate(Changes):
    """The fields to change; the others stay."""

    title: Title = ""
    text: Text = ""
    shortcut: Shortcut | None = None
    locale: ReplyLocale | None = None
    shared: bool = False


class ReplyOut(Answer):
    """A saved reply; `locale` null fits every language, `shared` ones are all agents'."""

    id: str
    title: str
    text: str
    shortcut: str | None
    locale: str | None
    shared: bool
    updated_at: datetime
