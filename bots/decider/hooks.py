"""What an integrator's hook said, or that its time is over: the playbook goes on."""

from collections.abc import Mapping

from bots.dialogue.guided import after_hook
from bots.dialogue.hearing import Prepared
from bots.dialogue.judging import take_turn
from bots.dialogue.playbooks import Playbooks, is_whole
from bots.dialogue.scene import Scene
from bots.dialogue.script import Script
from funnel.conversations.commands import TellHookResult
from funnel.conversations.events import AnswerDeferred, HookAnswered, HookOutcome
from funnel.conversations.state import AwaitedHook, State
from funnel.conversations.values import BOT, SYSTEM, Actor

INCOMPLETE = "incomplete"


def hook_told(command: TellHookResult, state: State, prepared: Prepared, scene: Scene) -> Script:
    """Goes on with the result; nothing where another call, or none, is waited for by now."""
    script = Script(state, scene.moment)
    hook = state.hook
    if hook is None or hook.call_id != command.call_id:
        return script
    if command.error is not None:
        _go_on(script, scene, prepared, hook, "failed", None, command.error)
    elif not _is_whole(hook, prepared.playbooks, command.values):
        _go_on(script, scene, prepared, hook, "failed", None, INCOMPLETE)
    else:
        _go_on(script, scene, prepared, hook, "answered", command.values, None)
    return script


def time_over(script: Script, scene: Scene, prepared: Prepared) -> None:
    """The hook has said nothing in time."""
    hook = script.state.hook
    if hook is not None:
        _go_on(script, scene, prepared, hook, "timed_out", None, None)


def _is_whole(hook: AwaitedHook, playbooks: Playbooks, values: Mapping[str, str]) -> bool:
    book = playbooks.books.get((hook.playbook, hook.version))
    step = book.step(hook.step) if book is not None else None
    return step is not None and is_whole(step, values)


def _go_on(
    script: Script,
    scene: Scene,
    prepared: Prepared,
    hook: AwaitedHook,
    outcome: HookOutcome,
    values: Mapping[str, str] | None,
    error: str | None,
) -> None:
    """The turn that the contact's reply began is taken now. What it wrote since and waits for its rest is judged when that ends."""
    pending = script.state.deferred_until
    script.add(
        HookAnswered(hook.call_id, outcome, hook.hook, dict(values or {}), error, hook.after_seq), SYSTEM
    )
    choice = after_hook(hook, prepared.playbooks, values)
    actor = Actor(kind="contact", id=script.state.contact_id)
    take_turn(script, scene, choice, prepared, actor)
    state = script.state
    if pending is not None and state.status == "open" and state.owner.kind == "bot" and state.hook is None:
        script.add(AnswerDeferred(max(pending, script.moment.at)), BOT)
