"""Fold steps of who cares: start, offers, hand-over, ownership, closing, rating."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from funnel.conversations.events import (
    ContactAbsent,
    ContactErased,
    ContactIdentified,
    ContextAttached,
    ConversationAssigned,
    ConversationHandedBack,
    ConversationHandedOver,
    ConversationQueued,
    ConversationReleased,
    ConversationReopened,
    ConversationResolved,
    ConversationSeen,
    ConversationSnoozed,
    ConversationStarted,
    ConversationTagged,
    ConversationWithdrawn,
    ConversationWoken,
    DeliveryUpdated,
    ExpectationChanged,
    HumanOfferAnswered,
    HumanOffered,
    LeadAcknowledged,
    LeadCalled,
    Logged,
    Payload,
    PriorityChanged,
    RatingGiven,
    RatingRequested,
)
from funnel.conversations.state import (
    CALLS_KEPT,
    DELIVERIES_KEPT,
    EPISODES_KEPT,
    KEPT,
    MATTERS_KEPT,
    UNSEEN,
    Closing,
    DeliveryMark,
    Episode,
    LeadCall,
    OpenOffer,
    Owner,
    PastEpisode,
    State,
    Waiting,
)

BOT_OWNER = Owner(kind="bot")


def begin(payload: ConversationStarted, event: Logged) -> State:
    """The state before the first event is folded: bot-owned and open, so no state is ever without an owner."""
    return State(
        id=event.conversation_id,
        site_id=payload.site_id,
        inbox_id=payload.inbox_id,
        contact_id=payload.contact_id,
        channel=payload.channel,
        locale=payload.locale,
        home_locale=payload.locale,
        home_queue_id=payload.queue_id,
        queue_id=payload.queue_id,
        started_at=event.at,
        updated_at=event.at,
        last_at=event.at,
        thread=payload.thread,
        contact_name=payload.contact_name,
        contact_verified=payload.contact_verified,
        previous_id=payload.previous_id,
        zone=payload.zone,
        rating_requested_at=payload.rating_requested_at,
        episode=Episode(number=1, seq=event.seq, began=event.at),
    )


def _identified(state: State, payload: ContactIdentified, event: Logged) -> State:
    return replace(
        state,
        contact_verified=payload.verified,
        contact_name=payload.name or state.contact_name,
        zone=payload.zone or state.zone,
    )


def _contact_erased(state: State, payload: ContactErased, event: Logged) -> State:
    """What is left stands on no event that an erasure empties, so that the log folds to it before and after."""
    return State(
        id=state.id,
        site_id=state.site_id,
        inbox_id=state.inbox_id,
        contact_id=state.contact_id,
        channel=state.channel,
        locale=state.home_locale,
        home_locale=state.home_locale,
        home_queue_id=state.home_queue_id,
        queue_id=state.queue_id,
        started_at=state.started_at,
        updated_at=state.updated_at,
        last_at=event.at,
        thread=state.thread,
        previous_id=state.previous_id,
        status="resolved",
        reached_people=state.reached_people,
        last_seq=state.last_seq,
        last_visible_seq=state.last_visible_seq,
        last_agent_id=state.last_agent_id,
        last_agent_name=state.last_agent_name,
        closing=Closing(at=event.at, by="system", how="ended", need_met="unknown"),
        rules_activation=state.rules_activation,
    )


def _offered(state: State, payload: HumanOffered, event: Logged) -> State:
    offer = OpenOffer(offer_id=payload.offer_id, seq=event.seq, choices=payload.choices, why=payload.why)
    episode = replace(state.episode, offers=state.episode.offers + 1, misses_at_offer=state.episode.misses)
    return replace(state, offer=offer, episode=episode)


def _offer_answered(state: State, payload: HumanOfferAnswered, event: Logged) -> State:
    waiting = state.waiting
    if waiting is not None:
        waiting = replace(
            waiting,
            keep_asking=payload.choice == "keep_asking",
            reply_by="email" if payload.choice == "reply_later" else waiting.reply_by,
        )
    return replace(state, offer=None, waiting=waiting)


def _handed_over(state: State, payload: ConversationHandedOver, event: Logged) -> State:
    since = state.waiting.since if state.waiting else event.at
    waiting = Waiting(
        since=since,
        reason=payload.reason,
        promised_at=event.at,
        expected_reply_at=payload.expected_reply_at,
        reply_by=payload.reply_by,
        keep_asking=payload.keep_asking,
        handed_over_seq=event.seq,
        alarm_seconds=payload.alarm_seconds,
        lifted=payload.lifted,
        alarm_at=_alarm_at(event.at, payload.alarm_seconds),
    )
    return replace(
        state,
        owner=Owner(kind="queue", queue_id=payload.queue_id),
        queue_id=payload.queue_id,
        reached_people=True,
        waiting=waiting,
        priority=payload.priority,
        burst=None,
        offer=None,
        question=None,
        deferred_until=None,
        hook=None,
        episode=replace(state.episode, handed_over=True),
    )


def _alarm_at(at: datetime, seconds: int | None) -> datetime | None:
    return at + timedelta(seconds=seconds) if seconds is not None else None


def _expectation(state: State, payload: ExpectationChanged, event: Logged) -> State:
    if state.waiting is None:
        return state
    waiting = replace(
        state.waiting,
        expected_reply_at=payload.expected_reply_at,
        promised_at=event.at,
        updates=state.waiting.updates + 1,
    )
    return replace(state, waiting=waiting)


def _withdrawn(state: State, payload: ConversationWithdrawn, event: Logged) -> State:
    return replace(state, owner=BOT_OWNER, waiting=None, offer=None)


def _assigned(state: State, payload: ConversationAssigned, event: Logged) -> State:
    queue_id = payload.queue_id or state.queue_id
    return replace(
        state,
        queue_id=queue_id,
        reached_people=True,
        owner=Owner(
            kind="agent", queue_id=queue_id, agent_id=payload.agent.id, agent_name=payload.agent.name
        ),
        last_agent_id=payload.agent.id,
        last_agent_name=payload.agent.name,
        offer=None,
        question=None,
        deferred_until=None,
        hook=None,
        waiting=replace(state.waiting, keep_asking=False, seen=True) if state.waiting else None,
        calls=_unanswered(state),
    )


def _to_queue(state: State, queue_id: str, expected: datetime | None, event: Logged) -> State:
    waiting = state.waiting or Waiting(since=event.at, reason="agent_requested", promised_at=event.at)
    if expected is not None:
        waiting = replace(waiting, expected_reply_at=expected, promised_at=event.at, updates=0)
    return replace(
        state,
        owner=Owner(kind="queue", queue_id=queue_id),
        queue_id=queue_id,
        reached_people=True,
        waiting=replace(
            waiting,
            seen=False,
            handed_over_seq=event.seq,
            alarm_at=_alarm_at(event.at, waiting.alarm_seconds),
        ),
        offer=None,
        question=None,
        deferred_until=None,
        hook=None,
    )


def _queued(state: State, payload: ConversationQueued, event: Logged) -> State:
    return _to_queue(state, payload.queue_id, payload.expected_reply_at, event)


def _released(state: State, payload: ConversationReleased, event: Logged) -> State:
    return _to_queue(state, payload.queue_id, payload.expected_reply_at, event)


def _handed_back(state: State, payload: ConversationHandedBack, event: Logged) -> State:
    return replace(state, owner=BOT_OWNER, waiting=None, bot_at=event.at)


def _seen(state: State, payload: ConversationSeen, event: Logged) -> State:
    waiting = replace(state.waiting, seen=True) if state.waiting is not None else None
    return replace(state, waiting=waiting, calls=_unanswered(state))


def _unanswered(state: State) -> tuple[LeadCall, ...]:
    """The calls that only a lead's word ends."""
    return tuple(call for call in state.calls if call.until == "acknowledged")


