"""The pinned bundle: one knowledge base, directory, estimates and rule set for a whole batch of turns."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, Protocol

import msgspec
from msgspec import Struct

from bots.decider.brakes import brakes_of
from bots.decider.expected import STATED_ELSEWHERE, STATED_SECONDS, Waits, promise_for
from bots.decider.prepare import SEARCHED, Ears
from bots.dialogue.hearing import NOTHING_FOUND, Candidate, Found
from bots.dialogue.playbooks import Playbooks, shipped_playbooks
from bots.dialogue.scene import Promise, Scene, Words
from funnel.channels.manners import AS_CHANNEL, manners_of
from funnel.conversations.judgement import Moment
from funnel.core.calendar import Calendar, always_open
from funnel.core.locales import DEFAULT_LOCALE, language_of, resolve_locale
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.shipped import BASE, shipped
from funnel.escalation.switches import NO_SWITCHES, SwitchBoard
from funnel.people.directory import DirectorySnapshot, SiteInfo
from funnel.routing.estimates import EstimatesSnapshot
from kb.search import Hit, Outcome, SearchResult

AGENT_ROOM: Final = (
    8  # open conversations an agent may hold before a returning contact waits in the queue instead
)
SHIPPED_BOOK: Final = RuleBook(shipped(), f"shipped-{BASE}")
UNKNOWN_ZONE: Final = "UTC"
_OUTCOMES: Final[dict[Outcome, Literal["answer", "suggestions", "none"]]] = {
    Outcome.ANSWER: "answer",
    Outcome.SUGGESTIONS: "suggestions",
    Outcome.NONE: "none",
}


class Knowledge(Protocol):
    """An immutable state of the knowledge base."""

    @property
    def revision(self) -> int:
        """Which state it is."""
        ...

    def search(
        self,
        text: str,
        locale: str,
        site_id: str | None,
        audience: str = "public",
        limit: int = 3,
        fallbacks: tuple[str, ...] = (),
    ) -> SearchResult:
        """The best articles this reader may see; pure, under a millisecond, never raises."""
        ...


class Bundle(Struct, frozen=True):
    """Everything a turn may look at beside state and command. Nothing in it changes while it is pinned.

    `words` gives the texts of a site (None: of no site that is known any more); `waits` only remembers what it worked out.
    """

    knowledge: Knowledge
    directory: DirectorySnapshot
    estimates: EstimatesSnapshot
    ears: Ears
    words: Callable[[SiteInfo | None], Words]
    rules: RuleBook = SHIPPED_BOOK
    switches: SwitchBoard = NO_SWITCHES
    waits: Waits = msgspec.field(default_factory=Waits)
    playbooks: Playbooks = msgspec.field(default_factory=shipped_playbooks)

    def find(self, site_id: str, text: str, locale: str) -> Found:
        """The public passages of a site for a text, in its language, else in the site's default one."""
        site = self.directory.sites.get(site_id)
        fallbacks = site.locales[:1] if site is not None else (DEFAULT_LOCALE,)
        result = self.knowledge.search(text, locale, site_id, "public", SEARCHED, fallbacks)
        if result.outcome is Outcome.SUGGESTIONS and not _may_suggest(result, locale, fallbacks):
            return NOTHING_FOUND
        hits = tuple(_candidate(hit) for hit in result.hits)
        return Found(_OUTCOMES[result.outcome], result.confidence, hits)

    def scene(self, site_id: str, inbox_id: str, channel: str, moment: Moment) -> Scene:
        """The surroundings of one turn of a conversation of this site and inbox."""
        site, inbox = self.directory.sites.get(site_id), self.directory.inboxes.get(inbox_id)
        return Scene(
            moment=moment,
            outlook=SiteOutlook(self, site, inbox_id, channel),
            words=self.words(site),
            site_locales=site.locales if site is not None else (DEFAULT_LOCALE,),
            zone=site.zone if site is not None else UNKNOWN_ZONE,
            rules=self.rules,
            brakes=brakes_of(self.switches, site_id, channel, moment.at),
            on_call=site is not None and site.on_call is not None,
            manners=manners_of(channel, inbox.manners if inbox is not None else AS_CHANNEL),
        )


def _candidate(hit: Hit) -> Candidate:
    text = hit.short_answer or hit.text
    return Candidate(
        hit.article_id, hit.title, hit.locale, text, hit.score, hit.url, hit.tags, hit.next_steps
    )


def _may_suggest(result: SearchResult, locale: str, site_locales: tuple[str, ...]) -> bool:
    """A guess is only worth showing in the reader's own language; another one's is for readers the site does not write for."""
    own = resolve_locale(locale, site_locales)
    return own == resolve_locale(result.hits[0].locale) or language_of(own) != language_of(locale)


class SiteOutlook:
    """Promises and presence for the conversations of one site and inbox."""

    __slots__ = ("_bundle", "_channel", "_inbox_id", "_site")

    def __init__(self, bundle: Bundle, site: SiteInfo | None, inbox_id: str, channel: str) -> None:
        self._bundle = bundle
        self._site = site
        self._inbox_id = inbox_id
        self._channel = channel

    def promise(self, queue_id: str, at: datetime, *, stretch: int = 1) -> Promise:
        """Opening hours of the site, the queue's own 80th percentile, else what the site states for the channel."""
        calendar = self._calendar()
        estimate = self._bundle.estimates.queue(queue_id)
        wait = self._bundle.waits.usual(queue_id, estimate.replies, calendar)
        if wait is None:
            wait = float(self._stated())
        return promise_for(estimate, calendar, wait, at, stretch=stretch)

    def has_room(self, agent_id: str) -> bool:
        """Online, may converse, and holds fewer conversations than it has room for."""
        agent = self._bundle.directory.agents.get(agent_id)
        if agent is None or agent.status != "online" or "converse" not in agent.permissions:
            return False
        return self._bundle.estimates.held.get(agent_id, 0) < AGENT_ROOM

    def named_queue(self, name: str) -> str | None:
        """By id, else by name whatever its case; the oldest of several."""
        queues = self._bundle.directory.queues
        if name in queues:
            return name
        return next((one.id for one in queues.values() if one.name.casefold() == name.casefold()), None)

    def home_queue(self, queue_id: str) -> str:
        """The queue while it lives; an archived one is replaced by the one its inbox names now."""
        directory = self._bundle.directory
        if queue_id in directory.queues:
            return queue_id
        inbox = directory.inboxes.get(self._inbox_id)
        return inbox.queue_id if inbox is not None else queue_id

    def _calendar(self) -> Calendar:
        return self._site.calendar if self._site is not None else always_open()

    def _stated(self) -> int:
        stated = self._site.reply_seconds.get(self._channel) if self._site is not None else None
        return stated if stated is not None else STATED_SECONDS.get(self._channel, STATED_ELSEWHERE)
