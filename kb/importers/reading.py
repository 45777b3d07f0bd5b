"""A file to articles, whatever it is: front matter, bare Markdown, HTML, text, tables and exports. Pure."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

import msgspec

from funnel.core.errors import FunnelError
from funnel.core.locales import canonical_locale
from kb.articles import ArticleContent, Status, checked
from kb.front_matter import Draft, Problem, has_front_matter, read
from kb.hygiene.findings import Finding
from kb.hygiene.language import guess
from kb.hygiene.scan import guessed_encoding
from kb.importers.decoding import Decoded, UndecodableError, decode
from kb.importers.markup import UnreadableError, Written, from_html, from_markdown, from_plain
from kb.importers.sources import LONGEST_PATH, Source
from kb.importers.tables import Record, UnreadableTableError, from_csv, from_json

_LOCALE_IN_NAME: Final = re.compile(r"(?:^|[._])([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2})$")
_HTML: Final = (".html", ".htm")
_TWO_LETTERS: Final = 2


class Item(msgspec.Struct, frozen=True):
    """One article of an import: `path` names it in the report and, unless the text names another source, for ever."""

    path: str
    draft: Draft | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Finding, ...] = ()


def read_source(source: Source, locale: str | None = None) -> list[Item]:
    """Every article of a file. `locale` is for texts that do not tell theirs. Never raises: what is wrong is in the items."""
    if source.problem is not None or len(source.path) > LONGEST_PATH or "\0" in source.path:
        return [_failed(source.path, Problem(1, source.problem or "The path is longer than 500 characters."))]
    hinted = locale_of(source.path)
    try:
        text = decode(source.data, hinted or locale)
    except UndecodableError as error:
        return [_failed(source.path, Problem(error.line, "The file is not UTF-8, nor any encoding we know."))]
    ending = PurePosixPath(source.path).suffix.lower()
    if ending in (".csv", ".tsv", ".json", ".jsonl"):
        return list(_table(source.path, ending, text, hinted or locale))
    return [_article(source.path, ending, text, hinted, locale)]


def locale_of(path: str) -> str | None:
    """The locale that a path names: `en/returns.md`, `returns.zh-Hans.txt`, `returns_ar.html`."""
    pure = PurePosixPath(path)
    found = _LOCALE_IN_NAME.search(pure.stem)
    tail = found[1].replace("_", "-") if found and found.start() > 0 else None
    for tag in (tail, *reversed([part.replace("_", "-") for part in pure.parts[:-1]])):
        locale = canonical_locale(tag) if tag else None
        if locale is not None and tag is not None and (len(tag) == _TWO_LETTERS or "-" in tag):
            return locale
    return None


def _failed(path: str, *problems: Problem) -> Item:
    return Item(path, None, problems)


def _noted(text: Decoded, body: str) -> tuple[Finding, ...]:
    return (guessed_encoding(text.guessed, body),) if text.guessed else ()


def _table(path: str, ending: str, text: Decoded, locale: str | None) -> Iterator[Item]:
    try:
        records = (
            from_csv(text.text, locale)
            if ending in (".csv", ".tsv")
            else from_json(text.text, locale, lines=ending == ".jsonl")
        )
        for record in records:
            yield _of_record(path, record, text)
    except UnreadableTableError as error:
        yield _failed(path, error.problem)


def _of_record(path: str, record: Record, text: Decoded) -> Item:
    name = f"{path}#{record.name}"
    if not isinstance(record.draft, Draft):
        return _failed(name, *record.draft)
    draft = msgspec.structs.replace(record.draft, source=record.name if record.known else None)
    return Item(name, draft, (), (*_noted(text, draft.content.body), *record.notes))


def _article(path: str, ending: str, text: Decoded, hinted: str | None, locale: str | None) -> Item:
    if ending not in _HTML and has_front_matter(text.text):
        draft = read(text.text)
        if not isinstance(draft, Draft):
            return _failed(path, *draft)
        return Item(path, draft, (), _noted(text, draft.content.body))
    try:
        written = _written(ending, text.text)
    except UnreadableError:
        return _failed(path, Problem(1, "The HTML cannot be read."))
    if not written.body.strip():
        return _failed(path, Problem(1, "There is no text in the file."))
    own = canonical_locale(written.language) if written.language else None
    tag = hinted or own or guess(written.body) or locale
    if tag is None:
        return _failed(
            path,
            Problem(1, "The text does not tell its language: name a locale, or begin with front matter."),
        )
    title = written.title or _named(path)
    try:
        content = checked(ArticleContent(locale=tag, title=title, body=written.body, status=Status.PUBLISHED))
    except FunnelError as error:
        return _failed(path, Problem(1, error.detail))
    return Item(path, Draft(content, None), (), _noted(text, content.body))


def _written(ending: str, text: str) -> Written:
    if ending in _HTML:
        return from_html(text)
    return from_plain(text) if ending == ".txt" else from_markdown(text)


def _named(path: str) -> str:
    """A title from the name of the file."""
    stem = _LOCALE_IN_NAME.sub("", PurePosixPath(path).stem) or PurePosixPath(path).stem
    words = " ".join(re.split(r"[-_.\s]+", stem)).strip() or "Untitled"
    return words[0].upper() + words[1:]
