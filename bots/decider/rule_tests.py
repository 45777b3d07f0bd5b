"""The tests that rules carry, run against a rule set: a message or a short dialogue, and what it must lead to."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bots.decider.ears import SignalEars
from bots.decider.pinned import Bundle
from bots.decider.prepare import Ears
from bots.decider.rehearsal import Rehearsal
from bots.dialogue.hearing import SAFETY_TAG, Heard
from bots.dialogue.wording import site_words
from funnel.conversations.commands import Opening
from funnel.conversations.events import ConversationHandedOver, DecisionMade
from funnel.conversations.values import SignalValue
from funnel.core.calendar import Calendar, always_open
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.model import Expect, Given, RuleSet, RuleTest
from funnel.people.directory import AgentInfo, DirectorySnapshot, InboxInfo, QueueInfo, SiteInfo, TeamInfo
from funnel.routing.estimates import EstimatesSnapshot, QueueEstimate
from kb.search import Hit, Outcome, SearchResult

SITE, INBOX, QUEUE, PRIVACY, TEAM, AGENT, CONTACT = (f"00000000-0000-7000-8000-{n:012}" for n in range(1, 8))
CLOSED: Final = Calendar("UTC", ((),) * 7)
LOCALES: Final = ("en", "zh-Hans", "zh-Hant", "ar")


class Failure(Struct, frozen=True):
    """A test that did not come out as it says: which one, what was wanted and what came."""

    rule_id: str
    number: int
    locale: str
    what: str
    wanted: str
    got: str


class _Given:
    """A knowledge base that finds what the test takes for granted."""

    revision = 0

    def __init__(self, given: Given) -> None:
        self._given = given

    def search(
        self, text: str, locale: str, site_id: str | None, audience: str = "public", limit: int = 3,
        fallbacks: tuple[str, ...] = (),
    ) -> SearchResult:  # fmt: skip
        """One article, whatever is asked, or none."""
        given = self._given
        if given.answer == "none" and not given.protective:
            return SearchResult(Outcome.NONE, 0.0, ())
        tags = (SAFETY_TAG,) if given.protective else ()
        hit = Hit("given", "given", "Given", None, locale, "A given answer.", 1.0, tags=tags)
        outcome = Outcome(given.answer)
        return SearchResult(outcome, {"answer": 0.9, "suggestions": 0.5}.get(given.answer, 0.1), (hit,))


class _Ears:
    """Hears by the shipped signals, and at least what the test takes for granted."""

    def __init__(self, ears: Ears, given: Given) -> None:
        self._ears = ears
        self._given: Mapping[str, float] = given.signals
        self._unsure = given.unsure_language

    def hear(self, text: str, prior: str) -> Heard:
        """The measured text with the given scores, where they are higher."""
        heard = self._ears.hear(text, prior)
        if self._unsure:
            heard = replace(heard, unsure_language=True)
        signals = dict(heard.signals)
        for name, score in self._given.items():
            known = signals.get(name)
            if known is None or known.score < score:
                signals[name] = SignalValue(float(score), ((0, len(text)),))
        return replace(heard, signals=signals)


def run_tests(rule_set: RuleSet, version: str = "draft") -> Iterator[Failure]:
    """Runs every test of every rule and yields what fails. Pure and deterministic; a few milliseconds a test."""
    book = RuleBook(rule_set, version)
    ears = SignalEars()
    for rule in rule_set.rules:
        for number, test in enumerate(rule.tests, start=1):
            yield from _run(book, ears, rule.id, number, test)


def count_tests(rule_set: RuleSet) -> int:
    """How many tests there are."""
    return sum(len(rule.tests) for rule in rule_set.rules)


def _run(book: RuleBook, ears: Ears, rule_id: str, number: int, test: RuleTest) -> Iterator[Failure]:
    opening = Opening(SITE, INBOX, CONTACT, "web", test.locale, QUEUE)
    play = Rehearsal(_world(book, test.given, ears), opening, attributes=test.given.attributes)
    if test.given.earlier_days is not None:
        play.says(test.says[0])
        play.let_pass(timedelta(days=test.given.earlier_days))
    for text in test.says:
        play.says(text)
    for what, wanted, got in _differences(test.expect, play):
        yield Failure(rule_id, number, test.locale, what, wanted, got)


def _differences(expect: Expect, play: Rehearsal) -> Iterator[tuple[str, str, str]]:
    made = next((one.payload for one in play.last if isinstance(one.payload, DecisionMade)), None)
    handed = next((one.payload for one in play.last if isinstance(one.payload, ConversationHandedOver)), None)
    got = {
        "outcome": made.outcome if made else None,
        "reason": made.reason if made else None,
        "priority": handed.priority if handed else None,
        "queue": {QUEUE: "support", PRIVACY: "privacy"}.get(handed.queue_id) if handed else None,
    }
    for what, value in got.items():
        wanted = getattr(expect, what)
        if wanted is not None and wanted != value:
            yield what, str(wanted), str(value)
    fired = {rule.id for rule in made.rules if rule.result == "fired"} if made else set()
    for rule_id in expect.fired:
        if rule_id not in fired:
            yield "fired", rule_id, ", ".join(sorted(fired))
    for rule_id in expect.not_fired:
        if rule_id in fired:
            yield "not_fired", rule_id, "fired"


def _world(book: RuleBook, given: Given, ears: Ears) -> Bundle:
    """One site with a support and a privacy queue and one agent online."""
    site = SiteInfo(
        SITE, "site", "Site", frozenset(), LOCALES, "UTC", always_open() if given.open else CLOSED, False, INBOX, QUEUE,
        MappingProxyType({"web": 240}), None, MappingProxyType({}), MappingProxyType({}), True,
    )  # fmt: skip
    agent = AgentInfo(
        AGENT, "Agent", "agent@site.example", "online", "agent", frozenset({TEAM}), frozenset({"converse"})
    )
    return Bundle(
        knowledge=_Given(given),
        directory=DirectorySnapshot(
            sites={SITE: site},
            queues={QUEUE: QueueInfo(QUEUE, "support", TEAM), PRIVACY: QueueInfo(PRIVACY, "privacy", TEAM)},
            inboxes={INBOX: InboxInfo(INBOX, SITE, "web", "web", QUEUE)},
            teams={TEAM: TeamInfo(TEAM, "Team", frozenset({AGENT}), frozenset())},
            agents={AGENT: agent},
            site_ids={"site": SITE},
        ),
        estimates=EstimatesSnapshot({QUEUE: QueueEstimate(0, 1), PRIVACY: QueueEstimate(0, 1)}, {}),
        ears=_Ears(ears, given),
        words=site_words,
        rules=book,
    )
