"""The knowledge base from the shell: import a folder of Markdown, search as a visitor would."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import JsonFlag, err, progress, show_object, show_rows
from api.cli.running import DataDir, fail, settings_from, with_database
from funnel.core.database import Database
from kb.library import Library
from kb.markdown_import import ImportReport, MarkdownImport, Result
from kb.store import ArticleStore

group = typer.Typer(no_args_is_help=True, help="The knowledge base.")


@group.command("import")
def import_articles(
    folder: Annotated[Path, typer.Argument(help="A folder of Markdown files with front matter.")],
    site: Annotated[
        list[str] | None, typer.Option(help="Ids of the sites they are for; all without it.")
    ] = None,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Bring in articles; a second import updates. Files with mistakes are named, the others come in; exit code 1 then."""
    settings = settings_from(data_dir)
    if not folder.is_dir():
        fail(f"{folder} is not a folder.")

    async def bring_in(db: Database) -> ImportReport:
        return await MarkdownImport(ArticleStore(db), sites=tuple(site or ())).folder(folder)

    with progress("Importing"):
        report = with_database(settings, bring_in)
    for item in report.items:
        for problem in item.problems:
            err.print(f"{item.path}:{problem.line}: {problem.message}", markup=False, highlight=False)
    show_object({result.value: report.count(result) for result in Result}, as_json)
    if report.count(Result.FAILED):
        raise typer.Exit(1)


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
