"""When the judgement itself breaks: the message, a person, a receipt, by a path that shares nothing with what broke."""

from typing import Final

from funnel.conversations.commands import Command, PostMessage, TellHookResult, TimerDue
from funnel.conversations.events import (
    ConversationHandedOver,
    ConversationReopened,
    ConversationStarted,
    Draft,
    ExpectationChanged,
    HookAnswered,
    MessageCreated,
)
from funnel.conversations.judgement import NOTHING, Decided, Moment
from funnel.conversations.state import State
from funnel.conversations.values import BOT, SYSTEM

RECEIPTS: Final = {
    "en": "Your message has reached our team. A person will answer you here.",
    "zh-Hans": "您的消息已转交给我们的团队，会有人工客服在这里回复您。",
    "zh-Hant": "您的訊息已轉交給我們的團隊，會有專人在這裡回覆您。",
    "ar": "وصلت رسالتك إلى فريقنا، وسيرد عليك أحد أفراده هنا.",
}

ALARM_SECONDS: Final = 300
"""How long the hand-over may stay unseen; hours may be what broke, so they are not looked at."""


def failed(command: Command, state: State | None, moment: Moment) -> Decided:
    """The message and a hand-over `bot_failure`; where people already have the conversation, the message alone."""
    drafts: list[Draft] = []
    if state is None:
        if command.opening is None:
            return NOTHING
        drafts.append(Draft(_started(command, moment), command.actor))
    elif state.status == "resolved" and command.actor.kind == "contact":
        drafts.append(Draft(ConversationReopened("contact"), command.actor))
    if isinstance(command, PostMessage) and (command.text or command.attachments):
        drafts.append(Draft(_message(command, moment), command.actor))
    if state is not None and state.hook is not None and isinstance(command, TellHookResult | TimerDue):
        hook = state.hook
        ended = HookAnswered(hook.call_id, "failed", hook.hook, error="bot_failure", after_seq=hook.after_seq)
        drafts.append(Draft(ended, SYSTEM))
    if state is not None and state.status != "resolved" and state.owner.kind != "bot":
        if isinstance(command, TimerDue) and state.waiting:
            drafts.append(Draft(ExpectationChanged(None), SYSTEM))
        return Decided(tuple(drafts))
    if state is not None and state.status == "resolved" and command.actor.kind != "contact":
        return NOTHING
    drafts.extend(_handed_over(command, state, moment))
    return Decided(tuple(drafts))


def _started(command: Command, moment: Moment) -> ConversationStarted:
    opening = command.opening
    if opening is None:
        raise ValueError("a conversation starts with an opening")
    return ConversationStarted(
        site_id=opening.site_id,
        inbox_id=opening.inbox_id,
        contact_id=opening.contact_id,
        channel=opening.channel,
        locale=opening.locale,
        queue_id=opening.queue_id,
        thread=opening.thread,
        contact_name=opening.contact_name,
        contact_verified=opening.contact_verified,
        previous_id=moment.closed.id if moment.closed is not None else None,
        zone=opening.zone,
        rating_requested_at=moment.closed.rating_requested_at if moment.closed is not None else None,
    )


def _message(command: PostMessage, moment: Moment) -> MessageCreated:
    return MessageCreated(
        message_id=moment.ids.next(),
        text=command.text,
        direction="incoming",
        client_message_id=command.client_message_id,
        attachments=command.attachments,
        payload=command.payload,
        subject=command.subject,
    )


def _handed_over(command: Command, state: State | None, moment: Moment) -> tuple[Draft, ...]:
    queue_id = (
        state.home_queue_id if state is not None else command.opening.queue_id if command.opening else ""
    )
    locale = state.locale if state is not None else command.opening.locale if command.opening else ""
    receipt = MessageCreated(
        message_id=moment.ids.next(),
        text=RECEIPTS.get(locale) or RECEIPTS.get(locale.split("-")[0], RECEIPTS["en"]),
        direction="outgoing",
        purpose="receipt",
    )
    priority = "normal" if state is None else state.priority
    return (
        Draft(
            ConversationHandedOver("bot_failure", queue_id, priority=priority, alarm_seconds=ALARM_SECONDS),
            BOT,
        ),
        Draft(receipt, SYSTEM),
    )
