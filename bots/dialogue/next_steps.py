"""The next steps of an article as buttons under its answer: a link, a playbook, a person."""

from collections.abc import Iterator

from bots.dialogue.hearing import Candidate
from bots.dialogue.playbooks import PLAYBOOK, Playbooks
from bots.dialogue.scene import Scene
from funnel.conversations.state import State
from funnel.conversations.values import LINK, QuickReply
from kb.articles import NextStep, StepKind

PERSON = ("chip_person", "human")


def step_chips(state: State, scene: Scene, playbooks: Playbooks, answer: Candidate) -> tuple[QuickReply, ...]:
    """The buttons of an answer's article, in the writer's order. A playbook that is not there any more is left out, and so
    is a person where one is waited for already.
    """
    return tuple(_chips(state, scene, playbooks, answer.next_steps))


def _chips(
    state: State, scene: Scene, playbooks: Playbooks, steps: tuple[NextStep, ...]
) -> Iterator[QuickReply]:
    for step in steps:
        match step.kind:
            case StepKind.LINK:
                yield QuickReply(step.label or step.target, LINK + step.target)
            case StepKind.PLAYBOOK:
                title = playbooks.words_of(PLAYBOOK + step.target, state.locale)
                if title is not None:
                    yield QuickReply(step.label or title, PLAYBOOK + step.target)
            case StepKind.PERSON if state.owner.kind == "bot":
                yield QuickReply(step.label or scene.line(state.locale, PERSON[0]), PERSON[1])
