"""What was heard of a message, as plain values: its language, its wishes, and what the knowledge base found for it."""

from typing import Literal

from msgspec import Struct, field

from bots.dialogue.playbooks import Place, Playbooks, shipped_playbooks
from funnel.conversations.values import Language, SignalValue
from kb.articles import NextStep

SAFETY_TAG = "safety"
UNKNOWN_LANGUAGE = Language(code="und", script="Zyyy", score=0.0)


class Heard(Struct, frozen=True):
    """What one text says. `yes`, `no`, `thanks`, `greeting` and `reaction` are true only where the whole text is nothing else.

    `urgent` is explicit danger to a life; a figure of speech never sets it. `fragment` is a text that waits for its rest;
    `asks_bot` asks whether a person is writing, `email` is the first address named. `orders` are the
    order numbers themselves, for this turn only; `entities` counts what is named by kind.
    """

    language: Language = UNKNOWN_LANGUAGE
    signals: dict[str, SignalValue] = {}
    wants_person: bool = False
    yes: bool = False
    no: bool = False
    thanks: bool = False
    greeting: bool = False
    reaction: bool = False
    closing: bool = False
    rejects: bool = False
    withdraws: bool = False
    solved: bool = False
    urgent: bool = False
    fragment: bool = False
    gibberish: bool = False
    unsure_language: bool = False
    account: bool = False
    order_number: bool = False
    asks_bot: bool = False
    email: str | None = None
    orders: tuple[str, ...] = ()
    entities: dict[str, int] = {}


class Candidate(Struct, frozen=True):
    """One passage that may answer; `score` is the knowledge base's own, `tags` are the article's."""

    article_id: str
    title: str
    locale: str
    text: str
    score: float
    url: str | None = None
    tags: tuple[str, ...] = ()
    next_steps: tuple[NextStep, ...] = ()

    @property
    def protective(self) -> bool:
        """Whether its article is a first step to safety."""
        return SAFETY_TAG in self.tags


class Found(Struct, frozen=True):
    """The knowledge base's verdict for one text, best candidate first, one candidate an article."""

    outcome: Literal["answer", "suggestions", "none"] = "none"
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()

    def without(self, articles: frozenset[str]) -> tuple[Candidate, ...]:
        """The candidates of other articles."""
        return tuple(one for one in self.candidates if one.article_id not in articles)


NOTHING_HEARD = Heard()
NOTHING_FOUND = Found()


class Prepared(Struct, frozen=True):
    """Everything measured for one turn. `seqs` are the earlier messages of the burst that `whole` was made of.

    `line` is the last message alone, `whole` the burst; `found_before` is what the words before this message find: the
    question that a rejection or a verdict by button is about; `found_together` joins them with this message where
    it replies to a question of the bot or leans on the last one; `tapped` is the
    suggestion the message stands for. `said` are the words a playbook is replied to with, `playbook` is the one a button began.
    `playbooks` are those there are; `followed` is a tapped link. `text` is what `whole` was heard of, `said_again` how much it is what was said before, 0..1.
    """

    line: Heard = NOTHING_HEARD
    whole: Heard = NOTHING_HEARD
    found_line: Found = NOTHING_FOUND
    found_whole: Found = NOTHING_FOUND
    found_before: Found = NOTHING_FOUND
    found_together: Found = NOTHING_FOUND
    seqs: tuple[int, ...] = ()
    locale: str = ""
    readable: bool = True
    tapped: Candidate | None = None
    message_ids: tuple[str, ...] = ()
    revision: int = 0
    said: str = ""
    playbook: Place | None = None
    playbooks: Playbooks = field(default_factory=shipped_playbooks)
    followed: bool = False
    text: str = ""
    said_again: float = 0.0