def _acknowledged(state: State, payload: LeadAcknowledged, event: Logged) -> State:
    return replace(state, calls=())


def _resolved(state: State, payload: ConversationResolved, event: Logged) -> State:
    return replace(
        state,
        status="resolved",
        owner=state.owner if state.owner.kind == "agent" else BOT_OWNER,
        closing=Closing(at=event.at, by=payload.by, how=payload.how, need_met=payload.need_met),
        waiting=None,
        offer=None,
        question=None,
        burst=None,
        deferred_until=None,
        hook=None,
        snoozed_until=None,
        settle_asked=False,
        past=(*state.past, _past(state, payload, event))[-EPISODES_KEPT:],
        calls=(),
    )


def _past(state: State, payload: ConversationResolved, event: Logged) -> PastEpisode:
    episode = state.episode
    articles = [
        article
        for mark in state.answers
        if mark.episode == episode.number and mark.kind == "answer"
        for article in mark.articles
    ]
    return PastEpisode(
        at=event.at,
        began=episode.began or state.started_at,
        met=payload.need_met == "yes",
        articles=tuple(dict.fromkeys(articles))[-MATTERS_KEPT:],
        matters=episode.matters,
    )


def _reopened(state: State, payload: ConversationReopened, event: Logged) -> State:
    return replace(
        state,
        status="open",
        owner=BOT_OWNER,
        priority="normal",
        episode=Episode(number=state.episode.number + 1, seq=event.seq, began=event.at),
        rating_requested=False,
        safety_at=None,
        safety_followed=False,
        closing=None,
    )


