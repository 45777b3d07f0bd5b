"""Going through a playbook: from a step and a reply to what is said or done next. Pure and total."""

from collections.abc import Callable, Collection
from typing import Literal

from msgspec import Struct

from bots.dialogue.playbooks.model import Case, Playbook, Step
from bots.dialogue.playbooks.replies import usable
from bots.dialogue.playbooks.shelf import Place, Playbooks

Does = Literal["ask", "ask_again", "answer", "hand_over", "lost"]
NO_HOOKS: frozenset[str] = frozenset()


class Turn(Struct, frozen=True):
    """What a playbook does now: ask a step's question (again), answer, hand over; `lost` where the reply was no use twice.

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

    A hook nobody listens to is passed by way of its `without`, so that a playbook is useful without any integration.
    """
    step = playbook.step(step_id)
    if step is None or not step.ask:
        return Turn("lost", (step_id,))
    following = usable(step, text)
    if following is None:
        return Turn("lost" if again or not step.again else "ask_again", (step_id,))
    return _walk(playbook, following, hooks)


def _walk(playbook: Playbook, step_id: str, hooks: Collection[str]) -> Turn:
    path: list[str] = []
    while True:
        path.append(step_id)
        step = playbook.step(step_id)
        if step is None:
            return Turn("lost", tuple(path))
        if not step.call:
            return Turn(_does(step), tuple(path))
        step_id = step.next if step.call in hooks else step.without


def _does(step: Step) -> Does:
    if step.ask:
        return "ask"
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
    return [case.name for case in playbook.tests if not _holds(playbook, case, begin)]


def _holds(playbook: Playbook, case: Case, first: Callable[[Playbook], Turn]) -> bool:
    turn, path, again = first(playbook), list[str](), False
    path += turn.path
    for text in case.says:
        turn = proceed(playbook, turn.step_id, text, again=again)
        again = turn.does == "ask_again"
        path += turn.path
    ended = "ask" if turn.does == "ask_again" else turn.does
    return (tuple(path), ended) == (case.path, case.ends)
