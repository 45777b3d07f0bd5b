"""Markdown files with YAML front matter to articles; what is wrong with a file is said with its line. Pure."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
import yaml

from funnel.core.errors import FunnelError
from funnel.core.ids import is_id
from funnel.core.locales import canonical_locale
from kb.articles import ArticleContent, Audience, NextStep, Status, StepKind, checked

_FENCE: Final = "---"
_LONGEST_HEADER: Final = 65_536
_MOST_BRACKETS: Final = 400


class Problem(msgspec.Struct, frozen=True):
    """Something that keeps a file from being imported: its line (from 1) and a sentence; input is not echoed."""

    line: int
    message: str


class Draft(msgspec.Struct, frozen=True):
    """A text read without a problem. `key` names the translation group and `source` where the article comes from, where
    they are given.
    """

    content: ArticleContent
    key: str | None
    source: str | None = None


class _RefusedError(Exception):
    """A value that cannot be taken; the words say why."""


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null":
        raise _RefusedError("takes a text")
    return str(node.value)


def _texts(node: yaml.Node) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise _RefusedError("takes a list of texts")
    return tuple(_text(item) for item in node.value)


def _locale(node: yaml.Node) -> str:
    if (locale := canonical_locale(_text(node))) is None:
        raise _RefusedError("takes a BCP 47 tag of a known language")
    return locale


def _audience(node: yaml.Node) -> Audience:
    try:
        return Audience(_text(node))
    except ValueError:
        raise _RefusedError("takes public or agents") from None


def _status(node: yaml.Node) -> Status:
    try:
        return Status(_text(node))
    except ValueError:
        raise _RefusedError("takes draft, published, archived or quarantined") from None


def _sites(node: yaml.Node) -> tuple[str, ...]:
    sites = _texts(node)
    if not all(map(is_id, sites)):
        raise _RefusedError("takes ids of sites")
    return sites


def _day(node: yaml.Node) -> date:
    try:
        return date.fromisoformat(_text(node))
    except ValueError:
        raise _RefusedError("takes a date such as 2026-01-31") from None


def _moment(node: yaml.Node) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(node))
    except ValueError:
        raise _RefusedError("takes a time such as 2026-01-31T08:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _truth(node: yaml.Node) -> bool:
    if (word := _text(node).lower()) not in ("true", "false"):
        raise _RefusedError("takes true or false")
    return word == "true"


def _steps(node: yaml.Node) -> tuple[NextStep, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise _RefusedError("takes a list of steps")
    return tuple(map(_step, node.value))


def _step(node: yaml.Node) -> NextStep:
    if not isinstance(node, yaml.MappingNode):
        raise _RefusedError("takes steps of kind, label and target")
    fields = {_text(key): _text(value) for key, value in node.value}
    try:
        return NextStep(StepKind(fields.pop("kind", "")), fields.pop("label", ""), fields.pop("target", ""))
    except ValueError:
        raise _RefusedError("takes steps of kind link, playbook or person") from None


_KEYS: Final[dict[str, Callable[[yaml.Node], Any]]] = {
    "title": _text,
    "slug": _text,
    "locale": _locale,
    "key": _text,
    "tags": _texts,
    "audience": _audience,
    "status": _status,
    "sites": _sites,
    "url_patterns": _texts,
    "short_answer": _text,
    "example_questions": _texts,
    "product": _text,
    "review_by": _day,
    "publish_at": _moment,
    "unpublish_at": _moment,
    "owner_id": _text,
    "safety": _truth,
    "next_steps": _steps,
    "source": _text,
}
_NEEDED: Final = ("title", "locale")


def has_front_matter(text: str) -> bool:
    """Whether a text begins as a file with front matter does."""
    return text.removeprefix("\ufeff").partition("\n")[0].rstrip() == _FENCE


def read(text: str) -> Draft | tuple[Problem, ...]:
    """The article in a file, or every problem found in it. Articles are published unless the file says otherwise."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != _FENCE:
        return (Problem(1, "The file does not begin with front matter (a line with ---)."),)
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        return (Problem(1, "The front matter is not closed by a line with ---."),)
    header = "\n".join(lines[1:end])
    if len(header) > _LONGEST_HEADER:
        return (Problem(1, "The front matter is longer than 65,536 characters."),)
    fields, places, problems = _header(header)
    problems += [Problem(1, f"`{name}` is missing.") for name in _NEEDED if name not in places]
    body = "\n".join(lines[end + 1 :]).strip("\n")
    if not body.strip():
        problems.append(Problem(end + 1, "There is no text below the front matter."))
    if problems:
        return tuple(sorted(problems, key=lambda problem: problem.line))
    return _draft(fields, places, body, end + 2)


def _header(header: str) -> tuple[dict[str, Any], dict[str, int], list[Problem]]:
    """Values and lines by key, and what is wrong. Nodes are read without building objects: no tag, no alias expands."""
    if header.count("[") + header.count("{") > _MOST_BRACKETS:  # reading nested ones takes quadratic time
        return {}, dict.fromkeys(_NEEDED, 1), [Problem(1, "The front matter has more than 400 brackets.")]
    try:
        root = yaml.compose(header, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return (
            {},
            dict.fromkeys(_NEEDED, 1),
            [Problem(mark.line + 2 if mark else 1, "The front matter is not YAML.")],
        )
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}, dict.fromkeys(_NEEDED, 1), [Problem(1, "The front matter is not YAML.")]
    if not isinstance(root, yaml.MappingNode):
        return (
            {},
            dict.fromkeys(_NEEDED, 1),
            [Problem(2, "The front matter is not a list of keys and values.")],
        )
    fields: dict[str, Any] = {}
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for key_node, value_node in root.value:
        line = key_node.start_mark.line + 2
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
        if key not in _KEYS:
            problems.append(Problem(line, f"This key is not known; the known ones are {', '.join(_KEYS)}."))
        elif key in places:
            problems.append(Problem(line, f"`{key}` is given twice."))
        else:
            places[key] = line
            try:
                fields[key] = _KEYS[key](value_node)
            except _RefusedError as refusal:
                problems.append(Problem(value_node.start_mark.line + 2, f"`{key}` {refusal}."))
    return fields, places, problems


def _draft(
    fields: dict[str, Any], places: dict[str, int], body: str, first_line: int
) -> Draft | tuple[Problem, ...]:
    key, source = fields.pop("key", None), fields.pop("source", None)
    fields.setdefault("status", Status.PUBLISHED)
    try:
        return Draft(checked(ArticleContent(body=body, **fields)), key, source)
    except FunnelError as error:
        field = str(error.params.get("field", ""))
        return (Problem(places.get(field, first_line if field == "body" else 1), error.detail),)
