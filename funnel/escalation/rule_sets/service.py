"""Rule sets: drafts, publishing under guard, rollback, shadow, settings. Each method is one transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import msgspec

from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.errors import FunnelError, conflict, invalid
from funnel.escalation.rule_sets import store
from funnel.escalation.rule_sets.records import Activation, RuleSettings, Stored, VersionRow
from funnel.escalation.rule_sets.surroundings import known
from funnel.escalation.rules.diffing import diff, three_way
from funnel.escalation.rules.findings import Finding, blocks
from funnel.escalation.rules.lint import Observed
from funnel.escalation.rules.model import RuleSet, parse, plain
from funnel.escalation.rules.shipped import BASE, complete, shipped

Linter = Callable[..., list[Finding]]
Changed = Callable[[], Awaitable[object]]
MOST_HISTORY = 200


class RuleSets:
    """`lint` runs everything that may block a publication, in a thread; `changed` runs after a commit that changed what is
    live, before the method returns."""

    def __init__(self, db: Database, clock: Clock, lint: Linter, changed: Changed) -> None:
        self._db = db
        self._clock = clock
        self._lint = lint
        self._changed = changed

    async def versions(self, *, limit: int = 50, before: int | None = None) -> list[VersionRow]:
        """Versions, newest first."""
        return await store.versions(self._db.pool, limit, before)

    async def read(self, number: int) -> Stored:
        """One version. Raises 404."""
        return await store.version(self._db.pool, number)

    async def live(self) -> Stored:
        """The version that is live. Raises 404 before the first start."""
        return await store.version(self._db.pool, await store.live_version(self._db.pool) or 0)

    async def history(self) -> list[Activation]:
        """The last 200 changes of what is live, newest first."""
        return await store.activations(self._db.pool, MOST_HISTORY)

    async def base_of(self, base: str) -> RuleSet:
        """The shipped set of a base layer; that of this release where none is kept."""
        found = await store.base_document(self._db.pool, base)
        return parse(found) if found is not None else shipped()

    async def draft(
        self, document: RuleSet, *, note: str | None, based_on: int | None, author_id: str | None
    ) -> Stored:
        """A new draft over the live version (or over `based_on`). Raises 422, 404 for an unknown base."""
        whole = complete(document)
        async with self._db.pool.acquire() as connection, connection.transaction():
            await store.lock_settings(connection)
            origin = based_on or await store.live_version(connection)
            begun = (await store.version(connection, origin)).row.base if origin is not None else BASE
            old = await store.base_document(connection, begun)
            base = layer_of(whole, begun, old)
            number = await store.insert_draft(
                connection, plain(whole), base=base, note=note, based_on=origin, author_id=author_id
            )
        return await self.read(number)

    async def change(
        self,
        number: int,
        document: RuleSet,
        *,
        note: str | None,
        revision: int | None,
        based_on: int | None,
        author_id: str | None,
    ) -> Stored:
        """Replaces a draft. Raises 404, 422, 409 `immutable` once it was published, 409 `revision_moved` where somebody was
        faster than `revision`."""
        whole = complete(document)
        async with self._db.pool.acquire() as connection, connection.transaction():
            await store.lock_settings(connection)
            stored = await store.version(connection, number, lock=True)
            if stored.row.status != "draft":
                raise conflict("immutable", "A published rule set never changes; make a new version.")
            if revision is not None and revision != stored.row.revision:
                raise conflict(
                    "revision_moved",
                    "Somebody changed this draft meanwhile.",
                    diff=_changes(stored.document, plain(whole)),
                )
            await store.change_draft(
                connection, number, plain(whole), note, based_on or stored.row.based_on, author_id
            )
        return await self.read(number)

    async def delete(self, number: int) -> None:
        """A draft leaves the list for ever. Raises 404, 409 `immutable` for a published one."""
        async with self._db.pool.acquire() as connection, connection.transaction():
            await store.lock_settings(connection)
            stored = await store.version(connection, number, lock=True)
            if stored.row.status != "draft":
                raise conflict("immutable", "A published rule set is history and stays.")
            await connection.execute(
                "update rule_settings set shadow_version = null where shadow_version = $1", number
            )
            await connection.execute("update rule_versions set deleted_at = now() where version = $1", number)

    async def findings(self, document: RuleSet, *, observed: Observed | None = None) -> list[Finding]:
        """Lint and tests of a document against what there is here, in a thread."""
        there = await known(self._db.pool, observed or {})
        return await asyncio.to_thread(self._lint, document, there)

    async def publish(self, number: int, *, note: str | None, by_id: str | None) -> Stored:
        """Makes a draft live on every process within two seconds; live already: nothing happens.

        Raises 404; 422 `lint_failed` with the findings; 409 `frozen`, `second_person_needed`, `not_a_draft`, and `rules_moved`
        with the diff where another version went live since the draft was begun. A refusal leaves the old set as it was.
        """
        checked = await store.version(self._db.pool, number)
        if checked.row.status == "live":
            return checked
        findings = await self.findings(complete(parse(checked.document)))
        if blocks(findings):
            raise invalid(
                "lint_failed", "Lint found errors; nothing was published.", findings=_plain(findings)
            )
        async with self._db.pool.acquire() as connection, connection.transaction():
            settings = await store.lock_settings(connection)
            stored = await store.version(connection, number, lock=True)
            self._guard(settings, stored, checked, by_id)
            await _refuse_moved(connection, stored)
            await store.activate(connection, number, "publish", note, by_id)
        await self._changed()
        return await self.read(number)

    def _guard(self, settings: RuleSettings, stored: Stored, checked: Stored, by_id: str | None) -> None:
        if settings.frozen(self._clock.now()):
            raise conflict("frozen", "A freeze is on: only switches and rollback work.")
        if stored.row.status == "published":
            raise conflict("not_a_draft", "It was live before: roll back to it.")
        if stored.row.revision != checked.row.revision:
            raise conflict("revision_moved", "The draft was changed while it was checked; look at it again.")
        if settings.second_person and by_id is not None and by_id == stored.row.author_id:
            raise conflict("second_person_needed", "Somebody else than its author has to publish it.")

    async def rollback(self, to: int, *, note: str | None, by_id: str | None) -> Stored:
        """Makes a version live that was live before, also in a freeze. Raises 404, 409 `never_live`. Live already: nothing."""
        async with self._db.pool.acquire() as connection, connection.transaction():
            await store.lock_settings(connection)
            stored = await store.version(connection, to, lock=True)
            if stored.row.status == "draft":
                raise conflict("never_live", "This version was never live; publish it instead.")
            if stored.row.status == "published":
                await store.activate(connection, to, "rollback", note, by_id)
        await self._changed()
        return await self.read(to)


async def _refuse_moved(connection: asyncpg.Connection, stored: Stored) -> None:
    live = await store.live_version(connection)
    if live is None or stored.row.based_on in (None, live):
        return
    before = await store.version(connection, stored.row.based_on)
    after = await store.version(connection, live)
    raise conflict(
        "rules_moved",
        f"Version {live} went live since this draft was begun; look at the difference and base the draft on it.",
        live=live,
        diff=_changes(before.document, after.document),
    )


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Any:
    try:
        return msgspec.to_builtins(list(diff(parse(before), parse(after))))
    except FunnelError:
        return []


def _plain(findings: list[Finding]) -> Any:
    return msgspec.to_builtins(findings)


def layer_of(document: RuleSet, begun: str, old: dict[str, Any] | None) -> str:
    """The base layer a set stands on: the one it was begun from, until nothing that a later one changes is left to take over."""
    if begun == BASE or old is None:
        return BASE
    left = three_way(parse(old), document, shipped())
    return begun if any(one.state == "take_theirs" for one in left) else BASE
