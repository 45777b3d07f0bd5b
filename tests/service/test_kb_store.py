"""Articles in PostgreSQL: revisions, conflicts, the counter every process watches."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from funnel.core.clock import SystemClock
from funnel.core.database import Database
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.ids import new_id
from kb.articles import ArticleContent, Audience, Status
from kb.store import ArticleStore, content_of
from tests.builders import make_agent, make_site

LAMP = ArticleContent(
    locale="en", title="Repairing a lamp", body="# How\n\nOpen it.", status=Status.PUBLISHED
)


async def test_an_article_is_kept_whole(db: Database) -> None:
    store = ArticleStore(db)
    site = await make_site(db)
    agent = await make_agent(db)
    content = msgspec.structs.replace(
        LAMP, locale="zh-TW", audience=Audience.AGENTS, sites=(site.id,), tags=("a", "b", "a"), url_patterns=("/x*",),
        product="Lamp", example_questions=("How?",), short_answer=" Open it ", publish_at=SystemClock().now(),
        review_by=SystemClock().now().date(),
    )  # fmt: skip
    made = await store.create(content, author_id=agent.id)
    assert made.revision == 1
    assert (made.locale, made.slug, made.tags, made.short_answer) == (
        "zh-Hant",
        "repairing-a-lamp",
        ("a", "b"),
        "Open it",
    )
    assert await store.get(made.id) == made
    assert [(r.revision, r.author_id, r.content) for r in await store.list_revisions(made.id)] == [
        (1, agent.id, content_of(made))
    ]


async def test_every_change_moves_the_revision_and_is_in_the_history(db: Database) -> None:
    store = ArticleStore(db)
    before = await store.revision()
    made = await store.create(LAMP)
    changed = await store.update(
        made.id, msgspec.structs.replace(content_of(made), title="Mending a lamp"), 1
    )
    archived = await store.archive(made.id, 2)
    assert (changed.revision, archived.revision, archived.status) == (2, 3, Status.ARCHIVED)
    assert await store.revision() == before + 3
    titles = [revision.content.title for revision in await store.list_revisions(made.id)]
    assert titles == ["Mending a lamp", "Mending a lamp", "Repairing a lamp"]


async def test_the_same_content_again_changes_nothing(db: Database) -> None:
    store = ArticleStore(db)
    made = await store.create(LAMP)
    before = await store.revision()
    assert await store.update(made.id, content_of(made), 1) == made
    assert await store.revision() == before
    archived = await store.archive(made.id, None)
    assert await store.archive(made.id, None) == archived


async def test_a_stale_revision_is_refused_with_the_article_as_it_is(db: Database) -> None:
    store = ArticleStore(db)
    made = await store.create(LAMP)
    now = await store.update(made.id, msgspec.structs.replace(content_of(made), title="Mending"), 1)
    for attempt in (store.update(made.id, content_of(made), 1), store.archive(made.id, 1)):
        with pytest.raises(FunnelError) as refused:
            await attempt
        assert (refused.value.code, refused.value.kind) == ("stale_revision", ErrorKind.CONFLICT)
        assert refused.value.params["article"] == now


async def test_two_writers_at_once_one_wins(db: Database) -> None:
    store = ArticleStore(db)
    made = await store.create(LAMP)
    edits = [
        store.update(made.id, msgspec.structs.replace(content_of(made), title=f"T{i}"), 1) for i in range(5)
    ]
    done = await asyncio.gather(*edits, return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in done) == 1
    assert all(one.code == "stale_revision" for one in done if isinstance(one, FunnelError))
    assert (await store.get(made.id)).revision == 2


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", " ", "text_invalid"),
        ("title", "x" * 301, "field_too_long"),
        ("body", "a\0b", "text_invalid"),
        ("body", "\ud800", "text_invalid"),
        ("locale", "klingonish-1", "locale_invalid"),
        ("slug", "Not Good", "slug_invalid"),
        ("sites", ("shop",), "site_unknown"),
        ("sites", (new_id(),), "site_unknown"),
        ("tags", ("",), "text_invalid"),
        ("tags", tuple(map(str, range(201))), "too_many"),
    ],
)
async def test_what_cannot_be_kept_is_refused(db: Database, field: str, value: object, code: str) -> None:
    store = ArticleStore(db)
    before = await store.revision()
    with pytest.raises(FunnelError) as refused:
        await store.create(msgspec.structs.replace(LAMP, **{field: value}))
    assert (refused.value.code, refused.value.kind) == (code, ErrorKind.INVALID)
    assert await store.revision() == before
    assert (await store.list_articles()).items == ()


async def test_slugs_are_made_free_or_refused(db: Database) -> None:
    store = ArticleStore(db)
    first = await store.create(LAMP)
    second = await store.create(LAMP)
    assert second.slug.startswith("repairing-a-lamp-")
    with pytest.raises(FunnelError, match="slug_taken"):
        await store.create(msgspec.structs.replace(LAMP, slug=first.slug))
    await store.archive(first.id, None)
    assert (await store.create(msgspec.structs.replace(LAMP, slug=first.slug))).slug == first.slug
    chinese = await store.create(msgspec.structs.replace(LAMP, locale="zh", title="退货流程"))
    assert chinese.slug.startswith("article-")


async def test_translations_share_a_group(db: Database) -> None:
    store = ArticleStore(db)
    english = await store.create(LAMP)
    arabic = await store.create(
        msgspec.structs.replace(LAMP, locale="ar", title="إصلاح المصباح"), group_id=english.group_id
    )
    assert [one.id for one in await store.list_translations(arabic.id)] == [arabic.id, english.id]
    with pytest.raises(FunnelError, match="translation_exists"):
        await store.create(LAMP, group_id=english.group_id)


async def test_lists_go_by_pages_and_filters(db: Database) -> None:
    store = ArticleStore(db)
    site, other = await make_site(db), await make_site(db)
    made = [await store.create(msgspec.structs.replace(LAMP, title=f"Lamp {i}")) for i in range(5)]
    ours = await store.create(msgspec.structs.replace(LAMP, locale="de", title="Ours", sites=(site.id,)))
    draft = await store.create(msgspec.structs.replace(LAMP, status=Status.DRAFT, title="Draft"))
    await store.archive(made[4].id, None)
    first = await store.list_articles(limit=3)
    rest = await store.list_articles(limit=3, after=first.next)
    assert [one.id for one in (*first.items, *rest.items)] == [one.id for one in (*made[:4], ours, draft)]
    assert rest.next is None
    assert [one.id for one in (await store.list_articles(locale="de")).items] == [ours.id]
    assert ours.id not in {one.id for one in (await store.list_articles(site_id=other.id)).items}
    assert [one.id for one in (await store.list_articles(status=Status.ARCHIVED)).items] == [made[4].id]
    assert [one.id for one in (await store.list_articles(status=Status.DRAFT)).items] == [draft.id]


async def test_what_is_not_there_is_not_found(db: Database) -> None:
    store = ArticleStore(db)
    for article_id in (new_id(), "nonsense"):
        for attempt in (
            store.get(article_id),
            store.update(article_id, LAMP, 1),
            store.list_revisions(article_id),
        ):
            with pytest.raises(FunnelError, match="not_found"):
                await attempt


async def test_changes_tell_what_is_shown_and_what_is_hidden(db: Database) -> None:
    store = ArticleStore(db)
    soon = SystemClock().now() + timedelta(hours=1)
    shown = await store.create(LAMP)
    draft = await store.create(msgspec.structs.replace(LAMP, status=Status.DRAFT))
    later = await store.create(msgspec.structs.replace(LAMP, publish_at=soon))
    everything = await store.changes(-1, None)
    assert [one.id for one in everything.shown] == [shown.id]
    assert draft.id not in everything.hidden
    await store.archive(shown.id, None)
    moved = await store.changes(everything.revision, everything.at)
    assert (moved.shown, moved.hidden) == ((), (shown.id,))
    assert not await store.anything_due(moved.at)
    assert await store.anything_due(moved.at - timedelta(days=1)) is False
    await db.pool.execute("update kb_articles set publish_at = now() where id = $1::uuid", later.id)
    assert await store.anything_due(moved.at)
    assert [one.id for one in (await store.changes(moved.revision, moved.at)).shown] == [later.id]
