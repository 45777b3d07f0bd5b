"""Sites, queues, teams, inboxes and hours as services, on a real database."""

import asyncio
from datetime import date
from typing import Any

import pytest

from funnel.core.calendar import Holiday, Opening
from funnel.core.clock import SystemClock
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from funnel.people.credentials import Credentials
from funnel.people.directory import Directory
from funnel.people.hours_store import HoursChanges
from funnel.people.inboxes import InboxChanges
from funnel.people.services import People
from funnel.people.sites import SiteChanges, SiteDraft
from funnel.people.teams_queues import QueueChanges
from tests.builders import make_agent, make_hours, make_queue, make_site, make_team

OFFICE = [(Opening(540, 1020),)] * 5 + [(), ()]


@pytest.fixture
def directory(db: Database) -> Directory:
    return Directory(db)


@pytest.fixture
def people(db: Database, settings: Settings, directory: Directory) -> People:
    clock = SystemClock()
    return People(db, settings, clock, Credentials(db, settings, clock), directory)


def draft(**changes: Any) -> SiteDraft:
    return SiteDraft(**({"name": "Shop", "origins": ("https://shop.example",), "locales": ("en",)} | changes))


async def refused(awaitable: Any) -> str:
    with pytest.raises(FunnelError) as caught:
        await awaitable
    return caught.value.code


async def test_the_first_site_brings_inbox_queue_and_team(people: People, directory: Directory) -> None:
    made = await people.sites.create(draft(locales=("zh-CN", "EN-us", "ar")))
    now = directory.now()
    site = now.sites[made.site.id]
    assert now.site_by_key(made.site.key) is site
    assert site.locales == ("zh-Hans", "en-US", "ar")
    assert site.inbox_id == made.inbox_id
    assert site.queue_id == made.queue_id
    assert now.queues[made.queue_id].name == "Support"
    assert now.teams[now.queues[made.queue_id].team_id].name == "Support"
    assert made.identity_secret.encode() not in made.site.identity_secret


async def test_a_later_site_hands_over_to_the_queue_that_is_there(people: People, db: Database) -> None:
    queue_id = await make_queue(db)
    assert (await people.sites.create(draft())).queue_id == queue_id
    assert (await people.sites.create(draft(name="Another"))).queue_id == queue_id
    privacy = await db.pool.fetch("select team_id from queues where name = 'Privacy'")
    team = await db.pool.fetchval("select team_id from queues where id = $1::uuid", queue_id)
    assert [row["team_id"] for row in privacy] == [team], "one, of the same team"


async def test_privacy_requests_keep_the_queue_that_is_there_and_nothing_else_goes_there(
    people: People, db: Database
) -> None:
    await make_queue(db, name="privacy")
    made = await people.sites.create(draft())
    assert await db.pool.fetchval("select array_agg(name order by name) from queues") == [
        "Support",
        "privacy",
    ]
    assert await db.pool.fetchval("select name from queues where id = $1::uuid", made.queue_id) == "Support"


async def test_many_first_sites_at_once_share_one_queue(people: People, db: Database) -> None:
    made = await asyncio.gather(*(people.sites.create(draft(name=f"Shop {n}")) for n in range(6)))
    assert len({site.queue_id for site in made}) == 1
    assert await db.pool.fetchval("select array_agg(name order by name) from queues") == [
        "Privacy",
        "Support",
    ]
    assert len({site.site.key for site in made}) == 6


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", " ", "name_invalid"),
        ("name", "a\0b", "name_invalid"),
        ("locales", (), "locale_invalid"),
        ("locales", ("english",), "locale_invalid"),
        ("locales", ("xx-1",), "locale_invalid"),
        ("zone", "Mars/Base", "zone_unknown"),
        ("zone", "../etc/passwd", "zone_unknown"),
        ("business_hours_id", "nothing", "reference_unknown"),
        ("business_hours_id", "019a21bf-e474-7c70-85fd-a64ca5db9089", "reference_unknown"),
        ("reply_seconds", {"web": 0}, "reply_seconds_invalid"),
        ("helplines", {"english": ("Call", date(2030, 1, 1))}, "locale_invalid"),
        ("texts", {"safety": {"en": " "}}, "text_invalid"),
        *[
            ("origins", (origin,), "origin_invalid")
            for origin in [
                "", "null", "*", "shop.example", "https://", "https://shop.example/", "https://Shop.example",
                "https://shop.example:443", "http://shop.example:80", "https://shop.example:0", "https://shop.example:99999",
                "https://*.shop.example", "https://a@shop.example", "ftp://shop.example", "https://shop.example?x",
                "https://shop.example#x", "https://shop..example", "https://-shop.example", "https://shop.example:",
                "https://shop example", "https://1.2.3", "https://1.2.3.256", "https://[::1", "https://[::01]", "https://[zz]",
                "file://x", "https://münchen.example", "https://shop.example:8_0",
            ]
        ],
    ],
)  # fmt: skip
async def test_bad_sites_are_refused_whole(
    people: People, db: Database, field: str, value: Any, code: str
) -> None:
    assert await refused(people.sites.create(draft(**{field: value}))) == code
    assert await db.pool.fetchval("select count(*) from sites") == 0
    assert await db.pool.fetchval("select count(*) from queues") == 0


