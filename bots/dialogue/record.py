"""The record of a decision: every fact that was read, as JSON without any copied text."""

import msgspec

from bots.dialogue.choice import Choice
from bots.dialogue.hearing import Prepared
from bots.dialogue.scene import Scene
from funnel.conversations.judgement import DecisionRecord
from funnel.conversations.state import State


def record_of(
    decision_id: str, choice: Choice, state: State, prepared: Prepared, scene: Scene
) -> DecisionRecord:
    """What `decide` went by in this turn; `state` is the state before the decision is folded."""
    episode = state.episode
    promise = None
    if choice.move == "hand_over":
        promise = scene.outlook.promise(state.home_queue_id, scene.moment.at)
    facts = {
        "fired": choice.fired,
        "language": prepared.whole.language,
        "signals": {name: value.score for name, value in prepared.whole.signals.items()},
        "burst": prepared.seqs,
        "knowledge": {
            "revision": prepared.revision,
            "outcome": prepared.found_whole.outcome,
            "confidence": round(prepared.found_whole.confidence, 4),
            "passages": [(one.article_id, round(one.score, 4)) for one in prepared.found_whole.candidates],
            "chosen": [one.article_id for one in choice.candidates],
        },
        "counters": {
            "misses": episode.misses,
            "in_row": episode.misses_in_row,
            "rejected": episode.rejected,
            "turns_on_need": episode.need.bot_turns,
            "unreadable": episode.unreadable,
            "unsure_language": episode.unsure_language,
            "offers": episode.offers,
        },
        "estimates": promise,
    }
    return DecisionRecord(
        decision_id=decision_id,
        outcome=choice.outcome,
        rule_set_version=scene.rule_set_version,
        facts=msgspec.json.encode(facts),
        reason=choice.reason,
    )
