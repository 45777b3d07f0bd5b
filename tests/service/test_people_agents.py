"""Agents, logins, passwords, keys and presence: who may do what, and how fast it ends."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from funnel.core.clock import ManualClock, SystemClock
from funnel.core.database import Database
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from funnel.people.access import PERMISSIONS, PRESETS
from funnel.people.agents import AgentChanges, AgentDraft, Membership
from funnel.people.api_keys import KeyChanges
from funnel.people.credentials import Credentials, Revocation
from funnel.people.directory import Directory
from funnel.people.principals import AgentPrincipal, Preset
from funnel.people.services import People
from tests.builders import (
    PASSWORD,
    make_agent,
    make_agent_token,
    make_key,
    make_queue,
    make_site,
    make_team,
    make_visitor,
)
from tests.configuration import make_settings


class Office:
    """The services of a test, with a clock that can be moved and every revocation that was announced."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.clock = ManualClock(SystemClock().now())
        self.ticks = 0.0
        self.credentials = Credentials(db, settings, self.clock, lambda: self.ticks)
        self.people = People(db, settings, self.clock, self.credentials, Directory(db))
        self.revoked: list[Revocation] = []
        self.credentials.on_revoked(self.revoked.append)


@pytest.fixture
def office(db: Database, settings: Settings) -> Office:
    return Office(db, settings)


async def refused(awaitable: Awaitable[Any]) -> str:
    with pytest.raises(FunnelError) as caught:
        await awaitable
    return caught.value.code


async def principal(office: Office, db: Database, preset: str) -> AgentPrincipal:
    agent = await make_agent(db, preset=preset)
    found = await office.credentials.agent(await make_agent_token(db, agent.id))
    assert found is not None
    return found


async def test_an_agent_logs_in_with_what_they_may_do(office: Office, db: Database) -> None:
    site = await make_site(db)
    made = await office.people.agents.create(
        AgentDraft(
            email=" Ada@Example.COM ",
            name="Ada",
            teams=(Membership(site.team_id, lead=True),),
            password=PASSWORD,
        )
    )
    assert made.email == "ada@example.com"
    login = await office.credentials.login("ADA@example.com ", PASSWORD, "127.0.0.1")
    found = await office.credentials.agent(login.token)
    assert found == login.agent
    assert found is not None
    assert found.permissions == {"converse"}
    assert found.queue_ids == found.lead_queue_ids == {site.queue_id}
    assert not found.admin
    stored = await db.pool.fetchval("select token_hash from agent_sessions")
    assert login.token.encode() not in stored


async def test_every_login_has_a_token_of_its_own(office: Office, db: Database) -> None:
    agent = await make_agent(db, password=PASSWORD)
    tokens = {(await office.credentials.login(agent.email, PASSWORD, "a")).token for _ in range(3)}
    assert len(tokens) == 3
    assert min(len(token) for token in tokens) >= 43


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@example.com", PASSWORD),
        ("ada@example.com", PASSWORD + " "),
        ("ada@example.com", ""),
        ("ada@example.com", "\ud800"),
        ("", ""),
        ("ada@example.com\0", PASSWORD),
        ("\ud800", PASSWORD),
        ("x" * 10_000, PASSWORD),
        ("unset@example.com", ""),
        ("archived@example.com", PASSWORD),
    ],
)
async def test_a_wrong_login_tells_nothing(office: Office, db: Database, email: str, password: str) -> None:
    await make_agent(db, email="ada@example.com", password=PASSWORD)
    await make_agent(db, email="unset@example.com")
    gone = await make_agent(db, email="archived@example.com", password=PASSWORD)
    await office.people.agents.archive(gone.id)
    with pytest.raises(FunnelError) as caught:
        await office.credentials.login(email, password, "a")
    assert (caught.value.code, caught.value.kind) == ("login_failed", ErrorKind.UNAUTHENTICATED)


async def test_guessing_is_slowed_down_alike_for_known_and_unknown(db: Database) -> None:
    settings = make_settings(db.dsn, limits={"on": True, "login_attempts": 3})
    credentials = Credentials(db, settings)
    await make_agent(db, email="ada@example.com", password=PASSWORD)
    for email in ("ada@example.com", "nobody@example.com"):
        for _ in range(3):
            assert await refused(credentials.login(email, "wrong", "10.0.0.1")) == "login_failed"
        with pytest.raises(FunnelError) as caught:
            await credentials.login(email, PASSWORD, "10.0.0.2")
        assert caught.value.kind is ErrorKind.THROTTLED
        assert caught.value.code == "login_throttled"
        assert caught.value.retry_after is not None
        assert 1 <= caught.value.retry_after <= 900
    await db.pool.execute("update login_failures set at = at - interval '16 minutes'")
    assert (await credentials.login("ada@example.com", PASSWORD, "10.0.0.1")).token
    assert await db.pool.fetchval("select count(*) from login_failures") == 0


