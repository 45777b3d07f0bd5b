"""Rule sets as YAML, for teams that keep them in git: the safe loader, without aliases, within bounds."""

import re
from typing import Any, Final

import yaml

from funnel.core.errors import invalid
from funnel.escalation.rules.model import RuleSet, parse, plain

MOST_BYTES: Final = 1 << 20
_REPLACED: Final = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("timestamp", "int", "float"))


class _Loader(yaml.SafeLoader):
    """Plain data only. Anchors are refused: nothing in a rule set needs them, and a few nested ones unfold to gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.YAMLError("anchors and aliases are not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _ in node.value]
        if len(set(keys)) != len(keys):
            raise yaml.YAMLError("a key stands twice")
        return super().construct_mapping(node, deep)


# Times and days of a schedule stay the words they are: YAML 1.1 would read 22:30 as 1350 and 2026-12-01 as a date.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if tag not in _REPLACED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+)$"),
    list("-+.0123456789"),
)


def load_yaml(text: str | bytes) -> RuleSet:
    """Raises 422 `rules_too_large` above 1 MB, `yaml_invalid` for what is no YAML or uses anchors, else as `model.parse`."""
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise invalid("rules_too_large", "A rule set has at most 1 MB.")
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 - a subclass of the safe loader
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" near line {line + 1}" if line is not None else ""
        raise invalid("yaml_invalid", f"This is no plain YAML{where}; anchors are not allowed.") from None
    return parse(document)


def dump_yaml(rule_set: RuleSet) -> str:
    """The document as YAML, in its own order, readable in every language."""
    text: str = yaml.safe_dump(plain(rule_set), sort_keys=False, allow_unicode=True, width=110)
    return text
