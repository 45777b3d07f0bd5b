"""From an inbound event to its turn: which contact, which conversation, which command. The pipeline makes it happen once."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from bots.intake.mail_threads import mail_thread
from bots.intake.placing import reply_place, window_of
from bots.media.worker import placeholders
from funnel.channels.inbound import Action, InboundEvent, Status
from funnel.channels.outbound import Choice
from funnel.channels.port import Account, Connector
from funnel.channels.rendering import chosen
from funnel.channels.reply_tokens import ReplyTokens, tokens_in
from funnel.conversations.commands import (
    Command,
    DeleteMessage,
    EditMessage,
    InboundRef,
    Opening,
    PostMessage,
)
from funnel.conversations.events import MessageCreated
from funnel.conversations.state import owes_turn
from funnel.conversations.values import Actor, Window
from funnel.core.locales import canonical_locale
from funnel.people.channel_contacts import ChannelContact, ChannelContacts
from funnel.people.directory import Directory
from funnel.turns.arrivals import Arrivals, Named
from funnel.turns.lanes import Lane
from funnel.turns.left import Home, LeftVisitors
from funnel.turns.media_jobs import MediaJobs
from funnel.turns.outbox.allowances import Allowances
from funnel.turns.outbox.fates import Fates
from funnel.turns.pipeline import Pipeline
from funnel.turns.records import TurnResult
from funnel.turns.reply_places import ReplyPlaces, Typist

MOST_TEXT: Final = 10_000
MOST_SUBJECT: Final = 300


class NotYetError(Exception):
    """What the event is about has not come yet; it may be tried again."""


class Reader:
    """Turns events into turns. Any number may run: an event's key is stored with its turn, so it causes one at most."""

    def __init__(
        self,
        directory: Directory,
        contacts: ChannelContacts,
        arrivals: Arrivals,
        places: ReplyPlaces,
        pipeline: Pipeline,
        fates: Fates,
        tokens: ReplyTokens,
        media: MediaJobs,
        left: LeftVisitors,
        allowances: Allowances,
    ) -> None:
        self._directory = directory
        self._contacts = contacts
        self._arrivals = arrivals
        self._places = places
        self._pipeline = pipeline
        self._fates = fates
        self._tokens = tokens
        self._media = media
        self._left = left
        self._allowances = allowances
        self._on_media: Callable[[], None] = lambda: None
        self._on_receipt: Callable[[], None] = lambda: None
        self._on_wait: Callable[[str], None] = lambda _: None
        self._on_typing: Callable[[Typist], None] = lambda _: None
        self._on_templates: Callable[[str], Awaitable[None]] | None = None

    def on_receipt(self, callback: Callable[[], None]) -> None:
        """Calls back when a platform told how a delivery fares."""
        self._on_receipt = callback

    def on_wait(self, callback: Callable[[str], None]) -> None:
        """Calls back with the conversation whose contact waits for the bot longer than a moment."""
        self._on_wait = callback

    def on_typing(self, callback: Callable[[Typist], None]) -> None:
        """Calls back with a contact that is typing right now."""
        self._on_typing = callback

    def on_templates(self, callback: Callable[[str], Awaitable[None]]) -> None:
        """Calls back with the inbox whose platform changed a template."""
        self._on_templates = callback

    def on_media(self, callback: Callable[[], None]) -> None:
        """Calls back when there are files to fetch or to erase."""
        self._on_media = callback

    async def read(self, connector: Connector, account: Account, event: InboundEvent, request_id: str) -> str:
        """Does what the event asks for; returns the outcome: turn, ignored, or status.

        Raises NotYetError where the message it is about is unknown so far, FunnelError where the pipeline refuses.
        """
        ref = InboundRef(account.inbox_id, event.dedup_key, request_id, event.kind)
        if event.kind == "status" and event.status is not None:
            await self._receipt(account, event, event.status)
            await self._record(ref)
            return "status"
        if event.direction == "echo" and event.reason:
            await self._fates.receipt(account.inbox_id, [event.reason], "sent")
        if not _is_for_us(connector, event):
            await self._record(ref)
            return "ignored"
        if event.kind == "message.created" and await self._was_taken_back(account, event):
            await self._record(ref)
            return "ignored"
        if event.kind in ("message.created", "postback"):
            await self._say(connector, account, event, ref)
        elif event.kind in ("message.edited", "message.deleted"):
            await self._change(account, event, ref)
        else:
            await self._notice(connector, account, event)
            await self._record(ref)
            return "ignored"
        return "turn"

    async def _notice(self, connector: Connector, account: Account, event: InboundEvent) -> None:
        if event.kind == "typing" and event.sender is not None:
            said_at, sender = event.occurred_at, event.sender.external_id
            found = await self._places.typist(account.inbox_id, sender, _thread(event), said_at)
            if found is not None:
                self._on_typing(found)
        source = connector.templates
        noticed = source is not None and event.kind == "channel.notice" and event.raw_type == source.notice
        if noticed and self._on_templates is not None:
            await self._on_templates(account.inbox_id)

    async def _receipt(self, account: Account, event: InboundEvent, status: Status) -> None:
        """Moves deliveries forward, never back: what comes late or twice changes nothing."""
        if status.state == "accepted":
            return
        error = status.error
        if status.target_ids:
            await self._fates.receipt(
                account.inbox_id,
                status.target_ids,
                "delayed" if status.delayed else status.state,
                "refused later" if status.state == "failed" else None,
                error.code if error is not None else None,
            )
        if status.watermark is not None and event.place is not None:
            await self._fates.watermark(
                account.inbox_id, event.place.external_id, status.watermark, status.state
            )
        self._on_receipt()

    async def give_up(self, account: Account, event: InboundEvent, request_id: str) -> None:
        """Records an event that is about something we never had. Where it took a message back, that message is known to be gone
        should it still come (platforms repeat for up to a week)."""
        if event.kind == "message.deleted" and event.target_id:
            await self._arrivals.record(
                account.inbox_id, _gone(event.target_id), request_id, "message.deleted"
            )
        await self._record(InboundRef(account.inbox_id, event.dedup_key, request_id, "ignored"))

    async def _was_taken_back(self, account: Account, event: InboundEvent) -> bool:
        name = event.message.external_id if event.message is not None else ""
        return bool(name and await self._arrivals.known([(account.inbox_id, _gone(name))]))

    async def _record(self, ref: InboundRef) -> None:
        await self._arrivals.record(ref.inbox_id, ref.dedup_key, ref.request_id, ref.kind)

    async def _say(
        self, connector: Connector, account: Account, event: InboundEvent, ref: InboundRef
    ) -> None:
        home = await self._home(account, event)
        if home is not None:
            await self._say_at_home(account, event, ref, home)
            return
        contact = await self._contact(account, event)
        event = await self._with_choice(account, event)
        thread = _thread(event)
        if event.mail is not None:
            thread = await mail_thread(self._arrivals, self._places, self._tokens, account, event, contact.id)
        command = self._message(account, event, contact, ref, thread)
        command = replace(command, window=await self._window(connector, account, event))
        if command.attachments:
            await self._media.add(ref.inbox_id, ref.dedup_key, ref.request_id, "fetch")
        result = await self._pipeline.submit(command, Lane.VISITOR)
        await self._remember(connector, account, event, result)
        if owes_turn(result.row.state):
            self._on_wait(result.row.state.id)
        if command.attachments:
            self._on_media()

    async def _window(self, connector: Connector, account: Account, event: InboundEvent) -> Window | None:
        metered = connector.allowance is not None
        pushes = await self._allowances.left(account.inbox_id) if metered else None
        return window_of(connector.capabilities, event, pushes)

    async def _home(self, account: Account, event: InboundEvent) -> Home | None:
        """The website's conversation a mail answers: by its own token and from the very address it was mailed to."""
        if event.mail is None or event.sender is None:
            return None
        for token in tokens_in(event.mail.recipients):
            conversation_id = self._tokens.conversation(account.inbox_id, token)
            if conversation_id is not None:
                return await self._left.home(conversation_id, account.inbox_id, event.sender.external_id)
        return None

    async def _say_at_home(self, account: Account, event: InboundEvent, ref: InboundRef, home: Home) -> None:
        """The words of a mail in the website's conversation; where its answers go stays as it is."""
        contact = ChannelContact(home.contact_id, home.name, home.verified, home.locale, home.zone)
        command = self._message(account, event, contact, ref, home.thread)
        opening = Opening(
            site_id=home.site_id,
            inbox_id=home.inbox_id,
            contact_id=home.contact_id,
            channel=home.channel,
            locale=home.locale,
            queue_id=home.queue_id,
            thread=home.thread,
            contact_name=home.name,
            contact_verified=home.verified,
            zone=home.zone,
        )
        if command.attachments:
            await self._media.add(ref.inbox_id, ref.dedup_key, ref.request_id, "fetch")
        await self._pipeline.submit(
            replace(
                command,
                conversation_id=home.conversation_id,
                opening=opening if home.resolved else None,
                subject=None,
            ),
            Lane.VISITOR,
        )
        self._on_media()

    async def _contact(self, account: Account, event: InboundEvent) -> ChannelContact:
        sender = event.sender
        if sender is None:
            raise ValueError("a message without a sender")
        addresses = tuple(dict.fromkeys((sender.external_id, *sender.alt_ids)))
        return await self._contacts.find_or_add(
            site_id=account.site_id,
            inbox_id=account.inbox_id,
            channel=account.channel,
            addresses=addresses,
            name=sender.display_name or sender.username,
            locale=canonical_locale(sender.locale) if sender.locale else None,
            verified=sender.verified,
        )

    async def _with_choice(self, account: Account, event: InboundEvent) -> InboundEvent:
        """A reply of just a number is the choice it was shown for."""
        said, place = event.message, event.place
        if said is None or not said.text or len(said.text) > 6 or event.action is not None or place is None:
            return event
        shown = await self._places.numbers(account.inbox_id, place.external_id, place.thread_id)
        choice = chosen(said.text, msgspec.json.decode(shown, type=tuple[Choice, ...]))
        if choice is None:
            return event
        return replace(
            event, action=Action(choice.payload, choice.label), message=replace(said, text=choice.label)
        )

    def _message(
        self, account: Account, event: InboundEvent, contact: ChannelContact, ref: InboundRef, thread: str
    ) -> PostMessage:
        said, action = event.message, event.action
        text = (
            (said.text if said is not None else None) or (action.title if action is not None else None) or ""
        )
        files = placeholders(account.inbox_id, event)
        if not text and not files and action is not None:
            text = action.payload
        if not text.strip() and not files:
            text = "…"
        return PostMessage(
            command_id=f"in:{hashlib.sha256(f'{ref.inbox_id}:{ref.dedup_key}'.encode()).hexdigest()[:40]}",
            actor=Actor(kind="contact", id=contact.id, name=contact.name),
            opening=self._opening(account, contact, thread),
            text=text[:MOST_TEXT],
            subject=(said.subject or "")[:MOST_SUBJECT].strip() or None if said is not None else None,
            attachments=files,
            payload=action.payload if action is not None else None,
            inbound=ref,
        )

    def _opening(self, account: Account, contact: ChannelContact, thread: str) -> Opening:
        site = self._directory.now().sites.get(account.site_id)
        default = site.locales[0] if site is not None else "en"
        return Opening(
            site_id=account.site_id,
            inbox_id=account.inbox_id,
            contact_id=contact.id,
            channel=account.channel,
            locale=contact.locale or default,
            queue_id=account.queue_id,
            thread=thread,
            contact_name=contact.name,
            contact_verified=contact.verified,
            zone=contact.zone,
        )

    async def _remember(
        self, connector: Connector, account: Account, event: InboundEvent, result: TurnResult
    ) -> None:
        """Where the answer goes, and what the platform calls this message. Safe to repeat."""
        conversation_id = result.row.state.id
        await self._place(connector, account, event, conversation_id)
        own = next((e for e in result.events if _is_incoming(e.payload)), None)
        if own is not None and isinstance(own.payload, MessageCreated):
            await self._name(account, event, conversation_id, own.payload.message_id, own.seq)

    async def recover(self, connector: Connector, account: Account, event: InboundEvent) -> None:
        """What a reader that died left undone after the turn of this event: without it the answer has no address."""
        if event.kind not in ("message.created", "postback"):
            return
        shown = await self._media.shown(account.inbox_id, event.dedup_key)
        if shown is not None and shown.at_home:
            await self._place(connector, account, event, shown.conversation_id)
            await self._name(account, event, shown.conversation_id, shown.message_id, shown.seq)

    async def _place(
        self, connector: Connector, account: Account, event: InboundEvent, conversation_id: str
    ) -> None:
        if event.place is not None:
            window = window_of(connector.capabilities, event)
            await self._places.place(reply_place(account, event, conversation_id, window))

    async def _name(
        self, account: Account, event: InboundEvent, conversation_id: str, message_id: str, seq: int
    ) -> None:
        name = event.message.external_id if event.message is not None else ""
        if name:
            named = Named(conversation_id, message_id, name, seq)
            await self._arrivals.name(account.inbox_id, [name], named)

    async def _change(self, account: Account, event: InboundEvent, ref: InboundRef) -> None:
        target = event.target_id or ""
        found = (await self._arrivals.named(account.inbox_id, [target])).get(target)
        if found is None:
            raise NotYetError(target)
        actor = Actor(kind="contact")
        base = {
            "command_id": f"in:{ref.dedup_key}"[:200], "actor": actor, "conversation_id": found.conversation_id,
            "inbound": ref, "message_id": found.message_id,
        }  # fmt: skip
        command: Command
        if event.kind == "message.deleted":
            await self._media.add(ref.inbox_id, ref.dedup_key, ref.request_id, "erase")
            command = DeleteMessage(event_seq=found.seq, **base)  # type: ignore[arg-type]
        else:
            text = (event.message.text if event.message is not None else None) or ""
            command = EditMessage(text=text[:MOST_TEXT], **base)  # type: ignore[arg-type]
        await self._pipeline.submit(command, Lane.VISITOR)
        self._on_media()


def _gone(external_id: str) -> str:
    """The key under which a message is known that was taken back before it came."""
    return f"gone:{external_id}"


def _is_for_us(connector: Connector, event: InboundEvent) -> bool:
    """What another app of the business answers, what it wrote itself, groups, and machines are kept and not answered."""
    if event.direction == "echo" or event.standby:
        return False
    if event.mail is not None and event.mail.automatic is not None:
        return False
    grouped = event.place is not None and event.place.kind != "private"
    if grouped and not connector.groups:
        return False
    return event.kind not in ("message.created", "postback") or event.sender is not None


def _is_incoming(payload: object) -> bool:
    return isinstance(payload, MessageCreated) and payload.direction == "incoming"


def _thread(event: InboundEvent) -> str:
    """What keeps conversations of one contact apart: a topic or thread, and the place where it is no private chat."""
    place = event.place
    if place is None:
        return ""
    own = place.thread_id or (
        event.message.external_id if place.kind == "channel" and event.message else None
    )
    if place.kind == "private":
        return own or ""
    return f"{place.external_id}:{own or ''}"