def _snoozed(state: State, payload: ConversationSnoozed, event: Logged) -> State:
    return replace(state, status="snoozed", snoozed_until=payload.until)


def _woken(state: State, payload: ConversationWoken, event: Logged) -> State:
    return replace(state, status="open", snoozed_until=None)


def _tagged(state: State, payload: ConversationTagged, event: Logged) -> State:
    kept = [tag for tag in state.tags if tag not in payload.remove]
    return replace(state, tags=tuple(dict.fromkeys((*kept, *payload.add)))[:KEPT])


def _priority(state: State, payload: PriorityChanged, event: Logged) -> State:
    waiting = state.waiting
    if waiting is not None and payload.lifted:
        waiting = replace(waiting, lifted=True)
    return replace(state, priority=payload.priority, waiting=waiting)


def _lead_called(state: State, payload: LeadCalled, event: Logged) -> State:
    others = tuple(call for call in state.calls if call.rule_id != payload.rule_id)
    call = LeadCall(
        payload.rule_id, event.at, payload.every_minutes, payload.by, payload.until, payload.times
    )
    waiting = (
        replace(state.waiting, alarm_at=None)
        if payload.rule_id == UNSEEN and state.waiting
        else state.waiting
    )
    calls = others if payload.last else (*others, call)[-CALLS_KEPT:]
    return replace(state, calls=calls, waiting=waiting)


def _rating_requested(state: State, payload: RatingRequested, event: Logged) -> State:
    return replace(state, rating_requested=True, rating_requested_at=event.at)


def _rating_given(state: State, payload: RatingGiven, event: Logged) -> State:
    return replace(state, rating=payload.score)


def _absent(state: State, payload: ContactAbsent, event: Logged) -> State:
    return replace(state, settle_asked=True)


def _delivery(state: State, payload: DeliveryUpdated, event: Logged) -> State:
    mark = DeliveryMark(payload.delivery_id, payload.state)
    others = tuple(one for one in state.deliveries if one.delivery_id != payload.delivery_id)
    return replace(state, deliveries=(*others, mark)[-DELIVERIES_KEPT:])


def _context(state: State, payload: ContextAttached, event: Logged) -> State:
    return state


STEPS: dict[type[Payload], Callable[[State, Any, Logged], State]] = {
    ContactIdentified: _identified,
    ContactAbsent: _absent,
    ContactErased: _contact_erased,
    HumanOffered: _offered,
    HumanOfferAnswered: _offer_answered,
    ConversationHandedOver: _handed_over,
    ExpectationChanged: _expectation,
    ConversationWithdrawn: _withdrawn,
    ConversationAssigned: _assigned,
    ConversationQueued: _queued,
    ConversationReleased: _released,
    ConversationHandedBack: _handed_back,
    ConversationSeen: _seen,
    ConversationResolved: _resolved,
    ConversationReopened: _reopened,
    ConversationSnoozed: _snoozed,
    ConversationWoken: _woken,
    ConversationTagged: _tagged,
    PriorityChanged: _priority,
    LeadCalled: _lead_called,
    LeadAcknowledged: _acknowledged,
    RatingRequested: _rating_requested,
    RatingGiven: _rating_given,
    ContextAttached: _context,
    DeliveryUpdated: _delivery,
}
