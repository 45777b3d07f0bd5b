"""The next steps of an article: buttons under its answer on the website, buttons and lines of text on messengers."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bots.connectors.registry import CONNECTORS
from funnel.channels.outbound import Rendered
from funnel.conversations.events import DecisionMade, MessageCreated, encode
from funnel.conversations.values import QuickReply
from funnel.turns.outbox.composing import rendered
from funnel.turns.outbox.store import Due
from kb.articles import NextStep, StepKind
from kb.search import SearchResult
from tests.unit.decider_world import CONTACT, Talk, TinyKnowledge, bundle

STEPS = (
    NextStep(StepKind.LINK, "Your orders", "https://shop.example/orders"),
    NextStep(StepKind.PLAYBOOK, "", "return"),
    NextStep(StepKind.PERSON),
)


class Stepping(TinyKnowledge):
    """Every article has next steps."""

    def __init__(self, *steps: NextStep) -> None:
        super().__init__()
        self.steps = steps

    def search(self, *args: object, **fields: object) -> SearchResult:
        """As found, with the steps."""
        found = super().search(*args, **fields)  # type: ignore[arg-type]
        return SearchResult(
            found.outcome, found.confidence, tuple(replace(hit, next_steps=self.steps) for hit in found.hits)
        )


def chips(talk: Talk) -> list[tuple[str, str]]:
    """The buttons of what the bot said last."""
    said = [one.payload for one in talk.last if isinstance(one.payload, MessageCreated)]
    return [(one.label, one.payload) for one in said[-1].quick_replies]


def test_steps_are_buttons_under_the_answer_in_the_writers_order() -> None:
    talk = Talk(bundle(knowledge=Stepping(*STEPS)))
    talk.says("how does delivery work")
    assert chips(talk) == [
        ("Your orders", "link:https://shop.example/orders"), ("Return", "playbook:return"),
        (chips(talk)[2][0], "human"),
    ]  # fmt: skip
    talk.wait(20).says("Return", payload="playbook:return")
    assert talk.outcomes() == ["question"]
    talk.whole()


def test_a_step_that_leads_nowhere_is_left_out_and_none_is_there_twice() -> None:
    steps = (
        NextStep(StepKind.PLAYBOOK, "Old", "withdrawn"),
        NextStep(StepKind.PERSON, "Our team"),
        NextStep(StepKind.LINK, "", "/help"),
    )
    talk = Talk(bundle(knowledge=Stepping(*steps)))
    talk.says("how does delivery work")
    assert chips(talk) == [("Our team", "human"), ("/help", "link:/help")]
    talk.wait(20).says("that did not help")
    assert [payload for _, payload in chips(talk)].count("human") <= 1


def test_a_link_that_is_opened_is_a_good_sign_and_nothing_is_said() -> None:
    talk = Talk(bundle(knowledge=Stepping(*STEPS)))
    talk.says("how does delivery work")
    talk.wait(20).says("Your orders", payload="link:https://shop.example/orders")
    (made,) = (one.payload for one in talk.last if isinstance(one.payload, DecisionMade))
    assert (made.outcome, made.positive, made.counts) == ("silent", True, False)
    talk.whole()


def due(*buttons: QuickReply) -> Due:
    """An answer with these buttons, on its way out."""
    message = MessageCreated(
        message_id="m", text="It takes two days.", direction="outgoing", quick_replies=buttons
    )
    return Due(
        id="d", conversation_id="c", message_id="m", inbox_id="i", attempts=1, fence=1, expires_at=None, plain=False,
        possible_duplicate=False, sent_parts=0, reconciled=False, now=datetime(2026, 3, 2, tzinfo=UTC), waited=0, address=CONTACT,
        thread_id=None, business_connection_id=None, reply_token=None, token_expires_at=None, last_message_id=None,
        window_expires_at=datetime(2027, 3, 2, tzinfo=UTC), quota_left=None, mail=None, data=encode(message).decode(),
        actor_kind="bot",
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_on_every_channel_links_are_lines_and_the_rest_are_choices(name: str) -> None:
    buttons = (
        QuickReply("Your orders", "link:https://shop.example/orders"),
        QuickReply("Help", "link:/help"),
        QuickReply("Return", "playbook:return"),
        QuickReply("A person", "human"),
    )
    made = rendered(due(*buttons), CONNECTORS[name].capabilities, lambda one: one.name)
    assert isinstance(made, Rendered)
    text = "\n".join(part.text or "" for part in made.parts)
    assert "Your orders: https://shop.example/orders" in text
    assert "/help" not in text
    assert [one.payload for one in made.message.choices] == ["playbook:return", "human"]
    shown = [choice.label for part in made.parts for choice in part.choices]
    assert shown == ["Return", "A person"] or ("1. Return" in text and "2. A person" in text)
