"""Opening hours as they are kept: checked when written, read back as calendars."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import exists, select

from funnel.core.calendar import DAY_MINUTES, Holiday, Opening
from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import FunnelError, conflict, invalid
from funnel.core.ids import new_id
from funnel.people.models import Hours, Site
from funnel.people.places import clean_label, clean_zone
from funnel.people.transactions import Changed, Page, get, page_of, unchanged, writing

MOST_HOLIDAYS: Final = 1_000
MOST_OPENINGS: Final = 10


class HoursChanges(Struct, frozen=True):
    """What to change of opening hours; what is UNSET stays."""

    name: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    weekly: Sequence[Sequence[Opening]] | UnsetType = UNSET
    holidays: Sequence[Holiday] | UnsetType = UNSET


def clean_week(weekly: Sequence[Sequence[Opening]]) -> tuple[tuple[Opening, ...], ...]:
    """Seven days, Monday first, sorted. Raises 422 hours_invalid."""
    if len(weekly) != 7:
        raise _hours_invalid()
    return tuple(_clean_day(day) for day in weekly)


def clean_holidays(holidays: Iterable[Holiday]) -> tuple[Holiday, ...]:
    """Sorted by date, each date once. Raises 422 hours_invalid."""
    found = {holiday.day: Holiday(holiday.day, _clean_day(holiday.openings)) for holiday in holidays}
    if len(found) > MOST_HOLIDAYS:
        raise _hours_invalid()
    return tuple(found[day] for day in sorted(found))


def _clean_day(openings: Sequence[Opening]) -> tuple[Opening, ...]:
    ordered = sorted(openings, key=lambda opening: opening.start)
    sound = all(0 <= opening.start < opening.end <= DAY_MINUTES for opening in ordered)
    apart = all(ordered[i].end < ordered[i + 1].start for i in range(len(ordered) - 1))
    if not (sound and apart and len(ordered) <= MOST_OPENINGS):
        raise _hours_invalid()
    return tuple(ordered)


def _hours_invalid() -> FunnelError:
    return invalid(
        "hours_invalid",
        "Openings lie between 00:00 and 24:00, end after they start and do not touch or overlap; one over midnight is "
        f"given as two. At most {MOST_OPENINGS} a day and {MOST_HOLIDAYS} holidays.",
    )


def _plain(value: object) -> Any:
    return msgspec.to_builtins(value)


class BusinessHours:
    """Each method is one transaction. `changed` runs after every commit that changed something."""

    def __init__(self, db: Database, clock: Clock, changed: Changed = unchanged) -> None:
        self._db = db
        self._clock = clock
        self._changed = changed

    async def create(
        self, *, name: str, zone: str, weekly: Sequence[Sequence[Opening]], holidays: Sequence[Holiday] = ()
    ) -> Hours:
        """Raises 422."""
        row = Hours(
            id=new_id(),
            name=clean_label(name),
            zone=clean_zone(zone),
            weekly=_plain(clean_week(weekly)),
            holidays=_plain(clean_holidays(holidays)),
        )
        async with writing(self._db) as session:
            session.add(row)
            await session.flush()
            await session.refresh(row)
        await self._changed()
        return row

    async def list(self, *, limit: int = 50, cursor: str | None = None) -> Page[Hours]:
        """Opening hours in use, oldest first."""
        async with writing(self._db) as session:
            statement = select(Hours).where(Hours.archived_at.is_(None))
            return await page_of(session, statement, Hours.id, limit=limit, cursor=cursor)

    async def read(self, hours_id: str) -> Hours:
        """One set of hours, archived or not. Raises 404."""
        async with writing(self._db) as session:
            return await get(session, Hours, hours_id)

    async def update(self, hours_id: str, changes: HoursChanges) -> Hours:
        """Changes what is set; sites that use them follow within a second. Raises 404, 422."""
        async with writing(self._db) as session:
            row = await get(session, Hours, hours_id, lock=True)
            if changes.name is not UNSET:
                row.name = clean_label(changes.name)
            if changes.zone is not UNSET:
                row.zone = clean_zone(changes.zone)
            if changes.weekly is not UNSET:
                row.weekly = _plain(clean_week(changes.weekly))
            if changes.holidays is not UNSET:
                row.holidays = _plain(clean_holidays(changes.holidays))
        await self._changed()
        return row

    async def archive(self, hours_id: str) -> None:
        """Idempotent. Raises 404, 409 in_use while a live site keeps them."""
        async with writing(self._db) as session:
            row = await get(session, Hours, hours_id, lock=True)
            kept = exists().where(Site.business_hours_id == row.id, Site.archived_at.is_(None))
            if await session.scalar(select(kept)):
                raise conflict("in_use", "A site keeps these hours: give it others first.")
            row.archived_at = row.archived_at or self._clock.now()
        await self._changed()
