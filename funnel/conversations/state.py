"""The state of a conversation: what `fold` makes of its events and the snapshot stores. Ids, scores, counts and times; no texts."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from funnel.conversations.values import (
    DeliveryState,
    How,
    NeedMet,
    Notified,
    OfferChoice,
    OwnerKind,
    Priority,
    Reason,
    ReplyBy,
    Status,
    Until,
    Window,
)

FOLD_VERSION = 1
KEPT = 50  # the last entries a snapshot keeps of any list, so that it stays under 8 KB
ANSWERS_KEPT = 20  # an answer with its articles takes up to 300 bytes
DELIVERIES_KEPT = 10
BURST_SECONDS = 8
BURST_MESSAGES = 10
MOODS_KEPT = 8  # bursts whose signals a rule may count over
FAINT_SIGNAL = 0.2  # weaker signals are not kept
EPISODES_KEPT = 3
MATTERS_KEPT = 8
CALLS_KEPT = 5
URGENT_PATH = "urgent_path"
UNSEEN = "unseen"
ON_CALL = "on_call"
"""Calls that no rule makes."""
SURE_LANGUAGE = 0.5  # below this certainty a message keeps the language of the conversation


class Part(Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of the parts of a snapshot; unknown fields of a newer release are ignored when read."""


class Owner(Part, frozen=True):
    """Exactly one of bot, queue (queue_id) or agent (agent_id and the queue it came from)."""

    kind: OwnerKind = "bot"
    queue_id: str | None = None
    agent_id: str | None = None
    agent_name: str | None = None


class Need(Part, frozen=True):
    """What the contact wants now: since which event, and how often the bot has spoken on it."""

    number: int = 0
    seq: int = 0
    bot_turns: int = 0


class Mood(Part, frozen=True):
    """The signals of one burst: the strongest score of each."""

    scores: dict[str, float] = {}


class PastEpisode(Part, frozen=True):
    """An episode that ended: whether its need was met, and what it was about (articles, marks of order numbers)."""

    at: datetime
    began: datetime
    met: bool = False
    articles: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()


class LeadCall(Part, frozen=True):
    """A call that nobody has answered yet, the `times`-th of its kind; called again `every_minutes` after `at`."""

    rule_id: str
    at: datetime
    every_minutes: int
    by: tuple[Notified, ...] = ()
    until: Until = "seen"
    times: int = 1


class Episode(Part, frozen=True):
    """From opening or reopening to closing; counters, moods and offers start fresh with it.

    `misses_in_row`, `misses`, `rejected`, `need.bot_turns` feed the loop guard; `turns_without_sign` counts bot turns since
    the last positive sign, `account_misses` misses on what only an account could tell; `moods` are the signals of the last
    bursts, `matters` marks of the order numbers named; `about_need` tells whether the episode ever had a readable need (else the queue gets `unclear`).
    """

    number: int = 1
    seq: int = 1
    bot_turns: int = 0
    turns_without_sign: int = 0
    misses: int = 0
    misses_in_row: int = 0
    rejected: int = 0
    unreadable: int = 0
    unsure_language: int = 0
    about_need: bool = False
    offers: int = 0
    misses_at_offer: int = -1
    urgent: bool = False
    handed_over: bool = False
    intake_asked: int = 0
    address_asked: bool = False
    need: Need = Need()
    began: datetime | None = None
    account_misses: int = 0
    boundary_told: bool = False
    moods: tuple[Mood, ...] = ()
    matters: tuple[str, ...] = ()


class Burst(Part, frozen=True):
    """Messages of one contact within 8 s of the first, at most 10; `settled` once the bot has judged it.

    `counted` and `missed` keep a burst that is judged again from counting as a second turn or a second miss.
    """

    at: datetime
    seqs: tuple[int, ...]
    settled: bool = False
    counted: bool = False
    missed: bool = False


class AnswerMark(Part, frozen=True):
    """An answer the bot gave: which articles, and what became of it."""

    answer_id: str
    seq: int
    kind: Literal["answer", "suggestions", "question"]
    articles: tuple[str, ...] = ()
    episode: int = 1
    need: int = 0
    helpful: bool | None = None
    superseded: bool = False
    question: str | None = None


class OpenOffer(Part, frozen=True):
    """An offer of a person that is not answered yet."""

    offer_id: str
    seq: int
    choices: tuple[OfferChoice, ...]
    why: Literal["bot", "capacity"] = "bot"


