"""The agents' inbox: which conversations somebody may see, filtered, searched, sorted, page by page."""

import base64
from typing import Literal

import msgspec
from msgspec import Struct

from funnel.conversations.values import PRIORITIES, Priority, Status
from funnel.core.errors import invalid
from funnel.core.ids import is_id
from funnel.turns.records import ConversationRow
from funnel.turns.store.rows import ROW_COLUMNS, Queryable, read_row

Sort = Literal["waiting", "updated", "priority"]
SEARCHED = 1000  # a search looks through the newest conversations only
MOST = 200

_LATE = "coalesce(c.waiting_since, timestamptz '9999-01-01 00:00Z')"
_KEYS: dict[Sort, tuple[str, str, str]] = {
    "waiting": (f"0::int, {_LATE}, c.id", "asc", ">"),
    "updated": ("0::int, c.updated_at, c.id", "desc", "<"),
    "priority": (f"3 - c.priority, {_LATE}, c.id", "asc", ">"),
}


class InboxQuery(Struct, frozen=True, kw_only=True):
    """Who asks, and for what. Resolved conversations are left out of `mine` unless `status` asks for them."""

    agent_id: str
    admin: bool = False
    queue_ids: frozenset[str] = frozenset()
    lead_queue_ids: frozenset[str] = frozenset()
    view: Literal["mine", "queue", "all"] = "all"
    queue_id: str | None = None
    status: Status | None = None
    q: str | None = None
    tag: str | None = None
    priority: Priority | None = None
    sort: Sort = "updated"
    cursor: str | None = None
    limit: int = 50


class InboxPage(Struct, frozen=True):
    """A page; `next` is the cursor of the following one, None at the end."""

    items: tuple[ConversationRow, ...]
    next: str | None = None


class _Place(Struct, frozen=True, array_like=True):
    """Where a page ended."""

    sort: Sort
    rank: int
    at: str
    id: str


class _Filter:
    """Conditions with their numbered arguments."""

    def __init__(self) -> None:
        self.conditions = ["c.snapshot is not null"]
        self.arguments: list[object] = []

    def bind(self, value: object) -> str:
        self.arguments.append(value)
        return f"${len(self.arguments)}"

    def add(self, condition: str) -> None:
        self.conditions.append(condition)

    def text(self) -> str:
        return " and ".join(self.conditions)


async def list_inbox(connection: Queryable, query: InboxQuery) -> InboxPage:
    """One page of what the agent may see. Raises FunnelError `cursor_invalid`."""
    limit = max(1, min(query.limit, MOST))
    chosen = _Filter()
    _scope(chosen, query)
    _choose(chosen, query)
    source = "conversations c"
    found = _Filter()
    found.arguments = chosen.arguments
    if query.q:
        newest = (
            f"select * from conversations c where {chosen.text()} order by c.updated_at desc limit {SEARCHED}"  # noqa: S608 - conditions bind their values
        )
        source = f"({newest}) c"
        _search(found, query.q)
    else:
        found.conditions = chosen.conditions
    keys, direction, beyond = _KEYS[query.sort]
    if query.cursor:
        place = _read_place(query.cursor, query.sort)
        rank, at, last = found.bind(place.rank), found.bind(place.at), found.bind(place.id)
        found.add(f"({keys}) {beyond} ({rank}::int, {at}::text::timestamptz, {last}::uuid)")
    rank_key, at_key, _ = _split(keys)
    order = ", ".join(f"{key} {direction}" for key in (rank_key, at_key, "c.id"))
    statement = (
        f"select c.id, {ROW_COLUMNS}, ({rank_key})::int as rank, ({at_key})::text as at "  # noqa: S608 - conditions bind their values
        f"from {source} where {found.text()} order by {order} limit {limit + 1}"
    )
    records = await connection.fetch(statement, *found.arguments)
    items = tuple(read_row(record) for record in records[:limit])
    if len(records) <= limit:
        return InboxPage(items)
    last_one = records[limit - 1]
    place = _Place(query.sort, last_one["rank"], last_one["at"], str(last_one["id"]))
    return InboxPage(items, base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("="))


def _split(keys: str) -> tuple[str, str, str]:
    rank, rest = keys.split(", ", 1)
    at, last = rest.rsplit(", ", 1)
    return rank, at, last


def _scope(found: _Filter, query: InboxQuery) -> None:
    """The rule of who may see a conversation, as a condition."""
    if query.admin:
        return
    agent = found.bind(query.agent_id)
    own, led = found.bind(sorted(query.queue_ids)), found.bind(sorted(query.lead_queue_ids))
    found.add(
        f"(c.agent_id = {agent}::uuid or c.last_agent_id = {agent}::uuid or (c.queue_id = any ({own}::uuid[]) "
        f"and (c.reached_people or c.queue_id = any ({led}::uuid[]))))"
    )


def _choose(found: _Filter, query: InboxQuery) -> None:
    if query.view == "mine":
        found.add(f"c.agent_id = {found.bind(query.agent_id)}::uuid")
    elif query.view == "queue":
        found.add("c.owner_kind = 'queue'")
    if query.queue_id:
        found.add(f"c.queue_id = {found.bind(query.queue_id)}::uuid")
    if query.status:
        found.add(f"c.status = {found.bind(query.status)}")
    elif query.view == "mine":
        found.add("c.status <> 'resolved'")
    if query.tag:
        found.add(f"c.snapshot -> 'tags' ? {found.bind(query.tag)}")
    if query.priority:
        found.add(f"c.priority = {found.bind(PRIORITIES.index(query.priority))}")


def _search(found: _Filter, words: str) -> None:
    """Names of contacts and words of messages; the pattern's own signs are taken literally."""
    literal = words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = found.bind(f"%{literal}%")
    contact = f"select 1 from contacts k where k.id = c.contact_id and (k.name ilike {like} or k.email ilike {like})"  # noqa: S608 - bound
    said = f"select 1 from events e where e.conversation_id = c.id and e.type = 'message.created' and e.data ->> 'text' ilike {like}"  # noqa: S608 - bound
    found.add(f"(c.snapshot ->> 'contact_name' ilike {like} or exists ({contact}) or exists ({said}))")


def _read_place(cursor: str, sort: Sort) -> _Place:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = msgspec.json.decode(raw, type=_Place)
    except (ValueError, msgspec.MsgspecError):
        place = None
    if place is None or place.sort != sort or not is_id(place.id) or len(place.at) > 40:
        raise invalid("cursor_invalid", "The cursor does not belong to this list.")
    return place
