"""Questions of contacts as the log tells them: what was asked, which article answered, how it went, how long a person took.

Nothing is copied anywhere: each call reads the log, so that an erased message is gone from here with the same commit.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal

import asyncpg
import msgspec

Went = Literal["helpful", "unhelpful", "unrated", "none"]
MOST_EVENTS: Final = 200_000
_TYPES: Final = (
    "message.created", "decision.made", "answer.offered", "answer.rated", "signals.measured", "conversation.handed_over",
    "conversation.assigned",
)  # fmt: skip
_ABOUT_THE_ANSWER: Final = ("rejected", "repeated", "dissatisfied")
_NO_ANSWER: Final = ("question", "offer", "human")
_LOOKED_FOR: Final = (None, "no_answer", "not_helpful", "loop_guard", "complex")
_LEAST_WORDS: Final = 3
_LEAST_CHARACTERS: Final = 4
_READ: Final = """
select e.conversation_id::text, e.seq, e.id::text, e.turn_id::text, e.at, e.type, e.actor_kind, e.visible, e.data::text,
       c.snapshot->>'locale' as locale, c.site_id::text, v.article_id::text as answered_by, v.decision_id is not null as answerable
  from conversations c join events e on e.conversation_id = c.id
  left join decision_verdicts v on e.type = 'decision.made' and v.verdict = 'answerable'
    and v.decision_id = (e.data->>'decision_id')::uuid
 where c.updated_at >= $1 and e.at >= $1 and e.at < $2 and e.type = any($3::text[])
 order by c.id, e.seq limit $4
"""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A message a contact asked something with, the event it is, and what became of it.

    `article_id` is the first article offered; `went` is `none` where nothing was. `waited` are the seconds between the
    hand-over it led to and the person who took it; `reply` is what that person said first. `answerable`: an agent said that the
    bot should have answered it, with the article `answered_by` if one was named.
    """

    conversation_id: str
    event_id: str
    at: datetime
    site_id: str
    locale: str
    text: str
    went: Went
    article_id: str | None = None
    confidence: float | None = None
    waited: float | None = None
    reply: str | None = None
    answerable: bool = False
    answered_by: str | None = None

    @property
    def good(self) -> bool:
        """Whether it got an answer that nobody refused."""
        return self.went in ("helpful", "unrated") and not self.answerable


class _Open:
    """A question whose end is not known yet."""

    __slots__ = (
        "answerable",
        "answered_by",
        "answers",
        "article_id",
        "at",
        "confidence",
        "handed_at",
        "locale",
        "message",
        "reply",
        "waited",
        "went",
    )

    def __init__(self, message: asyncpg.Record, text: str, locale: str, went: Went) -> None:
        self.message = message
        self.locale = locale
        self.went: Went = went
        self.article_id: str | None = None
        self.confidence: float | None = None
        self.answers: set[str] = set()
        self.handed_at: datetime | None = None
        self.waited: float | None = None
        self.reply: str | None = None
        self.answerable = False
        self.answered_by: str | None = None

    def closed(self, text: str) -> Question:
        return Question(
            conversation_id=self.message["conversation_id"], event_id=self.message["id"], at=self.message["at"],
            site_id=self.message["site_id"], locale=self.locale, text=text, went=self.went, article_id=self.article_id,
            confidence=self.confidence, waited=self.waited, reply=self.reply,
            answerable=self.answerable, answered_by=self.answered_by,
        )  # fmt: skip


async def read_questions(pool: asyncpg.Pool, since: datetime, until: datetime) -> list[Question]:
    """The questions asked between two times, oldest conversation first, from at most 200,000 events."""
    rows = await pool.fetch(_READ, since, until, list(_TYPES), MOST_EVENTS)
    return await asyncio.to_thread(lambda: list(questions(rows)))


