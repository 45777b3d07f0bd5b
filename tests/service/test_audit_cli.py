"""`funnel audit`: what was done is listed, and a log that was tampered with is told from one that was not."""

import asyncio
import json

from funnel.core.database import Database
from funnel.core.ids import new_id
from funnel.people.audit import SYSTEM
from funnel.people.contact_book import ContactBook, ContactFacts
from tests import builders
from tests.service.test_cli import Shell, shell  # noqa: F401 - a fixture


async def test_the_log_is_listed_and_verified(db: Database, shell: Shell) -> None:  # noqa: F811
    site = await builders.make_site(db)
    book = ContactBook(db)
    made = [
        await book.upsert(site.id, new_id(), ContactFacts(name=name), SYSTEM)
        for name in ("Ada", "Bea", "Cleo")
    ]
    code, told, why = await asyncio.to_thread(shell, "audit", "list", made[1].contact.id, "--json")
    assert code == 0, why
    assert [one["action"] for one in json.loads(told)["items"]] == ["contact.created"]
    assert (await asyncio.to_thread(shell, "audit", "list", "nobody"))[0] == 1
    assert (await asyncio.to_thread(shell, "audit", "verify"))[0] == 0
    await db.pool.execute(
        "begin; alter table audit_entries disable trigger audit_entries_stay;"
        " delete from audit_entries where seq = 2; alter table audit_entries enable trigger audit_entries_stay; commit"
    )
    code, told, why = await asyncio.to_thread(shell, "audit", "verify")
    assert (code, told) == (1, "")
    assert "Entry 3" in why
