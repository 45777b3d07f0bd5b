"""How visitors come in: tokens, identities, merges, links, and what they may say about themselves."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from funnel.core.clock import ManualClock, SystemClock
from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.core.ids import new_id
from funnel.core.settings import Settings
from funnel.people.contacts import ContactChanges, reply_address
from funnel.people.credentials import Credentials, Revocation
from funnel.people.directory import Directory
from funnel.people.services import People
from funnel.people.sites import SiteChanges
from funnel.people.visitor_sessions import OpenedSession, SessionPage, SessionRequest
from tests.builders import SiteRow, identity_token, make_contact, make_site, make_visitor, make_visitor_token


class Door:
    """The services of a test and what was revoked."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db = db
        self.clock = ManualClock(SystemClock().now())
        self.credentials = Credentials(db, settings, self.clock)
        self.people = People(db, settings, self.clock, self.credentials, Directory(db))
        self.revoked: list[Revocation] = []
        self.credentials.on_revoked(self.revoked.append)

    async def open(self, site: SiteRow, **values: Any) -> OpenedSession:
        return await self.credentials.open_visitor_session(SessionRequest(site_key=site.key, **values))

    async def contact(self, contact_id: str) -> Any:
        return await self.people.contacts.read(contact_id)

    async def count(self, where: str = "true") -> int:
        found: int = await self.db.pool.fetchval(f"select count(*) from contacts where {where}")  # noqa: S608 - our own words
        return found


@pytest.fixture
def door(db: Database, settings: Settings) -> Door:
    return Door(db, settings)


@pytest.fixture
async def site(db: Database) -> SiteRow:
    return await make_site(db)


async def refused(awaitable: Awaitable[Any]) -> str:
    with pytest.raises(FunnelError) as caught:
        await awaitable
    return caught.value.code


async def test_a_stranger_becomes_a_contact_and_stays_one(door: Door, site: SiteRow) -> None:
    first = await door.open(site)
    assert not first.known
    assert not first.visitor.verified
    assert first.visitor.contact_ids == {first.visitor.contact_id}
    assert (first.visitor.inbox_id, first.visitor.queue_id) == (site.inbox_id, site.queue_id)
    again = await door.open(site, visitor_token=first.token)
    assert again.known
    assert (again.token, again.visitor.contact_id) == (first.token, first.visitor.contact_id)
    assert await door.credentials.visitor(first.token) == again.visitor
    assert await door.count() == 1


@pytest.mark.parametrize("token", ["", "unknown", " ", "\0", "\ud800", "x" * 5000])
async def test_an_unknown_token_is_a_new_contact_and_never_an_error(
    door: Door, site: SiteRow, token: str
) -> None:
    opened = await door.open(site, visitor_token=token)
    assert not opened.known
    assert opened.token != token


async def test_expired_revoked_and_foreign_tokens_are_unknown(
    door: Door, site: SiteRow, db: Database
) -> None:
    contact = await make_contact(db, site)
    over = await make_visitor_token(db, contact, days=-1)
    revoked = await make_visitor_token(db, contact)
    await db.pool.execute("update visitor_tokens set revoked_at = now() where expires_at > now()")
    _, foreign = await make_visitor(db, await make_site(db))
    for token in (over, revoked, foreign):
        opened = await door.open(site, visitor_token=token)
        assert not opened.known
        assert opened.visitor.contact_id != contact.id
    assert await door.credentials.visitor(over) is None
    assert await door.credentials.visitor(revoked) is None


@pytest.mark.parametrize("key", ["", "nothing", "\0", "\ud800", "x" * 1000])
async def test_an_unknown_site_is_not_found(door: Door, key: str) -> None:
    assert await refused(door.credentials.open_visitor_session(SessionRequest(site_key=key))) == "not_found"


async def test_an_archived_site_lets_nobody_in(door: Door, site: SiteRow) -> None:
    opened = await door.open(site)
    await door.people.sites.archive(site.id)
    door.credentials.forget(opened.visitor.contact_id)
    assert await door.credentials.visitor(opened.token) is None
    assert await refused(door.open(site)) == "not_found"