async def test_a_hundred_guesses_at_once_are_not_a_hundred_free_ones(db: Database) -> None:
    credentials = Credentials(db, make_settings(db.dsn, limits={"on": True, "login_attempts": 3}))
    await make_agent(db, email="ada@example.com", password=PASSWORD)
    codes = await asyncio.gather(
        *(refused(credentials.login("ada@example.com", "x", f"10.0.0.{n}")) for n in range(12))
    )
    assert codes.count("login_failed") == 3
    assert codes.count("login_throttled") == 9


async def test_one_address_cannot_try_many_agents_and_right_ones_cost_nothing(db: Database) -> None:
    credentials = Credentials(db, make_settings(db.dsn, limits={"on": True, "login_attempts": 2}))
    await make_agent(db, email="ada@example.com", password=PASSWORD)
    for _ in range(12):
        await credentials.login("ada@example.com", PASSWORD, "10.0.0.1")
    for n in range(10):
        assert await refused(credentials.login(f"n{n}@example.com", "x", "10.0.0.1")) == "login_failed"
    assert await refused(credentials.login("ada@example.com", PASSWORD, "10.0.0.1")) == "login_throttled"
    assert (await credentials.login("ada@example.com", PASSWORD, "10.0.0.2")).token


async def test_logout_ends_the_session_and_only_it(office: Office, db: Database) -> None:
    agent = await make_agent(db)
    first, second = await make_agent_token(db, agent.id), await make_agent_token(db, agent.id)
    found = await office.credentials.agent(first)
    assert found is not None
    await office.credentials.logout(found)
    assert await office.credentials.agent(first) is None
    assert await office.credentials.agent(second) is not None
    assert office.revoked == [Revocation("session", agent.id, found.session_hash)]
    assert not await office.credentials.still_worth(found)
    await office.credentials.logout(found)


@pytest.mark.parametrize(
    "change",
    [
        AgentChanges(email="new@example.com"),
        AgentChanges(password="another good password"),
        AgentChanges(preset="lead"),
        AgentChanges(permissions=("converse", "privacy")),
        AgentChanges(teams=()),
    ],
    ids=["email", "password", "preset", "permissions", "team left"],
)
async def test_a_change_of_what_one_may_do_ends_sessions_at_once(
    office: Office, db: Database, change: AgentChanges
) -> None:
    agent = await make_agent(db, await make_team(db), lead=True, password=PASSWORD)
    token = await make_agent_token(db, agent.id)
    assert await office.credentials.agent(token) is not None
    await office.people.agents.update(agent.id, change)
    assert await office.credentials.agent(token) is None
    assert office.revoked == [Revocation("agent", agent.id)]


async def test_a_new_name_or_team_costs_no_session(office: Office, db: Database) -> None:
    team = await make_team(db)
    agent = await make_agent(db, team)
    token = await make_agent_token(db, agent.id)
    teams = (Membership(team, lead=True), Membership(await make_team(db)))
    record = await office.people.agents.update(agent.id, AgentChanges(name="Bo", teams=teams))
    assert record.name == "Bo"
    assert set(record.teams) == set(teams)
    assert await office.credentials.agent(token) is not None
    assert office.revoked == []


async def test_sessions_end_by_time_idle_and_whole(office: Office, db: Database) -> None:
    agent = await make_agent(db)
    over = await make_agent_token(db, agent.id, hours=-0.01)
    idle = await make_agent_token(db, agent.id)
    await db.pool.execute("update agent_sessions set used_at = now() - interval '5 hours'")
    assert await office.credentials.agent(over) is None
    assert await office.credentials.agent(idle) is None


async def test_a_principal_is_remembered_for_less_than_a_second(office: Office, db: Database) -> None:
    agent = await make_agent(db)
    token = await make_agent_token(db, agent.id)
    assert await office.credentials.agent(token) is not None
    await db.pool.execute("update agent_sessions set revoked_at = now()")
    assert await office.credentials.agent(token) is not None
    office.ticks = 0.95
    assert await office.credentials.agent(token) is None


async def test_a_token_of_one_kind_is_worth_nothing_as_another(office: Office, db: Database) -> None:
    site = await make_site(db)
    agent = await make_agent(db)
    _, visitor = await make_visitor(db, site)
    tokens = {
        "agent": await make_agent_token(db, agent.id),
        "visitor": visitor,
        "key": await make_key(db, "people"),
    }
    readers: dict[str, Any] = {
        "agent": office.credentials.agent, "visitor": office.credentials.visitor, "key": office.credentials.key,
    }  # fmt: skip
    for _ in range(2):
        for kind, token in tokens.items():
            for reader, read in readers.items():
                assert ((await read(token)) is not None) == (kind == reader)
    for junk in ("", " ", "fk_", "x" * 10_000, "\0", "\ud800", "null"):
        for read in readers.values():
            assert await read(junk) is None


