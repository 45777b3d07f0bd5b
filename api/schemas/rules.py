"""Rule sets, lint, evaluation and switches on the wire."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from api.schemas.body import Body, Id, Moment, Short, Sound, Text
from api.schemas.setup import Answer
from funnel.conversations.values import Outcome, Priority, Reason
from funnel.escalation.rules.facts import SIGNALS

MOST_TURNS = 500
Document = Annotated[
    dict[str, JsonValue] | list[JsonValue],
    Field(
        description="A rule set (JSON Schema at /v1/rules/schema), or a bare list of rules. Fixed rules join by themselves."
    ),
]
Yaml = Annotated[Sound, Field(max_length=1 << 20, description="The same as YAML; instead of `rules`.")]
Note = Annotated[Sound, Field(min_length=1, max_length=2_000)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Tag = Annotated[Sound, Field(min_length=1, max_length=60)]


class DraftIn(Body):
    """A rule set to keep as a draft. `based_on`: the version it was begun from (absent: the live one); `revision` (PUT): the
    draft's revision that the change is based on."""

    rules: Document | None = None
    yaml: Yaml | None = None
    note: Note | None = None
    based_on: Number | None = None
    revision: Number | None = None


class RulesIn(Body):
    """A rule set to look at; nothing is stored."""

    rules: Document | None = None
    yaml: Yaml | None = None


class NoteIn(Body):
    """Why."""

    note: Note | None = None


class RebaseIn(Body):
    """The draft's revision that the change is based on (absent: whatever it is now)."""

    revision: Number | None = None


class ShadowIn(Body):
    """Whether the version decides silently beside the live one."""

    on: bool = True


class RollbackIn(Body):
    """The version to go back to."""

    to: Number
    note: Note | None = None


class SettingsIn(Body):
    """How publishing is guarded."""

    second_person: bool = False
    frozen_from: Moment | None = None
    frozen_until: Moment | None = None


class EvaluateIn(Body):
    """One message, alone, after earlier `turns` of the same contact, or in a conversation. Without `rules` and `version` the
    live set judges; `site` is an id or key, the first site by default."""

    text: Text
    rules: Document | None = None
    version: Number | None = None
    conversation_id: Id | None = None
    turns: Annotated[list[Text], Field(max_length=MOST_TURNS)] | None = None
    site: Short | None = None
    locale: Annotated[Sound, Field(min_length=1, max_length=35)] | None = None


class ConditionOut(Answer):
    """One condition: in words, what it was, whether it held, and what it was made of."""

    text: str
    value: Any = None
    holds: bool = False
    inputs: dict[str, Any] = {}


class RuleOut(Answer):
    """What one rule said."""

    id: str
    result: Literal["fired", "near", "no"]
    conditions: list[ConditionOut] = []


class SignalOut(Answer):
    """A measured fact."""

    score: float
    evidence: list[tuple[int, int]] = []


class EvaluateOut(Answer):
    """The whole trace of one turn. `outcome` is what the contact would get; `text` is the message as it would be stored, which
    the evidence of the signals counts in."""

    text: str
    outcome: Outcome
    reason: Reason | None = None
    queue: str | None = None
    priority: Priority | None = None
    signals: dict[str, Any] = Field(description=f"By name: {', '.join(sorted(SIGNALS))}; and `language`.")
    rules: list[RuleOut]
    rule_set_version: str
    winner: str | None = None
    says: list[str] = []


class VersionOut(Answer):
    """A version of the rule set."""

    version: int
    status: Literal["draft", "published", "live"]
    base: str
    note: str | None
    based_on: int | None
    revision: int
    author_id: str | None
    author_name: str | None = None
    created_at: dt.datetime
    updated_at: dt.datetime
    published_at: dt.datetime | None


class WholeVersionOut(VersionOut):
    """A version with its document."""

    rules: dict[str, Any]


class VersionPageOut(Answer):
    """Versions, newest first."""

    items: list[VersionOut]
    next: str | None = None


