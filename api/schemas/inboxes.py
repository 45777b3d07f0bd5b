"""Inboxes on the wire: secrets go in and never come out, but for those that were made here, once."""

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec.structs import asdict
from pydantic import Field

from api.schemas.body import Body, Id, Short, Sound
from api.schemas.setup import Answer, Changes, Tag
from funnel.channels.manners import MOST_BOT_MESSAGES, MannersOfInbox, manners_of
from funnel.people.accounts import Health
from funnel.people.models import Inbox

SecretValue = Annotated[Sound, Field(min_length=1, max_length=4096)]
Secrets = Annotated[dict[Tag, SecretValue], Field(max_length=20)]


class MannersIn(Body):
    """What the inbox has otherwise than its channel; a field that is left out is as the channel's."""

    bot_messages: Annotated[int, Field(ge=1, le=MOST_BOT_MESSAGES)] | None = None
    acknowledgement: bool | None = None
    wait_update: bool | None = None
    survey: bool | None = None
    closing_text: bool | None = None
    settle: bool | None = None
    asks_address: bool | None = None
    receipt_again: bool | None = None
    marks: bool | None = None

    def own(self) -> MannersOfInbox:
        """The fields that were given."""
        return MannersOfInbox(**self.model_dump(exclude_none=True))


class MannersOut(Answer):
    """How much is said on an inbox without being asked: messages of bot and system in a row, and which sorts of them."""

    bot_messages: int
    acknowledgement: bool
    wait_update: bool
    survey: bool
    closing_text: bool
    settle: bool
    asks_address: bool
    receipt_again: bool
    marks: bool


class InboxIn(Body):
    """A new inbox of a site. `secrets` are those its channel needs, see `GET /v1/channels`."""

    site_id: Id
    channel: Tag
    name: Short
    queue_id: Id
    secrets: Secrets = {}
    owner_id: Id | None = None
    business_hours_id: Id | None = None
    manners: MannersIn = MannersIn()


class InboxUpdate(Changes):
    """The fields to change; the others stay. A secret that rotates is accepted beside the one before."""

    name: Short = ""
    queue_id: Id = ""
    secrets: Secrets = {}
    owner_id: Id | None = None
    business_hours_id: Id | None = None
    manners: MannersIn = MannersIn()


class InboxOut(Answer):
    """An inbox. `manners` is its channel's row with what it has of its own. `config` are its settings that are no secrets; `webhook_url` is what its platform must be given."""

    id: str
    site_id: str
    channel: str
    name: str
    queue_id: str
    owner_id: str | None
    business_hours_id: str | None
    config: dict[str, str]
    manners: MannersOut
    webhook_url: str | None
    created_at: dt.datetime
    archived_at: dt.datetime | None


class InboxCreated(InboxOut):
    """A new inbox with the secrets that were made for it, shown this once."""

    made_secrets: dict[str, str]


class HealthOut(Answer):
    """How an inbox fares. `refused` counts requests with a bad signature, `waiting` and `failed` deliveries; `pushes_left` is what is
    left of a monthly quota, null where there is none."""

    last_in_at: dt.datetime | None
    last_out_at: dt.datetime | None
    refused: int
    refused_at: dt.datetime | None
    last_error: str | None
    failed_at: dt.datetime | None
    circuit_open_since: dt.datetime | None
    paused_until: dt.datetime | None
    pushes_left: int | None
    unanswered: int
    waiting: int
    failed: int
    dormant: bool


class FindingOut(Answer):
    """What a check found: `token` (does the platform take it), `webhook` (does it deliver to our address), `clock` (do ours and the
    platform's agree). `detail` is the platform's answer in a few words, in English."""

    name: Literal["token", "webhook", "clock"]
    outcome: Literal["ok", "failed", "unknown"]
    detail: str


class CheckOut(Answer):
    """What the platform says of an inbox. No findings: its channel has nothing to ask. `missing`: secrets that it needs to be
    asked at all."""

    findings: list[FindingOut]
    missing: list[str]


class SecretFieldOut(Answer):
    """A secret or setting that a channel has."""

    name: str
    label: str
    required: bool
    public: bool
    rotates: bool
    made_here: bool


class ChannelOut(Answer):
    """An installed channel: what setting up an inbox of it needs, what its connector does not do yet, and its row of manners, which
    an inbox has where it has none of its own."""

    channel: str
    name: str
    secrets: list[SecretFieldOut]
    todo: list[str]
    manners: MannersOut


class ChannelsOut(Answer):
    """Every installed channel."""

    items: list[ChannelOut]


def inbox_out(inbox: Inbox, base_url: str) -> InboxOut:
    """An inbox as it is shown."""
    web = inbox.channel == "web"
    url = None if web else f"{base_url}/hooks/{inbox.channel}/{inbox.id}"
    return InboxOut(
        id=inbox.id,
        site_id=inbox.site_id,
        channel=inbox.channel,
        name=inbox.name,
        queue_id=inbox.queue_id,
        owner_id=inbox.owner_id,
        business_hours_id=inbox.business_hours_id,
        config=inbox.config or {},
        manners=MannersOut(
            **asdict(manners_of(inbox.channel, msgspec.convert(inbox.manners or {}, MannersOfInbox)))
        ),
        webhook_url=url,
        created_at=inbox.created_at,
        archived_at=inbox.archived_at,
    )


def health_out(health: Health) -> HealthOut:
    """As it is shown."""
    return HealthOut.model_validate(health)