async def test_origins_of_every_honest_form_are_kept(people: People) -> None:
    origins = (
        "https://shop.example", "http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:3000",
        "https://xn--mnchen-3ya.example", "https://a-b.c.example:8443",
    )  # fmt: skip
    made = await people.sites.create(draft(origins=(*origins, origins[0])))
    assert tuple(made.site.origins) == origins


async def test_a_site_is_changed_in_part_and_archived_whole(
    people: People, db: Database, directory: Directory
) -> None:
    made = await people.sites.create(draft())
    hours_id = await make_hours(db, "Asia/Shanghai")
    changes = SiteChanges(
        name="Store",
        business_hours_id=hours_id,
        identity_required=True,
        helplines={"zh-TW": ("1925", date(2030, 1, 1))},
        reply_seconds={"web": 600},
        on_call="oncall@shop.example",
        safety_confirmed=True,
    )
    changed = await people.sites.update(made.site.id, changes)
    assert (changed.name, changed.origins) == ("Store", ["https://shop.example"])
    info = directory.now().sites[made.site.id]
    assert info.calendar.zone == "Asia/Shanghai"
    assert info.identity_required
    assert info.safety_confirmed
    assert info.helplines["zh-Hant"].text == "1925"
    assert info.reply_seconds == {"web": 600}
    await people.sites.archive(made.site.id)
    await people.sites.archive(made.site.id)
    assert directory.now().sites == {}
    assert directory.now().inboxes == {}
    assert await refused(people.sites.update(made.site.id, SiteChanges(name="X"))) == "archived"
    assert await refused(people.sites.read(new_id())) == "not_found"
    assert await refused(people.sites.read("nothing")) == "not_found"
    assert (await people.sites.list()).items == ()


