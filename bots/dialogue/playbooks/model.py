"""A playbook as a document: steps that ask, branch, call an integrator's hook, answer or hand over; and its tests."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec
import yaml

from bots.dialogue.playbooks.hook_values import VALUE_NAME, Value
from funnel.core.locales import CATALOGUE_LOCALES
from kb.variables import named

Expect = Literal["order_number", "email", "yes_no", "choice", "text"]
Ending = Literal["ask", "answer", "hand_over"]
Words = dict[str, str]
MOST_STEPS: Final = 50
LONGEST_WORDS: Final = 1_000
LONGEST_DOCUMENT: Final = 100_000
CALL_SECONDS: Final = 10
MOST_CALL_SECONDS: Final = 30
LONGEST_HOOK: Final = 60
_KEY: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the replies a step offers, by what it is called in each locale, and the step that follows."""

    label: Words
    next: str


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step does one thing: `ask` (with `expect` and what follows), `call` a hook, `answer`, or `hand_over`.

    `again` is said once where the reply cannot be used. `yes` and `no` are the steps after a `yes_no` question. With a call go
    the replies to the steps in `send`; an answer that has all of `gives` leads to `next`, whose words may say them as variables,
    and anything else, or nothing within `seconds`, to `without`.
    """

    id: str
    ask: Words = {}
    expect: Expect = "text"
    again: Words = {}
    options: tuple[Option, ...] = ()
    call: str = ""
    send: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    seconds: int = CALL_SECONDS
    without: str = ""
    answer: Words = {}
    hand_over: bool = False
    next: str = ""
    yes: str = ""
    no: str = ""

    def after(self) -> list[str]:
        """Every step that may follow."""
        named = (self.next, self.yes, self.no, self.without, *(option.next for option in self.options))
        return [name for name in named if name]


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A test of the document: what a contact says one after the other, and the steps that must be gone through. `calls` are what
    hooks answer in it (null: nothing in time); one that is not named there is not registered."""

    name: str
    says: tuple[str, ...]
    path: tuple[str, ...]
    ends: Ending
    calls: dict[str, dict[str, Value] | None] = {}


class Playbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document. `version` is given where it is stored: the one a conversation began with is the one it ends with."""

    key: str
    title: Words
    steps: tuple[Step, ...]
    tests: tuple[Case, ...]
    version: int = 1

    def step(self, step_id: str) -> Step | None:
        """The step of this id."""
        return next((one for one in self.steps if one.id == step_id), None)


class PlaybookError(ValueError):
    """The document cannot be used; the sentences say why."""


def load(text: str) -> Playbook:
    """The playbook of a YAML document. Raises PlaybookError with every fault that is found."""
    playbook = read(text)
    if problems := [fault.message for fault in faults(playbook)]:
        raise PlaybookError(" ".join(problems))
    return playbook


def read(text: str) -> Playbook:
    """The playbook of a YAML document, whatever its faults. Raises PlaybookError where it is none at all."""
    if len(text) > LONGEST_DOCUMENT:
        raise PlaybookError(f"A playbook is at most {LONGEST_DOCUMENT} characters long.")
    try:
        return msgspec.convert(yaml.safe_load(text), Playbook)
    except (yaml.YAMLError, msgspec.ValidationError, RecursionError) as error:
        raise PlaybookError(f"The document is no playbook: {error}") from error


class Fault(msgspec.Struct, frozen=True):
    """What is wrong, and with which step by its place; None: with the document."""

    message: str
    step: int | None = None


def faults(playbook: Playbook) -> Iterator[Fault]:
    """What is wrong with a playbook: steps that are not there, texts that are missing, ways that never end."""
    yield from map(Fault, _faults(playbook))
    ids = {step.id for step in playbook.steps}
    for place, step in enumerate(playbook.steps):
        yield from (Fault(message, place) for message in _faults_of(step, ids))
        yield from (Fault(message, place) for message in _faults_of_call(step, playbook))
        yield from (Fault(message, place) for message in _unsaid(step, playbook))


def _faults(playbook: Playbook) -> Iterator[str]:
    ids = [step.id for step in playbook.steps]
    if not playbook.key or not _KEY.issuperset(playbook.key):
        yield "A key is made of a-z, 0-9, - and _."
    if not 1 <= len(ids) <= MOST_STEPS or len(set(ids)) != len(ids):
        yield f"A playbook has 1 to {MOST_STEPS} steps, each with an id of its own."
    if not set(CATALOGUE_LOCALES) <= playbook.title.keys():
        yield f"The title is missing in one of {', '.join(CATALOGUE_LOCALES)}."
    if ids and _circular(playbook):
        yield "Steps that ask nothing follow each other in a circle."
    if not playbook.tests:
        yield "A playbook has a test at least."


def _faults_of(step: Step, ids: set[str]) -> Iterator[str]:
    does = [bool(step.ask), bool(step.call), bool(step.answer), step.hand_over]
    if sum(does) != 1:
        yield f"Step {step.id} must do one thing: ask, call, answer or hand_over."
    if not step.id or not _KEY.issuperset(step.id):
        yield "The id of a step is made of a-z, 0-9, - and _."
    yield from (
        f"Step {step.id} names a step {name} that is not there." for name in step.after() if name not in ids
    )
    for words in (step.ask, step.again, step.answer, *(option.label for option in step.options)):
        if words and not set(CATALOGUE_LOCALES) <= words.keys():
            yield f"A text of step {step.id} is missing in one of {', '.join(CATALOGUE_LOCALES)}."
        if any(len(text) > LONGEST_WORDS for text in words.values()):
            yield f"A text of step {step.id} is longer than {LONGEST_WORDS} characters."
    needed: Mapping[str, bool] = {
        "yes_no": bool(step.yes and step.no), "choice": len(step.options) >= 2, "call": bool(step.next and step.without)
    }  # fmt: skip
    kind = "call" if step.call else step.expect
    if (step.ask or step.call) and not needed.get(kind, bool(step.next)):
        yield f"Step {step.id} does not say what follows."


def _faults_of_call(step: Step, playbook: Playbook) -> Iterator[str]:
    if not step.call:
        if step.send or step.gives or step.seconds != CALL_SECONDS or step.without:
            yield f"Step {step.id} calls nothing: send, gives, seconds and without belong to a call."
        return
    if not _KEY.issuperset(step.call) or len(step.call) > LONGEST_HOOK:
        yield f"The hook of step {step.id} is named with a-z, 0-9, - and _, {LONGEST_HOOK} at most."
    if not 1 <= step.seconds <= MOST_CALL_SECONDS:
        yield f"Step {step.id} waits for 1 to {MOST_CALL_SECONDS} seconds."
    asked = {one.id for one in playbook.steps if one.ask}
    yield from (
        f"Step {step.id} sends the reply to {name}, which asks nothing."
        for name in step.send
        if name not in asked
    )
    yield from (
        f"Step {step.id} gives {name}: a value is named with a-z and _."
        for name in step.gives
        if VALUE_NAME.fullmatch(name) is None
    )


def _unsaid(step: Step, playbook: Playbook) -> Iterator[str]:
    """Values are known where the answer to a call leads, and nowhere else: no state and no message keeps them."""
    given = {name for one in playbook.steps if one.call and one.next == step.id for name in one.gives}
    later = [text for words in (step.again, *(one.label for one in step.options)) for text in words.values()]
    wanted = [name for words in (step.ask, step.answer) for text in words.values() for name in named(text)]
    wanted = [name for name in wanted if name not in given] + [name for text in later for name in named(text)]
    yield from (
        f"Step {step.id} says {{{{{name}}}}}, which no call right before it gives."
        for name in dict.fromkeys(wanted)
    )


def _circular(playbook: Playbook) -> bool:
    silent = {step.id: [step.without, step.next] for step in playbook.steps if step.call}
    for start in silent:
        seen, open_steps = set[str](), [start]
        while open_steps:
            for name in silent.get(open_steps.pop(), ()):
                if name == start:
                    return True
                if name in silent and name not in seen:
                    seen.add(name)
                    open_steps.append(name)
    return False