async def test_archiving_ends_everything_and_leaves_owned_work_to_be_given_back(
    office: Office, db: Database
) -> None:
    agent = await make_agent(db, preset="lead")
    token = await make_agent_token(db, agent.id)
    await office.people.agents.archive(agent.id)
    await office.people.agents.archive(agent.id)
    assert await office.credentials.agent(token) is None
    assert office.revoked == [Revocation("agent", agent.id)]
    absent = await office.people.presence.absent_agents()
    assert [one.agent_id for one in absent] == [agent.id]
    assert await office.people.presence.mark_absent(absent[0])
    assert await office.people.presence.absent_agents() == []
    assert await refused(office.people.agents.update(agent.id, AgentChanges(name="X"))) == "archived"
    again = await office.people.agents.create(AgentDraft(email=agent.email, name="New Ada"))
    assert again.id != agent.id


async def test_the_last_admin_stays(office: Office, db: Database) -> None:
    first = await make_agent(db, preset="admin")
    assert await refused(office.people.agents.archive(first.id)) == "last_admin"
    assert await refused(office.people.agents.update(first.id, AgentChanges(preset="lead"))) == "last_admin"
    agents = office.people.agents
    for _ in range(8):
        second = await make_agent(db, preset="admin")
        left = await asyncio.gather(
            agents.archive(first.id),
            agents.update(second.id, AgentChanges(preset="lead")),
            return_exceptions=True,
        )
        codes = [getattr(one, "code", None) for one in left]
        assert sorted(codes, key=str) == [None, "last_admin"]
        first = second if codes[0] is None else first


async def test_nobody_grants_or_takes_over_what_they_do_not_hold(office: Office, db: Database) -> None:
    people = await make_agent(db, preset="agent")
    await office.people.agents.update(people.id, AgentChanges(permissions=("converse", "people")))
    by = await office.credentials.agent(await make_agent_token(db, people.id))
    admin = await make_agent(db, preset="admin")
    agents, keys = office.people.agents, office.people.api_keys
    draft = AgentDraft(email="x@example.com", name="X", preset="admin")
    assert await refused(agents.create(draft, by=by)) == "forbidden"
    assert await refused(agents.update(people.id, AgentChanges(preset="admin"), by=by)) == "forbidden"
    assert (
        await refused(agents.update(people.id, AgentChanges(permissions=("privacy",)), by=by)) == "forbidden"
    )
    assert (
        await refused(agents.update(admin.id, AgentChanges(password="a new password"), by=by)) == "forbidden"
    )
    assert await refused(agents.archive(admin.id, by=by)) == "forbidden"
    assert await refused(office.people.passwords.make_link(admin.id, by=by)) == "forbidden"
    assert await refused(keys.create("K", ["channels"], by=by)) == "forbidden"
    key = await keys.create("K", ["channels"])
    assert await refused(keys.update(key.id, KeyChanges(name="Mine"), by=by)) == "forbidden"
    assert await refused(keys.archive(key.id, by=by)) == "forbidden"
    assert (await keys.create("K", ["people", "contacts"], by=by)).scopes == ("contacts", "people")


@pytest.mark.parametrize("preset", sorted(PRESETS))
async def test_presets_hold_what_the_table_says(office: Office, db: Database, preset: Preset) -> None:
    found = await principal(office, db, preset)
    assert found.permissions == PRESETS[preset]
    assert found.admin == (preset == "admin") == (found.permissions == set(PERMISSIONS))
    assert found.masked == (preset == "outsourced")


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (AgentDraft(email="nobody", name="X"), "email_invalid"),
        (AgentDraft(email="", name="X"), "email_invalid"),
        (AgentDraft(email="x@example.com", name=" "), "name_invalid"),
        (AgentDraft(email="x@example.com", name="X", password="short"), "password_invalid"),
        (AgentDraft(email="x@example.com", name="X", password="aaaaaaaaaaaa"), "password_invalid"),
        (AgentDraft(email="x@example.com", name="X", preset="king"), "preset_unknown"),  # type: ignore[arg-type]
        (AgentDraft(email="x@example.com", name="X", permissions=("fly",)), "permission_unknown"),  # type: ignore[arg-type]
        (AgentDraft(email="x@example.com", name="X", teams=(Membership(new_id()),)), "reference_unknown"),
        (AgentDraft(email="x@example.com", name="X", teams=(Membership("nothing"),)), "reference_unknown"),
    ],
)
async def test_bad_agents_are_refused(office: Office, db: Database, draft: AgentDraft, code: str) -> None:
    assert await refused(office.people.agents.create(draft)) == code
    assert await db.pool.fetchval("select count(*) from agents") == 0