async def test_an_unverified_contact_is_verified_in_place(door: Door, site: SiteRow) -> None:
    before = await door.open(site)
    token = identity_token(site, "u-1", email="Ada@shop.example", name="Ada", attributes={"plan": "pro"})
    after = await door.open(site, visitor_token=before.token, identity_token=token)
    assert (after.known, after.identified, after.merged_id) == (True, True, None)
    assert (after.visitor.contact_id, after.token) == (before.visitor.contact_id, before.token)
    assert after.visitor.verified
    contact = await door.contact(after.visitor.contact_id)
    assert (contact.external_id, contact.name, contact.email) == ("u-1", "Ada", "ada@shop.example")
    assert contact.attributes == {"plan": "pro"}
    again = await door.open(site, visitor_token=before.token, identity_token=token)
    assert (again.known, again.identified) == (True, False)
    assert door.revoked == []


async def test_a_known_subject_takes_the_unverified_contact_in(door: Door, site: SiteRow) -> None:
    known = await door.open(site, identity_token=identity_token(site, "u-1", name="Ada"))
    guest = await door.open(site)
    await door.people.contacts.update_own(
        guest.visitor, ContactChanges(name="Mallory", email="m@evil.example")
    )
    assert await door.credentials.visitor(guest.token) is not None
    merged = await door.open(site, visitor_token=guest.token, identity_token=identity_token(site, "u-1"))
    assert (merged.known, merged.identified, merged.merged_id) == (True, True, guest.visitor.contact_id)
    assert merged.visitor.contact_id == known.visitor.contact_id
    assert merged.visitor.contact_ids == {known.visitor.contact_id, guest.visitor.contact_id}
    assert merged.token not in (guest.token, known.token)
    assert await door.credentials.visitor(guest.token) is None
    assert door.revoked == [Revocation("visitor", guest.visitor.contact_id)]
    contact = await door.contact(known.visitor.contact_id)
    assert (contact.name, contact.email, contact.reply_email) == ("Ada", None, None)
    other_tab = await door.credentials.visitor(known.token)
    assert other_tab is not None
    assert other_tab.contact_ids == merged.visitor.contact_ids
    late = await door.open(site, visitor_token=guest.token)
    assert not late.known
    assert late.visitor.contact_id not in merged.visitor.contact_ids


async def test_another_subject_gets_a_fresh_session_and_nothing_is_merged(door: Door, site: SiteRow) -> None:
    ada = await door.open(site, identity_token=identity_token(site, "u-1"))
    bo = await door.open(site, visitor_token=ada.token, identity_token=identity_token(site, "u-2"))
    assert (bo.known, bo.identified, bo.merged_id) == (False, False, None)
    assert bo.visitor.contact_id != ada.visitor.contact_id
    assert bo.visitor.contact_ids == {bo.visitor.contact_id}
    still = await door.credentials.visitor(ada.token)
    assert still is not None
    assert still.contact_id == ada.visitor.contact_id
    back = await door.open(site, visitor_token=bo.token, identity_token=identity_token(site, "u-1"))
    assert back.visitor.contact_id == ada.visitor.contact_id
    assert await door.count("merged_into is not null") == 0


async def test_the_same_subject_on_two_sites_is_two_contacts(door: Door, site: SiteRow, db: Database) -> None:
    other = await make_site(db)
    here = await door.open(site, identity_token=identity_token(site, "u-1"))
    there = await door.open(other, identity_token=identity_token(other, "u-1"))
    assert here.visitor.contact_id != there.visitor.contact_id
    assert await refused(door.open(site, identity_token=identity_token(other, "u-1"))) == "identity_invalid"


async def test_a_bad_identity_changes_nothing(door: Door, site: SiteRow) -> None:
    guest = await door.open(site)
    for token in ("", " ", "x.y.z", identity_token(site, "u-1", exp=1), identity_token(site, "u-1") + "x"):
        code = await refused(door.open(site, visitor_token=guest.token, identity_token=token))
        assert code == "identity_invalid"
    assert await door.count() == 1
    assert await door.count("verified") == 0


