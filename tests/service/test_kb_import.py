"""Import of folders and archives: idempotent, typed report, a bad file stops nobody."""

import io
import zipfile
from pathlib import Path

import pytest

from funnel.core.database import Database
from funnel.core.errors import FunnelError
from kb.bulk import Result
from kb.importers.importing import Importer, Options
from kb.importers.sources import zip_sources
from kb.library import Library
from kb.store import ArticleStore
from tests.builders import make_site

GOOD = "---\ntitle: Repairing a lamp\nlocale: {locale}\nkey: lamp\n---\n\nOpen the lamp.\n"


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def test_a_folder_is_imported_once_however_often(db: Database, tmp_path: Path) -> None:
    store = ArticleStore(db)
    site = await make_site(db)
    write(tmp_path, "en/lamp.md", GOOD.format(locale="en"))
    write(tmp_path, "ar/lamp.md", GOOD.format(locale="ar"))
    write(tmp_path, "README.md", "not an article")
    write(tmp_path, ".hidden/lamp.md", "not an article")
    importer = Importer(db, Options(sites=(site.id,)))
    first = await importer.folder(tmp_path)
    assert [(item.path, item.result) for item in first.items] == [
        ("ar/lamp.md", Result.CREATED),
        ("en/lamp.md", Result.CREATED),
    ]
    revision = await store.revision()
    again = await importer.folder(tmp_path)
    assert again.count(Result.UNCHANGED) == 2
    assert await store.revision() == revision
    article = await store.get(first.items[1].article_id or "")
    assert article.sites == (site.id,)
    assert {one.locale for one in await store.list_translations(article.id)} == {"ar", "en"}
    write(tmp_path, "en/lamp.md", GOOD.format(locale="en") + "\nThen close it.\n")
    third = await importer.folder(tmp_path)
    assert [item.result for item in third.items] == [Result.UNCHANGED, Result.UPDATED]
    assert (await store.get(article.id)).body.endswith("Then close it.")


async def test_a_broken_file_is_reported_with_its_line_and_the_others_are_imported(
    db: Database, tmp_path: Path
) -> None:
    store = ArticleStore(db)
    write(tmp_path, "a.md", GOOD.format(locale="en"))
    write(tmp_path, "b.md", "---\ntitle: x\nlocale: en\naudiance: agents\n---\ntext")
    write(tmp_path, "c.md", "---\ntitle: 'x\n---\ntext")
    (tmp_path / "d.md").write_bytes(b"---\ntitle: x\nlocale: en\n---\n\xff\xfe\x00\x00")
    write(tmp_path, "e.md", "1234")
    write(tmp_path, "f.md", "---\ntitle: y\nlocale: en\nslug: lamp-two\n---\ntext")
    write(tmp_path, "g.md", "---\ntitle: z\nlocale: en\nslug: lamp-two\n---\ntext")
    write(tmp_path, "h.md", "x" * 1_000_001)
    report = await Importer(db).folder(tmp_path)
    failed = {item.path: item.problems[0].line for item in report.items if item.result is Result.FAILED}
    assert failed == {"b.md": 4, "c.md": 2, "d.md": 5, "e.md": 1, "g.md": 1, "h.md": 1}
    assert report.count(Result.CREATED) == 2
    assert len((await store.list_articles()).items) == 2


async def test_links_out_of_the_folder_are_not_followed(db: Database, tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.md", GOOD.format(locale="en"))
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "link.md").symlink_to(tmp_path / "outside" / "secret.md")
    (folder / "linked").symlink_to(tmp_path / "outside")
    assert (await Importer(db).folder(folder)).items == ()


async def test_a_missing_folder_is_said(db: Database, tmp_path: Path) -> None:
    with pytest.raises(FunnelError, match="folder_missing"):
        await Importer(db).folder(tmp_path / "nowhere")


def archive(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return stream.getvalue()


async def test_an_archive_is_imported_without_touching_the_disk(db: Database) -> None:
    data = archive(
        {
            "en/lamp.md": GOOD.format(locale="en").encode(),
            "../../up.md": b"bad",
            "x.pdf": b"",
            "big.md": b"a" * 2_000_000,
        }
    )
    report = await Importer(db).sources(list(zip_sources(data)))
    assert {item.path: item.result for item in report.items} == {
        "../../up.md": Result.FAILED, "big.md": Result.FAILED, "en/lamp.md": Result.CREATED,
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not really", b"x" * 100])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(FunnelError, match="archive_invalid"):
        list(zip_sources(data))


def test_a_damaged_member_is_reported_and_the_others_read() -> None:
    data = bytearray(archive({"a.md": b"hello " * 50, "b.md": b"fine " * 50}))
    data[35:39] = b"\xff" * 4
    sources = {source.path: source for source in zip_sources(bytes(data))}
    assert sources["a.md"].problem is not None
    assert sources["b.md"].data == b"fine " * 50


def test_an_archive_that_would_grow_without_end_is_refused() -> None:
    data = archive({f"{number}.md": b"a" * 990_000 for number in range(110)})
    with pytest.raises(FunnelError, match="archive_too_large"):
        list(zip_sources(data))


async def test_the_demo_articles_are_imported_and_answer(db: Database) -> None:
    folder = Path(__file__).parents[2] / "kb" / "demo"
    report = await Importer(db).folder(folder)
    assert [item for item in report.items if item.result is Result.FAILED] == []
    library = Library(db)
    await library.refresh()
    snapshot = await library.study()
    brought = {item.article_id: item.path for item in report.items}
    for question, path in (
        ("How do I return an item?", "en/return-policy.md"),
        ("怎么退货", "zh-Hans/return-policy.md"),
        ("怎麼退貨", "zh-Hant/return-policy.md"),
        ("كيف أرجع المنتج؟", "ar/return-policy.md"),
    ):
        found = snapshot.search(question, path.partition("/")[0], None)
        assert brought[found.hits[0].article_id] == path
