"""Playbooks: documents that hold their own tests, conversations guided by them, and every way out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.decider.ears import SignalEars
from bots.dialogue.playbooks import Place, after_call, begin, place_of, proceed, shipped_playbooks
from bots.dialogue.playbooks.linting import lint
from bots.dialogue.playbooks.model import PlaybookError, load
from bots.dialogue.playbooks.run import failures
from bots.dialogue.playbooks.shelf import shipped, shipped_documents
from bots.dialogue.wording import site_words
from funnel.conversations.events import AnswerOffered, ConversationHandedOver
from funnel.core.locales import CATALOGUE_LOCALES
from tests.unit.decider_world import Talk, bundle

STEP = "{{id: {id}, ask: {{en: a, zh-Hans: b, zh-Hant: c, ar: d}}, expect: text, next: {next}}}"
END = "{id: end, hand_over: true}"


def document(*steps: str, tests: str = "[{name: t, says: [x], path: [one, end], ends: hand_over}]") -> str:
    title = "{en: a, zh-Hans: b, zh-Hant: c, ar: d}"
    return f"key: k\ntitle: {title}\nsteps: [{', '.join(steps)}]\ntests: {tests}\n"


@pytest.mark.parametrize("key", sorted(shipped()))
def test_shipped_playbooks_hold_their_own_tests(key: str) -> None:
    book = shipped()[key]
    assert failures(book) == []
    assert len(book.tests) >= 4
    spoken = [words for step in book.steps for words in (step.ask, step.again, step.answer) if words]
    assert all(set(CATALOGUE_LOCALES) <= words.keys() and all(words.values()) for words in spoken)
    assert set(CATALOGUE_LOCALES) <= book.title.keys()


def test_three_are_shipped() -> None:
    assert set(shipped()) == {"order-status", "return", "password-reset"}


@pytest.mark.parametrize(
    "text",
    [
        "- not\n- a playbook",
        document(STEP.format(id="one", next="nowhere"), END),
        document(STEP.format(id="one", next="end"), STEP.format(id="one", next="end"), END),
        document("{id: one, ask: {en: only}, next: end}", END),
        document(
            "{id: one, call: h, next: two, without: two}", "{id: two, call: h, next: one, without: one}", END
        ),
        document("{id: one, ask: {en: a, zh-Hans: b, zh-Hant: c, ar: d}, expect: yes_no, next: end}", END),
        document("{id: one, hand_over: true, call: h, next: end, without: end}", END),
        document(STEP.format(id="one", next="end"), END, tests="[]"),
        document(STEP.format(id="one", next="end"), END) + "more: 1\n",
        "&a [*a]",
    ],
)
def test_documents_with_faults_are_refused(text: str) -> None:
    with pytest.raises(PlaybookError):
        load(text)


def test_a_test_that_does_not_hold_is_named() -> None:
    wrong = "[{name: wrong, says: [x], path: [one], ends: ask}]"
    assert failures(load(document(STEP.format(id="one", next="end"), END, tests=wrong))) == ["wrong"]


def test_a_hook_that_answers_takes_its_own_way() -> None:
    book = shipped()["order-status"]
    called = proceed(book, "number", "#4711", again=False, hooks={"order_status"})
    assert (called.does, called.path) == ("call", ("look",))
    assert after_call(book, "look", answered=True).path == ("told",)
    assert after_call(book, "look", answered=False).path == ("pass",)
    assert after_call(book, "number", answered=True).does == "lost"
    assert proceed(book, "number", "#4711", again=False).path == ("look", "pass")


@given(st.text(max_size=60), st.sampled_from(sorted(shipped())), st.booleans())
def test_any_reply_leads_somewhere(text: str, key: str, again: bool) -> None:
    book = shipped()[key]
    assert begin(book).does == "ask"
    for step in book.steps:
        turn = proceed(book, step.id, text, again=again)
        assert book.step(turn.step_id) is not None
        assert turn.does != "ask_again" or not again
    assert place_of(text) is None or text.startswith("playbook:")
    assert place_of(place.name if (place := place_of(f"playbook:{text}")) else None) == place
    assert place_of(Place(key, "number", again, 3).name) == Place(key, "number", again, 3)


@pytest.mark.parametrize("locale", ["en", "zh-Hans", "zh-TW", "ar-EG", "de"])
def test_every_question_is_said_in_the_readers_language(locale: str) -> None:
    words = site_words(None)
    for book in shipped().values():
        for step in book.steps:
            name = f"playbook:{book.key}:{step.id}"
            assert bool(shipped_playbooks().words_of(name, locale)) == bool(step.ask or step.answer)
            if step.ask:
                assert words.say(locale, name) == shipped_playbooks().words_of(name, words._locale(locale))
    with pytest.raises(KeyError):
        words.say(locale, "playbook:nothing:here")


def guided(key: str) -> Talk:
    talk = Talk(bundle(ears=SignalEars()))
    talk.says("start", payload=f"playbook:{key}")
    return talk


def handed(talk: Talk) -> str | None:
    found = talk.one(ConversationHandedOver)
    return found.reason if isinstance(found, ConversationHandedOver) else None


def asked(talk: Talk) -> str | None:
    found = talk.one(AnswerOffered)
    return found.question if isinstance(found, AnswerOffered) else None


def test_a_conversation_is_guided_to_a_person_with_the_answers_in_its_log() -> None:
    talk = guided("order-status")
    assert asked(talk) == "playbook:order-status@1:number"
    talk.wait(20).says("no idea")
    assert asked(talk) == "playbook:order-status@1:number:again"
    talk.wait(20).says("ah, it is 4711")
    assert handed(talk) == "rule"
    talk.whole()


def test_a_reply_within_the_burst_is_read_by_itself() -> None:
    talk = guided("password-reset")
    talk.wait(3).says("yes")
    assert asked(talk) == "playbook:password-reset@1:link"
    talk.wait(3).says("yes")
    assert talk.outcomes() == ["answer"]
    talk.wait(60).says("how long does delivery take?")
    assert talk.outcomes() == ["answer"]
    talk.whole()


def test_a_person_or_another_question_is_always_possible() -> None:
    talk = guided("return")
    talk.wait(20).says("I want to talk to a human")
    assert handed(talk) == "human_requested"
    talk = guided("return")
    talk.wait(20).says("how long does delivery take?")
    assert talk.outcomes() == ["answer"]
    assert asked(talk) is None
    talk = guided("return")
    talk.wait(20).says("never mind")
    assert not (asked(talk) or "").startswith("playbook:")


def test_a_button_of_no_playbook_is_a_message_like_any_other() -> None:
    talk = guided("nothing")
    assert not (asked(talk) or "").startswith("playbook:")
    talk.whole()


def test_lint_names_the_line_of_each_fault_and_the_tests_that_fail() -> None:
    good = shipped_documents()["return"]
    assert lint(good).good
    faulty = lint(good.replace("next: fault", "next: nowhere"))
    (problem,) = faulty.problems
    lines = good.splitlines()
    assert lines[problem.line - 1].strip() == "- id: why"
    assert "nowhere" in problem.message
    for text, line in (
        ("key: k\ntitle: [\n", 3), ("key: k\ntitle: 1\n", 2), ("key: k\ntitle: {}\nsteps:\n- id: a\n- id: b\n  wrong: 1\n", 5), ("", 1),
    ):  # fmt: skip
        found = lint(text)
        assert (found.playbook, found.good, found.problems[0].line) == (None, False, line)
    assert lint(
        good.replace("- {name: used,", "- {name: used up,").replace('no, I wore it"]', 'yes"]')
    ).failed == ("used up",)


@given(st.text(max_size=80))
def test_any_text_is_linted(text: str) -> None:
    assert lint(text).good is False