async def test_an_email_alone_verifies_and_merges_nobody(door: Door, site: SiteRow) -> None:
    await door.open(site, identity_token=identity_token(site, "u-1", email="ada@shop.example"))
    thief = await door.open(site, attributes={"email": "ada@shop.example", "sub": "u-1"})
    record = await door.people.contacts.update_own(thief.visitor, ContactChanges(email="ada@shop.example"))
    assert not record.verified
    assert record.email is None
    again = await door.open(site, visitor_token=thief.token)
    assert again.visitor.contact_ids == {thief.visitor.contact_id}


@pytest.mark.parametrize("with_tokens", [False, True], ids=["without tokens", "with tokens of two strangers"])
async def test_many_tabs_identifying_at_once_end_as_one_contact(
    door: Door, site: SiteRow, with_tokens: bool
) -> None:
    guests = [await door.open(site) for _ in range(8)] if with_tokens else []
    token = identity_token(site, "u-1", email="ada@shop.example")
    tabs = await asyncio.gather(
        *(
            door.open(site, visitor_token=guests[n].token if guests else None, identity_token=token)
            for n in range(8)
        )
    )
    assert len({tab.visitor.contact_id for tab in tabs}) == 1
    assert await door.count("verified and merged_into is null") == 1
    assert await door.count("merged_into is not null") == (7 if with_tokens else 0)
    final = await door.open(site, identity_token=token)
    assert len(final.visitor.contact_ids) == (8 if with_tokens else 1)
    assert await door.db.pool.fetchval("select count(*) from identities") == 1


async def test_two_tabs_of_one_stranger_are_verified_once(door: Door, site: SiteRow) -> None:
    guest = await door.open(site)
    token = identity_token(site, "u-1")
    tabs = await asyncio.gather(
        *(door.open(site, visitor_token=guest.token, identity_token=token) for _ in range(6))
    )
    assert {tab.visitor.contact_id for tab in tabs} == {guest.visitor.contact_id}
    assert {tab.token for tab in tabs} == {guest.token}
    assert [tab.identified for tab in tabs].count(True) == 1


async def test_two_subjects_racing_for_one_stranger_never_share_it(door: Door, site: SiteRow) -> None:
    guest = await door.open(site)
    tabs = await asyncio.gather(
        *(
            door.open(site, visitor_token=guest.token, identity_token=identity_token(site, f"u-{n}"))
            for n in range(4)
        )
    )
    assert len({tab.visitor.contact_id for tab in tabs}) == 4
    assert [tab.known for tab in tabs].count(True) == 1
    assert await door.count("merged_into is not null") == 0


async def test_a_site_that_demands_identity_demands_it_everywhere(door: Door, site: SiteRow) -> None:
    guest = await door.open(site)
    link = await door.credentials.visitors.make_resume_link(guest.visitor.contact_id, new_id())
    ada = await door.open(site, identity_token=identity_token(site, "u-1"))
    await door.people.sites.update(site.id, SiteChanges(identity_required=True))
    door.credentials.forget(guest.visitor.contact_id)
    assert await refused(door.credentials.visitor(guest.token)) == "identity_required"
    assert await refused(door.open(site)) == "identity_required"
    assert await refused(door.open(site, visitor_token=ada.token)) == "identity_required"
    assert await refused(door.credentials.resume(link)) == "identity_required"
    assert await refused(door.open(site, identity_token="")) == "identity_invalid"
    inside = await door.open(site, visitor_token=ada.token, identity_token=identity_token(site, "u-1"))
    assert inside.known
    assert await door.credentials.visitor(inside.token) is not None
    assert inside.expires_at <= door.clock.now() + timedelta(seconds=3700)


async def test_a_rotated_secret_overlaps_for_a_day(door: Door, site: SiteRow, db: Database) -> None:
    old = identity_token(site, "u-1")
    secret = await door.people.sites.rotate_secret(site.id)
    new = identity_token(
        SiteRow(**{name: getattr(site, name) for name in site.__struct_fields__} | {"secret": secret})
    )
    assert (await door.open(site, identity_token=old)).visitor.verified
    assert (await door.open(site, identity_token=new)).visitor.verified
    await db.pool.execute("update sites set identity_secret_previous_until = now()")
    assert await refused(door.open(site, identity_token=old)) == "identity_invalid"
    assert (await door.open(site, identity_token=new)).visitor.verified


