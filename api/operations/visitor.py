"""What a visitor does with conversations."""

from collections.abc import AsyncIterator, Sequence

from api.operations.writing import Written, execute
from api.schemas.visitor import EndIn, FeedbackIn, HumanIn, MessageIn, OfferIn, PageIn, RatingIn, StartIn
from api.services import Services
from bots.decider.ears import email_in
from funnel.conversations.commands import (
    AnswerOffer,
    AskHuman,
    GiveRating,
    Opening,
    PostMessage,
    RateAnswer,
    Resolve,
)
from funnel.conversations.events import HumanOffered, Logged, MessageCreated, RatingGiven
from funnel.conversations.values import Actor, Attachment, Page
from funnel.core.errors import ErrorKind, FunnelError, invalid, not_found
from funnel.core.ids import new_id
from funnel.core.locales import canonical_locale
from funnel.people.contacts import ContactChanges
from funnel.people.fields import bare_url
from funnel.people.principals import Visitor
from funnel.turns.reading import events_after
from funnel.turns.records import ConversationRow

WEB = "web"
HUMAN = "human"


def actor_of(visitor: Visitor) -> Actor:
    """The visitor as the author of an event."""
    return Actor(kind="contact", id=visitor.contact_id, name=visitor.name)


def opening_of(services: Services, visitor: Visitor, locale: str | None = None) -> Opening:
    """What a new conversation of this visitor would start with; its locale is the page's, the visitor's, the site's."""
    site = services.directory.now().sites.get(visitor.site_id)
    default = site.locales[0] if site else "en"
    return Opening(
        site_id=visitor.site_id,
        inbox_id=visitor.inbox_id,
        contact_id=visitor.contact_id,
        channel=WEB,
        locale=locale or visitor.locale or default,
        queue_id=visitor.queue_id,
        contact_name=visitor.name,
        contact_verified=visitor.verified,
        zone=visitor.zone,
    )


def page_of(page: PageIn | None) -> Page | None:
    """The page without query and fragment; None for what is no web address."""
    url = bare_url(page.url) if page else None
    if page is None or url is None:
        return None
    return Page(url=url, title=page.title, referrer=bare_url(page.referrer))


async def start(services: Services, visitor: Visitor, body: StartIn) -> Written:
    """Into the open conversation, else the one resolved within 7 days, else a new one."""
    services.limits.message(visitor.contact_id)
    locale = _locale(body.locale)
    opening = opening_of(services, visitor, locale)
    if body.text is None and not body.attachments:
        button = AskHuman(
            command_id=new_id(),
            actor=actor_of(visitor),
            opening=opening,
            client_message_id=body.client_message_id,
        )
        return await execute(services, visitor, button)
    files = await _files(services, visitor, body.attachments, body.client_message_id)
    command = PostMessage(
        command_id=new_id(),
        actor=actor_of(visitor),
        opening=opening,
        client_message_id=body.client_message_id,
        text=body.text or "",
        attachments=files,
        page=page_of(body.page),
        locale=locale,
        human=body.human,
    )
    return await _said(services, visitor, command)


async def message(services: Services, visitor: Visitor, row: ConversationRow, body: MessageIn) -> Written:
    """Into this conversation; where it was resolved, behaviour decides which one it lands in."""
    services.limits.message(visitor.contact_id)
    files = await _files(services, visitor, body.attachments, body.client_message_id)
    command = PostMessage(
        command_id=new_id(),
        actor=actor_of(visitor),
        conversation_id=row.state.id,
        opening=_opening_if_resolved(services, visitor, row),
        client_message_id=body.client_message_id,
        text=await _words(services, row, body),
        attachments=files,
        payload=body.payload,
    )
    return await _said(services, visitor, command)


async def human(services: Services, visitor: Visitor, row: ConversationRow, body: HumanIn) -> Written:
    """The button."""
    services.limits.message(visitor.contact_id)
    command = AskHuman(
        command_id=new_id(),
        actor=actor_of(visitor),
        conversation_id=row.state.id,
        opening=_opening_if_resolved(services, visitor, row),
        client_message_id=body.client_message_id,
    )
    return await execute(services, visitor, command)


async def end(services: Services, visitor: Visitor, row: ConversationRow, body: EndIn) -> Written:
    """The contact ends it; no rating is asked for. Raises 403 `lead_only` on the urgent path."""
    services.limits.message(visitor.contact_id)
    command = Resolve(
        command_id=new_id(),
        actor=actor_of(visitor),
        conversation_id=row.state.id,
        client_message_id=body.client_message_id,
        how="ended",
    )
    return await execute(services, visitor, command)


