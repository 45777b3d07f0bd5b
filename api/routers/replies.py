"""Saved replies: agents read shared ones and keep their own; leads write the shared ones."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.credentials import Converser, ServicesNow
from api.routers.setup import IN_USE
from api.routers.strict import StrictRoute
from api.schemas.queries import ListQuery
from api.schemas.replies import ReplyIn, ReplyOut, ReplyUpdate
from api.schemas.setup import ListOut, changed
from funnel.people.principals import AgentPrincipal
from funnel.people.transactions import make_cursor, read_cursor
from funnel.replies.model import ReplyChanges, ReplyDraft
from funnel.replies.store import Author

router = APIRouter(prefix="/v1/saved-replies", tags=["Agents"], route_class=StrictRoute)
ReplyId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]


def _author(agent: AgentPrincipal) -> Author:
    return Author(agent.agent_id, curates=agent.admin or "lead" in agent.permissions, admin=agent.admin)


@router.get("", response_model=ListOut[ReplyOut])
async def list_replies(
    query: Annotated[ListQuery, Query()], agent: Converser, services: ServicesNow
) -> ListOut[ReplyOut]:
    """Shared and own ones, oldest first."""
    after = read_cursor(query.cursor) if query.cursor else None
    found = await services.replies.list(_author(agent), limit=query.limit + 1, after=after)
    following = make_cursor(found[query.limit - 1].id) if len(found) > query.limit else None
    return ListOut(items=[ReplyOut.model_validate(one) for one in found[: query.limit]], next=following)


@router.post("", status_code=201, response_model=ReplyOut, responses=IN_USE)
async def create_reply(body: ReplyIn, agent: Converser, services: ServicesNow) -> ReplyOut:
    """Saves a reply, for oneself or for all."""
    made = await services.replies.create(_author(agent), ReplyDraft(**body.model_dump()))
    return ReplyOut.model_validate(made)


@router.get("/{reply_id}", response_model=ReplyOut)
async def read_reply(reply_id: ReplyId, agent: Converser, services: ServicesNow) -> ReplyOut:
    """One saved reply."""
    return ReplyOut.model_validate(await services.replies.read(_author(agent), reply_id))


@router.put("/{reply_id}", response_model=ReplyOut, responses=IN_USE)
async def update_reply(
    reply_id: ReplyId, body: ReplyUpdate, agent: Converser, services: ServicesNow
) -> ReplyOut:
    """Changes the fields that are sent."""
    made = await services.replies.update(_author(agent), reply_id, ReplyChanges(**changed(body)))
    return ReplyOut.model_validate(made)


@router.delete("/{reply_id}", status_code=204)
async def archive_reply(reply_id: ReplyId, agent: Converser, services: ServicesNow) -> None:
    """Takes it out of every list."""
    await services.replies.archive(_author(agent), reply_id)
