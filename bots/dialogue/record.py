"""The record of a decision: every fact that was read, as JSON without any copied text; enough to judge the turn again."""

from collections.abc import Sequence
from typing import Any

import msgspec

from bots.dialogue.constraint import Judged, plan_of
from bots.dialogue.hearing import Heard, Prepared
from bots.dialogue.scene import Scene
from funnel.conversations.judgement import DecisionRecord
from funnel.conversations.state import State
from funnel.escalation.rules.compiling import Test
from funnel.escalation.rules.facts import FACTS, recorded
from funnel.escalation.rules.judging import Told
from funnel.escalation.rules.verdict import Ruling
from funnel.escalation.signals.registry import versions

Fields = dict[str, Any]
Span = tuple[int, int]


def record_of(
    decision_id: str, judged: Judged, state: State, prepared: Prepared, scene: Scene
) -> DecisionRecord:
    """What `decide` went by in this turn; `state` is the state before the decision is folded.

    `facts`, `history` and `patterns` are what rules read, `plan` the bot's own plan: with them any rule set can judge the
    turn again. Evidence is (seq of the message, start, end).
    """
    choice, verdict = judged.choice, judged.verdict
    fields: Fields = {
        "facts": recorded(judged.facts),
        "history": judged.facts.history,
        "patterns": judged.facts.patterns,
        "plan": plan_of(state.episode, judged.proposal),
        "episode": state.episode.number,
        "messages": _messages(prepared, state),
        "rules": [_ruling(one, judged, state, scene) for one in verdict.rulings if one.result != "no"],
        "no": [one.rule_id for one in verdict.rulings if one.result == "no"],
        "winner": verdict.winner,
        "queue": verdict.queue,
        "priority": verdict.priority,
        "queued": state.owner.kind == "queue",
        "signals": _signals(prepared, state, scene),
        "language": prepared.whole.language,
        "knowledge": _knowledge(judged, prepared),
        "detectors": versions(),
        "activation": scene.rules.activation,
        "judged": bool(verdict.rulings),
    }
    if choice.move == "hand_over":
        fields["estimates"] = scene.outlook.promise(state.home_queue_id, scene.moment.at)
    return DecisionRecord(
        decision_id=decision_id,
        outcome=choice.outcome,
        rule_set_version=scene.rules.version,
        facts=msgspec.json.encode(fields),
        reason=choice.reason,
    )


def _messages(prepared: Prepared, state: State) -> list[int]:
    """Where the words are that were heard as a whole: seqs of the burst, the last message included."""
    last = state.burst.seqs[-1:] if state.burst is not None and prepared.text else ()
    return sorted({*prepared.seqs, *last})


def _ruling(one: Ruling, judged: Judged, state: State, scene: Scene) -> Fields:
    bench = scene.rules.bench(state.site_id, state.locale)
    fields: Fields = {
        "id": one.rule_id,
        "result": one.result,
        "conditions": [_told(told) for told in bench.told(one.rule_id, judged.facts)],
    }
    if one.missing:
        fields["missing"] = [_test(test) for test in one.missing]
    if one.blocked:
        fields["blocked"] = True
    return fields


def _told(told: Told) -> Fields:
    return {**_test(told.test), "value": _value(told), "holds": told.holds}


def _value(told: Told) -> object:
    """Words of a message are never copied; what a pattern said of them is."""
    spec = FACTS.get(told.test.leaf.fact)
    copied = spec is not None and not spec.recorded and told.test.leaf.matches is None
    return None if copied else told.value


def _test(test: Test) -> Fields:
    leaf = test.leaf
    fields: Fields = {"fact": leaf.fact, "operator": test.operator, "wanted": test.threshold}
    if leaf.count_over is not None:
        fields |= {"last": leaf.count_over.last, "at_least": leaf.count_over.at_least}
    if test.negated:
        fields["negated"] = True
    return fields


def _knowledge(judged: Judged, prepared: Prepared) -> Fields:
    found = prepared.found_whole
    return {
        "revision": prepared.revision,
        "outcome": found.outcome,
        "confidence": round(found.confidence, 4),
        "passages": [(one.article_id, round(one.score, 4)) for one in found.candidates],
        "chosen": [one.article_id for one in judged.choice.candidates],
    }


def _signals(prepared: Prepared, state: State, scene: Scene) -> Fields:
    """Each signal with its score and where in which message it stands."""
    places = _places(prepared, state, scene)
    return {
        name: {
            "score": round(value.score, 4),
            "evidence": [place for span in value.evidence if (place := _placed(span, places)) is not None],
        }
        for name, value in _strongest(prepared.line, prepared.whole).signals.items()
    }


def _strongest(line: Heard, whole: Heard) -> Heard:
    return whole if whole.signals else line


def _places(prepared: Prepared, state: State, scene: Scene) -> list[tuple[int, int, int]]:
    """(seq, start, end) of every message in the text that was heard as a whole."""
    texts = [
        (one.seq, one.text) for one in scene.moment.burst if one.seq in prepared.seqs and one.text.strip()
    ]
    known = {seq for seq, _ in texts}
    last = state.burst.seqs[-1] if state.burst is not None else state.last_seq
    places: list[tuple[int, int, int]] = []
    at = 0
    for seq, text in texts:
        places.append((seq, at, at + len(text)))
        at += len(text) + 1
    if last not in known:
        places.append((last, at, len(prepared.text)))
    return places


def _placed(span: Span, places: Sequence[tuple[int, int, int]]) -> tuple[int, int, int] | None:
    for seq, start, end in places:
        if start <= span[0] < end:
            return seq, span[0] - start, min(span[1], end) - start
    return None
