"""Escalation rules: versions, lint, publishing, evaluation, switches. Reading and trying need `rules.edit`, what changes live
judgement `rules.publish`."""

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Response

from api.credentials import ServicesNow, requires
from api.operations import evaluating, rule_desk, rule_documents
from api.routers.strict import Responses, StrictRoute, raw_json
from api.schemas.queries import ListQuery
from api.schemas.rules import (
    DiffOut,
    DraftIn,
    EvaluateIn,
    EvaluateOut,
    FormatOut,
    HistoryOut,
    LintOut,
    NoteIn,
    RebaseIn,
    RebaseOut,
    RollbackIn,
    RulesIn,
    SettingsIn,
    SettingsOut,
    ShadowIn,
    SwitchesIn,
    SwitchesOut,
    UpgradeOut,
    VersionPageOut,
    VocabularyOut,
    WholeVersionOut,
)
from api.spoken import Language, spoken
from funnel.conversations.render import encode_json
from funnel.core.errors import invalid
from funnel.escalation.rules.diffing import diff
from funnel.escalation.rules.model import parse, schema
from funnel.people.principals import AgentPrincipal, KeyPrincipal

router = APIRouter(prefix="/v1", tags=["rules"], route_class=StrictRoute)
Editor = Annotated[AgentPrincipal | KeyPrincipal, requires("rules.edit")]
Publisher = Annotated[AgentPrincipal | KeyPrincipal, requires("rules.publish")]
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]
REFUSED: Responses = {
    409: {
        "description": "Another version went live meanwhile, a freeze, or a second person is needed; `code` says which.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
}


def _json(value: Any, status: int = 200) -> Response:
    return raw_json(encode_json(value), status)


@router.get("/rules", response_model=WholeVersionOut)
async def read_live(_: Editor, services: ServicesNow) -> Response:
    """The published set."""
    return _json(rule_documents.whole(services, await services.judgement.sets.live()))


@router.get("/rules/schema", response_model=dict[str, Any])
async def read_schema(_: Editor) -> Response:
    """The JSON Schema of a rule set."""
    return _json(schema())


@router.get("/rules/vocabulary", response_model=VocabularyOut)
async def read_vocabulary(_: Editor, services: ServicesNow, language: Language = None) -> Response:
    """Every fact a condition may compare, in the asked language, and what else rules may name: sites, queues, channels,
    skills of agents, playbooks."""
    return _json(await rule_desk.vocabulary(services, spoken(language)))


@router.get("/rules/history", response_model=HistoryOut)
async def read_history(_: Editor, services: ServicesNow) -> Response:
    """What was live when, newest first."""
    return _json(await rule_documents.history(services))


@router.get("/rules/settings", response_model=SettingsOut)
async def read_settings(_: Editor, services: ServicesNow) -> Response:
    """Second person, freeze, shadow."""
    return _json(await services.judgement.guards.settings())


@router.put("/rules/settings", response_model=SettingsOut)
async def change_settings(body: SettingsIn, _: Publisher, services: ServicesNow) -> Response:
    """Replaces second person and freeze."""
    return _json(await services.judgement.guards.change_settings(**body.model_dump()))


@router.get("/rules/upgrade", response_model=UpgradeOut)
async def read_upgrade(_: Editor, services: ServicesNow) -> Response:
    """What this release's shipped set changes, three ways: nothing is ever overwritten."""
    return _json(await rule_documents.upgrade(services))


@router.get("/rules/versions", response_model=VersionPageOut)
async def list_versions(_: Editor, services: ServicesNow, query: Annotated[ListQuery, Query()]) -> Response:
    """Versions, newest first."""
    return _json(await rule_documents.page(services, query))


@router.post("/rules/versions", status_code=201, response_model=WholeVersionOut)
async def create_version(body: DraftIn, staff: Editor, services: ServicesNow) -> Response:
    """A new draft."""
    document = await rule_documents.wanted(body.rules, body.yaml)
    stored = await services.judgement.sets.draft(
        document, note=body.note, based_on=body.based_on, author_id=rule_documents.author(staff)
    )
    return _json(rule_documents.whole(services, stored), 201)


@router.get("/rules/versions/{version}", response_model=WholeVersionOut)
async def read_version(version: Version, _: Editor, services: ServicesNow) -> Response:
    """One version with its document."""
    return _json(rule_documents.whole(services, await services.judgement.sets.read(version)))


@router.put("/rules/versions/{version}", response_model=WholeVersionOut, responses=REFUSED)
async def change_version(version: Version, body: DraftIn, staff: Editor, services: ServicesNow) -> Response:
    """Replaces a draft; a published version never changes."""
    document = await rule_documents.wanted(body.rules, body.yaml)
    stored = await services.judgement.sets.change(
        version,
        document,
        note=body.note,
        revision=body.revision,
        based_on=body.based_on,
        author_id=rule_documents.author(staff),
    )
    return _json(rule_documents.whole(services, stored))


@router.delete("/rules/versions/{version}", status_code=204, responses=REFUSED)
async def delete_version(version: Version, _: Editor, services: ServicesNow) -> None:
    """Deletes a draft."""
    await services.judgement.sets.delete(version)


@router.get("/rules/versions/{version}/diff", response_model=DiffOut)
async def diff_version(
    version: Version,
    _: Editor,
    services: ServicesNow,
    against: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """What differs from another version (absent: the live one)."""
    sets = services.judgement.sets
    after = await sets.read(version)
    before = await (sets.read(against) if against is not None else sets.live())
    changes = await asyncio.to_thread(lambda: diff(parse(before.document), parse(after.document)))
    return _json({"items": msgspec.to_builtins(changes), "next": None})


@router.post("/rules/versions/{version}/lint", response_model=LintOut)
async def lint_version(version: Version, _: Editor, services: ServicesNow) -> Response:
    """Lint and all tests."""
    stored = await services.judgement.sets.read(version)
    return _json(await rule_documents.linted(services, parse(stored.document)))


@router.post("/rules/lint", response_model=LintOut)
async def lint_document(body: RulesIn, _: Editor, services: ServicesNow) -> Response:
    """Lint and all tests of a document that is not kept."""
    return _json(await rule_documents.linted(services, await rule_documents.wanted(body.rules, body.yaml)))


@router.post("/rules/format", response_model=FormatOut)
async def format_document(body: RulesIn, _: Editor) -> Response:
    """A document as JSON and as YAML, whichever was sent; nothing is kept."""
    if (body.rules is None) == (body.yaml is None):
        raise invalid("rules_missing", "Send either rules or yaml.")
    return _json(await rule_desk.both(body))


@router.post("/rules/versions/{version}/rebase", response_model=RebaseOut, responses=REFUSED)
async def rebase_version(
    version: Version, staff: Editor, services: ServicesNow, body: RebaseIn | None = None
) -> Response:
    """Takes what went live since into a draft; where both changed the same part the draft's stays and is listed."""
    found = await rule_desk.rebase(services, version, body or RebaseIn(), rule_documents.author(staff))
    return _json(found)


@router.post("/rules/versions/{version}/publish", response_model=WholeVersionOut, responses=REFUSED)
async def publish_version(
    version: Version, staff: Publisher, services: ServicesNow, body: NoteIn | None = None
) -> Response:
    """Makes it live on every process within two seconds; refused with the findings of lint, or the diff where another version
    went live meanwhile."""
    stored = await services.judgement.sets.publish(
        version,
        note=body.note if body else None,
        by_id=rule_documents.author(staff),
    )
    return _json(rule_documents.whole(services, stored))


@router.post("/rules/versions/{version}/shadow", response_model=SettingsOut)
async def shadow_version(
    version: Version, _: Publisher, services: ServicesNow, body: ShadowIn | None = None
) -> Response:
    """Lets it decide silently beside the live set, or ends that."""
    on = body is None or body.on
    if on:
        return _json(await services.judgement.guards.shadow(version))
    await services.judgement.sets.read(version)
    return _json(await services.judgement.guards.shadow(None))


@router.post("/rules/rollback", response_model=WholeVersionOut, responses=REFUSED)
async def roll_back(body: RollbackIn, staff: Publisher, services: ServicesNow) -> Response:
    """Back to a version that was live before."""
    stored = await services.judgement.sets.rollback(
        body.to, note=body.note, by_id=rule_documents.author(staff)
    )
    return _json(rule_documents.whole(services, stored))


@router.post("/rules/evaluate", response_model=EvaluateOut)
async def evaluate(
    body: EvaluateIn, staff: Editor, services: ServicesNow, language: Language = None
) -> Response:
    """One message or transcript, judged with the whole trace; nothing is stored."""
    document = await rule_documents.to_judge(services, body)
    return _json(await evaluating.evaluate(services, staff, body, document, spoken(language)))


@router.get("/switches", response_model=SwitchesOut)
async def list_switches(_: Editor, services: ServicesNow) -> Response:
    """What is on."""
    return _json(await rule_documents.switches(services))


@router.put("/switches", response_model=SwitchesOut)
async def put_switches(body: SwitchesIn, staff: Publisher, services: ServicesNow) -> Response:
    """All that shall be on; the others are turned off. Works in a freeze, live within two seconds."""
    return _json(await rule_documents.switch(services, body, rule_documents.author(staff)))