class Waiting(Part, frozen=True):
    """The wait for a person: since when (also over a release), why, and what was promised.

    Somebody is notified at `alarm_at` unless it is seen; `alarm_seconds` is how long that is from the time it waits.
    `lifted`: its priority was raised for the contact's mood, which happens once.
    `updates` counts honest updates of the expectation (2 at most, then a lead is alerted); `acknowledged` is the seq
    of the last visitor message that was acknowledged once.
    """

    since: datetime
    reason: Reason
    promised_at: datetime
    expected_reply_at: datetime | None = None
    updates: int = 0
    acknowledged: bool = False
    seen: bool = False
    reply_by: ReplyBy = "here"
    keep_asking: bool = False
    handed_over_seq: int = 0
    alarm_seconds: int | None = None
    alarm_at: datetime | None = None
    lifted: bool = False


class AwaitedHook(Part, frozen=True):
    """A call of a hook that the bot waits for: at which step of which playbook, until when, and after which event what it was
    called with was said."""

    call_id: str
    hook: str
    playbook: str
    version: int
    step: str
    until: datetime
    after_seq: int = 0


class DeliveryMark(Part, frozen=True):
    """The last state told of a delivery, so that what comes late is not told again."""

    delivery_id: str
    state: DeliveryState = "queued"


class Closing(Part, frozen=True):
    """How the last episode ended."""

    at: datetime
    by: Literal["contact", "bot", "agent", "system"]
    how: How
    need_met: NeedMet


class State(Part, frozen=True):
    """One conversation as its log tells it. `snapshot + later events = fold of all events` always holds.

    `home_queue_id` is where its inbox hands over to; `queue_id` is the queue whose team may see it now;
    `home_locale` is the one it was opened with; `rules_activation` is the rule set activation it was last judged with;
    `reached_people` is true once it ever left the bot (agents see it from then on, leads see it always).
    """

    id: str
    site_id: str
    inbox_id: str
    contact_id: str
    channel: str
    locale: str
    home_queue_id: str
    queue_id: str
    started_at: datetime
    updated_at: datetime
    last_at: datetime
    thread: str = ""
    contact_name: str | None = None
    contact_verified: bool = False
    previous_id: str | None = None
    zone: str | None = None
    home_locale: str = ""
    fold_version: int = FOLD_VERSION
    status: Status = "open"
    owner: Owner = Owner()
    reached_people: bool = False
    priority: Priority = "normal"
    tags: tuple[str, ...] = ()
    last_seq: int = 0
    last_visible_seq: int = 0
    episode: Episode = Episode()
    burst: Burst | None = None
    deferred_until: datetime | None = None
    answers: tuple[AnswerMark, ...] = ()
    offer: OpenOffer | None = None
    question: str | None = None
    waiting: Waiting | None = None
    last_agent_id: str | None = None
    last_agent_name: str | None = None
    contact_at: datetime | None = None
    bot_at: datetime | None = None
    agent_at: datetime | None = None
    settle_asked: bool = False  # or it was too late to ask: the contact had left
    automation_told: bool = False
    safety_at: datetime | None = None
    safety_followed: bool = False
    snoozed_until: datetime | None = None
    closing: Closing | None = None
    rating_requested: bool = False
    rating_requested_at: datetime | None = None
    rating: int | None = None
    past: tuple[PastEpisode, ...] = ()
    calls: tuple[LeadCall, ...] = ()
    rules_activation: int = 0
    deliveries: tuple[DeliveryMark, ...] = ()
    window: Window | None = None
    hook: AwaitedHook | None = None


def reachable(state: State, at: datetime) -> bool:
    """Whether free words reach the contact at this time, as far as the channel's own rules go."""
    return state.window is None or state.window.is_open(at)


def owes_turn(state: State) -> bool:
    """Whether what the contact wrote still waits for the bot's turn: for the rest of a burst, or for a hook."""
    return state.deferred_until is not None or state.hook is not None


def open_answer(state: State) -> AnswerMark | None:
    """The latest answer of this episode that nobody rated, rejected or replaced, if any."""
    for mark in reversed(state.answers):
        if mark.episode != state.episode.number:
            return None
        if not mark.superseded:
            return mark if mark.helpful is None else None
    return None
