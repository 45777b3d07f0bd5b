"""The playbooks there are, for those who write next steps and for clients that begin one."""

from typing import Annotated

from fastapi import APIRouter

from api.credentials import requires
from api.routers.strict import StrictRoute
from api.schemas.knowledge_care import PlaybookOut
from api.schemas.setup import ListOut
from bots.dialogue.playbooks.shelf import PLAYBOOK, shipped
from funnel.people.principals import AgentPrincipal, KeyPrincipal

router = APIRouter(prefix="/v1", tags=["Knowledge base"], route_class=StrictRoute)


@router.get("/playbooks", response_model=ListOut[PlaybookOut])
async def list_playbooks(
    _: Annotated[AgentPrincipal | KeyPrincipal, requires("kb.write")],
) -> ListOut[PlaybookOut]:
    """Every playbook; a message with its `payload` begins it, and an article's next step names it by `key`."""
    books = sorted(shipped().values(), key=lambda book: book.key)
    return ListOut(
        items=[
            PlaybookOut(
                key=book.key,
                version=book.version,
                title=book.title,
                payload=PLAYBOOK + book.key,
                steps=len(book.steps),
            )
            for book in books
        ]
    )