async def test_what_the_browser_says_is_kept_bare_and_apart(door: Door, site: SiteRow) -> None:
    page = SessionPage(
        url="https://Ada:pw@Shop.example:8443/cart/7?token=secret#top",
        title=" Cart ",
        referrer="https://search.example/find?q=illness",
    )
    opened = await door.open(
        site, locale="zh-tw", timezone="Asia/Taipei", page=page, attributes={"plan": "free"},
        identity_token=identity_token(site, "u-1", attributes={"plan": "pro"}),
    )  # fmt: skip
    contact = await door.contact(opened.visitor.contact_id)
    assert contact.page == {
        "url": "https://shop.example:8443/cart/7", "title": "Cart", "referrer": "https://search.example/find",
    }  # fmt: skip
    assert (opened.visitor.locale, opened.visitor.zone) == ("zh-Hant", "Asia/Taipei")
    assert contact.attributes == {"plan": "pro"}
    assert contact.claimed == {"plan": "free"}
    again = await door.open(
        site,
        visitor_token=opened.token,
        locale="english",
        timezone="Mars/Base",
        page=SessionPage("javascript:alert(1)"),
    )
    assert (again.visitor.locale, again.visitor.zone) == ("zh-Hant", "Asia/Taipei")
    assert (await door.contact(opened.visitor.contact_id)).page == contact.page


@pytest.mark.parametrize(
    "attributes",
    [
        {"a": "x" * 9000},
        {f"k{n}": n for n in range(101)},
        {"a\0": 1},
        {"": 1},
        {"a": "\ud800"},
        {"a": float("nan")},
        {"a": {"b": {"c": {"d": {"e": {}}}}}},
        {"a": object()},
    ],
)
async def test_attributes_have_a_size(door: Door, site: SiteRow, attributes: dict[str, Any]) -> None:
    assert await refused(door.open(site, attributes=attributes)) == "attributes_invalid"
    assert await door.count() == 0


async def test_tokens_in_use_are_prolonged(door: Door, site: SiteRow) -> None:
    first = await door.open(site)
    assert (await door.open(site, visitor_token=first.token)).expires_at == first.expires_at
    door.clock.at += timedelta(days=100)
    assert (await door.open(site, visitor_token=first.token)).expires_at == door.clock.at + timedelta(
        days=180
    )


async def test_a_resume_link_opens_once_within_seven_days(door: Door, site: SiteRow) -> None:
    guest = await door.open(site)
    conversation_id = new_id()
    links = [
        await door.credentials.visitors.make_resume_link(guest.visitor.contact_id, conversation_id)
        for _ in range(3)
    ]
    opened, found = await door.credentials.resume(links[0])
    assert found == conversation_id
    assert opened.visitor.contact_id == guest.visitor.contact_id
    assert opened.token != guest.token
    results = await asyncio.gather(
        *(door.credentials.resume(links[1]) for _ in range(5)), return_exceptions=True
    )
    assert [isinstance(result, tuple) for result in results].count(True) == 1
    for link in (links[0], links[1], "", "\0", "unknown"):
        assert await refused(door.credentials.resume(link)) == "link_invalid"
    door.clock.at += timedelta(days=7, seconds=1)
    assert await refused(door.credentials.resume(links[2])) == "link_invalid"


async def test_a_resume_link_follows_a_merge_and_is_not_used_up_by_a_refusal(
    door: Door, site: SiteRow
) -> None:
    ada = await door.open(site, identity_token=identity_token(site, "u-1"))
    guest = await door.open(site)
    link = await door.credentials.visitors.make_resume_link(guest.visitor.contact_id, new_id())
    await door.open(site, visitor_token=guest.token, identity_token=identity_token(site, "u-1"))

    def refuse(site_id: str) -> None:
        assert site_id == site.id
        raise PermissionError

    with pytest.raises(PermissionError):
        await door.credentials.resume(link, refuse)
    opened, _ = await door.credentials.resume(link)
    assert opened.visitor.contact_id == ada.visitor.contact_id


