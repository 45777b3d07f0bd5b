"""Reading conversations: single ones, lists, the log page by page or by long-poll, and marks that are no events."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

from api import rendering
from api.operations.visitor import page_of
from api.schemas.queries import EventsQuery, InboxFilter, ListQuery
from api.schemas.visitor import PageIn
from api.services import Services
from funnel.conversations.render import Audience, encode_json
from funnel.core import metrics
from funnel.core.errors import invalid
from funnel.people.access import held, may_see, require_permission
from funnel.people.principals import AgentPrincipal, KeyPrincipal, Visitor
from funnel.people.visitor_store import Hints, hint
from funnel.turns.feed import Entry, Whisper
from funnel.turns.inbox import InboxQuery, list_inbox
from funnel.turns.reading import events_after, list_rows_of_contact, queue_counts, set_read_mark

Participant = Visitor | AgentPrincipal
MOST_OF_CONTACT = 200


def principal_key(principal: Participant) -> str:
    """Whom a cursor is bound to."""
    if isinstance(principal, Visitor):
        return f"v:{principal.contact_id}"
    return f"a:{principal.agent_id}"


class _Waiter:
    """A sink that wakes one long-poll when there is something it may see."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self.woken = asyncio.Event()

    def offer(self, _conversation_id: str, entries: Sequence[Entry]) -> None:
        """Wakes; the reader asks the log again."""
        if self._audience == Audience.AGENT or any(entry.logged.visible for entry in entries):
            self.woken.set()

    def whisper(self, whisper: Whisper) -> None:
        """Nothing for a long-poll."""


async def events_page(
    services: Services, caller: Participant, conversation_id: str, query: EventsQuery
) -> bytes:
    """`{items, cursor, more, reset}`; with `wait` an empty page is held back until there is something or time is up."""
    row = await services.rows.see_to_judge(caller, conversation_id, fresh=True)
    audience = rendering.audience_of(caller)
    key = principal_key(caller)
    seq = services.cursors.read(query.after, key, row.state.id)
    reset = seq is None or seq > row.state.last_seq
    position = 0 if seq is None or reset else seq
    if reset:
        metrics.resets.inc()
    waiter = _Waiter(audience)
    if query.wait and not reset:
        if isinstance(caller, Visitor):
            await services.people.contact_presence.touch(caller.contact_ids)
        await services.feed.attach(row.state.id, waiter)
    try:
        items, more = await _page(services, row.state.id, position, audience, query.limit)
        if not items and query.wait and not reset:
            await _wait(services, waiter, query.wait)
            # Rights may have gone while the request was held.
            await services.rows.see_to_judge(caller, row.state.id)
            items, more = await _page(services, row.state.id, position, audience, query.limit)
    finally:
        services.feed.detach(row.state.id, waiter)
    last = items[-1]["seq"] if items else position
    cursor = services.cursors.make(key, row.state.id, last)
    return encode_json({"items": items, "cursor": cursor, "more": more, "reset": reset})


