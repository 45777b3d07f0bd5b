"""Query strings: typed, with unknown parameters refused."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.body import KNOWN_NAMES, Id, Sound

Limit = Annotated[int, Field(ge=1, le=200)]
PageCursor = Annotated[Sound, Field(max_length=300)]


class Query(BaseModel):
    """Known parameters only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: Any) -> None:
        KNOWN_NAMES.update(cls.model_fields)


class EventsQuery(Query):
    """Where to read the log from; `wait` holds an empty answer back, in seconds."""

    after: Annotated[Sound, Field(max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 200
    wait: Annotated[int, Field(ge=0, le=25)] = 0


class ListQuery(Query):
    """A page of a list."""

    limit: Limit = 50
    cursor: PageCursor | None = None


class InboxFilter(ListQuery):
    """Which conversations, in which order."""

    view: Literal["mine", "queue", "all"] = "all"
    queue: Id | None = None
    status: Literal["open", "snoozed", "resolved"] | None = None
    q: Annotated[Sound, Field(max_length=200)] | None = None
    tag: Annotated[Sound, Field(min_length=1, max_length=60)] | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    sort: Literal["waiting", "updated", "priority"] = "updated"


class GlanceQuery(Query):
    """The conversations in view, separated by commas."""

    conversation_ids: Annotated[Sound, Field(min_length=36, max_length=2_000)]


class TemplatesQuery(Query):
    """`anew`: the platform is asked, whatever was told before."""

    anew: bool = False


class FileQuery(Query):
    """The signature of an attachment's link."""

    sig: Annotated[Sound, Field(max_length=400)]
