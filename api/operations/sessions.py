"""A visitor coming in: sessions, resume links, the page it is on, and what it says about itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from api import rendering
from api.addresses import Scope, header
from api.operations.visitor import WEB, actor_of
from api.origins import refused
from api.schemas.visitor import MeIn, ResumeIn, SessionIn
from api.services import Services
from bots.decider.expected import STATED_SECONDS, promise_for, usual_wait
from bots.dialogue.wording import site_words
from funnel.conversations.commands import IdentifyContact
from funnel.conversations.render import Audience, encode_json
from funnel.core.errors import FunnelError, not_found
from funnel.core.ids import new_id
from funnel.core.locales import resolve_locale
from funnel.people.contacts import ContactChanges, ContactRecord
from funnel.people.directory import SiteInfo
from funnel.people.principals import Visitor
from funnel.people.visitor_sessions import RESUME_LIFE, OpenedSession, SessionPage, SessionRequest
from funnel.service_levels.hours import is_open, next_open
from funnel.turns.lanes import Lane
from funnel.turns.reading import find_row, list_rows_of_contact
from funnel.turns.records import ConversationRow


async def open_session(services: Services, scope: Scope, body: SessionIn) -> tuple[int, bytes]:
    """Status and answer. Raises 404 for an unknown site, 403 for a page that is not the site's, 401 for a bad identity."""
    services.limits.widget_session(services.addresses.client(scope))
    site = services.directory.now().site_by_key(body.site_key)
    if site is None:
        # A site made a moment ago in another process.
        site = (await services.directory.refresh()).site_by_key(body.site_key)
    if site is None:
        raise not_found("site")
    services.origins.require_site(scope, site.id)
    page = body.page
    opened = await services.credentials.open_visitor_session(
        SessionRequest(
            site_key=body.site_key,
            visitor_token=body.visitor_token,
            identity_token=body.identity_token,
            locale=body.locale,
            timezone=body.timezone,
            page=SessionPage(page.url, page.title, page.referrer) if page else None,
            attributes=body.attributes,
        )
    )
    rows = await _rows(services, opened.visitor)
    news = opened.identified or (opened.known and body.timezone)
    if news and await _tell(services, opened.visitor, rows):
        rows = await _rows(services, opened.visitor)
    row = next((one for one in rows if one.state.status != "resolved"), None)
    return 200 if opened.known else 201, _answer(services, opened, site, body.locale, row)


async def resume(services: Services, scope: Scope, body: ResumeIn) -> bytes:
    """The session of a link's contact, with the link's conversation."""

    def check(site_id: str) -> None:
        if header(scope, b"origin") is not None:
            services.origins.require_site(scope, site_id)

    services.limits.widget_session(services.addresses.client(scope))
    opened, conversation_id = await services.credentials.resume(body.link_token, check)
    site = services.directory.now().sites.get(opened.visitor.site_id)
    if site is None:
        raise refused()
    return _answer(services, opened, site, None, await find_row(services.db.pool, conversation_id))


async def make_link(services: Services, visitor: Visitor, row: ConversationRow) -> bytes:
    """`{link_token, expires_at}`: the token is shown once and stored as a hash."""
    services.limits.message(visitor.contact_id)
    token = await services.credentials.visitors.make_resume_link(visitor.contact_id, row.state.id)
    return encode_json({"link_token": token, "expires_at": services.clock.now() + RESUME_LIFE})


async def update_own(services: Services, visitor: Visitor, body: MeIn) -> bytes:
    """`{contact}` after the change. Only the fields that were sent are changed; agents see a new name at once."""
    sent = body.model_fields_set
    changes = ContactChanges(
        name=body.name if "name" in sent else UNSET,
        email=body.email if "email" in sent else UNSET,
        phone=body.phone if "phone" in sent else UNSET,
        reply_by=body.reply_by or UNSET,
        timezone=body.timezone or UNSET,
        locale=body.locale or UNSET,
    )
    contact = await services.people.contacts.update_own(visitor, changes)
    if sent & {"name", "timezone"}:
        known = replace(visitor, name=contact.name, verified=contact.verified, zone=contact.zone)
        await _tell(services, known, await _rows(services, known))
    return encode_json({"contact": _contact(contact)})


