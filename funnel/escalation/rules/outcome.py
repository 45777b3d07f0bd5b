"""From the bot's plan and a verdict to the one outcome of the turn. Live turns and replays go through this same function."""

from typing import Final, Literal

from msgspec import Struct

from funnel.conversations.values import Outcome, Reason
from funnel.escalation.rules.facts import Facts
from funnel.escalation.rules.verdict import REASONS, Verdict

Step = Literal["keep", "person", "offer", "with_offer", "guide"]
GUIDED: Final = "playbook:"
"""Begins the name of a place in a guided playbook, and the tag of a conversation that a rule has led into one."""
WHILE_QUEUED: Final[dict[Outcome, Outcome]] = {"offer": "question", "answer_and_offer": "answer"}
"""The contact already waits for a person and asks on meanwhile: nothing is offered twice."""
_OWN: Final = ("unreadable", "unsure_language")
"""Questions that offer a person by themselves."""


class Plan(Struct, frozen=True):
    """What the bot would do by itself. `may_offer`: an offer is allowed now (once, and again only after a further miss)."""

    move: str
    outcome: Outcome
    about: str = "need"
    reason: Reason | None = None
    key: str = ""
    danger: bool = False
    may_offer: bool = True


class Ruled(Struct, frozen=True):
    """What becomes of the plan: how it is changed, the outcome, and the one reason of a hand-over."""

    step: Step
    outcome: Outcome
    reason: Reason | None = None


def ruled(plan: Plan, verdict: Verdict, facts: Facts) -> Ruled:
    """The strictest wins: a person, else only an offer, else a playbook, else the answer with an offer. The urgent path is never
    changed."""
    kept = Ruled("keep", plan.outcome, plan.reason)
    if plan.danger:
        return kept
    if verdict.human or (facts.get("brake") and _speaks(plan)):
        reasons = [
            one for one in (plan.reason, verdict.reason if verdict.human else "rule") if one is not None
        ]
        return Ruled("person", "human", min(reasons, key=REASONS.index, default="rule"))
    if facts.get("answer.held") and plan.move in ("answer", "suggest"):
        return _offered(plan, kept)
    if verdict.limit == "offer":
        return _offered(plan, kept)
    if _may_guide(plan, verdict, facts):
        return Ruled("guide", "question")
    if verdict.limit == "answer_and_offer" and plan.may_offer:
        if plan.move in ("answer", "suggest"):
            return Ruled("with_offer", "answer_and_offer")
        if plan.move == "ask" and plan.about not in _OWN:
            return _offered(plan, kept)
    return kept


def _speaks(plan: Plan) -> bool:
    """Whether the bot would say more than a word of thanks."""
    return plan.move not in ("silent", "settled") and plan.key != "thanks"


def _may_guide(plan: Plan, verdict: Verdict, facts: Facts) -> bool:
    """A rule leads into a playbook once a conversation, where the bot would speak of the need and is in none already."""
    asked = plan.move in ("answer", "suggest", "ask") and plan.about in ("need", "unclear")
    if verdict.guide is None or not asked:
        return False
    tags = facts.get("conversation.tags")
    begun = isinstance(tags, tuple | list) and f"{GUIDED}{verdict.guide}" in tags
    return not begun and not plan.key.startswith(GUIDED)


def _offered(plan: Plan, kept: Ruled) -> Ruled:
    """Nothing but an offer, where the bot would say something of its own."""
    if plan.move not in ("answer", "suggest", "ask") or not plan.may_offer:
        return kept
    return Ruled("offer", "offer")
