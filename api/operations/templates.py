"""Templates of a platform: what there is for a conversation, and one sent as an agent's message."""

from collections.abc import Sequence
from typing import Any

from api.operations.desk import actor_of
from api.operations.writing import Written, execute
from api.schemas.templates import TemplateMessageIn
from api.services import Services
from funnel.channels import templates
from funnel.channels.templates import Template, TemplateValues
from funnel.conversations.commands import Reply
from funnel.conversations.render import encode_json
from funnel.conversations.values import Attachment
from funnel.core.errors import conflict, invalid, not_found
from funnel.core.ids import new_id
from funnel.people.inbox_templates import KeptTemplates
from funnel.people.principals import AgentPrincipal
from funnel.turns.records import ConversationRow

Json = dict[str, Any]


async def listed(services: Services, row: ConversationRow, *, anew: bool) -> bytes:
    """Every template of the conversation's inbox, approved or not."""
    kept = await _templates(services, row, anew=anew)
    items = [_shown(one) for one in kept.items]
    return encode_json({"items": items, "fetched_at": kept.fetched_at, "fresh": kept.fresh})


async def send(
    services: Services, agent: AgentPrincipal, row: ConversationRow, body: TemplateMessageIn
) -> Written:
    """A template as an agent's message, whatever the window.

    Raises 404 for an unknown one, 409 template_not_approved, 409 template_unsupported, 422 template_values_missing and
    template_values_invalid (both with the keys they are about).
    """
    files = await services.files.own("agent", [agent.agent_id], body.attachments, body.client_message_id)
    kept = await _templates(services, row, anew=False)
    found = templates.find(kept.items, body.name, body.language)
    if found is None:
        raise not_found("template")
    _refuse(found, body.values, files=len(body.attachments))
    values = _values(found, body, files)
    command = Reply(
        command_id=new_id(),
        actor=actor_of(agent),
        conversation_id=row.state.id,
        client_message_id=body.client_message_id,
        text=templates.written(found, values),
        attachments=files,
        template=TemplateValues(found.name, found.language, values),
    )
    return await execute(services, agent, command)


def _values(template: Template, body: TemplateMessageIn, files: Sequence[Attachment]) -> dict[str, str]:
    """Raises 422 template_values_invalid for a file that the template does not take."""
    given = {key: value.strip() for key, value in body.values.items()}
    gap = templates.file_of(template)
    if not files:
        return given
    if gap is None or given.get(gap.key) or not all(templates.fits(gap, one.content_type) for one in files):
        raise invalid(
            "template_values_invalid",
            "The template takes no such file, or has its link already.",
            errors=_about([gap.key] if gap is not None else []),
        )
    return {**given, gap.key: ""}


async def _templates(services: Services, row: ConversationRow, *, anew: bool) -> KeptTemplates:
    account = await services.people.accounts.find(row.state.inbox_id)
    if account is None:
        raise conflict("templates_unsupported", "This channel has no templates.")
    return await services.channels.templates.of(account, anew=anew)


def _refuse(template: Template, values: dict[str, str], *, files: int) -> None:
    if template.state != "approved":
        raise conflict(
            "template_not_approved",
            "The platform takes only templates that are approved.",
            template={"state": template.state},
        )
    if template.cannot:
        raise conflict(
            "template_unsupported",
            f"The template has a {template.cannot} that is not sent from here.",
            template={"state": template.state, "cannot": template.cannot},
        )
    gone = templates.missing(template, values, files)
    if gone:
        raise invalid(
            "template_values_missing", "Some of the template's variables have no value.", errors=_about(gone)
        )
    wrong = templates.unusable(template, values)
    if wrong:
        raise invalid(
            "template_values_invalid",
            "A value has up to 1,024 characters without line breaks, tabs or runs of blanks, and belongs to a variable; a file is an https"
            " link, a code has up to 15 characters without blanks.",
            errors=_about([key for key in wrong if key in {one.key for one in template.variables}]),
        )


def _about(keys: list[str]) -> list[Json]:
    """Names of the template's own variables, never what was sent."""
    return [
        {"field": f"values.{key}", "code": "value", "detail": "This value cannot be used."} for key in keys
    ]


def _shown(template: Template) -> Json:
    return {
        "name": template.name, "language": template.language, "state": template.state, "category": template.category,
        "header": template.header, "body": template.body, "footer": template.footer, "buttons": template.buttons,
        "variables": [
            {"key": one.key, "piece": one.piece, "name": one.name, "example": one.example, "takes": one.takes}
            for one in template.variables
        ],
        "cannot": template.cannot,
    }  # fmt: skip