async def test_one_address_belongs_to_one_agent(office: Office, db: Database) -> None:
    await make_agent(db, email="ada@example.com")
    other = await make_agent(db, email="bo@example.com")
    assert (
        await refused(office.people.agents.create(AgentDraft(email="Ada@example.com", name="X")))
        == "email_taken"
    )
    assert (
        await refused(office.people.agents.update(other.id, AgentChanges(email="ada@EXAMPLE.com")))
        == "email_taken"
    )


async def test_a_password_link_works_once(office: Office, db: Database) -> None:
    agent = await make_agent(db, email="ada@example.com")
    session = await make_agent_token(db, agent.id)
    link = await office.people.passwords.make_link(agent.id)
    other = await office.people.passwords.make_link(agent.id)
    assert await refused(office.people.passwords.redeem(link.token, "short")) == "password_invalid"
    assert await office.people.passwords.redeem(link.token, PASSWORD) == agent.id
    assert await office.credentials.agent(session) is None
    assert (await office.credentials.login("ada@example.com", PASSWORD, "a")).token
    for token in (link.token, other.token, "", " ", "\0", link.token.swapcase(), new_id()):
        assert await refused(office.people.passwords.redeem(token, PASSWORD)) == "link_invalid"


async def test_a_password_link_is_used_once_also_by_eight_at_once_and_ends(
    office: Office, db: Database
) -> None:
    agent = await make_agent(db)
    link, other = (
        await office.people.passwords.make_link(agent.id),
        await office.people.passwords.make_link(agent.id),
    )
    tries = [
        office.people.passwords.redeem(token, f"{PASSWORD} {n}")
        for n in range(4)
        for token in (link.token, other.token)
    ]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert [isinstance(result, str) for result in results].count(True) == 1
    late = await office.people.passwords.make_link(agent.id)
    office.clock.at += timedelta(hours=25)
    assert await refused(office.people.passwords.redeem(late.token, PASSWORD)) == "link_invalid"
    assert await refused(office.people.passwords.make_link(new_id())) == "not_found"


async def test_a_key_is_shown_once_and_ends_at_once(office: Office, db: Database) -> None:
    made = await office.people.api_keys.create("Import", ["kb.write", "kb.write"])
    assert made.token.startswith("fk_")
    found = await office.credentials.key(made.token)
    assert found is not None
    assert found.scopes == {"kb.write"}
    assert await db.pool.fetchval("select key_hash from api_keys") != made.token.encode()
    await office.people.api_keys.update(made.id, KeyChanges(scopes=("contacts",)))
    changed = await office.credentials.key(made.token)
    assert changed is not None
    assert changed.scopes == {"contacts"}
    await office.people.api_keys.archive(made.id)
    assert await office.credentials.key(made.token) is None
    assert office.revoked[-1] == Revocation("key", made.id)
    assert await refused(office.people.api_keys.create("K", [])) == "scope_unknown"
    assert await refused(office.people.api_keys.create("K", ["everything"])) == "scope_unknown"


async def test_presence_lives_by_heartbeats(office: Office, db: Database) -> None:
    presence = office.people.presence
    agent = await make_agent(db, queue_id=await make_queue(db))
    await presence.set(agent.id, "online")
    assert await presence.absent_agents() == []
    await db.pool.execute("update agents set heartbeat_at = now() - interval '46 seconds'")
    absent = (await presence.absent_agents())[0]
    await presence.touch(agent.id)
    assert not await presence.mark_absent(absent)
    await db.pool.execute("update agents set heartbeat_at = now() - interval '46 seconds'")
    await presence.touch(agent.id)  # within ten seconds of the last one: not written
    again = (await presence.absent_agents())[0]
    assert await presence.mark_absent(again)
    assert await db.pool.fetchval("select status from agents") == "offline"
    assert await refused(presence.set(agent.id, "asleep")) == "status_unknown"


async def test_using_a_session_is_a_sign_of_life(office: Office, db: Database) -> None:
    agent = await make_agent(db, status="online")
    token = await make_agent_token(db, agent.id)
    await db.pool.execute("update agents set heartbeat_at = now() - interval '50 seconds'")
    await db.pool.execute("update agent_sessions set used_at = now() - interval '50 seconds'")
    assert await office.credentials.agent(token) is not None
    assert await office.people.presence.absent_agents() == []


async def test_a_listener_that_fails_keeps_no_other_from_hearing(office: Office, db: Database) -> None:
    def fails(_revocation: Revocation) -> None:
        raise RuntimeError

    heard: list[Revocation] = []
    office.credentials.on_revoked(fails)
    office.credentials.on_revoked(heard.append)
    office.credentials.revoke(Revocation("agent", new_id()))
    assert len(heard) == 1
