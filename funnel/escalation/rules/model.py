"""A rule set as a document: rules, named parameters, playbooks and their tests. Validated, bounded, immutable."""

from functools import cache
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StrictBool, StrictStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from funnel.conversations.values import Outcome, Priority, Reason
from funnel.core.errors import FunnelError, invalid
from funnel.escalation.rules.conditions import Condition, Number, Part
from funnel.escalation.rules.facts import WEEKDAYS

MOST_RULES: Final = 500
MOST_DEPTH: Final = 24
MOST_NODES: Final = 50_000
MOST_TESTS: Final = 40

Id = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["late_parcel"])]
Book = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", examples=["order-status"])]
Sentence = Annotated[StrictStr, Field(min_length=1, max_length=500)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=60)]
Names = Annotated[list[Name], Field(max_length=50)]
Limit = Literal["answer", "answer_and_offer", "offer"]
Say = Literal["boundary", "stop_use", "protective", "privacy_receipt", "neutral_receipt", "calm_receipt"]
Clock = Annotated[StrictStr, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
MonthDay = Annotated[StrictStr, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class Human(Part):
    """At least a person. `queue` by name or id (absent: the inbox's own), `skills` the person should have."""

    queue: Name | None = None
    priority: Priority | None = None
    raise_one: StrictBool = False
    skills: Names = []
    reason: Reason = "rule"


class Notify(Part):
    """Who is told beside the queue: a lead, until somebody acknowledges it."""

    by: Annotated[list[Literal["desk", "email", "webhook"]], Field(min_length=1, max_length=3)] = ["desk"]
    every_minutes: Annotated[int, Field(ge=1, le=1440)] = 15


class Effects(Part):
    """What a rule does. `limit`: the most the bot may do by itself (answer, answer with an offer, only offer). `human`: at
    least a person. `keep_priority` takes away what anger alone would lift; `playbook` is one of the document's own (notes and
    tags), else one that guides the contact where the bot keeps the turn; `due_days` starts a clock, and it and notes come with a
    person."""

    limit: Limit | None = None
    human: Human | None = None
    protective: StrictBool = False
    no_article: StrictBool = False
    keep_priority: StrictBool = False
    say: Say | None = None
    tags: Names = []
    priority: Priority | None = None
    playbook: Book | None = None
    notify: Notify | None = None
    due_days: Annotated[int, Field(ge=1, le=366)] | None = None

    @model_validator(mode="after")
    def _something(self) -> "Effects":
        if not self.model_fields_set:
            raise PydanticCustomError("no_effect", "a rule does something")
        return self


class Schedule(Part):
    """When a rule is in force: a season (may wrap round the new year), weekdays, a time of day, open or closed hours."""

    first_day: MonthDay | None = None
    last_day: MonthDay | None = None
    weekdays: Annotated[list[Literal[WEEKDAYS]], Field(max_length=7)] = []  # type: ignore[valid-type]
    opens: Clock | None = None
    closes: Clock | None = None
    hours: Literal["open", "closed"] | None = None

    @model_validator(mode="after")
    def _pairs(self) -> "Schedule":
        if (self.first_day is None) != (self.last_day is None) or (self.opens is None) != (
            self.closes is None
        ):
            raise PydanticCustomError("half_a_span", "a span has both ends")
        return self


class Scope(Part):
    """Where a rule is in force; an empty list is everywhere."""

    sites: Names = []
    channels: Names = []
    locales: Names = []


class Given(Part):
    """What a rule test takes for granted: what the knowledge base finds, signals that are measured at least, the
    hours, a language nobody is sure of, what is known of the contact (`attributes`, as its identity names them), and that the
    same was asked `earlier_days` ago."""

    answer: Literal["answer", "suggestions", "none"] = "none"
    protective: StrictBool = False
    signals: dict[Name, Annotated[Number, Field(ge=0, le=1)]] = {}
    open: StrictBool = True
    unsure_language: StrictBool = False
    attributes: Annotated[dict[Name, StrictBool | Number | Name | Names], Field(max_length=50)] = {}
    earlier_days: Annotated[int, Field(ge=0, le=30)] | None = None


class Expect(Part):
    """What must come of it; what is not named is not looked at. `fired` lists rules that must be among those that fired."""

    outcome: Outcome | None = None
    reason: Reason | None = None
    queue: Name | None = None
    priority: Priority | None = None
    fired: list[Id] = []
    not_fired: list[Id] = []


class RuleTest(Part):
    """A message or a short dialogue of one contact, and what its last message must lead to."""

    locale: Annotated[StrictStr, Field(min_length=2, max_length=35)] = "en"
    says: Annotated[
        list[Annotated[StrictStr, Field(min_length=1, max_length=2_000)]], Field(min_length=1, max_length=12)
    ]
    given: Given = Given()
    expect: Expect

    @field_validator("says", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class Rule(Part):
    """One rule. `fixed` ones are the product's own: they cannot be changed or left out. `row` is the behaviour it stands for.

    `also` takes the effects away where it holds (`unless`); `stop` ends the evaluation after this rule.
    """

    id: Id
    description: Annotated[StrictStr, Field(min_length=1, max_length=1_000)]
    when: Condition
    then: Effects
    unless: Condition | None = None
    schedule: Schedule | None = None
    scope: Scope | None = None
    owner: Name | None = None
    row: Annotated[int, Field(ge=0, le=99)] | None = None
    fixed: StrictBool = False
    enabled: StrictBool = True
    stop: StrictBool = False
    tests: Annotated[list[RuleTest], Field(max_length=MOST_TESTS)] = []


class Parameter(Part):
    """A number used in more than one rule: the deployment's, then a site's, then a locale's own. `most` is as far as it may go."""

    default: Number
    sites: Annotated[dict[Name, Number], Field(max_length=500)] = {}
    locales: Annotated[dict[Name, Number], Field(max_length=100)] = {}
    most: Number | None = None

    def values(self) -> list[Number]:
        """Every value it takes anywhere."""
        return [self.default, *self.sites.values(), *self.locales.values()]


class Step(Part):
    """One step of a playbook: a note to the agents, a tag, a priority, or another playbook."""

    note: Sentence | None = None
    tag: Name | None = None
    start: Id | None = None

    @model_validator(mode="after")
    def _one(self) -> "Step":
        if sum(value is not None for value in (self.note, self.tag, self.start)) != 1:
            raise PydanticCustomError("one_step", "a step does exactly one thing")
        return self


class Playbook(Part):
    """Steps that are done when a rule starts it."""

    id: Id
    steps: Annotated[list[Step], Field(min_length=1, max_length=30)]


class RuleSet(Part):
    """The whole document. Order decides on queue and text only; all matching rules apply."""

    format: Literal[1] = 1
    parameters: Annotated[dict[Id, Parameter], Field(max_length=200)] = {}
    playbooks: Annotated[list[Playbook], Field(max_length=100)] = []
    rules: Annotated[list[Rule], Field(max_length=MOST_RULES)]

    @model_validator(mode="after")
    def _names_once(self) -> "RuleSet":
        for named in (self.rules, self.playbooks):
            ids = [one.id for one in named]
            if len(set(ids)) != len(ids):
                raise PydanticCustomError("duplicate_id", "two of them have the same id")
        if _in_circle({one.id: [s.start for s in one.steps if s.start] for one in self.playbooks}):
            raise PydanticCustomError("cyclic_playbook", "a playbook starts itself in the end")
        return self

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def _in_circle(starts: dict[str, list[str]]) -> bool:
    """Whether following `starts` from anywhere comes back; linear."""
    done: set[str] = set()
    for first in starts:
        path: list[tuple[str, int]] = [(first, 0)] if first not in done else []
        on_path = {first} if path else set()
        while path:
            name, place = path.pop()
            after = starts.get(name, [])
            if place == len(after):
                on_path.discard(name)
                done.add(name)
                continue
            path.append((name, place + 1))
            following = after[place]
            if following in on_path:
                return True
            if following not in done:
                on_path.add(following)
                path.append((following, 0))
    return False


def parse(document: Any) -> RuleSet:
    """The rule set of plain data (as JSON or YAML give it); a bare list is taken as its rules.

    Raises 422 `rules_invalid` with `errors`, each a place in the document and what is wrong there, never its values.
    """
    if isinstance(document, list):
        document = {"rules": document}
    _bounded(document)
    try:
        return RuleSet.model_validate(document)
    except ValidationError as error:
        raise rules_invalid(
            [
                {"field": _place(one["loc"]), "code": one["type"], "detail": _sentence(one["type"])}
                for one in error.errors(include_input=False, include_url=False)
            ]
        ) from None


def rules_invalid(errors: list[dict[str, str]]) -> FunnelError:
    """422: the document is no rule set."""
    first = f" At {errors[0]['field'] or 'the top'}: {errors[0]['code']}." if errors else ""
    return invalid("rules_invalid", f"This is not a rule set.{first}", errors=errors[:50])


_SENTENCES: Final = {
    "extra_forbidden": "There is no such field.",
    "missing": "This field is needed.",
    "duplicate_id": "Two of them have the same id.",
    "pattern_invalid": "RE2 cannot read this pattern.",
    "one_operator": "A condition has exactly one operator.",
    "cyclic_playbook": "A playbook starts itself in the end.",
    "no_effect": "A rule does something.",
}


def _sentence(code: str) -> str:
    return _SENTENCES.get(code, "This value cannot be used.")


_TAGS: Final = frozenset({"fact", "all", "any", "not", "at_least"})


@cache
def _known_names() -> frozenset[str]:
    """Every name a document may have by the schema."""
    models = RuleSet.model_json_schema()["$defs"].values()
    names = {name for model in models for name in model.get("properties", {})}
    return frozenset(names | _TAGS | {"rules", "parameters", "playbooks", "format"})


def _place(location: tuple[int | str, ...]) -> str:
    """Where an error is; keys that the document made up are not repeated."""
    known = _known_names()
    return ".".join(str(part) if isinstance(part, int) or part in known else "?" for part in location)


def _bounded(document: Any) -> None:
    """Refuses what is nested too deep or has too many parts before anything recursive looks at it."""
    level: list[Any] = [document]
    nodes = 0
    for _ in range(MOST_DEPTH * 2):
        if not level:
            return
        nodes += len(level)
        if nodes > MOST_NODES:
            raise rules_invalid([{"field": "", "code": "too_large", "detail": "It has too many parts."}])
        deeper: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                deeper.extend(value.values())
            elif isinstance(value, list):
                deeper.extend(value)
        level = deeper
    raise rules_invalid([{"field": "", "code": "too_deep", "detail": "It is nested too deep."}])


def plain(rule_set: RuleSet) -> dict[str, Any]:
    """The document as plain data, without what is as it is by default; `parse` gives the same rule set back."""
    return rule_set.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True) | {
        "format": 1,
        "rules": [
            rule.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)
            for rule in rule_set.rules
        ],
    }


def schema() -> dict[str, Any]:
    """The published JSON Schema of a rule set."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **RuleSet.model_json_schema(by_alias=True),
    }
