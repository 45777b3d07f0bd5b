"""Turns a failed validation of the settings into one sentence that names the variable. Reads no environment."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from funnel.core.start_errors import SettingsError

PREFIX = "FUNNEL_"
SPECIAL: dict[tuple[str, ...], str] = {("database", "url"): "FUNNEL_DATABASE_URL"}


def variable(path: Iterable[str]) -> str:
    """The environment variable of the setting at `path`."""
    parts = tuple(path)
    return SPECIAL.get(parts) or PREFIX + "__".join(parts).upper()


def refuse_unknown(environment: Mapping[str, str], settings: type[BaseModel]) -> None:
    """Raises SettingsError when a FUNNEL_ variable names no setting: a typo must not be a silent default."""
    known = {variable(path) for path, _ in _fields(settings)}
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{name} is not a setting of Funnel.{hint}")


def explain(error: ValidationError, settings: type[BaseModel]) -> str:
    """One sentence for each wrong setting; never shows the value, which may be a secret."""
    fields = dict(_fields(settings))
    sentences = []
    for problem in error.errors(include_url=False, include_input=False):
        path = tuple(str(part) for part in problem["loc"][:2])
        if not path:
            sentences.append(str(problem.get("ctx", {}).get("error", problem["msg"])))
        elif problem["type"] == "extra_forbidden":
            sentences.append(f"{variable(path)} is not a setting of Funnel.")
        elif problem["type"] == "value_error":
            sentences.append(f"{variable(path)} {problem['ctx']['error']}.")
        else:
            field = fields.get(path)
            wanted = _wanted(field) if field is not None else "a group of settings"
            sentences.append(f"{variable(path)} must be {wanted}.")
    return " ".join(dict.fromkeys(sentences))


def _fields(
    model: type[BaseModel], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _fields(kind, (*above, name))
        else:
            yield (*above, name), field


def _wanted(field: FieldInfo) -> str:
    kinds: tuple[Any, ...] = get_args(field.annotation) or (field.annotation,)
    if all(isinstance(kind, str) for kind in kinds):
        return "one of " + ", ".join(kinds)
    for kind, words in (
        (bool, "true or false"),
        (int, "a whole number"),
        (float, "a number"),
        (Path, "a path"),
    ):
        if kind in kinds:
            return words + _bounds(field.metadata)
    return "a text that is not empty"


def _bounds(metadata: list[Any]) -> str:
    low: str | None = None
    high: str | None = None
    for rule in metadata:
        if isinstance(rule, Ge):
            low = f"{rule.ge}"
        elif isinstance(rule, Gt):
            low = f"more than {rule.gt}"
        elif isinstance(rule, Le):
            high = f"{rule.le}"
        elif isinstance(rule, Lt):
            high = f"less than {rule.lt}"
    if low is None or high is None:
        return ""
    return f" between {low} and {high}" if not low.startswith("more") else f" {low} and at most {high}"
