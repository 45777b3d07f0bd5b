"""CSV and JSON: rows of our own fields, and the article exports of Zendesk Guide and Intercom. Pure."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from kb.front_matter import Draft, Problem
from kb.hygiene.findings import Finding, Kind
from kb.hygiene.reasons import because
from kb.importers.fields import canonical_names, draft_of

_LONGEST_CELL: Final = 2_000_000
_MOST_RECORDS: Final = 20_000
_SNIFFED: Final = 8_192
_FORMULA: Final = ("=", "+", "@", "\t=")

csv.field_size_limit(_LONGEST_CELL)


class Record(msgspec.Struct, frozen=True):
    """One article of a table or export: its draft or what is wrong with it, under a name that stays the same.

    `known` names of other systems are the same in every file.
    """

    name: str
    draft: Draft | tuple[Problem, ...]
    notes: tuple[Finding, ...] = ()
    known: bool = False


class UnreadableTableError(Exception):
    """The file is no table or export we know; the sentence says why, the line where."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.problem = Problem(line, sentence)


def from_csv(text: str, locale: str | None) -> Iterator[Record]:
    """The rows of a table with a header; separated by commas, semicolons or tabs. Raises UnreadableTableError."""
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text), delimiter=_separator(text), strict=False)
    try:
        header = next(reader, [])
        fields = canonical_names({name: name for name in header if name.strip()})
        if "title" not in fields or "body" not in fields:
            raise UnreadableTableError("The first line must name the columns, `title` and `body` among them.")
        names: dict[str, int] = {}
        for number, row in enumerate(reader, 1):
            if number > _MOST_RECORDS:
                raise UnreadableTableError(f"A table has at most {_MOST_RECORDS} rows.", reader.line_num)
            if any(cell.strip() for cell in row):
                record = canonical_names(dict(zip(header, row, strict=False)))
                draft = draft_of(record, locale, reader.line_num)
                yield Record(_unique(names, _name(record)), draft, _formula(record))
    except csv.Error:
        raise UnreadableTableError(
            "The table cannot be read from here on.", max(1, reader.line_num)
        ) from None


def _separator(text: str) -> str:
    first = text[:_SNIFFED].split("\n", 1)[0]
    return max(",;\t", key=lambda mark: (first.count(mark), mark == ","))


def _formula(record: Mapping[str, Any]) -> tuple[Finding, ...]:
    """A cell that a spreadsheet would compute is kept as the text it is, and pointed at."""
    suspicious = [
        name
        for name, value in record.items()
        if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA)
    ]
    if not suspicious:
        return ()
    why = because("formula", cells=", ".join(suspicious))
    return (Finding(kind=Kind.FORMULA, start=0, end=0, why=why),)


def _name(record: Mapping[str, Any]) -> str:
    """An id where there is one, else locale and title."""
    if own := str(record.get("id", "")).strip():
        return own
    return f"{str(record.get('locale', '')).strip()}/{str(record.get('title', '')).strip()[:200]}"


def _unique(names: dict[str, int], name: str) -> str:
    """The name, with its number behind it from the second time on."""
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name} ({names[name]})"


def from_json(text: str, locale: str | None, *, lines: bool = False) -> Iterator[Record]:
    """The articles of a JSON file: an export of Zendesk Guide or Intercom, or a list of objects with our fields."""
    names: dict[str, int] = {}
    for number, (line, item) in enumerate(_items(text, lines=lines), 1):
        if number > _MOST_RECORDS:
            raise UnreadableTableError(f"An export has at most {_MOST_RECORDS} articles.", line)
        if not isinstance(item, Mapping):
            yield Record(_unique(names, f"#{number}"), (Problem(line, "This is no object with fields."),))
            continue
        for record, kind in _records(item):
            fields = canonical_names(record)
            name = _unique(names, f"{kind}{_name(fields)}")
            yield Record(name, draft_of(fields, locale, line), known=bool(kind))


def _items(text: str, *, lines: bool) -> Iterator[tuple[int, Any]]:
    text = text.removeprefix("\ufeff")
    if lines:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield number, _decoded(line, number)
        return
    for page in _pages(_decoded(text, 1)):
        yield from ((1, item) for item in page)


def _decoded(text: str, line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableTableError("The file is not JSON.", line + error.lineno - 1) from None
    except (RecursionError, ValueError):
        raise UnreadableTableError("The file is not JSON we can read.", line) from None


def _pages(root: Any) -> Iterator[Sequence[Any]]:
    """The lists of articles in an export, which may be one page, a list of pages, or the list itself."""
    if isinstance(root, list):
        if root and all(isinstance(page, Mapping) and _listed(page) is not None for page in root):
            for page in root:
                yield from _pages(page)
        else:
            yield root
        return
    listed = _listed(root) if isinstance(root, Mapping) else None
    if listed is None:
        raise UnreadableTableError("The file holds no list of articles.")
    yield listed


def _listed(page: Mapping[str, Any]) -> list[Any] | None:
    return next((page[key] for key in ("articles", "data", "items") if isinstance(page.get(key), list)), None)


def _records(item: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    if "translated_content" in item or item.get("type") == "article":
        yield from ((record, "intercom/") for record in _intercom(item))
    elif "section_id" in item or "user_segment_id" in item or "label_names" in item:
        yield from ((record, "zendesk/") for record in _zendesk(item))
    else:
        yield dict(item), ""


def _zendesk(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """An article of Zendesk Guide in each of its locales. One for a segment of users only is for agents here."""
    own = str(item.get("id", ""))
    shared = {
        "label_names": item.get("label_names"),
        "audience": "agents" if item.get("user_segment_id") or item.get("user_segment_ids") else "public",
        "key": f"zendesk:{own}" if own else None,
    }
    texts: dict[str, Mapping[str, Any]] = {}
    translations = item.get("translations")
    for text in (item, *(translations if isinstance(translations, list) else ())):
        if isinstance(text, Mapping) and text.get("title"):
            texts.setdefault(str(text.get("locale") or item.get("source_locale") or "").lower(), text)
    for locale, text in texts.items():
        yield shared | {
            "id": f"{own}/{locale}" if own else None,
            "title": text.get("title"),
            "body": text.get("body"),
            "locale": locale,
            "status": "draft" if text.get("draft") or item.get("draft") else "published",
        }


def _intercom(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """An article of Intercom in each of its languages."""
    own = str(item.get("id", ""))
    default = str(item.get("default_locale") or "")
    texts: dict[str, Mapping[str, Any]] = {default.lower(): item}
    translated = item.get("translated_content")
    for locale, text in translated.items() if isinstance(translated, Mapping) else ():
        if isinstance(text, Mapping) and text.get("title"):
            texts.setdefault(str(locale).lower(), text)
    for locale, text in texts.items():
        summary = text.get("description")
        yield {
            "id": f"{own}/{locale}" if own else None,
            "key": f"intercom:{own}" if own else None,
            "title": text.get("title"),
            "body": text.get("body"),
            "short_answer": summary if isinstance(summary, str) and len(summary) <= 350 else None,
            "locale": locale,
            "status": text.get("state") or item.get("state"),
        }
