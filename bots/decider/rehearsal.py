"""Judging without storing: a contact's messages played to a judge turn by turn, as rule tests and *evaluate* need it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.decider.judge import FunnelJudge
from bots.decider.pinned import Bundle
from funnel.conversations.commands import Opening, PostMessage, TimerDue
from funnel.conversations.events import Logged, MessageCreated, is_visible
from funnel.conversations.fold import fold
from funnel.conversations.judgement import BurstText, Decided, Moment
from funnel.conversations.state import State
from funnel.conversations.timers import next_due
from funnel.conversations.values import SYSTEM, Actor
from funnel.core.ids import IdSource, new_id

APART = timedelta(seconds=60)
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""A Monday morning: rehearsals that nobody dates happen then, so that they always end the same."""


class Rehearsal:
    """One conversation that is never stored. Messages come a minute apart, so that each is a burst and a turn of its own;
    where the bot would wait for the rest of a burst, the wait is over at once. Not shared between tasks.
    """

    def __init__(
        self,
        bundle: Bundle,
        opening: Opening,
        *,
        state: State | None = None,
        at: datetime = START,
        texts: tuple[BurstText, ...] = (),
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        self.judge = FunnelJudge(bundle)
        self.state = state
        self.at = at
        self.last: tuple[Logged, ...] = ()
        self.decided = Decided()
        self._opening = opening
        self._texts = {one.seq: one for one in texts}
        self._attributes = dict(attributes or {})
        self._id = state.id if state is not None else new_id()

    def says(self, text: str) -> Decided:
        """The contact's next message; returns the turn that answers it."""
        self.at += APART
        command = PostMessage(
            command_id=new_id(),
            actor=Actor("contact", self._opening.contact_id),
            opening=self._opening,
            text=text,
        )
        decided = self._turn(command)
        if decided.record is None and self.state is not None and self.state.deferred_until is not None:
            due = next_due(self.state)
            self.at = due if due is not None else self.at
            decided = self._turn(TimerDue(command_id=new_id(), actor=SYSTEM, generation=1))
        return decided

    def let_pass(self, span: timedelta) -> None:
        """Time goes by, and what is due meanwhile happens."""
        end = self.at + span
        while self.state is not None:
            due = next_due(self.state)
            if due is None or due > end:
                break
            self.at = max(self.at, due)
            self._turn(TimerDue(command_id=new_id(), actor=SYSTEM, generation=1))
        self.at = end

    def _turn(self, command: PostMessage | TimerDue) -> Decided:
        state, turn_id = self.state, new_id()
        seqs = state.burst.seqs if state is not None and state.burst is not None else ()
        burst = tuple(self._texts[seq] for seq in seqs if seq in self._texts)
        ids = IdSource(turn_id, self.at)
        moment = Moment(self.at, turn_id, ids, self._id, burst, attributes=self._attributes)
        self.decided = self.judge.decide(command, state, self.judge.prepare(command, state, moment), moment)
        self._fold(self.decided, turn_id)
        return self.decided

    def _fold(self, decided: Decided, turn_id: str) -> None:
        logged: list[Logged] = []
        for draft in decided.drafts:
            before = self.state
            event = Logged(
                id=new_id(),
                turn_id=turn_id,
                conversation_id=self._id,
                seq=before.last_seq + 1 if before else 1,
                prev_visible=before.last_visible_seq if before else 0,
                at=self.at,
                type=draft.payload.TYPE,
                actor=draft.actor,
                visible=is_visible(draft.payload),
                payload=draft.payload,
            )
            self.state = fold(before, event)
            logged.append(event)
            if isinstance(draft.payload, MessageCreated):
                self._texts[event.seq] = BurstText(event.seq, draft.payload.message_id, draft.payload.text)
        self.last = tuple(logged)
