"""What the rules make of the bot's plan: at most an answer, an answer with an offer, or an offer; or at least a person. Pure."""

from msgspec import Struct
from msgspec.structs import replace

from bots.dialogue.choice import Choice
from bots.dialogue.loop_guard import may_offer
from bots.dialogue.playbooks import Playbooks, opening_place
from funnel.conversations.state import Episode
from funnel.escalation.rules.facts import Facts
from funnel.escalation.rules.outcome import Plan, ruled
from funnel.escalation.rules.verdict import Verdict

NO_VERDICT = Verdict(())


class Judged(Struct, frozen=True):
    """A turn as judged: the bot's plan, the facts, what the rules said, and the plan that is carried out."""

    choice: Choice
    proposal: Choice
    verdict: Verdict = NO_VERDICT
    facts: Facts = Facts({})


def plan_of(episode: Episode, proposal: Choice) -> Plan:
    """The plan as rules see it; `episode` is the one before the decision."""
    return Plan(
        move=proposal.move,
        outcome=proposal.outcome,
        about=proposal.about,
        reason=proposal.reason,
        key=proposal.key,
        danger=proposal.danger,
        may_offer=may_offer(episode, missed=proposal.miss is not None),
    )


def _guided(proposal: Choice, playbooks: Playbooks, key: str) -> Choice:
    """The first question of a playbook. What the knowledge base does not have is no miss where a playbook has it."""
    place = opening_place(playbooks, key)
    if place is None:
        return proposal
    miss = None if proposal.miss == "none_found" else proposal.miss
    return replace(
        proposal,
        move="ask",
        outcome="question",
        key=place.name,
        about="need",
        candidates=(),
        confidence=None,
        miss=miss,
    )


def constrained(
    episode: Episode, proposal: Choice, verdict: Verdict, facts: Facts, playbooks: Playbooks
) -> Choice:
    """The plan that is carried out."""
    found = ruled(plan_of(episode, proposal), verdict, facts)
    match found.step:
        case "person":
            return replace(
                proposal,
                move="hand_over",
                outcome="human",
                reason=found.reason,
                candidates=(),
                confidence=None,
                key="",
            )
        case "offer":
            return replace(
                proposal, move="offer", outcome="offer", key="offer", candidates=(), confidence=None
            )
        case "guide":
            return _guided(proposal, playbooks, verdict.guide or "")
        case "with_offer":
            return replace(proposal, outcome="answer_and_offer")
    return proposal
