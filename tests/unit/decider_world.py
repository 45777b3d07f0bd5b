"""A small world for the decider's tests: a tiny knowledge base, ears of a few phrases, and a log folded without a database."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from msgspec.structs import replace

from bots.decider.judge import FunnelJudge
from bots.decider.pinned import Bundle
from bots.dialogue.hearing import Heard
from funnel.conversations.commands import AskHuman, Command, Opening, PostMessage, Reply, TimerDue
from funnel.conversations.events import Logged, MessageCreated, Payload, is_visible
from funnel.conversations.fold import fold, fold_all
from funnel.conversations.judgement import BurstText, Decided, Moment
from funnel.conversations.state import State
from funnel.conversations.timers import next_due
from funnel.conversations.values import Actor, Language
from funnel.core.calendar import Calendar, always_open
from funnel.core.calendar import Opening as Hours
from funnel.core.ids import IdSource
from funnel.people.directory import AgentInfo, DirectorySnapshot, InboxInfo, QueueInfo, SiteInfo, TeamInfo
from funnel.routing.estimates import EstimatesSnapshot, QueueEstimate
from kb.search import Hit, Outcome, SearchResult

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday
SITE, INBOX, QUEUE, OTHER_QUEUE, TEAM, CONTACT = (str(UUID(int=n)) for n in range(1, 7))
AMY, BEN = (str(UUID(int=n)) for n in (21, 22))
OFFICE = Calendar("UTC", ((Hours(9 * 60, 17 * 60),),) * 5 + ((), ()))

VISITOR = Actor("contact", CONTACT)
AGENT = Actor("agent", AMY, "Amy")
COLLEAGUE = Actor("agent", BEN, "Ben")

ARTICLES = {
    "returns": ("return", "send back", "退货", "退貨", "إرجاع"),
    "refunds": ("refund", "return", "退款", "استرداد"),
    "delivery": ("delivery", "shipping", "配送", "配送時間", "توصيل"),
    "password": ("password", "密码", "密碼", "كلمة السر"),
    "warranty": ("warranty", "保修", "保固", "ضمان"),
}
PHRASES: dict[str, tuple[str, ...]] = {
    "wants_person": ("human", "人工", "真人", "موظف"),
    "rejects": ("did not help", "没用", "沒用", "لم يساعد"),
    "withdraws": ("never mind", "不用了", "算了", "لا داعي"),
    "solved": ("solved", "解决了", "解決了", "انحلت"),
    "urgent": ("kill myself", "自杀", "自殺", "انتحار"),
    "account": ("my order", "我的订单", "我的訂單", "طلبي"),
    "order_number": ("4711",),
    "gibberish": ("asdf", "qwer"),
}
WHOLE: dict[str, tuple[str, ...]] = {
    "yes": ("yes", "ok", "好的", "نعم", "👍"),
    "no": ("no", "不要", "لا"),
    "thanks": ("thanks", "谢谢", "謝謝", "شكرا"),
    "greeting": ("hi", "你好", "在吗", "السلام عليكم"),
    "closing": ("bye", "再见", "再見"),
    "reaction": ("😀",),
    "fragment": ("and", "also", "还有", "還有", "و"),
}


class TinyEars:
    """Hears a few phrases in four languages; `???` is a text in no language it knows."""

    def hear(self, text: str, prior: str) -> Heard:
        """Flags by phrase."""
        words = text.casefold().strip()
        flags = {name: any(one in words for one in phrases) for name, phrases in PHRASES.items()}
        flags |= {name: words in phrases for name, phrases in WHOLE.items()}
        if flags["rejects"]:
            flags["gibberish"] = False
        return Heard(language=_language(words, prior), unsure_language="???" in words, **flags)


def _language(words: str, prior: str) -> Language:
    if any("\u0600" <= letter <= "\u06ff" for letter in words):
        return Language("ar", "Arab", 0.9)
    if any(letter in "沒還這個貨訂單" for letter in words):
        return Language("zh-Hant", "Hant", 0.9)
    if any("\u4e00" <= letter <= "\u9fff" for letter in words):
        return Language("zh-Hans", "Hans", 0.9)
    if sum(letter.isalpha() for letter in words) > 5 and "???" not in words:
        return Language("en", "Latn", 0.9)
    return Language(prior or "en", "Zyyy", 0.2)


class TinyKnowledge:
    """Five articles found by their words; `maybe` in the text makes it unsure. `broken` makes it raise."""

    def __init__(self, *, broken: bool = False, size: int = 1) -> None:
        self.revision = 7
        self.broken = broken

    def search(
        self, text: str, locale: str, site_id: str | None, audience: str = "public", limit: int = 3,
        fallbacks: tuple[str, ...] = (),
    ) -> SearchResult:  # fmt: skip
        """Articles by how many of their words occur, the earlier one first."""
        if self.broken:
            raise RuntimeError("the index is broken")
        assert audience == "public"
        low = text.casefold()
        scored = [
            (sum(word in low for word in words) + (words[0] in low), name) for name, words in ARTICLES.items()
        ]
        ranked = sorted((one for one in scored if one[0]), key=lambda one: -one[0])
        hits = tuple(
            Hit(name, name, name.title(), f"/kb/{name}", locale, f"About {name}.", float(score))
            for score, name in ranked[:limit]
        )
        if not hits:
            return SearchResult(Outcome.NONE, 0.0, ())
        sure = Outcome.SUGGESTIONS if "maybe" in low else Outcome.ANSWER
        return SearchResult(sure, 0.8, hits)


class EchoWords:
    """Says every text as its key, so that tests read which one was said in which language."""

    def say(self, locale: str, key: str, **params: str | int) -> str:
        """`key@locale`, with parameters."""
        told = "".join(f" {name}={value}" for name, value in sorted(params.items()))
        return f"{key}@{locale}{told}"

    def when(self, locale: str, at: datetime, now: datetime, zone: str) -> str:
        """Hours and minutes."""
        return at.strftime("%d %H:%M")

    def own(self, locale: str, texts: Mapping[str, str]) -> str:
        """The text of the locale, else any."""
        return texts.get(locale) or next(iter(texts.values()), "")

    def safety(self, locale: str, at: datetime) -> str:
        """The fixed text."""
        return f"safety@{locale}"


def agent(agent_id: str, name: str, status: str = "online") -> AgentInfo:
    """An agent of the one team."""
    return AgentInfo(agent_id, name, f"{name}@x", status, "agent", frozenset({TEAM}), frozenset({"converse"}))


def directory(
    calendar: Calendar | None = None,
    *,
    reply_seconds: int = 240,
    amy: str = "online",
    on_call: str | None = None,
) -> DirectorySnapshot:
    """One site, one inbox, two queues, two agents."""
    site = SiteInfo(
        SITE, "k", "Shop", frozenset(), ("en", "zh-Hans", "zh-Hant", "ar"), "UTC", calendar or always_open(), False,
        INBOX, QUEUE, MappingProxyType({"web": reply_seconds}), on_call, MappingProxyType({}), MappingProxyType({}), True,
    )  # fmt: skip
    return DirectorySnapshot(
        sites={SITE: site},
        queues={QUEUE: QueueInfo(QUEUE, "q", TEAM), OTHER_QUEUE: QueueInfo(OTHER_QUEUE, "o", TEAM)},
        inboxes={INBOX: InboxInfo(INBOX, SITE, "web", "web", QUEUE)},
        teams={TEAM: TeamInfo(TEAM, "t", frozenset({AMY, BEN}), frozenset())},
        agents={AMY: agent(AMY, "Amy", amy), BEN: agent(BEN, "Ben", "offline")},
        site_ids={"k": SITE},
    )


def bundle(**changes: object) -> Bundle:
    """The world as it is, with some of it changed."""
    whole = Bundle(
        knowledge=TinyKnowledge(),
        directory=directory(),
        estimates=EstimatesSnapshot({QUEUE: QueueEstimate(2, 1), OTHER_QUEUE: QueueEstimate(0, 1)}, {}),
        ears=TinyEars(),
        words=lambda site: EchoWords(),
    )
    return replace(whole, **changes)


class Talk:
    """One contact's conversations over time. Every turn is sealed and folded; time moves only by `wait`."""

    def __init__(
        self, pinned: Bundle | None = None, *, channel: str = "web", locale: str = "en", checked: bool = True
    ) -> None:
        self.judge = FunnelJudge(pinned or bundle())
        self.channel, self.locale, self.checked = channel, locale, checked
        self.at = START
        self.state: State | None = None
        self.closed: State | None = None
        self.log: list[Logged] = []
        self.last: list[Logged] = []
        self.decided = Decided()
        self.present = True
        self._turns = 0

    def wait(self, seconds: float) -> "Talk":
        """Lets time pass; no timer fires by itself."""
        self.at += timedelta(seconds=seconds)
        return self

    def do(self, command: Command) -> list[Logged]:
        """One turn; returns its events."""
        self._turns += 1
        state = self.state
        moment = self.moment()
        prepared = self.judge.prepare(command, state, moment)
        decided = self.judge.decide(command, state, prepared, moment)
        if self.checked:
            again = self.moment()
            assert (
                self.judge.decide(command, state, self.judge.prepare(command, state, again), again) == decided
            )
        return self.append(decided)

    def fail(self, command: Command) -> list[Logged]:
        """The turn of a judgement that broke."""
        self._turns += 1
        return self.append(self.judge.failed(command, self.state, self.moment()))

    def moment(self) -> Moment:
        """The surroundings of the next turn."""
        state = self.state
        turn_id = str(UUID(int=10_000 + self._turns))
        seqs = state.burst.seqs if state is not None and state.burst is not None else ()
        texts = tuple(
            BurstText(one.seq, one.payload.message_id, one.payload.text)
            for one in self.log
            if one.seq in seqs and isinstance(one.payload, MessageCreated)
        )
        conversation_id = state.id if state else str(UUID(int=900))
        closed = self.closed if state is None else None
        return Moment(
            self.at, turn_id, IdSource(turn_id, self.at), conversation_id, texts, closed, self.present
        )

    def append(self, decided: Decided) -> list[Logged]:
        """Seals and folds."""
        self.decided = decided
        self.last = []
        for draft in decided.drafts:
            before = self.state
            event = Logged(
                id="", turn_id=str(self._turns), conversation_id=before.id if before else str(UUID(int=900)),
                seq=before.last_seq + 1 if before else 1, prev_visible=before.last_visible_seq if before else 0,
                at=self.at, type=draft.payload.TYPE, actor=draft.actor, visible=is_visible(draft.payload),
                payload=draft.payload,
            )  # fmt: skip
            self.state = fold(before, event)
            self.log.append(event)
            self.last.append(event)
        return self.last

    def opening(self) -> Opening:
        """Where this contact begins."""
        return Opening(SITE, INBOX, CONTACT, self.channel, self.locale, QUEUE)

    def says(self, text: str = "", **fields: object) -> list[Logged]:
        """A message of the contact."""
        return self.do(
            PostMessage(
                command_id=f"m{self._turns}", actor=VISITOR, opening=self.opening(), text=text, **fields
            )  # type: ignore[arg-type]
        )

    def asks_human(self) -> list[Logged]:
        """The button."""
        return self.do(AskHuman(command_id=f"h{self._turns}", actor=VISITOR, opening=self.opening()))

    def by_agent(self, make: Callable[..., Command], actor: Actor = AGENT, **fields: object) -> list[Logged]:
        """An agent's command."""
        return self.do(make(command_id=f"a{self._turns}", actor=actor, **fields))

    def replies(self, text: str = "hello", actor: Actor = AGENT) -> list[Logged]:
        """An agent's public message."""
        return self.by_agent(Reply, actor, text=text)

    def time(self) -> list[Logged]:
        """The timer row fires, if it is due."""
        return self.do(TimerDue(command_id=f"t{self._turns}", actor=Actor("system"), generation=1))

    def next_timer(self) -> list[Logged]:
        """Waits for the next timer and lets it fire."""
        assert self.state is not None
        due = next_due(self.state)
        assert due is not None
        self.at = max(self.at, due)
        return self.time()

    def types(self) -> list[str]:
        """The last turn's event types."""
        return [event.type for event in self.last]

    def one(self, kind: type[Payload]) -> Payload | None:
        """The last turn's last event of a kind."""
        found = [event.payload for event in self.last if isinstance(event.payload, kind)]
        return found[-1] if found else None

    def outcomes(self) -> list[str]:
        """The outcomes decided in the last turn."""
        return [event.payload.outcome for event in self.last if event.type == "decision.made"]  # type: ignore[union-attr]

    def said(self) -> list[str]:
        """What bot and system said in the last turn."""
        return [
            event.payload.text
            for event in self.last
            if isinstance(event.payload, MessageCreated) and event.actor.kind in ("bot", "system")
        ]

    def whole(self) -> None:
        """Proves that the state is the fold of its log and that the visitor's stream has no hole."""
        assert fold_all(self.log) == self.state
        previous = 0
        for event in self.log:
            assert event.prev_visible == previous
            if event.visible:
                previous = event.seq
