"""What a visitor sends."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.schemas.body import Attachments, Body, ClientMessageId, Id, Short, Sound, Text, is_sound

Tag = Annotated[Sound, Field(max_length=100)]
Address = Annotated[Sound, Field(min_length=1, max_length=8192)]
Token = Annotated[Sound, Field(max_length=8192)]
MOST_HINT = 8192


def _unless_unreadable(value: object) -> object:
    """None in place of a string that nobody could have been given."""
    return None if isinstance(value, str) and (len(value) > MOST_HINT or not is_sound(value)) else value


Hint = Annotated[
    str | None,
    BeforeValidator(_unless_unreadable),
    Field(description="One that is unknown, malformed or too long counts as absent."),
]
"""What a page may have kept from long ago or guessed: never a reason to refuse a session."""


class PageIn(Body):
    """The page the visitor is on; query and fragment are dropped."""

    url: Address
    title: Annotated[Sound, Field(max_length=500)] | None = None
    referrer: Annotated[Sound, Field(max_length=8192)] | None = None


class SessionIn(Body):
    """Opens or continues a visitor's session."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_key": "k3J9…", "locale": "en"}]})

    site_key: Short
    visitor_token: Hint = None
    identity_token: Token | None = None
    locale: Hint = None
    timezone: Hint = None
    page: PageIn | None = None
    attributes: dict[str, Any] | None = None


class ResumeIn(Body):
    """The token of a link that was sent by mail or messenger."""

    link_token: Token


class ProactiveIn(Body):
    """What became of a proactive message."""

    outcome: Literal["opened", "dismissed"]


class StartIn(Body):
    """A message or the wish for a person; lands in the open conversation, else reopens or starts one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"client_message_id": "0192f3c1-0000-7000-8000-000000000001", "text": "Where is my order?"}
            ]
        }
    )

    client_message_id: ClientMessageId
    text: Text | None = None
    human: bool = False
    attachments: Attachments = Field(default_factory=list)
    page: PageIn | None = None
    locale: Tag | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and not self.human and not self.attachments:
            raise PydanticCustomError("missing", "missing")
        return self


class MessageIn(Body):
    """A message: of a visitor (text, files or a tapped button's payload) or of an agent (a reply)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"client_message_id": "0192f3c1-0000-7000-8000-000000000002", "text": "It is number 4711."}
            ]
        }
    )

    client_message_id: ClientMessageId
    text: Text | None = None
    attachments: Attachments = Field(default_factory=list)
    payload: Short | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.payload is None and not self.attachments:
            raise PydanticCustomError("missing", "missing")
        return self


class HumanIn(Body):
    """The button."""

    client_message_id: ClientMessageId


class EndIn(Body):
    """The contact ends the conversation."""

    client_message_id: ClientMessageId


class FeedbackIn(Body):
    """Did this answer help."""

    client_message_id: ClientMessageId
    answer_id: Id
    helpful: bool


class OfferIn(Body):
    """A choice under an offer of a person."""

    client_message_id: ClientMessageId
    choice: Literal["person_now", "reply_later", "keep_asking"]


class RatingIn(Body):
    """1 (bad) to 5 (good)."""

    score: Annotated[int, Field(ge=1, le=5)]
    comment: Text | None = None


class ReadIn(Body):
    """Everything up to this seq was read."""

    up_to_seq: Annotated[int, Field(ge=0, le=2**53)]


class MeIn(Body):
    """How to reach this contact; unverified until confirmed, used only to deliver its own replies."""

    name: Annotated[Sound, Field(max_length=200)] | None = None
    email: Annotated[Sound, Field(max_length=254)] | None = None
    phone: Annotated[Sound, Field(max_length=32)] | None = None
    reply_by: Literal["here", "email", "phone"] | None = None
    timezone: Tag | None = None
    locale: Tag | None = None
