"""Giving a command to the pipeline and telling its caller what became of it."""

from msgspec import Struct

from api import rendering
from api.services import Services
from funnel.conversations.commands import Command
from funnel.conversations.events import Logged, MessageCreated
from funnel.conversations.render import Audience, message_fields
from funnel.core.errors import ErrorKind, FunnelError
from funnel.people.access import may_see
from funnel.people.principals import AgentPrincipal, Visitor
from funnel.turns.lanes import Lane
from funnel.turns.reading import find_row
from funnel.turns.records import ConversationRow, TurnResult

Participant = Visitor | AgentPrincipal


class Written(Struct, frozen=True):
    """What a command did, with the message it carried (None where it carried none)."""

    result: TurnResult
    message: Logged | None
    audience: Audience

    @property
    def status(self) -> int:
        """201 when it appended, 200 when it changed nothing."""
        return 201 if self.result.changed and not self.result.repeated else 200

    def body(self, services: Services) -> bytes:
        """`{conversation, message|null, events}`."""
        return rendering.written(services, self.result.row, self.message, self.result.events, self.audience)


async def execute(services: Services, caller: Participant, command: Command) -> Written:
    """Runs a command; returns after its commit. A conflict shows the conversation as it is now, if the caller may see it."""
    lane = Lane.VISITOR if isinstance(caller, Visitor) else Lane.AGENT
    try:
        result = await services.pipeline.submit(command, lane)
    except FunnelError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
        raise await _shown(services, caller, command, error) from error
    services.rows.put(result.row)
    return Written(result, _own_message(command, result), rendering.audience_of(caller))


def _own_message(command: Command, result: TurnResult) -> Logged | None:
    if command.client_message_id is None:
        return None
    for event in result.events:
        payload = event.payload
        if isinstance(payload, MessageCreated) and payload.client_message_id == command.client_message_id:
            return event
    return None


async def _shown(
    services: Services, caller: Participant, command: Command, error: FunnelError
) -> FunnelError:
    """The conflict with what this caller may see of the conversation and the message it is about."""
    row = error.params.get("row")
    if not isinstance(row, ConversationRow):
        conversation_id = command.conversation_id
        row = await find_row(services.db.pool, conversation_id) if conversation_id else None
    params: dict[str, object] = {}
    audience = rendering.audience_of(caller)
    if row is not None and may_see(caller, row.state):
        shown = rendering.conversation(services, row, audience)
        params = {"conversation": shown, "owner": shown["owner"]}
        message = error.params.get("message")
        if isinstance(message, Logged) and (message.visible or audience == Audience.AGENT):
            params["message"] = message_fields(message, audience, services.files.link)
    if isinstance(error.params.get("window"), dict):
        params["window"] = error.params["window"]
    return FunnelError(error.code, error.kind, error.detail, params=params)
