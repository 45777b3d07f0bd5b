"""The judge that the pipeline is given: prepare, decide and the way out when either breaks."""

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from bots.decider import agents, contact, deliveries, failure, feedback, hooks, marks, resending, timers
from bots.decider.personal import personal
from bots.decider.pinned import Bundle
from bots.decider.prepare import prepare
from bots.dialogue.hearing import Found, Prepared
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.channels.manners import manners_of
from funnel.conversations.commands import (
    Acknowledge,
    AddNote,
    AgentAbsent,
    AnswerOffer,
    AskHuman,
    Assign,
    ChangeTags,
    Claim,
    Command,
    DeleteMessage,
    EditMessage,
    EraseContact,
    GiveRating,
    HandBack,
    IdentifyContact,
    MarkSeen,
    NoteJoined,
    NoteRedirected,
    NoteUnseen,
    Notify,
    PostMessage,
    RateAnswer,
    Redact,
    Release,
    Reopen,
    Reply,
    Resolve,
    SendAgain,
    SetPriority,
    Snooze,
    TellHookResult,
    TimerDue,
    UpdateAttachment,
    UpdateDelivery,
)
from funnel.conversations.judgement import Decided, Moment
from funnel.conversations.state import State
from funnel.core.errors import not_found

WEB: Final = "web"

ByContact = Callable[[Any, State | None, Prepared, Scene], Script]
ByAgent = Callable[[Any, State, Scene], Script]

BY_CONTACT: Final[dict[type[Command], ByContact]] = {
    PostMessage: contact.post_message,
    AskHuman: contact.ask_human,
    RateAnswer: feedback.rate_answer,
    AnswerOffer: feedback.choose_offer,
    GiveRating: feedback.give_rating,
    IdentifyContact: feedback.identify,
}
BY_AGENT: Final[dict[type[Command], ByAgent]] = {
    Claim: agents.claim,
    Assign: agents.assign,
    Release: agents.release,
    HandBack: agents.hand_back,
    AgentAbsent: agents.absent,
    Reply: agents.reply,
    AddNote: agents.add_note,
    Resolve: agents.end,
    Reopen: agents.reopen_by_agent,
    MarkSeen: marks.mark_seen,
    Acknowledge: marks.acknowledge,
    ChangeTags: marks.change_tags,
    SetPriority: marks.set_priority,
    Snooze: marks.snooze,
    Redact: marks.redact,
    EraseContact: marks.erase_contact,
    EditMessage: deliveries.edited,
    DeleteMessage: deliveries.deleted,
    UpdateAttachment: deliveries.attachment_updated,
    UpdateDelivery: deliveries.updated,
    SendAgain: resending.send_again,
    NoteUnseen: deliveries.unseen,
    NoteJoined: marks.note_joined,
    NoteRedirected: resending.note_redirected,
}


class FunnelJudge:
    """Judges every command with one pinned bundle. Pure; the same inputs always give the same events."""

    __slots__ = ("_bundle",)

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    @property
    def activation(self) -> int:
        """The activation of the pinned rule set."""
        return self._bundle.rules.activation

    def prepare(self, command: Command, state: State | None, moment: Moment) -> Prepared:
        """Signals and candidates of what the command says."""
        site_id = self._site_of(command, state)

        def search(text: str, locale: str) -> Found:
            return self._bundle.find(site_id, text, locale)

        heard = prepare(command, state, moment, self._bundle.ears, search, self._bundle.knowledge.revision)
        heard = replace(heard, playbooks=self._bundle.playbooks)
        site = self._bundle.directory.sites.get(site_id)
        return personal(heard, state, site, moment, lambda: self._wait(command, state, moment))

    def decide(self, command: Command, state: State | None, prepared: object, moment: Moment) -> Decided:
        """The events of this turn. Raises FunnelError where the command is refused."""
        scene = self._scene(command, state, moment)
        decided = self._decide(command, state, prepared, moment, scene)
        return deliveries.with_deliveries(decided, _channel(command, state), moment, scene.manners)

    def _decide(
        self, command: Command, state: State | None, prepared: object, moment: Moment, scene: Scene
    ) -> Decided:
        heard = prepared if isinstance(prepared, Prepared) else self.prepare(command, state, moment)
        by_contact = BY_CONTACT.get(type(command))
        if by_contact is not None:
            return by_contact(command, state, heard, scene).done()
        if isinstance(command, Notify):
            return marks.notify(command, state, scene).done()
        if state is None:
            raise not_found("conversation")
        if isinstance(command, TellHookResult):
            return hooks.hook_told(command, state, heard, scene).done()
        if isinstance(command, TimerDue):
            return timers.timers_due(state, heard, scene).done()
        return BY_AGENT[type(command)](command, state, scene).done()

    def failed(self, command: Command, state: State | None, moment: Moment) -> Decided:
        """The message, a person and a receipt, without anything that may have broken."""
        decided = failure.failed(command, state, moment)
        channel = _channel(command, state)
        return deliveries.with_deliveries(decided, channel, moment, manners_of(channel))

    def _wait(self, command: Command, state: State | None, moment: Moment) -> float | None:
        """Seconds until a person would reply to this contact, by the estimates that are pinned; None where nobody can say."""
        opening = command.opening
        queue_id = (
            state.home_queue_id if state is not None else opening.queue_id if opening is not None else ""
        )
        outlook = self._scene(command, state, moment).outlook
        expected = outlook.promise(outlook.home_queue(queue_id), moment.at).expected_reply_at
        return (expected - moment.at).total_seconds() if expected is not None else None

    def _site_of(self, command: Command, state: State | None) -> str:
        if state is not None:
            return state.site_id
        return command.opening.site_id if command.opening is not None else ""

    def _scene(self, command: Command, state: State | None, moment: Moment) -> Scene:
        if state is not None:
            return self._bundle.scene(state.site_id, state.inbox_id, state.channel, moment)
        opening = command.opening
        if opening is None:
            return self._bundle.scene("", "", "web", moment)
        return self._bundle.scene(opening.site_id, opening.inbox_id, opening.channel, moment)


def _channel(command: Command, state: State | None) -> str:
    if state is not None:
        return state.channel
    return command.opening.channel if command.opening is not None else WEB
