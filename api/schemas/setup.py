"""Sites and opening hours on the wire."""

import datetime as dt
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from api.schemas.body import Body, Day, Id, Short, Sound
from funnel.core.calendar import DAY_MINUTES, Holiday, Opening
from funnel.people.models import Hours, Site

Item = TypeVar("Item")
Tag = Annotated[Sound, Field(min_length=1, max_length=60)]
Zone = Annotated[Sound, Field(min_length=1, max_length=64, examples=["Europe/Berlin"])]
Origin = Annotated[Sound, Field(max_length=300, examples=["https://shop.example"])]
SiteText = Annotated[Sound, Field(min_length=1, max_length=2_000)]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Answer(BaseModel):
    """Base of answers: exactly these fields leave, whatever the row holds."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class ListOut(Answer, Generic[Item]):
    """A page of a list; `next` is the cursor of the page after it."""

    items: list[Item]
    next: str | None = None


class Changes(Body):
    """Base of updates: what is not sent stays as it is, so a field's default means nothing and is not documented."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        for field in handler.resolve_ref_schema(schema).get("properties", {}).values():
            field.pop("default", None)
        return schema


class HelplineIn(Body):
    """A helpline, and the last day on which it is known to be right."""

    text: SiteText
    valid_until: Day


class SiteIn(Body):
    """A new site. The server makes its key, its secret, a web inbox, and a queue when there is none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Shop", "origins": ["https://shop.example"], "locales": ["en", "zh-Hans"]}]
        }
    )

    name: Short
    origins: Annotated[list[Origin], Field(max_length=100)]
    locales: Annotated[list[Tag], Field(min_length=1, max_length=50, description="First = default.")]
    zone: Zone = "UTC"
    business_hours_id: Id | None = None
    identity_required: bool = False
    reply_seconds: Annotated[dict[Tag, int], Field(max_length=20)] = {}
    on_call: Short | None = None
    helplines: Annotated[dict[Tag, HelplineIn], Field(max_length=50)] = {}
    texts: Annotated[dict[Tag, dict[Tag, SiteText]], Field(max_length=100)] = {}


class SiteUpdate(Changes):
    """The fields to change; the others stay. `safety_confirmed`: the safety texts were reviewed by a professional."""

    name: Short = ""
    origins: Annotated[list[Origin], Field(max_length=100)] = []
    locales: Annotated[list[Tag], Field(min_length=1, max_length=50)] = []
    zone: Zone = ""
    business_hours_id: Id | None = None
    identity_required: bool = False
    reply_seconds: Annotated[dict[Tag, int], Field(max_length=20)] = {}
    on_call: Short | None = None
    helplines: Annotated[dict[Tag, HelplineIn], Field(max_length=50)] = {}
    texts: Annotated[dict[Tag, dict[Tag, SiteText]], Field(max_length=100)] = {}
    safety_confirmed: bool = False


class HelplineOut(Answer):
    """A helpline of a site."""

    text: str
    valid_until: dt.date


class SiteOut(Answer):
    """A site; `key` is public, its secret is never shown again."""

    id: str
    key: str
    name: str
    origins: list[str]
    locales: list[str]
    zone: str
    business_hours_id: str | None
    identity_required: bool
    reply_seconds: dict[str, int]
    on_call: str | None
    helplines: dict[str, HelplineOut]
    texts: dict[str, dict[str, str]]
    safety_confirmed_at: dt.datetime | None
    created_at: dt.datetime
    archived_at: dt.datetime | None


class SiteCreated(SiteOut):
    """A new site with the secret that signs identity tokens, shown this once."""

    identity_secret: str
    inbox_id: str
    queue_id: str


class SecretOut(Answer):
    """A new identity secret, shown this once; the one before is accepted for 24 h."""

    identity_secret: str


def _clock_minutes(text: str) -> str:
    hours, _, minutes = text.partition(":")
    if int(hours) * 60 + int(minutes) > DAY_MINUTES or int(minutes) > 59:
        raise PydanticCustomError("clock_time", "clock_time")
    return text


ClockTime = Annotated[
    Sound, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$", examples=["09:00"]), AfterValidator(_clock_minutes)
]


class OpeningModel(Body):
    """Open from one wall-clock time to another of the same day; 24:00 is its end."""

    opens: ClockTime
    closes: ClockTime

    def value(self) -> Opening:
        """In minutes."""
        return Opening(_minutes(self.opens), _minutes(self.closes))


class WeekModel(Body):
    """Openings by day; a day without any is closed."""

    monday: Annotated[list[OpeningModel], Field(max_length=10)] = []
    tuesday: Annotated[list[OpeningModel], Field(max_length=10)] = []
    wednesday: Annotated[list[OpeningModel], Field(max_length=10)] = []
    thursday: Annotated[list[OpeningModel], Field(max_length=10)] = []
    friday: Annotated[list[OpeningModel], Field(max_length=10)] = []
    saturday: Annotated[list[OpeningModel], Field(max_length=10)] = []
    sunday: Annotated[list[OpeningModel], Field(max_length=10)] = []

    def value(self) -> tuple[tuple[Opening, ...], ...]:
        """Seven days, Monday first."""
        days: list[list[OpeningModel]] = [getattr(self, day) for day in DAYS]
        return tuple(tuple(opening.value() for opening in day) for day in days)


class HolidayModel(Body):
    """A date with hours of its own; without any it is closed."""

    date: Day
    openings: Annotated[list[OpeningModel], Field(max_length=10)] = []

    def value(self) -> Holiday:
        """As the calendar has it."""
        return Holiday(self.date, tuple(opening.value() for opening in self.openings))


class HoursIn(Body):
    """New opening hours."""

    name: Short
    zone: Zone
    weekly: WeekModel
    holidays: Annotated[list[HolidayModel], Field(max_length=1_000)] = []


class HoursUpdate(Changes):
    """The fields to change; the others stay."""

    name: Short = ""
    zone: Zone = ""
    weekly: WeekModel = WeekModel()
    holidays: Annotated[list[HolidayModel], Field(max_length=1_000)] = []


class HoursOut(Answer):
    """Opening hours."""

    id: str
    name: str
    zone: str
    weekly: WeekModel
    holidays: list[HolidayModel]
    created_at: dt.datetime
    archived_at: dt.datetime | None


def site_out(site: Site) -> SiteOut:
    """A site as it is shown."""
    return SiteOut.model_validate(site)


def hours_out(row: Hours) -> HoursOut:
    """Opening hours with clock times."""
    return HoursOut(
        id=row.id,
        name=row.name,
        zone=row.zone,
        weekly=WeekModel(**{day: _openings(spans) for day, spans in zip(DAYS, row.weekly, strict=True)}),
        holidays=[
            HolidayModel(date=dt.date.fromisoformat(holiday["day"]), openings=_openings(holiday["openings"]))
            for holiday in row.holidays
        ],
        created_at=row.created_at,
        archived_at=row.archived_at,
    )


def changed(body: Body) -> dict[str, Any]:
    """The fields that were sent, as plain values, lists as tuples."""
    sent = body.model_dump(exclude_unset=True)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in sent.items()}


def helplines(table: dict[str, HelplineIn]) -> dict[str, tuple[str, dt.date]]:
    """As the service takes them."""
    return {tag: (helpline.text, helpline.valid_until) for tag, helpline in table.items()}


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _openings(spans: list[dict[str, int]]) -> list[OpeningModel]:
    return [OpeningModel(opens=_clock(span["start"]), closes=_clock(span["end"])) for span in spans]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
