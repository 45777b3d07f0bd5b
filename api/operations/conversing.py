"""Messages: one path for both sides of a conversation, the credential decides."""

from api.operations import desk, visitor
from api.operations.writing import Participant, Written
from api.schemas.visitor import MessageIn
from api.services import Services
from funnel.people.principals import Visitor


async def message(services: Services, caller: Participant, conversation_id: str, body: MessageIn) -> Written:
    """A visitor's message or an agent's reply. Raises 404 for a conversation the caller may not see."""
    row = await services.rows.see(caller, conversation_id)
    if isinstance(caller, Visitor):
        return await visitor.message(services, caller, row, body)
    return await desk.reply(services, caller, row, body)