def questions(rows: Iterable[asyncpg.Record]) -> Iterator[Question]:
    """The questions in rows ordered by conversation and seq. Pure."""
    conversation = ""
    walk = _Walk()
    for row in rows:
        if row["conversation_id"] != conversation:
            yield from walk.ended()
            conversation, walk = row["conversation_id"], _Walk()
        data = msgspec.json.decode(row["data"])
        if not data.get("redacted"):
            walk.take(row, data)
    yield from walk.ended()


def _says_something(text: str) -> bool:
    """Whether what the knowledge base knew nothing of may be a question all the same, not a slip of the keyboard."""
    return len(text.split()) >= _LEAST_WORDS or (not text.isascii() and len(text) >= _LEAST_CHARACTERS)


class _Walk:
    """One conversation from its first event on."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[asyncpg.Record, str]] = {}
        self._languages: dict[str, str] = {}
        self._found: list[tuple[_Open, str]] = []

    def take(self, row: asyncpg.Record, data: Mapping[str, Any]) -> None:
        """The next event."""
        match row["type"]:
            case "message.created":
                self._message(row, data)
            case "signals.measured":
                self._languages[row["turn_id"]] = str(data.get("language", {}).get("code") or "")
            case "decision.made":
                self._decided(row, data)
            case "answer.offered":
                self._offered(row, data)
            case "answer.rated":
                self._rated(data)
            case "conversation.handed_over" if self._found:
                self._found[-1][0].handed_at = row["at"]
            case "conversation.assigned" if self._found:
                last = self._found[-1][0]
                if last.handed_at is not None and last.waited is None:
                    last.waited = (row["at"] - last.handed_at).total_seconds()

    def _message(self, row: asyncpg.Record, data: Mapping[str, Any]) -> None:
        text = str(data.get("text") or "").strip()
        if data.get("direction") == "incoming" and text:
            self._said[row["turn_id"]] = (row, text)
        elif row["actor_kind"] == "agent" and row["visible"] and self._found and text:
            last = self._found[-1][0]
            last.reply = last.reply or text

    def _decided(self, row: asyncpg.Record, data: Mapping[str, Any]) -> None:
        said = self._said.get(row["turn_id"])
        if row["answerable"] and said is not None:
            self._found.append((self._opened(row, said), row["turn_id"]))
            self._found[-1][0].answerable = True
            self._found[-1][0].answered_by = row["answered_by"]
            return
        if data.get("miss") in _ABOUT_THE_ANSWER and self._found:
            self._found[-1][0].went = "unhelpful"
            return
        unanswered = data.get("outcome") in _NO_ANSWER and data.get("reason") in _LOOKED_FOR
        answered = data.get("outcome") in ("answer", "answer_and_offer")
        about = data.get("about", "need")
        if said is None or not data.get("counts", True) or about not in ("need", "unclear"):
            return
        if about == "unclear" and not _says_something(said[1]):
            return
        if answered or unanswered:
            self._found.append((self._opened(row, said), row["turn_id"]))

    def _opened(self, row: asyncpg.Record, said: tuple[asyncpg.Record, str]) -> _Open:
        message, text = said
        locale = self._languages.get(row["turn_id"], "")
        locale = message["locale"] or "en" if locale in ("", "und") else locale
        return _Open(message, text, locale, "none")

    def _offered(self, row: asyncpg.Record, data: Mapping[str, Any]) -> None:
        if not self._found or self._found[-1][1] != row["turn_id"] or data.get("kind") == "question":
            return
        last = self._found[-1][0]
        last.answers.add(str(data.get("answer_id")))
        last.went = "unrated"
        passages = data.get("passages") or ()
        if last.article_id is None and passages:
            last.article_id = str(passages[0].get("article_id"))
            last.confidence = data.get("confidence")

    def _rated(self, data: Mapping[str, Any]) -> None:
        for one, _ in reversed(self._found):
            if data.get("answer_id") in one.answers:
                one.went = "helpful" if data.get("helpful") else "unhelpful"
                return

    def ended(self) -> Iterator[Question]:
        """What was asked, in order."""
        for one, turn_id in self._found:
            yield one.closed(self._said[turn_id][1])
