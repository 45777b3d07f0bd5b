"""The value types of opening hours, shared by the stored calendars and by the arithmetic over them. No behaviour."""

from datetime import date

from msgspec import Struct

DAY_MINUTES = 1440


class Opening(Struct, frozen=True, forbid_unknown_fields=True):
    """Open from minute `start` to minute `end` of a local day, half-open; 0 <= start < end <= 1440. Wall-clock minutes."""

    start: int
    end: int


class Holiday(Struct, frozen=True, forbid_unknown_fields=True):
    """A date with hours of its own; none means closed all day."""

    day: date
    openings: tuple[Opening, ...] = ()


class Calendar(Struct, frozen=True, forbid_unknown_fields=True):
    """Opening hours in a zone: seven days, Monday first, each with sorted openings that do not touch or overlap, and
    holidays by date. Hashable, so what is worked out from it may be cached."""

    zone: str
    weekly: tuple[tuple[Opening, ...], ...]
    holidays: tuple[Holiday, ...] = ()


def always_open(zone: str = "UTC") -> Calendar:
    """A calendar without a closed minute, for sites that state no hours."""
    return Calendar(zone=zone, weekly=((Opening(0, DAY_MINUTES),),) * 7)
