"""What an integrator says in a contact's name, or tells it as the system: into conversations like every other word."""

from api import rendering
from api.operations.writing import Written
from api.schemas.contacts import ContactMessageIn, ContactStartIn
from api.services import Services
from funnel.conversations.commands import AskHuman, Command, Notify, Opening, PostMessage
from funnel.conversations.events import Logged, MessageCreated
from funnel.conversations.render import Audience, message_fields
from funnel.conversations.values import Actor
from funnel.core.errors import ErrorKind, FunnelError, conflict, invalid
from funnel.core.ids import new_id
from funnel.core.locales import canonical_locale
from funnel.people.audit import doer_of
from funnel.people.contacts import ContactRecord
from funnel.people.merges import whole
from funnel.people.principals import Staff
from funnel.turns.lanes import Lane
from funnel.turns.reading import list_rows_of_contact
from funnel.turns.records import ConversationRow

WEB = "web"


async def start(services: Services, staff: Staff, contact_id: str, body: ContactStartIn) -> Written:
    """Into the contact's open conversation of the website, else the one resolved within 7 days, else a new one."""
    contact = await _contact_now(services, contact_id)
    opening = _opening(services, contact, body.locale)
    if body.says == "system":
        return await _run(
            services, staff, contact, _notice(contact, body.client_message_id, body.text or "", opening)
        )
    services.limits.message(contact.id)
    if body.text is None:
        button = AskHuman(
            command_id=new_id(),
            actor=_actor(contact),
            opening=opening,
            client_message_id=body.client_message_id,
        )
        return await _run(services, staff, contact, button)
    command = PostMessage(
        command_id=new_id(),
        actor=_actor(contact),
        opening=opening,
        client_message_id=body.client_message_id,
        text=body.text,
        human=body.human,
        locale=opening.locale,
    )
    return await _run(services, staff, contact, command)


async def message(services: Services, staff: Staff, contact_id: str, body: ContactMessageIn) -> Written:
    """Into the contact's last conversation that is not resolved, on whatever channel, else as `start`.

    Raises 409 window_closed where the channel takes no word of the system now.
    """
    contact = await _contact_now(services, contact_id)
    rows = await list_rows_of_contact(services.db.pool, await whole(services.db, contact.id))
    row = next((row for row in rows if row.state.status != "resolved"), None)
    opening = _opening(services, contact, None) if row is None else None
    conversation_id = row.state.id if row is not None else None
    if body.says == "system":
        notice = _notice(contact, body.client_message_id, body.text, opening, conversation_id)
        return await _run(services, staff, contact, notice)
    services.limits.message(contact.id)
    command = PostMessage(
        command_id=new_id(),
        actor=_actor(contact),
        conversation_id=conversation_id,
        opening=opening,
        client_message_id=body.client_message_id,
        text=body.text,
    )
    return await _run(services, staff, contact, command)


async def _contact_now(services: Services, contact_id: str) -> ContactRecord:
    """Whom the contact is now, at the end of its merges. Raises 404."""
    found = await services.people.contact_book.read(contact_id)
    return await services.people.contacts.read_as_now(found.id)


def _opening(services: Services, contact: ContactRecord, locale: str | None) -> Opening:
    """What a new conversation would start with. Raises 409 site_archived, 422 locale_invalid."""
    site = services.directory.now().sites.get(contact.site_id)
    if site is None:
        raise conflict("site_archived", "The contact's site is archived.")
    spoken = canonical_locale(locale) if locale is not None else contact.locale or site.locales[0]
    if spoken is None:
        raise invalid("locale_invalid", "A locale is a well-formed BCP 47 tag of a known language.")
    return Opening(
        site_id=site.id,
        inbox_id=site.inbox_id,
        contact_id=contact.id,
        channel=WEB,
        locale=spoken,
        queue_id=site.queue_id,
        contact_name=contact.name,
        contact_verified=contact.verified,
        zone=contact.zone,
    )


def _actor(contact: ContactRecord) -> Actor:
    return Actor(kind="contact", id=contact.id, name=contact.name)


def _notice(
    contact: ContactRecord,
    client_message_id: str,
    text: str,
    opening: Opening | None,
    conversation_id: str | None = None,
) -> Notify:
    return Notify(
        command_id=new_id(),
        actor=Actor(kind="system", id=contact.id),
        conversation_id=conversation_id,
        opening=opening,
        client_message_id=client_message_id,
        text=text,
    )


def _as_seen(services: Services, error: FunnelError) -> FunnelError:
    """The conflict with what the contact itself would see of the conversation and the message it is about."""
    params: dict[str, object] = {}
    row, said = error.params.get("row"), error.params.get("message")
    if isinstance(row, ConversationRow):
        params["conversation"] = rendering.conversation(services, row, Audience.VISITOR)
    if isinstance(said, Logged) and said.visible:
        params["message"] = message_fields(said, Audience.VISITOR, services.files.link)
    if isinstance(error.params.get("window"), dict):
        params["window"] = error.params["window"]
    return FunnelError(error.code, error.kind, error.detail, params=params)


async def _run(services: Services, staff: Staff, contact: ContactRecord, command: Command) -> Written:
    """The turn, shown as the contact sees it whoever asked; each that appended is in the audit log."""
    try:
        result = await services.pipeline.submit(command, Lane.BULK)
    except FunnelError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
        raise _as_seen(services, error) from error
    services.rows.put(result.row)
    said = next(
        (
            event
            for event in result.events
            if isinstance(event.payload, MessageCreated)
            and event.payload.client_message_id == command.client_message_id
        ),
        None,
    )
    outcome = Written(result, said, Audience.VISITOR)
    if outcome.status == 201:
        kind = command.actor.kind
        await services.people.contact_book.note_written(contact.id, doer_of(staff), result.row.state.id, kind)
    return outcome
