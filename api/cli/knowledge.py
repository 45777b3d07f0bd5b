"""The knowledge base from the shell: import a folder of Markdown, search as a visitor would."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from api.cli.output import JsonFlag, err, progress, show_object, show_rows
from api.cli.running import DataDir, fail, settings_from, with_database
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.locales import canonical_locale
from kb.bulk import Result
from kb.evaluation import SHARES, Floor, Scores, below, evaluate, floor_of, read_cases
from kb.exporting import everything, write_folder
from kb.importers.importing import Importer, ImportReport, Options
from kb.importers.sources import single_source, zip_sources
from kb.library import Library
from kb.store import ArticleStore
from kb.terms import TermStore

group = typer.Typer(no_args_is_help=True, help="The knowledge base.")


@group.command("import")
def import_articles(
    path: Annotated[
        Path, typer.Argument(help="A folder, a zip archive or a file: Markdown, HTML, text, CSV, JSON.")
    ],
    site: Annotated[
        list[str] | None, typer.Option(help="Ids of the sites they are for; all without it.")
    ] = None,
    locale: Annotated[str | None, typer.Option(help="The language of texts that do not tell theirs.")] = None,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Bring in articles; a second import updates. Files with mistakes are named, the others come in; exit code 1 then."""
    settings = settings_from(data_dir)
    tag = canonical_locale(locale) if locale else None
    if not path.exists() or (locale and tag is None):
        fail(f"{locale} is no language." if path.exists() else f"{path} is not there.")

    async def bring_in(db: Database) -> ImportReport:
        importer = Importer(db, Options(sites=tuple(site or ()), locale=tag))
        if path.is_dir():
            return await importer.folder(path)
        data = path.read_bytes()
        named = path.suffix.lower() == ".zip"
        return await importer.sources(list(zip_sources(data)) if named else [single_source(path.name, data)])

    with progress("Importing"):
        report = with_database(settings, bring_in)
    for item in report.items:
        for problem in item.problems:
            err.print(f"{item.path}:{problem.line}: {problem.message}", markup=False, highlight=False)
        for finding in item.findings:
            kept = "kept back: " if finding.quarantines else ""
            err.print(f"{item.path}: {kept}{finding.reason}", markup=False, highlight=False)
    show_object({result.value: report.count(result) for result in Result}, as_json)
    if report.count(Result.FAILED):
        raise typer.Exit(1)


@group.command("export")
def export_articles(
    folder: Annotated[Path, typer.Argument(help="Where to write; it is made.")],
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Write every article as a Markdown file; importing the folder again changes nothing."""
    settings = settings_from(data_dir)

    async def write(db: Database) -> int:
        return write_folder(folder, [article async for article in everything(ArticleStore(db))])

    show_object({"written": with_database(settings, write)}, as_json)


@group.command("synonyms")
def synonyms(
    terms: Annotated[
        list[str] | None, typer.Argument(help="Terms that mean the same; none to list all sets.")
    ] = None,
    locale: Annotated[str, typer.Option(help="Their language.")] = "en",
    remove: Annotated[str | None, typer.Option(help="The id of a set to remove.")] = None,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """List, add or remove sets of synonyms."""

    async def change(db: Database) -> list[dict[str, Any]]:
        store = TermStore(db)
        if remove:
            await store.remove_synonyms(remove)
        elif terms:
            await store.put_synonyms(locale, tuple(terms))
        found = (await store.terms()).synonyms
        return [{"id": one.id, "locale": one.locale, "words": ", ".join(one.words)} for one in found]

    show_rows(with_database(settings_from(data_dir), change), ("id", "locale", "words"), as_json)


@group.command("search")
def search(
    query: Annotated[str, typer.Argument(help="What a visitor would ask.")],
    locale: Annotated[str, typer.Option(help="The visitor's language.")] = "en",
    site: Annotated[str | None, typer.Option(help="The id of a site; the first one without it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=20)] = 3,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Search as a visitor of a site."""
    settings = settings_from(data_dir)

    async def find(db: Database) -> tuple[list[dict[str, Any]], str, float]:
        site_id = site or await db.pool.fetchval(
            "select id::text from sites where archived_at is null order by created_at, id limit 1"
        )
        if site_id is None:
            return [], "none", 0.0
        library = Library(db)
        await library.start()
        try:
            found = library.snapshot().search(query, locale, site_id, limit=limit)
        finally:
            await library.stop()
        rows = [
            {"title": hit.title, "locale": hit.locale, "score": round(hit.score, 3), "article_id": hit.article_id,
             "text": hit.text}
            for hit in found.hits
        ]  # fmt: skip
        return rows, found.outcome, found.confidence

    rows, outcome, confidence = with_database(settings, find)
    show_rows(rows, ("title", "locale", "score"), as_json)
    err.print(f"{outcome}, confidence {confidence:.2f}")


@group.command("eval")
def evaluate_questions(
    file: Annotated[
        Path, typer.Argument(help="Questions as JSON lines or CSV: question, article (id or slug), locale.")
    ],
    site: Annotated[str | None, typer.Option(help="The id of a site; every site without it.")] = None,
    against: Annotated[Path | None, typer.Option(help="What an earlier run printed with --json.")] = None,
    at_least: Annotated[
        list[str] | None,
        typer.Option(
            help="A floor such as recall_1=.9 or ar:precision=.95; exit code 1 below. May be given several times."
        ),
    ] = None,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask every question and count how well the articles are found and how far answers can be trusted, by language."""
    settings = settings_from(data_dir)
    text, before, floors = _text_of(file), _earlier(against), _floors(at_least or [])

    async def ask(db: Database) -> tuple[tuple[Scores, ...], int]:
        cases = read_cases(text, file.name)
        library = Library(db)
        await library.refresh()
        snapshot = await library.study()
        return await asyncio.to_thread(evaluate, snapshot, cases, site), snapshot.revision

    with progress("Asking"):
        scores, revision = with_database(settings, ask)
    rows = [_score_row(one, before.get(one.language, {})) for one in scores]
    if as_json:
        show_object({"revision": revision, "items": rows}, as_json=True)
    else:
        moved = [f"{name}_moved" for name in SHARES] if before else []
        show_rows(rows, ("language", "questions", *SHARES, *moved), as_json=False)
    missed = below(scores, floors)
    for sentence in missed:
        err.print(sentence, markup=False, highlight=False)
    if missed:
        raise typer.Exit(1)


def _floors(texts: list[str]) -> list[Floor]:
    try:
        return [floor_of(one) for one in texts]
    except FunnelError as error:
        fail(error.detail)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        fail(f"{file} cannot be read as UTF-8 text.")


def _earlier(file: Path | None) -> dict[str, dict[str, Any]]:
    """The rows of an earlier run by language."""
    if file is None:
        return {}
    try:
        return {row["language"]: row for row in json.loads(_text_of(file))["items"]}
    except (ValueError, KeyError, TypeError):
        fail(f"{file} was not printed by this command with --json.")


def _score_row(scores: Scores, before: dict[str, Any]) -> dict[str, Any]:
    """One row with three digits, and for each share how far it has moved since the earlier run."""
    row: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(scores).items():
        row[name] = round(value, 3) if isinstance(value, float) else value
        if isinstance(value, float) and isinstance(before.get(name), int | float):
            row[f"{name}_moved"] = round(value - before[name], 3)
    return row
