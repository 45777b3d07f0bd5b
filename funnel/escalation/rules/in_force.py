"""Where and when a rule is in force: its scope and its schedule as one check over the facts."""

from collections.abc import Callable

from funnel.escalation.rules.facts import Facts
from funnel.escalation.rules.model import Schedule, Scope


def in_force(scope: Scope | None, schedule: Schedule | None) -> Callable[[Facts], bool] | None:
    checks: list[Callable[[Facts], bool]] = []
    if scope is not None:
        for name, wanted in (("site", scope.sites), ("channel", scope.channels)):
            if wanted:
                checks.append(_one_of(name, frozenset(wanted)))
        if scope.locales:
            checks.append(_locale_of(tuple(scope.locales)))
    if schedule is not None:
        checks += _times(schedule)
    return (lambda facts: all(check(facts) for check in checks)) if checks else None


def _one_of(name: str, wanted: frozenset[str]) -> Callable[[Facts], bool]:
    return lambda facts: facts.get(name) in wanted


def _locale_of(wanted: tuple[str, ...]) -> Callable[[Facts], bool]:
    def holds(facts: Facts) -> bool:
        locale = str(facts.get("locale") or "")
        return any(locale == tag or locale.startswith(f"{tag}-") for tag in wanted)

    return holds


def _times(schedule: Schedule) -> list[Callable[[Facts], bool]]:
    checks: list[Callable[[Facts], bool]] = []
    if schedule.first_day is not None and schedule.last_day is not None:
        checks.append(_span("hours.month_day", schedule.first_day, schedule.last_day, closed=True))
    if schedule.weekdays:
        checks.append(_one_of("hours.weekday", frozenset(schedule.weekdays)))
    if schedule.opens is not None and schedule.closes is not None:
        checks.append(_span("hours.minute", _minute(schedule.opens), _minute(schedule.closes), closed=False))
    if schedule.hours is not None:
        wanted = schedule.hours == "open"
        checks.append(lambda facts: facts.get("hours.open") is wanted)
    return checks


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _span(name: str, first: str | int, last: str | int, *, closed: bool) -> Callable[[Facts], bool]:
    """Between two ends, round the end of the day or year where the first is the later one."""

    def holds(facts: Facts) -> bool:
        value = facts.get(name)
        if value is None or type(value) is not type(first):
            return False
        before = value <= last if closed else value < last  # type: ignore[operator]
        after = value >= first  # type: ignore[operator]
        return (after and before) if first <= last else (after or before)  # type: ignore[operator]

    return holds
