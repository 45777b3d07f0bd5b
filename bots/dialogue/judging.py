"""One bot turn: the bot's own plan, the rules over it, and the plan carried out."""

from bots.dialogue.choice import Choice
from bots.dialogue.constraint import Judged, constrained
from bots.dialogue.facts import turn_facts
from bots.dialogue.hearing import Prepared
from bots.dialogue.hook_calls import call_hook
from bots.dialogue.moves import perform, record_decision
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.state import State
from funnel.conversations.values import Actor


def take_turn(script: Script, scene: Scene, proposal: Choice, prepared: Prepared, actor: Actor) -> None:
    """Judges the plan and appends the events of what comes of it; `actor` is whose words or tap it follows on. A hook that the
    rules let the bot call is called, and the decision is made when it has answered or its time is over."""
    judged = judge(script.state, scene, proposal, prepared)
    if judged.choice.hook and judged.choice.move == "ask":
        if judged.choice.hook == "call":
            call_hook(script, judged.choice, prepared)
        return
    perform(script, scene, judged, prepared, actor)


def judge(state: State, scene: Scene, proposal: Choice, prepared: Prepared) -> Judged:
    """What the rules make of the plan. Pure; the same inputs always give the same."""
    facts = turn_facts(state, prepared, scene, proposal)
    verdict = scene.rules.bench(state.site_id, state.locale).judge(facts)
    return Judged(
        constrained(state.episode, proposal, verdict, facts, prepared.playbooks), proposal, verdict, facts
    )


def note_decision(script: Script, scene: Scene, choice: Choice, prepared: Prepared) -> None:
    """Records a decision that no rule has a part in: nothing is owed, or people have the conversation already."""
    record_decision(script, scene, Judged(choice, choice), prepared)
