"""Rule documents between the wire and the service: reading them, showing versions, upgrades, switches."""

import asyncio
from typing import Any

import msgspec

from api.schemas.queries import ListQuery
from api.schemas.rules import EvaluateIn, SwitchesIn
from api.services import Services
from bots.decider.rule_tests import count_tests
from funnel.core.errors import invalid
from funnel.escalation.rule_sets.records import Stored, VersionRow
from funnel.escalation.rule_sets.switches import SwitchDraft
from funnel.escalation.rules.diffing import three_way
from funnel.escalation.rules.findings import blocks
from funnel.escalation.rules.model import RuleSet, parse
from funnel.escalation.rules.shipped import BASE, complete, shipped
from funnel.escalation.rules.yaml_format import load_yaml
from funnel.people.principals import AgentPrincipal, Staff

Fields = dict[str, Any]


async def wanted(rules: Any, yaml: str | None) -> RuleSet:
    """The document of a request, in a thread: up to a megabyte is parsed. Raises 422."""
    if (rules is None) == (yaml is None):
        raise invalid("rules_missing", "Send either rules or yaml.")
    return (
        await asyncio.to_thread(load_yaml, yaml)
        if yaml is not None
        else await asyncio.to_thread(parse, rules)
    )


async def to_judge(services: Services, body: EvaluateIn) -> RuleSet | None:
    """What a message is evaluated with: the given rules, a version, or None for the live set. Raises 404, 422."""
    if body.rules is not None and body.version is not None:
        raise invalid("rules_missing", "Send either rules or a version.")
    if body.rules is not None:
        return complete(await wanted(body.rules, None))
    if body.version is not None:
        stored = await services.judgement.sets.read(body.version)
        return await asyncio.to_thread(lambda: complete(parse(stored.document)))
    return None


def author(staff: Staff) -> str | None:
    """Who did it; a program has no id of an agent."""
    return staff.agent_id if isinstance(staff, AgentPrincipal) else None


def name_of(services: Services, agent_id: str | None) -> str | None:
    """The name of an agent who is still here."""
    found = services.directory.now().agents.get(agent_id or "")
    return found.name if found is not None else None


def row_fields(services: Services, row: VersionRow) -> Fields:
    """A version without its document."""
    return {**msgspec.to_builtins(row), "author_name": name_of(services, row.author_id)}


def whole(services: Services, stored: Stored) -> Fields:
    """A version with its document."""
    return {**row_fields(services, stored.row), "rules": stored.document}


async def history(services: Services) -> Fields:
    """What was live when, and who made it so."""
    items = [
        {**msgspec.to_builtins(one), "by_name": name_of(services, one.by_id)}
        for one in await services.judgement.sets.history()
    ]
    return {"items": items, "next": None}


async def switches(services: Services) -> Fields:
    """The switches that are on."""
    items = [
        {**msgspec.to_builtins(one), "by_name": name_of(services, one.by)}
        for one in await services.judgement.switches.list()
    ]
    return {"items": items, "next": None}


async def page(services: Services, query: ListQuery) -> Fields:
    """A page of versions. Raises 422 cursor_invalid."""
    before = None
    if query.cursor is not None:
        if not query.cursor.isascii() or not query.cursor.isdecimal() or len(query.cursor) > 9:
            raise invalid("cursor_invalid", "This cursor was not made by this list.")
        before = int(query.cursor)
    rows = await services.judgement.sets.versions(limit=query.limit + 1, before=before)
    shown = rows[: query.limit]
    following = str(shown[-1].version) if len(rows) > query.limit else None
    return {"items": [row_fields(services, row) for row in shown], "next": following}


async def linted(services: Services, document: RuleSet) -> Fields:
    """Findings of the document as it would be in force, and how many tests ran."""
    effective = complete(document)
    observed = await services.judgement.decisions.observed()
    findings = await services.judgement.sets.findings(effective, observed=observed)
    return {
        "ok": not blocks(findings),
        "tests": count_tests(effective),
        "findings": msgspec.to_builtins(findings),
    }


async def upgrade(services: Services) -> Fields:
    """The shipped set of this release against the base layer that the live one was begun from, and the live one."""
    live = await services.judgement.sets.live()
    base = await services.judgement.sets.base_of(live.row.base)
    merges = three_way(base, parse(live.document), shipped())
    return {"base": BASE, "live_base": live.row.base, "items": msgspec.to_builtins(merges), "next": None}


async def switch(services: Services, body: SwitchesIn, by_id: str | None) -> Fields:
    """Turns on what is new and off what is not named, in one step. Raises 422."""
    kept = {one.id for one in body.items if one.id is not None}
    new = [SwitchDraft(**one.model_dump(exclude={"id"})) for one in body.items if one.id is None]
    await services.judgement.switches.put(kept, new, by_id)
    return await switches(services)