class FindingOut(Answer):
    """What lint found; errors block publishing."""

    code: str
    level: Literal["error", "warning"]
    detail: str
    rule: str | None = None
    at: str | None = None


class LintOut(Answer):
    """All findings and how many tests ran."""

    ok: bool
    tests: int
    findings: list[FindingOut]


class FormatOut(Answer):
    """The same document as plain data and as YAML."""

    rules: dict[str, Any]
    yaml: str


class FactOut(Answer):
    """What a condition may compare: kind, range (null: open), the words it may be (empty: any), and its name for people."""

    name: str
    kind: Literal["number", "flag", "word", "words", "text", "age"]
    low: float | None
    high: float | None
    choices: list[str]
    signal: bool
    words: str


class NamedSiteOut(Answer):
    """A site that a scope or a parameter may name."""

    id: str
    key: str
    name: str


class NamedQueueOut(Answer):
    """A queue that a rule may hand over to."""

    id: str
    name: str


class NamedPlaybookOut(Answer):
    """A playbook that guides a contact, by its title in each locale."""

    key: str
    title: dict[str, str]


class VocabularyOut(Answer):
    """What rules can be made of here."""

    facts: list[FactOut]
    sites: list[NamedSiteOut]
    queues: list[NamedQueueOut]
    channels: list[str]
    skills: list[str]
    playbooks: list[NamedPlaybookOut]


class ActivationOut(Answer):
    """A change of what is live."""

    activation: int
    version: int
    kind: Literal["base", "publish", "rollback"]
    note: str | None
    by_id: str | None
    by_name: str | None = None
    at: dt.datetime


class HistoryOut(Answer):
    """What was live when, newest first."""

    items: list[ActivationOut]
    next: str | None = None


class SettingsOut(Answer):
    """How publishing is guarded, and the shadow."""

    second_person: bool
    frozen_from: dt.datetime | None
    frozen_until: dt.datetime | None
    shadow_version: int | None


class ChangeOut(Answer):
    """One part that differs."""

    part: Literal["rule", "parameter", "playbook"]
    id: str
    kind: Literal["added", "removed", "changed", "moved"]
    fields: list[str] = []
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class DiffOut(Answer):
    """What differs between two versions."""

    items: list[ChangeOut]
    next: str | None = None


class MergeOut(Answer):
    """One part that the shipped base changes."""

    part: Literal["rule", "parameter", "playbook"]
    id: str
    state: Literal["take_theirs", "same", "conflict"]
    base: dict[str, Any] | None
    ours: dict[str, Any] | None
    theirs: dict[str, Any] | None


class RebaseOut(Answer):
    """A draft brought up to date, and where it goes another way than what went live."""

    version: WholeVersionOut
    conflicts: list[MergeOut]


class UpgradeOut(Answer):
    """The shipped base of this release against the one the live set was made over."""

    base: str
    live_base: str
    items: list[MergeOut]
    next: str | None = None


class SwitchIn(Body):
    """A switch that shall be on; with the `id` of one that is, it stays as it is."""

    id: Id | None = None
    kind: Literal["bot_off", "topic_hold", "everything_to_people", "announce"]
    reason: Short
    site_id: Id | None = None
    channel: Tag | None = None
    topic: Tag | None = None
    texts: Annotated[
        dict[Tag, Annotated[Sound, Field(min_length=1, max_length=2_000)]], Field(max_length=50)
    ] = {}
    expires_at: Moment | None = None


class SwitchesIn(Body):
    """All switches that shall be on; what is on and not named is turned off."""

    items: Annotated[list[SwitchIn], Field(max_length=100)]


class SwitchOut(Answer):
    """A switch that is on."""

    id: str
    kind: Literal["bot_off", "topic_hold", "everything_to_people", "announce"]
    reason: str
    at: dt.datetime
    by: str | None
    by_name: str | None = None
    site_id: str | None
    channel: str | None
    topic: str | None
    texts: dict[str, str]
    expires_at: dt.datetime | None


class SwitchesOut(Answer):
    """What is on, oldest first."""

    items: list[SwitchOut]
    next: str | None = None
