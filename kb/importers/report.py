"""The report of an import as it is kept and as it is given to whoever asks: written once, never taken apart again."""

from collections.abc import Iterable
from typing import Final

import msgspec

from kb.articles import Status
from kb.bulk import ImportItem, Result
from kb.front_matter import Problem
from kb.hygiene import Finding, Kind
from kb.hygiene.findings import Field

MOST_REPORTED: Final = 20


class Reported(msgspec.Struct, frozen=True):
    """A finding, and whether it keeps its text back."""

    kind: Kind
    field: Field
    start: int
    end: int
    reason: str
    reason_code: str
    reason_values: dict[str, str]
    quarantines: bool
    mark: str
    other_id: str | None


class ReportItem(msgspec.Struct, frozen=True):
    """What became of an article, with the first findings in it."""

    path: str
    result: Result
    article_id: str | None
    status: Status | None
    problems: tuple[Problem, ...]
    findings: tuple[Reported, ...]


def report_of(items: Iterable[ImportItem]) -> str:
    """The report as JSON. What keeps text back is named first where there is more than can be named."""
    return msgspec.json.encode([_item(one) for one in items]).decode()


def _item(item: ImportItem) -> ReportItem:
    first = sorted(item.findings, key=lambda one: not one.quarantines)[:MOST_REPORTED]
    findings = tuple(map(_reported, sorted(first, key=item.findings.index)))
    return ReportItem(item.path, item.result, item.article_id, item.status, item.problems, findings)


def _reported(one: Finding) -> Reported:
    return Reported(
        one.kind,
        one.field,
        one.start,
        one.end,
        one.reason,
        one.reason_code,
        one.reason_values,
        one.quarantines,
        one.mark,
        one.other_id,
    )
