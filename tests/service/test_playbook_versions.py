"""Versions of playbooks: drafts change, what is published never does, going back, and what another release ships."""

import asyncio

import asyncpg
import pytest

from bots.dialogue.playbooks import Place
from bots.dialogue.playbooks.shelf import shipped_documents
from bots.playbooks.live import LivePlaybooks
from bots.playbooks.store import PlaybookStore
from funnel.core.database import Database
from funnel.core.errors import FunnelError

RETURN = shipped_documents()["return"]
OTHER = RETURN.replace("Which order is it about?", "Which order?")
WRONG = RETURN.replace("ends: hand_over}\n  - {name: changed mind", "ends: answer}\n  - {name: changed mind")
FAULTY = RETURN.replace("next: fault", "next: nowhere")


@pytest.fixture
async def store(db: Database) -> PlaybookStore:
    """With what is shipped in it, stored twice at once."""
    made = PlaybookStore(db)
    await asyncio.gather(made.seed(), made.seed())
    return made


async def test_what_is_shipped_is_live_once(store: PlaybookStore) -> None:
    assert [(one.key, one.version, one.origin) for one in await store.live()] == [
        ("order-status", 1, "shipped"), ("password-reset", 1, "shipped"), ("return", 1, "shipped"),
    ]  # fmt: skip
    assert len(await store.published()) == 3


async def test_a_draft_becomes_a_version_that_never_changes(store: PlaybookStore, db: Database) -> None:
    draft = await store.draft(FAULTY, "shorter", None)
    assert (draft.key, draft.version, draft.status, draft.live) == ("return", 2, "draft", False)
    for text, code in ((FAULTY, "playbook_faulty"), (WRONG, "playbook_tests_failed")):
        draft = await store.change("return", 2, text, None, draft.revision, None)
        with pytest.raises(FunnelError, match=code):
            await store.publish("return", 2, None, None)
    with pytest.raises(FunnelError, match="stale_revision"):
        await store.change("return", 2, OTHER, None, 1, None)
    draft = await store.change("return", 2, OTHER, None, draft.revision, None)
    published = await store.publish("return", 2, draft.revision, None)
    assert (published.status, published.live) == ("published", True)
    for attempt in (store.change("return", 2, RETURN, None, 4, None), store.delete("return", 2), store.publish("return", 2, None, None)):  # fmt: skip
        with pytest.raises(FunnelError, match="playbook_published"):
            await attempt
    with pytest.raises(asyncpg.RaiseError):
        await db.pool.execute("update playbooks set document = 'other' where version = 2")
    assert [one.version for one in await store.versions("return")] == [2, 1]


async def test_what_runs_goes_on_in_its_version_and_going_back_is_seen_elsewhere(
    store: PlaybookStore, db: Database
) -> None:
    here, elsewhere = LivePlaybooks(db), LivePlaybooks(db)
    await elsewhere.refresh()
    draft = await store.draft(OTHER, None, None)
    await store.publish("return", draft.version, None, None)
    for live in (here, elsewhere):
        now = await live.refresh()
        assert now.live["return"] == 2
        begun = now.find(Place("return", "number", version=1))
        assert begun is not None
        assert begun.steps[0].ask["en"].startswith("Which order is it about?")
        assert (now.words_of("playbook:return:number", "en") or "").startswith("Which order? The")
    assert (await store.rollback("return", 1, None)).live
    assert (await elsewhere.refresh()).live["return"] == 1
    draft = await store.draft(OTHER, None, None)
    with pytest.raises(FunnelError, match="playbook_draft"):
        await store.rollback("return", draft.version, None)
    await store.delete("return", draft.version)
    for missing in (store.rollback("return", 9, None), store.get("nothing", 1), store.versions("nothing")):
        with pytest.raises(FunnelError, match="not_found"):
            await missing


async def test_another_release_replaces_what_was_shipped_and_never_what_is_the_writers_own(
    store: PlaybookStore, db: Database
) -> None:
    draft = await store.draft(OTHER, None, None)
    await store.publish("return", draft.version, None, None)
    await db.pool.execute("alter table playbooks disable trigger user")
    await db.pool.execute(
        "update playbooks set document = 'as an earlier release had it' where origin = 'shipped'"
    )
    await store.seed()
    live = {one.key: (one.version, one.origin) for one in await store.live()}
    assert live == {"order-status": (2, "shipped"), "password-reset": (2, "shipped"), "return": (2, "own")}
    playbooks = await LivePlaybooks(db).refresh()
    assert playbooks.find(Place("return", version=1)) is None
    assert playbooks.find(Place("return", version=3)) is not None


async def test_what_is_no_playbook_is_not_kept(store: PlaybookStore) -> None:
    for text in (
        "- 1",
        "key: [",
        "key: ''\ntitle: {}\nsteps: []\ntests: []",
        "key: A B\ntitle: {}\nsteps: []\ntests: []",
    ):
        with pytest.raises(FunnelError, match="playbook_invalid"):
            await store.draft(text, None, None)
    draft = await store.draft(OTHER, None, None)
    with pytest.raises(FunnelError, match="playbook_key"):
        await store.change("return", draft.version, OTHER.replace("key: return", "key: other"), None, 1, None)
