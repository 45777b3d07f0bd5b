"""Hooks of playbooks on the wire."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from api.schemas.body import Body, Sound
from api.schemas.setup import Answer, Changes
from api.schemas.webhooks import Address
from funnel.people.hooks import Hook

HookName = Annotated[Sound, Field(max_length=60, pattern=r"^[a-z0-9_-]+$", examples=["order_status"])]


class HookIn(Body):
    """A new hook, by the name that playbooks call it."""

    name: HookName
    url: Address


class HookUpdate(Changes):
    """The fields to change; the others stay. Playbooks pass by a hook that is `disabled`."""

    url: Address = ""
    disabled: bool = False


class HookOut(Answer):
    """A hook, and how its calls of the last seven days went; `last_error` is why the latest that failed did."""

    id: str
    name: str
    url: str
    disabled_at: dt.datetime | None
    created_at: dt.datetime
    calls: int
    answered: int
    called_at: dt.datetime | None
    last_error: str | None


class HookCreated(HookOut):
    """A new hook with its signing secret, shown this once."""

    signing_secret: str


def hook_out(hook: Hook) -> HookOut:
    """As it is shown."""
    return HookOut(
        id=hook.id, name=hook.name, url=hook.url, disabled_at=hook.disabled_at, created_at=hook.created_at, calls=hook.calls,
        answered=hook.answered, called_at=hook.called_at, last_error=hook.last_error,
    )  # fmt: skip
