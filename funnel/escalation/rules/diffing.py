"""Differences between rule sets: two-way for review, three-way for an upgrade of the base layer. Never overwrites."""

from typing import Any, Literal

from msgspec import Struct

from funnel.escalation.rules.model import RuleSet, plain

Kind = Literal["added", "removed", "changed", "moved"]
Part = Literal["rule", "parameter", "playbook"]


class Change(Struct, frozen=True):
    """One part that differs. `fields` names what of it; `before` and `after` are the parts whole (None: not there)."""

    part: Part
    id: str
    kind: Kind
    fields: tuple[str, ...] = ()
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class Merge(Struct, frozen=True):
    """One part that a new base layer changes. `ours`: our set has left the old base there too, so somebody must choose."""

    part: Part
    id: str
    base: dict[str, Any] | None
    ours: dict[str, Any] | None
    theirs: dict[str, Any] | None
    state: Literal["take_theirs", "same", "conflict"]


def diff(before: RuleSet, after: RuleSet) -> tuple[Change, ...]:
    """What differs, rules in the order of `after`, then parameters and playbooks."""
    old, new = _parts(before), _parts(after)
    changes = [_change(key, old.get(key), new.get(key)) for key in dict.fromkeys((*new, *old))]
    found = [one for one in changes if one is not None]
    return (*found, *_moved(before, after, {one.id for one in found if one.part == "rule"}))


def _parts(rule_set: RuleSet) -> dict[tuple[Part, str], dict[str, Any]]:
    document = plain(rule_set)
    parts: dict[tuple[Part, str], dict[str, Any]] = {("rule", one["id"]): one for one in document["rules"]}
    parts |= {("parameter", name): one for name, one in document.get("parameters", {}).items()}
    parts |= {("playbook", one["id"]): one for one in document.get("playbooks", [])}
    return parts


def _change(
    key: tuple[Part, str], before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Change | None:
    if before == after:
        return None
    kind: Kind = "added" if before is None else "removed" if after is None else "changed"
    names = dict.fromkeys((*(before or {}), *(after or {})))
    fields = tuple(name for name in names if (before or {}).get(name) != (after or {}).get(name))
    return Change(*key, kind, fields if kind == "changed" else (), before, after)


def _moved(before: RuleSet, after: RuleSet, others: set[str]) -> tuple[Change, ...]:
    """Rules that are the same but stand elsewhere among those that both sets have."""
    both = {rule.id for rule in before.rules} & {rule.id for rule in after.rules}
    old = [rule.id for rule in before.rules if rule.id in both]
    new = [rule.id for rule in after.rules if rule.id in both]
    places = {rule_id: place for place, rule_id in enumerate(old)}
    return tuple(
        Change("rule", rule_id, "moved")
        for place, rule_id in enumerate(new)
        if places[rule_id] != place and rule_id not in others
    )


def three_way(base: RuleSet, ours: RuleSet, theirs: RuleSet) -> tuple[Merge, ...]:
    """What a new base layer (`theirs`) changes against the old one (`base`), and whether `ours` has gone its own way there."""
    old, own, new = _parts(base), _parts(ours), _parts(theirs)
    found = []
    for key in dict.fromkeys((*new, *old)):
        before, mine, after = old.get(key), own.get(key), new.get(key)
        if before == after:
            continue
        state: Literal["take_theirs", "same", "conflict"] = "conflict"
        if mine == after:
            state = "same"
        elif mine == before:
            state = "take_theirs"
        found.append(Merge(*key, before, mine, after, state))
    return tuple(found)


def merged(base: RuleSet, ours: RuleSet, theirs: RuleSet) -> tuple[dict[str, Any], tuple[Merge, ...]]:
    """Our document with every change of the new base that we had not touched, and the conflicts, where ours stays."""
    merges = three_way(base, ours, theirs)
    document = plain(ours)
    taken = [one for one in merges if one.state == "take_theirs"]
    for one in taken:
        _put(document, one)
    return document, tuple(one for one in merges if one.state == "conflict")


def _put(document: dict[str, Any], merge: Merge) -> None:
    if merge.part == "parameter":
        parameters = document.setdefault("parameters", {})
        parameters.pop(merge.id, None)
        if merge.theirs is not None:
            parameters[merge.id] = merge.theirs
        return
    rows: list[dict[str, Any]] = document.setdefault("rules" if merge.part == "rule" else "playbooks", [])
    place = next((at for at, row in enumerate(rows) if row["id"] == merge.id), len(rows))
    rows[place : place + 1] = [merge.theirs] if merge.theirs is not None else []
