"""What leaves by a channel: a delivery for every public word of bot, system and agent, and what becomes of it; edits of the contact."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.channels.manners import Manners
from funnel.conversations.commands import (
    DeleteMessage,
    EditMessage,
    NoteUnseen,
    UpdateAttachment,
    UpdateDelivery,
)
from funnel.conversations.events import (
    AttachmentUpdated,
    DeliveryUpdated,
    Draft,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    MessageRedacted,
    MessageUnseen,
)
from funnel.conversations.judgement import Decided, DeliveryDraft, Moment
from funnel.conversations.state import State
from funnel.conversations.values import DeliveryState

HOME: Final = "home"
BOT_SECONDS: Final = 600  # a stale answer of the bot does harm
AGENT_SECONDS: Final = 86_400
_RANKS: Final[dict[DeliveryState, int]] = {
    "queued": 0, "accepted": 1, "sent": 2, "delayed": 3, "failed": 4, "delivered": 5, "read": 6,
}  # fmt: skip


def with_deliveries(decided: Decided, channel: str, moment: Moment, manners: Manners) -> Decided:
    """The turn with a delivery to the home address for each outgoing public message; the website reads the log instead. Where the
    channel takes fewer messages of bot and system in a row, the last ones leave as one."""
    if channel == "web":
        return decided
    joined = _joined(decided.drafts, manners.bot_messages)
    first = next(iter(joined), None)
    made: list[DeliveryDraft] = []
    for draft in decided.drafts:
        payload = draft.payload
        if not _leaves(draft) or not isinstance(payload, MessageCreated) or payload.message_id in joined:
            continue
        agent = draft.actor.kind == "agent"
        own = agent or payload.client_message_id is not None  # or it is the site's own word
        made.append(
            DeliveryDraft(
                delivery_id=moment.ids.next(),
                message_id=payload.message_id,
                address=HOME,
                lasts_seconds=AGENT_SECONDS if own else BOT_SECONDS,
                from_message_id=first
                if not agent and first is not None and _ends(decided.drafts, payload)
                else None,
            )
        )
    if not made:
        return decided
    drafts = tuple(_marked(draft, joined) for draft in decided.drafts) if joined else decided.drafts
    return replace(decided, drafts=drafts, deliveries=(*decided.deliveries, *made))


def _leaves(draft: Draft) -> bool:
    payload = draft.payload
    outgoing = isinstance(payload, MessageCreated) and payload.direction == "outgoing"
    return outgoing and isinstance(payload, MessageCreated) and payload.visibility == "public"


def _unasked(drafts: Sequence[Draft]) -> list[str]:
    """The messages of bot and system, in order."""
    return [
        draft.payload.message_id
        for draft in drafts
        if _leaves(draft) and draft.actor.kind != "agent" and isinstance(draft.payload, MessageCreated)
    ]


def _joined(drafts: Sequence[Draft], most: int) -> list[str]:
    """Those that are shown with the last one."""
    said = _unasked(drafts)
    return said[max(most, 1) - 1 : -1] if len(said) > max(most, 1) else []


def _ends(drafts: Sequence[Draft], payload: MessageCreated) -> bool:
    return _unasked(drafts)[-1] == payload.message_id


def _marked(draft: Draft, joined: Sequence[str]) -> Draft:
    payload = draft.payload
    if isinstance(payload, MessageCreated) and payload.message_id in joined:
        return Draft(replace(payload, joined=True), draft.actor)
    return draft


def forward(before: DeliveryState, after: DeliveryState) -> bool:
    """Whether a delivery may go from one state to the other: never back, and failed ends it unless it arrived after all."""
    return _RANKS[after] > _RANKS[before]


def updated(command: UpdateDelivery, state: State, scene: Scene) -> Script:
    """Tells the state of a delivery, unless a later one was told before."""
    script = Script(state, scene.moment)
    marks = {one.delivery_id: one.state for one in state.deliveries}
    before: DeliveryState = marks.get(command.delivery_id, "queued")
    if forward(before, command.state):
        told = DeliveryUpdated(command.delivery_id, command.message_id, command.state, command.error)
        script.add(told, command.actor)
    return script


def unseen(command: NoteUnseen, state: State, scene: Scene) -> Script:
    """Tells that a message was not seen."""
    script = Script(state, scene.moment)
    told = MessageUnseen(
        command.message_id, command.by, command.said_at, command.contact_id, command.external_id
    )
    script.add(told, command.actor)
    return script


def edited(command: EditMessage, state: State, scene: Scene) -> Script:
    """The contact's new words; they are kept beside the old ones and judged no more."""
    script = Script(state, scene.moment)
    script.add(MessageEdited(command.message_id, command.text), command.actor)
    return script


def deleted(command: DeleteMessage, state: State, scene: Scene) -> Script:
    """The contact took it back: what we hold of it is erased by the store, in the same transaction."""
    script = Script(state, scene.moment)
    script.add(MessageDeleted(command.message_id), command.actor)
    if command.event_seq is not None:
        script.add(MessageRedacted(command.message_id), command.actor)
    return script


def attachment_updated(command: UpdateAttachment, state: State, scene: Scene) -> Script:
    """Tells what became of a file."""
    script = Script(state, scene.moment)
    told = AttachmentUpdated(command.message_id, command.attachment, command.state, command.reason)
    script.add(told, command.actor)
    return script
