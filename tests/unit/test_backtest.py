"""Back-tests without a database: replay identity on a generated month, where two sets part, and the queue simulation."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from bots.decider.ears import SignalEars
from bots.decider.rehearsal import Rehearsal
from bots.decider.rule_tests import CONTACT, INBOX, QUEUE, SITE, _world
from funnel.conversations.commands import Opening
from funnel.conversations.judgement import DecisionRecord
from funnel.escalation.backtest.compare import Tally, compared, episodes, take
from funnel.escalation.backtest.replay import Recorded, Replayed, Turn, measured_anew, read, replay, same
from funnel.escalation.backtest.simulate import FEWEST_HANDLED, Handled, simulate
from funnel.escalation.rules.book import RuleBook
from funnel.escalation.rules.facts import SIGNALS
from funnel.escalation.rules.model import Given, RuleSet, parse, plain
from funnel.escalation.rules.outcome import Plan
from funnel.escalation.rules.shipped import complete, shipped
from funnel.escalation.signals.measure import measure
from tests.unit.rules_world import Json, rule

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
LINES = [
    "How long does delivery take?", "Do you sell purple elephants?", "that didn't help", "no, that didn't help either", "ok", "thanks a lot",
    "I am furious about this", "My lawyer will be in touch", "where is my order 48213?", "it has to be here today", "I want to cancel my subscription",
    "there are payments on my card that I never made", "Your staff are a bunch of idiots", "hi", "asdfgh", "I'd like to talk to a person", "退款多久到账？",
    "你们太差劲了", "أين طلبي 48213؟", "أريد إلغاء اشتراكي", "could you look into the billing of last month please",
]  # fmt: skip
SHIPPED = RuleBook(shipped(), "1")


def with_rules(*rules: Json) -> RuleBook:
    """The shipped set and more."""
    document = plain(shipped())
    return RuleBook(complete(parse({**document, "rules": [*document["rules"], *rules]})), "2")


def generated(seed: int, book: RuleBook = SHIPPED, conversations: int = 150) -> list[list[Turn]]:
    """A month of conversations, judged by `book` and read back as the database would give them."""
    chance = random.Random(seed)
    ears = SignalEars()
    month: list[list[Turn]] = []
    for number in range(conversations):
        given = Given(answer=chance.choice(["answer", "suggestions", "none"]), open=chance.random() < 0.7)
        opening = Opening(
            SITE,
            INBOX,
            CONTACT,
            chance.choice(["web", "telegram"]),
            chance.choice(["en", "zh-Hans", "ar"]),
            QUEUE,
        )
        play = Rehearsal(_world(book, given, ears), opening, at=START + timedelta(hours=5 * number))
        turns: list[Turn] = []
        for _ in range(chance.randint(1, 9)):
            play.says(chance.choice(LINES))
            if play.decided.record is not None:
                turns.append(turn_of(play.decided.record, f"c{number}", play.at, book.version))
        month.append(turns)
    return month


def turn_of(record: DecisionRecord, conversation_id: str, at: datetime, version: str) -> Turn:
    """The record as the store gives it back."""
    recorded = read(record.facts)
    assert recorded is not None
    return Turn(
        record.decision_id, conversation_id, at, record.outcome, record.reason, version, recorded, QUEUE
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_replay_of_the_version_that_was_live_gives_every_decision_exactly(seed: int) -> None:
    month = generated(seed)
    turns = [turn for conversation in month for turn in conversation]
    assert len(turns) > 300
    assert len({turn.outcome for turn in turns}) >= 5
    for turn in turns:
        replayed = replay(turn, SHIPPED)
        assert not replayed.unknown
        assert same(replayed), (turn, replayed)
    tally = Tally()
    for conversation in month:
        take(tally, [replay(turn, SHIPPED) for turn in conversation])
    assert (tally.counts, tally.per_hour) == ({}, {})


def test_a_custom_set_with_patterns_and_a_site_of_its_own_is_replayed_exactly() -> None:
    parameters = plain(shipped())["parameters"] | {"guard_misses_in_row": {"default": 3, "sites": {SITE: 2}}}
    document = plain(shipped())
    more = rule(
        "billing",
        {
            "all": [
                {"fact": "progress.missed", "equals": True},
                {"fact": "message.text", "matches": "(?i)billing|退款"},
            ]
        },
        {"human": {"queue": "privacy"}},
    )
    book = RuleBook(
        complete(parse({**document, "parameters": parameters, "rules": [*document["rules"], more]})), "9"
    )
    turns = [turn for conversation in generated(3, book) for turn in conversation]
    assert any("billing" in replay(turn, book).fired for turn in turns)
    assert all(same(replay(turn, book)) for turn in turns)


def test_a_replay_is_deterministic_and_survives_json() -> None:
    turns = [turn for conversation in generated(4, conversations=20) for turn in conversation]
    for turn in turns:
        again = msgspec.json.decode(msgspec.json.encode(turn), type=Turn)
        assert again == turn
        assert replay(again, SHIPPED) == replay(turn, SHIPPED)


def test_words_are_asked_for_only_where_a_pattern_is_new() -> None:
    draft = with_rules(rule("elephants", {"fact": "message.text", "matches": "elephant"}))
    asked: list[str] = []

    def words(turn: Turn) -> str | None:
        asked.append(turn.decision_id)
        return "elephants" if len(asked) == 1 else None

    turns = [
        turn
        for conversation in generated(5, conversations=10)
        for turn in conversation
        if turn.recorded.judged
    ]
    first, second = replay(turns[0], draft, words), replay(turns[1], draft, words)
    assert ("elephants" in first.fired, first.unknown) == (True, False)
    assert ("elephants" in second.fired, second.unknown) == (False, True)
    asked.clear()
    replay(turns[0], SHIPPED, words)
    assert asked == []


def made(*outcomes: tuple[str, str], episode: int = 1, verdict: str | None = None) -> list[Replayed]:
    """Turns with what was decided and what the draft would."""
    found = []
    for number, (live, draft) in enumerate(outcomes):
        recorded = Recorded(Plan("ask", "question"), episode=episode, judged=True)
        turn: Any = Turn(
            f"d{number}", "c", START + timedelta(minutes=number), live, None, "1", recorded, "q", verdict
        )  # type: ignore[arg-type]
        found.append(Replayed(turn, draft, None, ("some_rule",)))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("outcomes", "kind", "turn", "by"),
    [
        ([("answer", "answer"), ("question", "human"), ("answer", "answer")], "newly", 2, 0),
        ([("question", "human"), ("question", "question"), ("human", "human")], "earlier", 1, 2),
        ([("question", "question"), ("human", "question")], "no_longer", 2, 0),
        ([("human", "question"), ("answer", "human")], "later", 1, 1),
        ([("answer", "answer_and_offer"), ("question", "human")], "diverged", 1, 0),
    ],
)
def test_where_two_sets_part(outcomes: list[tuple[str, str]], kind: str, turn: int, by: int) -> None:
    found = compared(made(*outcomes))
    assert found is not None
    assert (found.kind, found.turn, found.by) == (kind, turn, by)


def test_the_same_at_every_turn_is_no_difference_and_nothing_counts_after_a_person_came() -> None:
    assert compared(made(("answer", "answer"), ("human", "human"), ("answer", "offer"))) is None


def test_what_is_no_longer_escalated_is_unknown_and_never_saved() -> None:
    tally = Tally()
    take(tally, made(("question", "question"), ("human", "answer")))
    assert tally.samples["no_longer"][0]["unknown_after_turn"] == 2
    assert set(tally.counts) == {"no_longer"}
    assert tally.per_hour == {"q|2026-03-01T09": -1}


def test_episodes_are_judged_apart() -> None:
    turns = [*made(("human", "human")), *made(("question", "human"), episode=2)]
    assert [len(one) for one in episodes(turns)] == [1, 1]
    tally = Tally()
    take(tally, turns)
    assert (tally.episodes, tally.counts) == (2, {"newly": 1})


@pytest.mark.parametrize(
    ("verdict", "outcomes", "agrees"),
    [
        ("right", [("human", "human")], 1),
        ("right", [("human", "answer")], 0),
        ("needless", [("human", "answer")], 1),
        ("needless", [("human", "human")], 0),
        ("too_late", [("question", "human"), ("human", "human")], 1),
        ("too_late", [("question", "question"), ("human", "human")], 0),
    ],
)
def test_agreement_with_verdicts(verdict: str, outcomes: list[tuple[str, str]], agrees: int) -> None:
    tally = Tally()
    take(tally, made(*outcomes, verdict=verdict))
    assert (tally.agreement[verdict].n, tally.agreement[verdict].agrees) == (1, agrees)


def handled(count: int, minutes: int = 3) -> list[Handled]:
    """Hand-overs every few minutes, each a quarter of an hour's work for one of two agents."""
    found = []
    for number in range(count):
        at = START + timedelta(minutes=minutes * number)
        found.append(Handled(at, at + timedelta(minutes=1), at + timedelta(minutes=16), f"a{number % 2}"))
    return found


