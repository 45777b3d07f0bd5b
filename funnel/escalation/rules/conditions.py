"""The typed condition tree: `all`, `any`, `not`, `at_least`, and leaves that compare one fact. Closed, typed, bounded."""

import re
from typing import Annotated, Any, Final, Literal

import re2
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

MOST_PATTERN: Final = 500
MOST_CHILDREN: Final = 50
MOST_WORDS: Final = 200
MOST_HISTORY: Final = 8
PATTERN_MEMORY: Final = 4 << 20
_DURATION: Final = re.compile(r"^([1-9][0-9]{0,4})([smhd])$")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}

Operator = Literal["gte", "lte", "equals", "in", "matches", "within", "count_over"]
OPERATORS: Final[tuple[Operator, ...]] = ("gte", "lte", "equals", "in", "matches", "within", "count_over")


class Part(BaseModel):
    """Base of everything in a rule document: unknown fields are refused, values are never coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Param(Part):
    """A named parameter of the rule set instead of a number."""

    param: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


def pattern_options() -> "re2.Options":
    """RE2 with a memory bound and without its own logging."""
    options = re2.Options()
    options.max_mem = PATTERN_MEMORY
    options.log_errors = False
    return options


def _sound_pattern(value: str) -> str:
    try:
        re2.compile(value, pattern_options())
    except re2.error:
        raise PydanticCustomError("pattern_invalid", "RE2 cannot read this pattern") from None
    return value


def seconds_of(duration: str) -> int:
    """Seconds of `90s`, `15m`, `12h`, `7d`. Raises ValueError for anything else."""
    found = _DURATION.match(duration)
    if found is None:
        raise ValueError("a duration is a number and one of s, m, h, d")
    return int(found[1]) * _UNITS[found[2]]


Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]
Bound = Number | Param
Word = Annotated[StrictStr, Field(max_length=200)]
FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]
Pattern = Annotated[StrictStr, Field(min_length=1, max_length=MOST_PATTERN), AfterValidator(_sound_pattern)]
Duration = Annotated[StrictStr, Field(pattern=_DURATION.pattern, examples=["7d"])]


class CountOver(Part):
    """How many of the last messages reached a score: `at_least` of the `last` ones with `gte`."""

    gte: Bound
    last: Annotated[int, Field(ge=1, le=MOST_HISTORY)]
    at_least: Annotated[int, Field(ge=1, le=MOST_HISTORY)]


class Leaf(Part):
    """One comparison of one fact; exactly one operator.

    `gte`, `lte`: numbers. `equals`: any fact. `in`: words. `matches`: RE2 anywhere in a text. `within`: an age no older
    than. `count_over`: a signal over the last messages.
    """

    fact: FactName
    gte: Bound | None = None
    lte: Bound | None = None
    equals: StrictBool | Number | Word | Param | None = None
    in_: Annotated[list[Word | Number], Field(min_length=1, max_length=MOST_WORDS)] | None = Field(
        None, alias="in"
    )
    matches: Pattern | None = None
    within: Duration | None = None
    count_over: CountOver | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> "Leaf":
        if sum(self.operand(name) is not None for name in OPERATORS) != 1:
            raise PydanticCustomError("one_operator", "a condition has exactly one operator")
        return self

    def operand(self, operator: Operator) -> Any:
        """What the fact is compared with, None where the leaf has another operator."""
        return getattr(self, "in_" if operator == "in" else operator)

    @property
    def operator(self) -> Operator:
        """The leaf's operator."""
        return next(name for name in OPERATORS if self.operand(name) is not None)


Children = Annotated[list["Condition"], Field(min_length=1, max_length=MOST_CHILDREN)]


class All(Part):
    """Every one of them."""

    all: Children


class AnyOf(Part):
    """At least one of them."""

    any: Children


class Not(Part):
    """The opposite."""

    not_: "Condition" = Field(alias="not")


class AtLeast(Part):
    """At least so many of them."""

    at_least: Annotated[int, Field(ge=1, le=MOST_CHILDREN)]
    of: Children


def _kind(value: Any) -> str | None:
    if isinstance(value, BaseModel):
        return {All: "all", AnyOf: "any", Not: "not", AtLeast: "at_least"}.get(type(value), "fact")
    if not isinstance(value, dict):
        return None
    return next((name for name in ("fact", "all", "any", "not", "at_least") if name in value), "fact")


Condition = Annotated[
    Annotated[Leaf, Tag("fact")]
    | Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[AtLeast, Tag("at_least")],
    Discriminator(_kind),
]
for _model in (All, AnyOf, Not, AtLeast):
    _model.model_rebuild()


def leaves_of(node: "Leaf | All | AnyOf | Not | AtLeast") -> list[Leaf]:
    """Every comparison of a tree, in order."""
    match node:
        case Leaf():
            return [node]
        case Not():
            return leaves_of(node.not_)
        case All():
            children = node.all
        case AnyOf():
            children = node.any
        case AtLeast():
            children = node.of
    return [leaf for child in children for leaf in leaves_of(child)]


def params_of(leaf: Leaf) -> list[str]:
    """Names of the parameters that a comparison reads."""
    bounds = [leaf.gte, leaf.lte, leaf.equals, leaf.count_over.gte if leaf.count_over is not None else None]
    return [bound.param for bound in bounds if isinstance(bound, Param)]


def placed_leaves(node: "Leaf | All | AnyOf | Not | AtLeast", at: str) -> list[tuple[str, Leaf]]:
    """The same with the place of each in the document; `at` is the place of `node`."""
    match node:
        case Leaf():
            return [(at, node)]
        case Not():
            return placed_leaves(node.not_, f"{at}.not")
        case All():
            name, children = "all", node.all
        case AnyOf():
            name, children = "any", node.any
        case AtLeast():
            name, children = "of", node.of
    places = [(f"{at}.{name}.{number}", child) for number, child in enumerate(children)]
    return [found for place, child in places for found in placed_leaves(child, place)]