async def test_lists_come_in_pages_without_gap_or_repeat(people: People, db: Database) -> None:
    queue_id = await make_queue(db)
    wanted = [(await make_site(db, queue_id=queue_id)).id for _ in range(7)]
    seen: list[str] = []
    cursor = None
    while True:
        page = await people.sites.list(limit=3, cursor=cursor)
        seen += [site.id for site in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(wanted)
    assert await refused(people.sites.list(cursor="x!")) == "cursor_invalid"
    assert await refused(people.sites.list(cursor="é")) == "cursor_invalid"


async def test_nothing_is_archived_under_something_live(people: People, db: Database) -> None:
    hours_id = await make_hours(db)
    site = await make_site(db, hours_id=hours_id)
    assert await refused(people.queues.archive(site.queue_id)) == "in_use"
    assert await refused(people.teams.archive(site.team_id)) == "in_use"
    assert await refused(people.inboxes.archive(site.inbox_id)) == "in_use"
    assert await refused(people.hours.archive(hours_id)) == "in_use"
    await people.sites.archive(site.id)
    await people.inboxes.archive(site.inbox_id)
    await people.hours.archive(hours_id)
    await people.queues.archive(site.queue_id)
    await people.teams.archive(site.team_id)
    assert await refused(people.queues.create("New", site.team_id)) == "reference_unknown"


async def test_team_names_are_unique_among_the_live(people: People) -> None:
    team = await people.teams.create("Care")
    assert await refused(people.teams.create("Care")) == "name_taken"
    other = await people.teams.create("Sales")
    assert await refused(people.teams.rename(other.id, "Care")) == "name_taken"
    await people.teams.archive(team.id)
    assert (await people.teams.rename(other.id, "Care")).name == "Care"


async def test_queues_and_inboxes_change_hands(people: People, db: Database, directory: Directory) -> None:
    site = await make_site(db)
    other = await make_team(db)
    queue = await people.queues.create("Returns", other)
    assert (
        await people.queues.update(queue.id, QueueChanges(name="Refunds", team_id=site.team_id))
    ).name == "Refunds"
    await people.inboxes.update(site.inbox_id, InboxChanges(queue_id=queue.id))
    assert directory.now().sites[site.id].queue_id == queue.id
    assert (
        await refused(people.inboxes.update(site.inbox_id, InboxChanges(queue_id=new_id())))
        == "reference_unknown"
    )
    assert (
        await refused(people.inboxes.create(site_id=site.id, channel="web", name="Second", queue_id=queue.id))
        == "web_inbox_exists"
    )
    assert (
        await refused(people.inboxes.create(site_id=site.id, channel="fax", name="Fax", queue_id=queue.id))
        == "channel_unknown"
    )


async def test_hours_are_checked_sorted_and_read_back(people: People, directory: Directory) -> None:
    afternoon_first = [(Opening(780, 1020), Opening(540, 720))] * 7
    row = await people.hours.create(
        name="Office", zone="Europe/Berlin", weekly=afternoon_first, holidays=[Holiday(date(2026, 12, 25))]
    )
    assert row.weekly[0] == [{"start": 540, "end": 720}, {"start": 780, "end": 1020}]
    made = await people.sites.create(draft(business_hours_id=row.id))
    calendar = directory.now().sites[made.site.id].calendar
    assert calendar.weekly[6] == (Opening(540, 720), Opening(780, 1020))
    assert calendar.holidays == (Holiday(date(2026, 12, 25)),)
    await people.hours.update(row.id, HoursChanges(weekly=OFFICE))
    assert directory.now().sites[made.site.id].calendar.weekly[6] == ()


@pytest.mark.parametrize(
    "day",
    [
        (Opening(600, 600),),
        (Opening(600, 540),),
        (Opening(-1, 60),),
        (Opening(0, 1441),),
        (Opening(540, 720), Opening(700, 800)),
        (Opening(540, 720), Opening(720, 800)),
    ],
)
async def test_hours_that_make_no_sense_are_refused(people: People, day: tuple[Opening, ...]) -> None:
    week = [day, *[()] * 6]
    assert await refused(people.hours.create(name="H", zone="UTC", weekly=week)) == "hours_invalid"
    assert await refused(people.hours.create(name="H", zone="UTC", weekly=[()] * 6)) == "hours_invalid"


async def test_the_directory_knows_who_is_online(directory: Directory, db: Database) -> None:
    site = await make_site(db)
    ada = await make_agent(db, site.team_id, status="online")
    await make_agent(db, site.team_id, status="away")
    await make_agent(db, site.team_id, status="online", preset="writer")
    await make_agent(db, status="online")
    gone = await make_agent(db, site.team_id, status="online")
    await db.pool.execute(
        "update agents set heartbeat_at = now() - interval '46 s' where id = $1::uuid", gone.id
    )
    now = await directory.refresh()
    assert [agent.id for agent in now.online_of(site.queue_id)] == [ada.id]
    assert now.agents[gone.id].status == "offline"
    assert [queue.id for queue in now.queues_of(ada.id)] == [site.queue_id]
    assert await directory.refresh() is now
    with pytest.raises(TypeError):
        now.sites["x"] = now.sites[site.id]  # type: ignore[index]


async def test_the_directory_follows_by_itself(directory: Directory, db: Database) -> None:
    assert await refused(_now(directory)) == "starting"
    await directory.start()
    try:
        site = await make_site(db)
        async with asyncio.timeout(60):
            while site.id not in directory.now().sites:  # noqa: ASYNC110 - it is polled from outside
                await asyncio.sleep(0.05)
    finally:
        await directory.stop()


async def _now(directory: Directory) -> object:
    return directory.now()
