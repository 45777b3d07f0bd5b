"""Links from article to article: dead ones are found on import and publish, and again when their target goes or comes."""

from funnel.core.database import Database
from kb.articles import ArticleContent, Audience, Status, content_of
from kb.hygiene import Kind
from kb.importers.importing import Importer
from kb.importers.sources import Source
from kb.linking import check_links
from kb.store import ArticleStore

BODY = """Read [how](returns.md#label) or [that](/v1/kb/page?locale=en&slug=returns), never [this](../en/gone.md).

- [by id](https://support.example/v1/kb/page?article={id}) and [elsewhere](https://shop.example/page.md)
"""


def page(slug: str, body: str = "Send it back within a month.", **fields: object) -> ArticleContent:
    return ArticleContent(
        locale="en", title=slug.title(), body=body, slug=slug, status=Status.PUBLISHED, **fields
    )  # type: ignore[arg-type]


async def reasons(db: Database, article_id: str) -> list[str]:
    await check_links(db)
    rows = await db.pool.fetch(
        "select reason from kb_findings where article_id = $1::uuid and kind = $2 order by number",
        article_id, Kind.DEAD_LINK.value,
    )  # fmt: skip
    return [row["reason"] for row in rows]


async def test_a_link_is_dead_when_its_article_goes_and_good_when_only_its_address_changes(
    db: Database,
) -> None:
    store = ArticleStore(db)
    target = await store.create(page("returns"))
    body = BODY.format(id=target.id)
    linking = await store.create(page("help", body))
    assert await reasons(db, linking.id) == ["The link leads to no published article."]
    (found,) = (await check_links(db))[linking.id]
    assert body[found.start : found.end] == "[this](../en/gone.md)"
    moved = await store.update(target.id, page("returning"), target.revision)
    assert len(await reasons(db, linking.id)) == 1
    inside = await store.update(moved.id, page("returning", audience=Audience.AGENTS), moved.revision)
    assert set(await reasons(db, linking.id)) == {
        "The link leads to no published article.", "The link leads to an article that only agents can open.",
    }  # fmt: skip
    await store.archive(inside.id, None)
    assert len(await reasons(db, linking.id)) == 4
    await store.update(inside.id, page("returns"), None)
    assert len(await reasons(db, linking.id)) == 1
    healed = await store.get(linking.id)
    await store.update(healed.id, page("help", "No link any more, and nothing to be found."), None)
    assert content_of(healed).body == body
    assert await reasons(db, linking.id) == []


async def test_an_import_says_which_of_its_links_are_dead(db: Database) -> None:
    pages = [
        Source("en/a.md", b"# First\n\nGo on with [the second](b.md) or [the third](c.md)."),
        Source("en/b.md", b"# Second\n\nThe second page of the two that are there."),
    ]
    first, second = (await Importer(db).sources(pages)).items
    assert [one.kind for one in first.findings] == [Kind.DEAD_LINK]
    assert second.findings == ()
    more = [Source("en/c.md", b"# Third\n\nAnd here is the third page, come in later.")]
    await Importer(db).sources(more)
    assert await db.pool.fetchval("select count(*) from kb_findings") == 0