def test_more_hand_overs_mean_longer_waits_and_fewer_mean_shorter_ones() -> None:
    entries = handled(400)
    more = [(one.asked_at, 1) for one in entries[::2]]
    waits = simulate(entries, more, lambda at: at)
    assert waits.now_p80 is not None
    assert waits.draft_p80 is not None
    assert waits.draft_p80 > waits.now_p80
    fewer = simulate(entries, [(at, -1) for at, _ in more], lambda at: at)
    assert fewer.draft_mean is not None
    assert fewer.now_mean is not None
    assert fewer.draft_mean <= fewer.now_mean
    assert simulate(entries, more, lambda at: at) == waits


def test_under_200_handled_conversations_nothing_is_said() -> None:
    waits = simulate(handled(FEWEST_HANDLED - 1), [], lambda at: at)
    assert (waits.handled, waits.now_p80, waits.draft_p80) == (199, None, None)


def test_closed_hours_are_waited_through() -> None:
    opens = START + timedelta(days=30)
    waits = simulate(handled(200), [], lambda at: max(at, opens))
    assert waits.now_p80 is not None
    assert waits.now_p80 > timedelta(days=29).total_seconds()


def test_signals_can_be_measured_anew() -> None:
    turn = next(
        one for conversation in generated(6, conversations=5) for one in conversation if one.recorded.judged
    )

    def scores(text: str, prior: str) -> dict[str, float]:
        return {name: value.score for name, value in measure(text, "en").signals.items()}

    anew = measured_anew(turn, (), "My lawyer will be in touch", scores, SIGNALS)
    assert anew.recorded.facts["legal"] == 0.9
    assert replay(anew, SHIPPED).outcome == "human"


def test_a_record_of_an_older_release_is_left_out() -> None:
    assert read(b'{"fired": []}') is None


def test_rule_sets_of_a_backtest_are_documents() -> None:
    assert isinstance(parse(plain(shipped())), RuleSet)
