"""Rule set versions on the real database: drafts, publishing under guard, rollback, what a process judges with."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from bots.decider.linting import lint_and_test
from funnel.core.clock import SystemClock
from funnel.core.database import Database
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.ids import new_id
from funnel.escalation.rule_sets.guards import RuleGuards
from funnel.escalation.rule_sets.live import LiveRules
from funnel.escalation.rule_sets.service import RuleSets
from funnel.escalation.rule_sets.switches import SwitchDraft, Switches
from funnel.escalation.rules.diffing import three_way
from funnel.escalation.rules.model import RuleSet, parse, plain
from funnel.escalation.rules.shipped import BASE, shipped
from tests.unit.rules_world import Json, rule

ADA, BEN = new_id(), new_id()


class World:
    """Two processes on one database."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.here, self.there = LiveRules(db), LiveRules(db)
        self.sets = RuleSets(db, SystemClock(), lint_and_test, self.here.refresh)
        self.guards = RuleGuards(db, self.here.refresh)
        self.switches = Switches(db, SystemClock(), self.here.refresh)

    async def publish(self, number: int, by_id: str | None = None) -> Any:
        """Publishes with no queues known."""
        return await self.sets.publish(number, note=None, by_id=by_id)


@pytest.fixture
async def world(db: Database) -> Any:
    """Both processes started."""
    found = World(db)
    await found.here.start()
    await found.there.start()
    yield found
    await found.here.stop()
    await found.there.stop()


def with_rule(*rules: Json) -> RuleSet:
    """The shipped set and more."""
    document = plain(shipped())
    return parse({**document, "rules": [*document["rules"], *rules]})


def proven(rule_id: str = "late") -> Json:
    """A rule with a test that passes, which fires in none of the shipped tests."""
    tests = [{"says": "hello", "expect": {"outcome": "question"}}]
    return rule(rule_id, {"fact": "channel", "equals": "sms"}, tests=tests)


async def refusal(work: Any) -> FunnelError:
    """The refusal of something that must be refused."""
    with pytest.raises(FunnelError) as caught:
        await work
    return caught.value


async def test_the_shipped_set_is_version_one_and_stored_once(world: World) -> None:
    assert (world.here.now().book.version, world.there.now().book.version) == ("1", "1")
    live = await world.sets.live()
    assert (live.row.version, live.row.status) == (1, "live")
    assert parse(live.document) == shipped()
    assert await world.db.pool.fetchval("select count(*) from rule_versions") == 1


async def test_a_publication_is_live_here_at_once_and_comes_elsewhere_by_itself(world: World) -> None:
    draft = await world.sets.draft(with_rule(proven()), note="one more", based_on=None, author_id=ADA)
    assert (draft.row.version, draft.row.status, draft.row.based_on) == (2, "draft", 1)
    moved = asyncio.ensure_future(world.there.moved())
    published = await world.publish(2)
    assert published.row.status == "live"
    assert world.here.now().book.version == "2"
    await asyncio.wait_for(moved, 60)
    assert world.there.now().book.version == "2"
    assert world.there.now().book.activation == world.here.now().book.activation
    assert (await world.publish(2)).row.version == 2
    assert [one.version for one in await world.sets.history()] == [2, 1]


async def test_rollback_is_one_step_and_goes_forward_again(world: World) -> None:
    await world.sets.draft(with_rule(proven()), note=None, based_on=None, author_id=None)
    await world.publish(2)
    back = await world.sets.rollback(1, note="no good", by_id=ADA)
    assert (back.row.status, world.here.now().book.version) == ("live", "1")
    assert (await refusal(world.publish(2))).code == "not_a_draft"
    await world.sets.rollback(2, note=None, by_id=None)
    assert [one.kind for one in await world.sets.history()] == ["rollback", "rollback", "publish", "base"]
    await world.sets.draft(with_rule(proven()), note=None, based_on=None, author_id=None)
    assert (await refusal(world.sets.rollback(3, note=None, by_id=None))).code == "never_live"
    assert (await refusal(world.sets.rollback(99, note=None, by_id=None))).kind is ErrorKind.NOT_FOUND


