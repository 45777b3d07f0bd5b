"""What a writer is told while a playbook is written: each fault with its line, and the tests that do not hold. Pure."""

import re
from collections.abc import Iterator
from typing import Final

import yaml
from msgspec import Struct

from bots.dialogue.playbooks.model import Playbook, PlaybookError, faults, read
from bots.dialogue.playbooks.run import failures

_PATH: Final = re.compile(r"`\$((?:\.\w+|\[\d+\]|\[\.\.\.\])*)`")
_PART: Final = re.compile(r"\.(\w+)|\[(\d+)\]")
Path = tuple[str | int, ...]


class LintProblem(Struct, frozen=True):
    """A fault, in a sentence, and the line it stands in (from 1)."""

    line: int
    message: str


class Lint(Struct, frozen=True):
    """What is wrong with a document; it may be published where nothing is. `playbook` is None where it is none."""

    playbook: Playbook | None
    problems: tuple[LintProblem, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether it may be published."""
        return self.playbook is not None and not self.problems and not self.failed


def lint(text: str) -> Lint:
    """Everything that can be said of a document. Never raises; its tests are run only where it has no other fault."""
    try:
        playbook = read(text)
    except PlaybookError as error:
        return Lint(None, (LintProblem(_line_of_error(text, error), str(error)),))
    problems = tuple(_problems(text, playbook))
    return Lint(playbook, problems, () if problems else tuple(failures(playbook)))


def _problems(text: str, playbook: Playbook) -> Iterator[LintProblem]:
    for fault in faults(playbook):
        path: Path = ("steps", fault.step) if fault.step is not None else ()
        yield LintProblem(_line(text, path), fault.message)


def _line_of_error(text: str, error: PlaybookError) -> int:
    cause = error.__cause__
    mark = getattr(cause, "problem_mark", None)
    if mark is not None:
        return int(mark.line) + 1
    found = _PATH.search(str(cause))
    parts = _PART.findall(found[1]) if found else []
    return _line(text, tuple(name or int(number) for name, number in parts))


def _line(text: str, path: Path) -> int:
    """Where a part of the document stands, or the nearest part around it that is there."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return 1
    line = 1
    for part in path:
        node = _child(node, part)
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: yaml.Node = node.value[part]
        return child
    return None