def _contact(contact: ContactRecord) -> dict[str, Any]:
    shown = {
        "id": contact.id,
        "verified": contact.verified,
        "name": contact.name,
        "email": contact.reply_email or contact.email,
        "phone": contact.reply_phone or contact.phone,
        "reply_by": contact.reply_by,
        "timezone": contact.zone,
        "locale": contact.locale,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _answer(
    services: Services, opened: OpenedSession, site: SiteInfo, locale: str | None, row: ConversationRow | None
) -> bytes:
    visitor = opened.visitor
    contact: dict[str, Any] = {"id": visitor.contact_id, "verified": visitor.verified}
    if visitor.name is not None:
        contact["name"] = visitor.name
    shown = {
        "visitor_token": opened.token,
        "expires_at": opened.expires_at,
        "contact": contact,
        "conversation": rendering.conversation(services, row, Audience.VISITOR) if row else None,
        "site": _site(services, site, visitor.locale or locale),
        "now": services.clock.now(),
        "proactive": [],
    }
    return encode_json(shown)


async def _rows(services: Services, visitor: Visitor) -> list[ConversationRow]:
    return await list_rows_of_contact(services.db.pool, visitor.contact_ids, limit=20)


def _site(services: Services, site: SiteInfo, locale: str | None) -> dict[str, Any]:
    now = services.clock.now()
    estimate = services.estimates.now().queue(site.queue_id)
    stated = site.reply_seconds.get(WEB, STATED_SECONDS[WEB])
    wait = usual_wait(estimate.replies, site.calendar)
    chosen = resolve_locale(locale, site.locales, site.locales)
    promise = promise_for(estimate, site.calendar, float(stated) if wait is None else wait, now)
    opened = is_open(site.calendar, now)
    return {
        "name": site.name,
        "locale": chosen,
        "locales": list(site.locales),
        "open": opened,
        "next_open_at": None if opened else next_open(site.calendar, now),
        "expected_reply_seconds": _seconds(promise.expected_reply_at, now, stated),
        "automated_notice": site_words(site).say(chosen, "automated_notice"),
        "notice": _notice(services, site, chosen, now),
    }


def _notice(services: Services, site: SiteInfo, locale: str, now: datetime) -> str | None:
    """What everybody should know: announcements that are on (known issues), then the site's own text under `notice`; each
    in the visitor's language or the site's first."""
    on = services.judgement.live.now().switches.switches
    announced = [one.texts for one in on if one.kind == "announce" and one.holds(site.id, WEB, now)]
    said = (
        texts.get(locale) or texts.get(site.locales[0])
        for texts in (*announced, site.texts.get("notice", {}))
    )
    return "\n\n".join(text for text in said if text) or None


def _seconds(at: datetime | None, now: datetime, stated: int) -> int:
    return stated if at is None else max(0, round((at - now).total_seconds()))


async def _tell(services: Services, visitor: Visitor, rows: Iterable[ConversationRow]) -> bool:
    """The contact's conversations that go on learn its name, its time zone and that it is verified. One that cannot be told
    learns it later. Whether any was told."""
    told = False
    for row in rows:
        state = row.state
        known = state.contact_verified == visitor.verified and visitor.name in (None, state.contact_name)
        if state.status == "resolved" or (known and visitor.zone in (None, state.zone)):
            continue
        command = IdentifyContact(
            command_id=new_id(),
            actor=actor_of(visitor),
            conversation_id=row.state.id,
            verified=visitor.verified,
            name=visitor.name,
            zone=visitor.zone,
        )
        try:
            await services.pipeline.submit(command, Lane.VISITOR)
        except FunnelError:
            continue
        told = True
    return told
