"""Inbound requests that were put aside, on the wire."""

import datetime as dt

from api.schemas.setup import Answer
from funnel.turns.put_aside import PutAside


class PutAsideOut(Answer):
    """A request of a platform that could not be read: why, its size in bytes, and who had it read again last."""

    id: str
    inbox_id: str
    at: dt.datetime
    problem: str | None
    size: int
    replayed_at: dt.datetime | None
    replayed_by: str | None


class RereadOut(Answer):
    """The request that is read again."""

    request_id: str


def put_aside_out(found: PutAside) -> PutAsideOut:
    """As it is shown."""
    return PutAsideOut.model_validate(found)
