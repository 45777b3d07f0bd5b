"""Going through a playbook: from a step and a reply to what is said or done next. Pure and total."""

from collections.abc import Collection, Mapping
from typing import Literal

from msgspec import Struct

from bots.dialogue.playbooks.hook_values import HookAnswerError, told
from bots.dialogue.playbooks.model import Case, Playbook, Step
from bots.dialogue.playbooks.replies import usable
from bots.dialogue.playbooks.shelf import Place, Playbooks

Does = Literal["ask", "ask_again", "answer", "hand_over", "call", "lost"]
NO_HOOKS: frozenset[str] = frozenset()


class Turn(Struct, frozen=True):
    """What a playbook does now: ask a step's question (again), answer, hand over, or wait for a hook it calls; `lost` where the
    reply was no use twice.

    `path` are the steps gone through in this turn, the last one is where it stands.
    """

    does: Does
    path: tuple[str, ...]

    @property
    def step_id(self) -> str:
        """Where it stands."""
        return self.path[-1]


def begin(playbook: Playbook, hooks: Collection[str] = NO_HOOKS) -> Turn:
    """The first step."""
    return _walk(playbook, playbook.steps[0].id, hooks)


def proceed(
    playbook: Playbook, step_id: str, text: str, *, again: bool, hooks: Collection[str] = NO_HOOKS
) -> Turn:
    """What follows on a reply to a step's question; `again` is whether it was asked twice already.

    A hook nobody has registered is passed by way of its `without`, so that a playbook is useful without any integration.
    """
    step = playbook.step(step_id)
    if step is None or not step.ask:
        return Turn("lost", (step_id,))
    following = usable(step, text)
    if following is None:
        return Turn("lost" if again or not step.again else "ask_again", (step_id,))
    return _walk(playbook, following, hooks)


def after_call(
    playbook: Playbook, step_id: str, *, answered: bool, hooks: Collection[str] = NO_HOOKS
) -> Turn:
    """What follows on a call; `answered` is whether the hook gave what it must."""
    step = playbook.step(step_id)
    if step is None or not step.call:
        return Turn("lost", (step_id,))
    return _walk(playbook, step.next if answered else step.without, hooks)


def _walk(playbook: Playbook, step_id: str, hooks: Collection[str]) -> Turn:
    path: list[str] = []
    while True:
        path.append(step_id)
        step = playbook.step(step_id)
        if step is None:
            return Turn("lost", tuple(path))
        if not step.call or step.call in hooks:
            return Turn(_does(step), tuple(path))
        step_id = step.without


def _does(step: Step) -> Does:
    if step.ask:
        return "ask"
    if step.call:
        return "call"
    return "answer" if step.answer else "hand_over"


def opening_place(playbooks: Playbooks, key: str) -> Place | None:
    """Where a rule leads a contact in: the first question; None for a playbook that is not there or does not begin by asking."""
    book = playbooks.find(Place(key))
    if book is None:
        return None
    turn = begin(book)
    return Place(key, turn.step_id, version=book.version) if turn.does == "ask" else None


def guides(playbooks: Playbooks) -> list[str]:
    """Keys of the playbooks that a rule can lead a contact into."""
    return [key for key in sorted(playbooks.live) if opening_place(playbooks, key) is not None]


def failures(playbook: Playbook) -> list[str]:
    """The names of the document's tests that do not hold."""
    return [case.name for case in playbook.tests if not _holds(playbook, case)]


def _holds(playbook: Playbook, case: Case) -> bool:
    hooks = frozenset(case.calls)
    turn = _answered(playbook, begin(playbook, hooks), case)
    path, again = list(turn.path), False
    for text in case.says:
        turn = proceed(playbook, turn.step_id, text, again=again, hooks=hooks)
        again = turn.does == "ask_again"
        turn = _answered(playbook, turn, case)
        path += turn.path
    ended = "ask" if turn.does == "ask_again" else turn.does
    return (tuple(path), ended) == (case.path, case.ends)


def _answered(playbook: Playbook, turn: Turn, case: Case) -> Turn:
    """The turn once every hook it calls has said what the test gives for it."""
    while turn.does == "call" and (step := playbook.step(turn.step_id)) is not None:
        after = after_call(
            playbook, step.id, answered=is_whole(step, _values(case, step)), hooks=frozenset(case.calls)
        )
        turn = Turn(after.does, (*turn.path, *after.path))
    return turn


def _values(case: Case, step: Step) -> dict[str, str] | None:
    values = case.calls.get(step.call)
    try:
        return told(values) if values is not None else None
    except HookAnswerError:
        return None


def is_whole(step: Step, values: Mapping[str, str] | None) -> bool:
    """Whether a hook gave all that the step's call must."""
    return values is not None and all(values.get(name) for name in step.gives)
