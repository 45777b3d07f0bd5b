"""Closing and coming back: how an episode ends, when a rating is asked for, who takes a contact that returns."""

from datetime import timedelta
from typing import Final, Literal

from bots.dialogue.handover import receipt_text
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.events import (
    ConversationAssigned,
    ConversationQueued,
    ConversationReopened,
    ConversationResolved,
    RatingRequested,
)
from funnel.conversations.state import State, reachable
from funnel.conversations.values import SYSTEM, Actor, AgentRef, How, NeedMet, QuickReply

WEB: Final = "web"
RATING: Final = "rating:"
BEST_RATING: Final = 5
THANKS_FOR = timedelta(hours=72)
REOPENS_FOR = timedelta(days=7)
RATING_PAUSE = timedelta(days=14)


def resolve(
    script: Script,
    scene: Scene,
    actor: Actor,
    *,
    by: Literal["contact", "bot", "agent", "system"],
    how: How,
    need_met: NeedMet,
    disposition: str | None = None,
) -> None:
    """Ends the episode and asks for a rating where one is due."""
    state = script.state
    rated = how in ("agent", "confirmed") and scene.manners.survey and _rating_due(script, state)
    script.add(ConversationResolved(by, how, need_met, disposition), actor)
    if rated:
        _ask_rating(script, scene)


def _ask_rating(script: Script, scene: Scene) -> None:
    """The website shows its own stars; elsewhere it is asked in words, where they still arrive."""
    locale = script.state.locale
    if script.state.channel == WEB:
        script.add(RatingRequested())
    elif reachable(script.state, script.moment.at):
        script.add(RatingRequested())
        chips = tuple(QuickReply(str(score), f"{RATING}{score}") for score in range(1, BEST_RATING + 1))
        script.announce(scene.line(locale, "rating"), "notice", chips)


def _rating_due(script: Script, state: State) -> bool:
    """Once in fourteen days, never after danger."""
    if state.episode.urgent or "safety" in state.tags:
        return False
    asked = state.rating_requested_at
    return asked is None or script.moment.at - asked >= RATING_PAUSE


def within(state: State, script: Script, span: timedelta) -> bool:
    """Whether the conversation was closed no longer than `span` ago."""
    return state.closing is not None and script.moment.at - state.closing.at <= span


def had_person(state: State) -> bool:
    """Whether a person had the episode that ended."""
    return state.owner.kind == "agent" or (state.closing is not None and state.closing.by == "agent")


def reopen(script: Script, scene: Scene, actor: Actor, *, to_people: bool = False) -> None:
    """A new episode for a contact who came back: to the last agent if online with room, else to that queue where a person
    had it, else to the bot. `to_people`: the caller hands over itself, so the bot keeps it until then."""
    before = script.state
    script.add(ConversationReopened("contact"), actor)
    if to_people or not had_person(before):
        return
    if before.last_agent_id is not None and scene.outlook.has_room(before.last_agent_id):
        agent = AgentRef(name=before.last_agent_name or "", id=before.last_agent_id)
        script.add(ConversationAssigned(agent, "reopen", before.queue_id), SYSTEM)
        return
    to_queue_again(script, scene)


def to_queue_again(script: Script, scene: Scene) -> None:
    """Back among the waiting, with a receipt: the bot does not come between a contact and the people who know it."""
    queue_id = scene.outlook.home_queue(script.state.queue_id)
    promise = scene.outlook.promise(queue_id, script.moment.at)
    script.add(ConversationQueued(queue_id, "reopen", promise.expected_reply_at), SYSTEM)
    if scene.manners.receipt_again:
        script.announce(receipt_text(script, scene, promise), "receipt")