async def test_a_visitor_says_where_replies_shall_go(door: Door, site: SiteRow, db: Database) -> None:
    guest = await door.open(site)
    contacts = door.people.contacts
    assert (
        await refused(contacts.update_own(guest.visitor, ContactChanges(reply_by="email")))
        == "address_missing"
    )
    record = await contacts.update_own(
        guest.visitor,
        ContactChanges(
            name=" Ada ", email="Ada@shop.example", reply_by="email", timezone="Africa/Cairo", locale="ar-eg"
        ),
    )
    assert (record.name, record.reply_email, record.zone, record.locale) == (
        "Ada",
        "ada@shop.example",
        "Africa/Cairo",
        "ar-EG",
    )
    assert reply_address(record) == "ada@shop.example"
    seen = await door.credentials.visitor(guest.token)
    assert seen is not None
    assert seen.name == "Ada"
    await contacts.update_own(guest.visitor, ContactChanges(email="bo@shop.example"))
    rows = await contacts.identities(frozenset({guest.visitor.contact_id}))
    assert [(row.address, row.verified) for row in rows] == [("bo@shop.example", False)]
    taken_back = await contacts.update_own(guest.visitor, ContactChanges(email=None))
    assert (taken_back.reply_email, taken_back.reply_by) == (None, "here")
    assert await db.pool.fetchval("select count(*) from identities") == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (ContactChanges(name=" "), "name_invalid"),
        (ContactChanges(name="x" * 201), "name_invalid"),
        (ContactChanges(email="nobody"), "email_invalid"),
        (ContactChanges(email="a@b.example\r\nBcc: x@y.example"), "email_invalid"),
        (ContactChanges(phone="ring me"), "phone_invalid"),
        (ContactChanges(phone="+1"), "phone_invalid"),
        (ContactChanges(timezone="Mars/Base"), "zone_unknown"),
        (ContactChanges(locale="english"), "locale_invalid"),
    ],
)
async def test_bad_words_about_oneself_are_refused_whole(
    door: Door, site: SiteRow, changes: ContactChanges, code: str
) -> None:
    guest = await door.open(site)
    assert await refused(door.people.contacts.update_own(guest.visitor, changes)) == code


async def test_the_name_a_site_gave_is_not_the_visitors_to_change(door: Door, site: SiteRow) -> None:
    named = await door.open(
        site, identity_token=identity_token(site, "u-1", name="Ada", email="ada@shop.example")
    )
    record = await door.people.contacts.update_own(
        named.visitor, ContactChanges(name="Root", email="x@shop.example")
    )
    assert (record.name, record.email, record.reply_email) == ("Ada", "ada@shop.example", "x@shop.example")
    unnamed = await door.open(site, identity_token=identity_token(site, "u-2"))
    assert (await door.people.contacts.update_own(unnamed.visitor, ContactChanges(name="Bo"))).name == "Bo"


async def test_a_merged_contact_says_nothing_more(door: Door, site: SiteRow) -> None:
    await door.open(site, identity_token=identity_token(site, "u-1"))
    guest = await door.open(site)
    await door.open(site, visitor_token=guest.token, identity_token=identity_token(site, "u-1"))
    assert (
        await refused(door.people.contacts.update_own(guest.visitor, ContactChanges(name="X"))) == "not_found"
    )


async def test_no_secret_and_no_token_lies_readable_in_the_database(
    door: Door, site: SiteRow, db: Database
) -> None:
    opened = await door.open(site)
    dump = ""
    for table in ("sites", "visitor_tokens", "contacts"):
        dump += str(await db.pool.fetchval(f"select coalesce(json_agg(t), '[]')::text from {table} t"))  # noqa: S608 - our own words
    assert opened.token not in dump
    assert opened.token.encode().hex() not in dump
    assert site.secret not in dump
    assert site.secret.encode().hex() not in dump
