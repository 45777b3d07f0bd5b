"""What the desk's rule editor needs beside the documents: the vocabulary, YAML in and out, and a draft brought up to date."""

import asyncio
from typing import Any

import msgspec

from api.operations.rule_documents import Fields, whole
from api.schemas.rules import RebaseIn, RulesIn
from api.services import Services
from bots.connectors.registry import CONNECTORS
from bots.dialogue.playbooks import guides
from funnel.core.errors import conflict
from funnel.core.locales import resolve_locale
from funnel.escalation.rule_sets.surroundings import attributes, known
from funnel.escalation.rules.diffing import Merge, merged
from funnel.escalation.rules.facts import SIGNALS, SPECS, FactKind, FactSpec, FactValue
from funnel.escalation.rules.model import RuleSet, parse, plain
from funnel.escalation.rules.words import fact_words
from funnel.escalation.rules.yaml_format import dump_yaml, load_yaml


async def vocabulary(services: Services, locale: str) -> Fields:
    """Every fact with its kind, range and words in the language, those of contacts here too, and what scopes and effects may
    name here."""
    tag = resolve_locale(locale)
    directory = services.directory.now()
    facts = [
        {
            "name": spec.name,
            "kind": spec.kind,
            "low": spec.low,
            "high": spec.high,
            "choices": list(spec.choices),
            "signal": spec.name in SIGNALS,
            "words": fact_words(spec.name, tag),
        }
        for spec in (*SPECS, *map(_spec_of, (await attributes(services.db.pool)).items()))
    ]
    playbooks = services.playbooks.now()
    there = await known(services.db.pool, {})
    return {
        "facts": facts,
        "sites": [{"id": one.id, "key": one.key, "name": one.name} for one in directory.sites.values()],
        "queues": [{"id": one.id, "name": one.name} for one in directory.queues.values()],
        "channels": sorted({"web", *CONNECTORS}),
        "skills": sorted(there.skills or ()),
        "playbooks": [
            {"key": key, "title": dict(playbooks.books[key, playbooks.live[key]].title)}
            for key in guides(playbooks)
        ],
    }


def _spec_of(attribute: tuple[str, FactValue]) -> FactSpec:
    """An attribute as an editor asks for it: by the kind of value that it has."""
    name, value = attribute
    kinds: dict[type, FactKind] = {bool: "flag", int: "number", float: "number", tuple: "words"}
    return FactSpec(name, kinds.get(type(value), "word"))


async def both(body: RulesIn) -> Fields:
    """The document as plain data and as YAML, whichever was sent. Raises 422."""
    return await asyncio.to_thread(_both, body)


def _both(body: RulesIn) -> Fields:
    rule_set = load_yaml(body.yaml) if body.yaml is not None else parse(body.rules)
    return {"rules": plain(rule_set), "yaml": dump_yaml(rule_set)}


async def rebase(services: Services, version: int, body: RebaseIn, by_id: str | None) -> Fields:
    """The draft with everything that went live since it was begun; where both changed a part the draft's stays and is listed.

    Raises 404, 409 `immutable` for what is no draft, 409 `revision_moved` where it was changed meanwhile.
    """
    sets = services.judgement.sets
    draft, live = await sets.read(version), await sets.live()
    if draft.row.status != "draft":
        raise conflict("immutable", "A published rule set never changes; make a new version.")
    base = await sets.read(draft.row.based_on or live.row.version)
    document, conflicts = await asyncio.to_thread(_merged, base.document, draft.document, live.document)
    stored = await sets.change(
        version,
        document,
        note=draft.row.note,
        revision=body.revision or draft.row.revision,
        based_on=live.row.version,
        author_id=by_id,
    )
    return {"version": whole(services, stored), "conflicts": msgspec.to_builtins(conflicts)}


def _merged(base: Any, ours: Any, theirs: Any) -> tuple[RuleSet, tuple[Merge, ...]]:
    document, conflicts = merged(parse(base), parse(ours), parse(theirs))
    return parse(document), conflicts