async def feedback(services: Services, visitor: Visitor, row: ConversationRow, body: FeedbackIn) -> Written:
    """Did this answer help."""
    services.limits.message(visitor.contact_id)
    command = RateAnswer(
        command_id=new_id(),
        actor=actor_of(visitor),
        conversation_id=row.state.id,
        client_message_id=body.client_message_id,
        answer_id=body.answer_id,
        helpful=body.helpful,
    )
    return await execute(services, visitor, command)


async def choose(
    services: Services, visitor: Visitor, row: ConversationRow, offer_id: str, body: OfferIn
) -> Written:
    """A choice under an offer."""
    services.limits.message(visitor.contact_id)
    command = AnswerOffer(
        command_id=new_id(),
        actor=actor_of(visitor),
        conversation_id=row.state.id,
        client_message_id=body.client_message_id,
        offer_id=offer_id,
        choice=body.choice,
    )
    try:
        return await execute(services, visitor, command)
    except FunnelError as error:
        if error.kind is ErrorKind.CONFLICT and not await _was_offered(services, row.state.id, offer_id):
            raise not_found("offer") from error
        raise


async def rate(services: Services, visitor: Visitor, row: ConversationRow, body: RatingIn) -> Written:
    """How it was; the same once more, comment included, changes nothing."""
    services.limits.message(visitor.contact_id)
    command = GiveRating(
        command_id=new_id(),
        actor=actor_of(visitor),
        conversation_id=row.state.id,
        score=body.score,
        comment=None if await _was_commented(services, row, body) else body.comment,
    )
    return await execute(services, visitor, command)


async def _was_offered(services: Services, conversation_id: str, offer_id: str) -> bool:
    """Whether this conversation ever held the offer: one that is closed is told from one that never was."""
    async for event in _visible(services, conversation_id):
        if isinstance(event.payload, HumanOffered) and event.payload.offer_id == offer_id:
            return True
    return False


async def _was_commented(services: Services, row: ConversationRow, body: RatingIn) -> bool:
    """Whether the rating as it stands came with this score and comment."""
    if body.comment is None or row.state.rating != body.score:
        return False
    last = None
    async for event in _visible(services, row.state.id):
        if isinstance(event.payload, RatingGiven):
            last = event.payload
    return last is not None and (last.score, last.comment) == (body.score, body.comment)


async def _words(services: Services, row: ConversationRow, body: MessageIn) -> str:
    """The text, or for a button tapped without one its label as first shown: a repeat finds the same words.

    The button for a person needs no words. Raises 422 for a button this conversation never showed.
    """
    if body.text is not None or body.payload in (None, HUMAN) or body.attachments:
        return body.text or ""
    async for event in _visible(services, row.state.id):
        if isinstance(event.payload, MessageCreated):
            for button in event.payload.quick_replies:
                if button.payload == body.payload:
                    return button.label
    raise invalid("payload_unknown", "This conversation has shown no such button; send its label as text.")


async def _visible(services: Services, conversation_id: str) -> AsyncIterator[Logged]:
    """What the visitor may see of a conversation, from its start."""
    after = 0
    while found := await events_after(services.db.pool, conversation_id, after, visible_only=True, limit=500):
        for event in found:
            yield event
        after = found[-1].seq


def _locale(tag: str | None) -> str | None:
    if tag is None:
        return None
    canonical = canonical_locale(tag)
    if canonical is None:
        raise invalid("locale_invalid", "A locale is a well-formed BCP 47 tag of a known language.")
    return canonical


def _opening_if_resolved(services: Services, visitor: Visitor, row: ConversationRow) -> Opening | None:
    """Only a resolved conversation can send a message elsewhere; the open one is addressed by its id alone."""
    return opening_of(services, visitor) if row.state.status == "resolved" else None


async def _files(
    services: Services, visitor: Visitor, ids: Sequence[str], client_message_id: str
) -> tuple[Attachment, ...]:
    return await services.files.own("contact", sorted(visitor.contact_ids), ids, client_message_id)


async def _said(services: Services, visitor: Visitor, command: PostMessage) -> Written:
    outcome = await execute(services, visitor, command)
    await _keep_address(services, visitor, command.text, outcome)
    return outcome


async def _keep_address(services: Services, visitor: Visitor, text: str, outcome: Written) -> None:
    """Where the turn took an address for replies, the contact has it before the visitor is answered; a repeat does it again."""
    payloads = (event.payload for event in outcome.result.events)
    if any(isinstance(one, MessageCreated) and one.purpose == "address_saved" for one in payloads):
        email = email_in(text)
        if email is not None:
            changes = ContactChanges(email=email, reply_by="email")
            await services.people.contacts.update_own(visitor, changes)
