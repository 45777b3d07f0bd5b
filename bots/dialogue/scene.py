"""What the dialogue may look at in one turn beside the state: pinned values, the time, and the words to say things in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from funnel.channels.manners import Manners
from funnel.conversations.judgement import Moment
from funnel.conversations.values import QuickReply
from funnel.escalation.rules.book import RuleBook


class Promise(Struct, frozen=True):
    """What a waiting contact may be told: by when a person replies, its place (1 is next), and why it takes long.

    `crowded` is an expected wait of more than ten minutes in a chat; `open` is whether the site is in its hours;
    `inputs` are the estimates it was made of, for the decision's facts.
    """

    expected_reply_at: datetime | None = None
    position: int | None = None
    crowded: bool = False
    open: bool = True
    agents_online: int = 0
    inputs: dict[str, float | None] = {}


class Outlook(Protocol):
    """The estimates and the directory, pinned for one site and channel."""

    def promise(self, queue_id: str, at: datetime, *, stretch: int = 1) -> Promise:
        """The expected reply of a queue; `stretch` multiplies the wait where a promise has already been broken."""
        ...

    def has_room(self, agent_id: str) -> bool:
        """Whether the agent is online and may take one more; an estimate, never an invariant."""
        ...

    def named_queue(self, name: str) -> str | None:
        """The live queue with this name or id; None where there is none."""
        ...

    def home_queue(self, queue_id: str) -> str:
        """The queue itself while it exists, else the one its inbox hands over to now."""
        ...


class Words(Protocol):
    """The texts of one site."""

    def say(self, locale: str, key: str, **params: str | int) -> str:
        """One text in the catalogue's best language for `locale`."""
        ...

    def when(self, locale: str, at: datetime, now: datetime, zone: str) -> str:
        """A time as people say it: with the day where it is not today, in their zone and numerals."""
        ...

    def own(self, locale: str, texts: Mapping[str, str]) -> str:
        """The best of a site's own texts by locale; empty where it has none."""
        ...

    def safety(self, locale: str, at: datetime) -> str:
        """The fixed text of the urgent path, with the site's own help line only while its date holds."""
        ...


Brake = Literal["", "bot_off", "everything_to_people"]


class Brakes(Struct, frozen=True):
    """Switches that are on for the conversation's site and channel. `held` are article tags the bot says nothing about,
    `announcements` the texts of known issues by locale, to be said first."""

    brake: Brake = ""
    held: frozenset[str] = frozenset()
    announcements: tuple[tuple[str, dict[str, str]], ...] = ()


NO_BRAKES = Brakes()


class Scene(Struct, frozen=True):
    """The surroundings of one turn."""

    moment: Moment
    outlook: Outlook
    words: Words
    site_locales: tuple[str, ...]
    zone: str
    rules: RuleBook
    on_call: bool = False
    brakes: Brakes = NO_BRAKES
    manners: Manners = Manners()

    def line(self, locale: str, key: str, **params: str | int) -> str:
        """One text; `locale` is the conversation's."""
        return self.words.say(locale, key, **params)

    def chips(self, locale: str, keys: Sequence[tuple[str, str]]) -> tuple[QuickReply, ...]:
        """Buttons from (text key, payload) pairs."""
        return tuple(QuickReply(label=self.line(locale, key), payload=payload) for key, payload in keys)
