"""What a person may ask for: all that is known of them, and that it be erased."""

import asyncio

from api import rendering
from api.operations.contacts import shown
from api.schemas.contacts import ErasureOut
from api.services import Services
from funnel.conversations.render import Audience, encode_json
from funnel.people.access import held
from funnel.people.audit import doer_of
from funnel.people.erasures import Erasure
from funnel.people.merges import whole
from funnel.people.principals import Staff
from funnel.turns.reading import events_after, list_rows_of_contact
from funnel.turns.records import ConversationRow

MOST_CONVERSATIONS = 10_000
PAGE = 500


async def export(services: Services, staff: Staff, contact_id: str) -> bytes:
    """The export as JSON, the entry of the audit log first. Raises 404."""
    book = services.people.contact_book
    contact = await book.read(contact_id)
    own = await whole(services.db, contact.id)
    rows = await list_rows_of_contact(services.db.pool, own, limit=MOST_CONVERSATIONS)
    await book.note_exported(contact.id, doer_of(staff), len(rows))
    audience = Audience.AGENT if "privacy" in held(staff) else Audience.VISITOR
    known = await book.identities(own)
    merged = [await book.read(one) for one in own if one != contact.id]
    return encode_json(
        {
            "exported_at": services.clock.now(),
            "contact": shown(contact, known[contact.id]).model_dump(mode="json"),
            "merged": [shown(one, known[one.id]).model_dump(mode="json") for one in merged],
            "conversations": [await _conversation(services, row, audience) for row in rows],
        }
    )


async def _conversation(services: Services, row: ConversationRow, audience: Audience) -> dict[str, object]:
    events: list[dict[str, object]] = []
    after = 0
    only_visible = audience is Audience.VISITOR
    while found := await events_after(
        services.db.pool, row.state.id, after, visible_only=only_visible, limit=PAGE
    ):
        events += rendering.events(services, found, audience)
        after = found[-1].seq
        await asyncio.sleep(0)
    return {"conversation": rendering.conversation(services, row, audience), "events": events}


async def erase(services: Services, staff: Staff, contact_id: str) -> ErasureOut:
    """The job. Raises 404."""
    return _shown(await services.people.erasures.ask(contact_id, doer_of(staff)))


async def erasure(services: Services, contact_id: str) -> ErasureOut:
    """The job as it is. Raises 404 where none was asked for."""
    return _shown(await services.people.erasures.find(contact_id))


def _shown(job: Erasure) -> ErasureOut:
    return ErasureOut(
        id=job.id,
        contact_id=job.contact_id,
        status=job.status,
        asked_at=job.asked_at,
        done_at=job.done_at,
        conversations=job.conversations,
        remaining=job.remaining,
    )