async def test_a_published_version_never_changes(world: World) -> None:
    assert (
        await refusal(
            world.sets.change(1, shipped(), note=None, revision=None, based_on=None, author_id=None)
        )
    ).code == "immutable"
    assert (await refusal(world.sets.delete(1))).code == "immutable"
    with pytest.raises(asyncpg.CheckViolationError):
        await world.db.pool.execute("update rule_versions set document = '{}' where version = 1")


async def test_a_draft_changes_until_it_is_published_and_nobody_overwrites_unseen(world: World) -> None:
    await world.sets.draft(with_rule(proven()), note=None, based_on=None, author_id=ADA)
    changed = await world.sets.change(
        2, with_rule(proven("other")), note="b", revision=1, based_on=None, author_id=BEN
    )
    assert (changed.row.revision, changed.row.author_id, changed.document["rules"][-1]["id"]) == (
        2,
        BEN,
        "other",
    )
    late = await refusal(
        world.sets.change(2, with_rule(proven()), note=None, revision=1, based_on=None, author_id=ADA)
    )
    assert late.code == "revision_moved"
    assert late.params["diff"]
    await world.sets.delete(2)
    assert (await refusal(world.sets.read(2))).kind is ErrorKind.NOT_FOUND
    assert [one.version for one in await world.sets.versions()] == [1]


async def test_of_two_who_publish_at_once_the_second_gets_the_difference(world: World) -> None:
    for name in ("first", "second"):
        await world.sets.draft(with_rule(proven(name)), note=None, based_on=None, author_id=None)
    results = await asyncio.gather(world.publish(2), world.publish(3), return_exceptions=True)
    lost = [one for one in results if isinstance(one, FunnelError)]
    assert len(lost) == 1
    assert lost[0].code == "rules_moved"
    winner = world.here.now().book.version
    assert lost[0].params["live"] == int(winner)
    changes: Any = lost[0].params["diff"]
    assert [(one["kind"], one["part"]) for one in changes] == [("added", "rule")]
    loser = 5 - int(winner)
    await world.sets.change(
        loser, with_rule(proven("late")), note=None, revision=None, based_on=int(winner), author_id=None
    )
    await world.publish(loser)


@pytest.mark.parametrize(
    "broken",
    [
        rule(when={"fact": "nonsense", "gte": 1}),
        rule(when={"fact": "anger", "gte": 2.0}),
        rule(tests=[{"says": "hello", "expect": {"outcome": "human"}}]),
    ],
    ids=["unknown fact", "threshold 2.0", "failing test"],
)
async def test_a_set_with_errors_is_refused_and_the_old_one_stays(world: World, broken: Json) -> None:
    await world.sets.draft(with_rule(broken), note=None, based_on=None, author_id=None)
    refused = await refusal(world.publish(2))
    assert refused.code == "lint_failed"
    findings: Any = refused.params["findings"]
    assert {one["level"] for one in findings} >= {"error"}
    assert world.here.now().book.version == "1"


async def test_what_cannot_be_read_is_refused_by_every_process_and_the_old_one_stays(world: World) -> None:
    await world.db.pool.execute(
        "insert into rule_versions (version, status, base, document, published_at) values (7, 'published', '1', '{\"rules\": 3}', now())"
    )
    await world.db.pool.execute("insert into rule_activations (version, kind) values (7, 'publish')")
    await world.there.refresh()
    assert world.there.now().book.version == "1"


async def test_in_a_freeze_only_switches_and_rollback_work(world: World) -> None:
    await world.sets.draft(with_rule(proven()), note=None, based_on=None, author_id=None)
    await world.publish(2)
    now = SystemClock().now()
    await world.guards.change_settings(
        second_person=False, frozen_from=now - timedelta(hours=1), frozen_until=now + timedelta(hours=1)
    )
    await world.sets.draft(with_rule(proven("more")), note=None, based_on=None, author_id=None)
    assert (await refusal(world.publish(3))).code == "frozen"
    await world.sets.rollback(1, note=None, by_id=None)
    await world.switches.turn_on(SwitchDraft("bot_off", "peak"), None)
    assert [one.kind for one in world.here.now().switches.switches] == ["bot_off"]
    for half in ((now, None), (now, now)):
        refused = await refusal(
            world.guards.change_settings(second_person=False, frozen_from=half[0], frozen_until=half[1])
        )
        assert refused.code == "freeze_invalid"


