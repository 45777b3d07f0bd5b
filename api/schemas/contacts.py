"""Contacts as integrators and agents read and write them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.schemas.body import Body, ClientMessageId, Id, Sound, Text
from api.schemas.queries import ListQuery
from api.schemas.setup import Answer
from funnel.people.contact_book import MOST_SUBJECT

ExternalId = Annotated[Sound, Field(min_length=1, max_length=MOST_SUBJECT)]
Name = Annotated[Sound, Field(max_length=200)]
Address = Annotated[Sound, Field(max_length=254)]
Number = Annotated[Sound, Field(max_length=32)]
Tag = Annotated[Sound, Field(max_length=100)]
Attributes = Annotated[
    dict[str, Any], Field(description="At most 8 KB, 100 keys and four levels; null takes a key away.")
]
Site = Annotated[
    Sound, Field(min_length=1, max_length=100, description="A site's id or key; the first one by default.")
]


class ContactIn(Body):
    """What your system knows of a person. What is not sent stays, null takes it away."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"external_id": "customer-4711", "name": "Ada", "email": "ada@example.com", "attributes": {"plan": "gold"}}
            ]
        }
    )  # fmt: skip

    external_id: ExternalId
    site: Site | None = None
    name: Name | None = None
    email: Address | None = None
    phone: Number | None = None
    locale: Tag | None = None
    timezone: Tag | None = None
    attributes: Attributes = Field(default_factory=dict)


class AttributesIn(Body):
    """The attributes to set; the others stay, null takes one away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"attributes": {"plan": "gold"}}]})

    attributes: Attributes


class MergeIn(Body):
    """Who the contact turned out to be."""

    into_id: Id


class ContactStartIn(Body):
    """What the contact says, or (`as: system`) what your system tells it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"client_message_id": "order-4711-sent", "text": "Your order 4711 has left.", "as": "system"}
            ]
        }
    )

    client_message_id: ClientMessageId
    text: Text | None = None
    human: bool = False
    locale: Tag | None = None
    says: Annotated[Literal["contact", "system"], Field(alias="as")] = "contact"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and (not self.human or self.says == "system"):
            raise PydanticCustomError("missing", "missing")
        return self


class ContactMessageIn(Body):
    """A message of the contact, or (`as: system`) of your system to it, where the contact's last conversation goes on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"client_message_id": "order-4711-sent", "text": "Your order 4711 has left.", "as": "system"}
            ]
        }
    )

    client_message_id: ClientMessageId
    text: Text
    says: Annotated[Literal["contact", "system"], Field(alias="as")] = "contact"


class ContactQuery(ListQuery):
    """Which contacts; all that is given must hold. `q` is a part of the name, or a whole address or external id."""

    site: Site | None = None
    external_id: ExternalId | None = None
    email: Annotated[Sound, Field(min_length=1, max_length=254)] | None = None
    phone: Annotated[Sound, Field(min_length=1, max_length=32)] | None = None
    q: Annotated[Sound, Field(min_length=1, max_length=200)] | None = None


class IdentityOut(Answer):
    """An address of the contact; `verified` where it is really theirs."""

    channel: str
    address: str
    verified: bool


class ContactOut(Answer):
    """A contact. `email`, `phone` and `attributes` are facts of your systems; `reply_email`, `reply_phone` and `claimed` a browser's word."""

    id: str
    site_id: str
    external_id: str | None
    verified: bool
    name: str | None
    email: str | None
    phone: str | None
    reply_email: str | None
    reply_phone: str | None
    reply_by: str
    locale: str | None
    timezone: str | None
    attributes: dict[str, Any]
    claimed: dict[str, Any]
    identities: list[IdentityOut]
    merged_into: str | None
    created_at: datetime
    updated_at: datetime


class ErasureOut(Answer):
    """An erasure: `remaining` names the places where the last look still found something; it is empty once it is done."""

    id: str
    contact_id: str
    status: Literal["queued", "running", "done"]
    asked_at: datetime
    done_at: datetime | None
    conversations: int
    remaining: list[str]


class ExportedConversationOut(Answer):
    """A conversation with its whole log, files as links that are good for five minutes."""

    conversation: dict[str, Any]
    events: list[dict[str, Any]]


class ExportOut(Answer):
    """All that is known of a contact, and of those that were merged into it."""

    exported_at: datetime
    contact: ContactOut
    merged: list[ContactOut]
    conversations: list[ExportedConversationOut]