async def _wait(services: Services, waiter: _Waiter, seconds: int) -> None:
    """Until something comes, time is up, or the process is about to stop."""
    woken = asyncio.ensure_future(waiter.woken.wait())
    stopping = asyncio.ensure_future(services.lifetime.stopping.wait())
    try:
        await asyncio.wait((woken, stopping), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        woken.cancel()
        stopping.cancel()


async def _page(
    services: Services, conversation_id: str, position: int, audience: Audience, limit: int
) -> tuple[list[rendering.Fields], bool]:
    found = await events_after(
        services.db.pool,
        conversation_id,
        position,
        visible_only=audience == Audience.VISITOR,
        limit=limit + 1,
    )
    return rendering.events(services, found[:limit], audience), len(found) > limit


async def one(services: Services, caller: Participant, conversation_id: str) -> bytes:
    """The conversation as committed last."""
    row = await services.rows.see_to_judge(caller, conversation_id, fresh=True)
    return encode_json(rendering.conversation(services, row, rendering.audience_of(caller)))


async def list_own(services: Services, visitor: Visitor, query: ListQuery) -> bytes:
    """A visitor's conversations, the one changed last first. The cursor is the id the page ended with."""
    rows = await list_rows_of_contact(services.db.pool, visitor.contact_ids, limit=MOST_OF_CONTACT)
    places, following = _cut([row.state.id for row in rows], query)
    items = [rendering.conversation(services, rows[place], Audience.VISITOR) for place in places]
    return encode_json({"items": items, "next": following})


def _cut(ids: Sequence[str], query: ListQuery) -> tuple[range, str | None]:
    """The places of one page of a short list, and the id it ends with where more follows. Raises `cursor_invalid`."""
    begin = 0
    if query.cursor is not None:
        if query.cursor not in ids:
            raise invalid("cursor_invalid", "The cursor does not belong to this list.")
        begin = ids.index(query.cursor) + 1
    end = min(len(ids), begin + query.limit)
    return range(begin, end), ids[end - 1] if begin < end < len(ids) else None


async def inbox(services: Services, agent: AgentPrincipal, query: InboxFilter) -> bytes:
    """What the agent may see, filtered and sorted."""
    page = await list_inbox(
        services.db.pool,
        InboxQuery(
            agent_id=agent.agent_id,
            admin=agent.admin,
            queue_ids=agent.queue_ids,
            lead_queue_ids=agent.lead_queue_ids,
            view=query.view,
            queue_id=query.queue,
            status=query.status,
            q=query.q,
            tag=query.tag,
            priority=query.priority,
            sort=query.sort,
            cursor=query.cursor,
            limit=query.limit,
        ),
    )
    rows = [row for row in page.items if may_see(agent, row.state)]
    items = [rendering.conversation(services, row, Audience.AGENT) for row in rows]
    return encode_json({"items": items, "next": page.next})


async def queues(services: Services, staff: AgentPrincipal | KeyPrincipal, query: ListQuery) -> bytes:
    """The queues an agent works on, with what waits in them; every queue for who sets them up. Raises 403 for others."""
    known = services.directory.now()
    if isinstance(staff, AgentPrincipal) and "converse" in held(staff):
        listed = [one for one in known.queues if staff.admin or one in staff.queue_ids]
    else:
        require_permission(staff, "people")
        listed = list(known.queues)
    listed.sort()
    places, following = _cut(listed, query)
    own = [known.queues[listed[place]] for place in places]
    counts = await queue_counts(services.db.pool, [queue.id for queue in own])
    items: list[dict[str, Any]] = [
        {
            "id": queue.id,
            "name": queue.name,
            "team_id": queue.team_id,
            "waiting": counts[queue.id].waiting,
            "oldest_waiting_since": counts[queue.id].oldest_waiting_since,
            "agents_online": known.agents_online(queue.id),
        }
        for queue in own
    ]
    return encode_json({"items": items, "next": following})


async def mark_read(services: Services, caller: Participant, conversation_id: str, up_to_seq: int) -> None:
    """Moves the caller's read mark forward and tells the others, who learn only of events they may see."""
    row = await services.rows.see(caller, conversation_id)
    kind, actor_id = _who(caller)
    moved = await set_read_mark(services.db.pool, row.state.id, kind, actor_id, up_to_seq)
    if moved is not None:
        services.feed.whisper(
            Whisper(
                kind="read",
                conversation_id=row.state.id,
                actor_kind=kind,
                actor_id=actor_id,
                actor_name=caller.name,
                value=min(up_to_seq, row.state.last_visible_seq),
            )
        )


async def typing(services: Services, caller: Participant, conversation_id: str) -> None:
    """Tells the others that the caller types."""
    await _whisper(services, caller, conversation_id, "typing")


async def viewing(services: Services, agent: AgentPrincipal, conversation_id: str) -> None:
    """Tells the other agents that this one has the conversation open."""
    await _whisper(services, agent, conversation_id, "viewing")


async def _whisper(
    services: Services, caller: Participant, conversation_id: str, what: Literal["typing", "viewing"]
) -> None:
    row = await services.rows.see(caller, conversation_id)
    kind, actor_id = _who(caller)
    services.feed.whisper(
        Whisper(
            kind=what,
            conversation_id=row.state.id,
            actor_kind=kind,
            actor_id=actor_id,
            actor_name=caller.name,
        )
    )


async def note_page(services: Services, visitor: Visitor, url: str, title: str | None) -> None:
    """Remembers where the visitor is, without query and fragment; what is no web address is ignored."""
    page = page_of(PageIn(url=url, title=title))
    if page is None:
        return
    async with services.db.pool.acquire() as connection:
        await hint(connection, visitor.contact_id, Hints(page=encode_json(page).decode()))


def _who(caller: Participant) -> tuple[str, str]:
    return ("contact", caller.contact_id) if isinstance(caller, Visitor) else ("agent", caller.agent_id)