async def test_a_second_person_publishes_where_that_is_asked_for(world: World) -> None:
    await world.guards.change_settings(second_person=True, frozen_from=None, frozen_until=None)
    await world.sets.draft(with_rule(proven()), note=None, based_on=None, author_id=ADA)
    assert (await refusal(world.publish(2, ADA))).code == "second_person_needed"
    await world.publish(2, BEN)


async def test_switches_live_and_die_by_hand_and_by_time(world: World) -> None:
    now = SystemClock().now()
    on = await world.switches.turn_on(
        SwitchDraft("announce", "carrier strike", texts={"en": "Parcels are late."}), ADA
    )
    brief = await world.switches.turn_on(
        SwitchDraft("bot_off", "test", channel="web", expires_at=now + timedelta(hours=1)), None
    )
    assert [one.id for one in world.here.now().switches.switches] == [on.id, brief.id]
    await world.there.refresh()
    assert len(world.there.now().switches.switches) == 2
    assert not brief.holds("any", "web", now + timedelta(hours=2))
    await world.switches.turn_off(on.id, ADA)
    await world.switches.turn_off(on.id, ADA)
    assert [one.id for one in await world.switches.list()] == [brief.id]
    assert (await refusal(world.switches.turn_off(new_id(), None))).kind is ErrorKind.NOT_FOUND
    for wrong in (
        SwitchDraft("topic_hold", "no topic"),
        SwitchDraft("announce", "no text"),
        SwitchDraft("bot_off", "over", expires_at=now - timedelta(seconds=1)),
    ):
        assert (await refusal(world.switches.turn_on(wrong, None))).code == "switch_invalid"
    assert (
        await refusal(world.switches.turn_on(SwitchDraft("bot_off", "x", site_id=new_id()), None))
    ).code == "reference_unknown"


async def test_a_shadow_is_loaded_and_leaves_with_its_version(world: World) -> None:
    await world.sets.draft(with_rule(proven()), note=None, based_on=None, author_id=None)
    await world.guards.shadow(2)
    shadow = world.here.now().shadow
    assert shadow is not None
    assert shadow.version == "2"
    assert world.here.now().book.version == "1"
    await world.sets.delete(2)
    await world.here.refresh()
    assert world.here.now().shadow is None


async def test_an_upgrade_is_told_against_the_base_a_set_was_begun_from(db: Database) -> None:
    old = plain(shipped())
    changed = next(one for one in old["rules"] if one["id"] == "second_miss")
    before = {**changed, "description": "As the release before had it."}
    old["rules"][old["rules"].index(changed)] = before
    await db.pool.execute(
        "insert into rule_versions (version, status, base, document, published_at) values (1, 'published', '0', $1::jsonb, now())",
        json.dumps(old),
    )
    await db.pool.execute("insert into rule_activations (version, kind) values (1, 'base')")
    world = World(db)
    await world.here.start()
    try:
        assert (await world.sets.live()).row.version == 1, "an upgrade overwrites nothing"
        own = parse({**old, "rules": [*old["rules"], proven("own")]})
        draft = await world.sets.draft(own, note=None, based_on=None, author_id=ADA)
        assert draft.row.base == "0"
        merges = three_way(await world.sets.base_of("0"), own, shipped())
        assert [(one.id, one.state) for one in merges] == [("second_miss", "take_theirs")]
        taken = parse({**old, "rules": [*plain(shipped())["rules"], proven("own")]})
        assert (await world.sets.draft(taken, note=None, based_on=None, author_id=ADA)).row.base == BASE
        assert await world.sets.base_of(BASE) == shipped()
    finally:
        await world.here.stop()
