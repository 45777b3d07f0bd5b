"""Calls of leads as rows: each call in the log becomes one page for every person to be told by mail, and one for the desk."""

from collections.abc import Collection
from datetime import datetime

import asyncpg
from msgspec import Struct

from funnel.turns.outbox.store import plain

OVERLAP_SECONDS = 15  # turns end within five; what is seen twice is inserted once
LASTS_MINUTES = 60  # a call that is not answered is said again long before
KEPT_DAYS = 30
SHOWN_DAYS = 30
MOST_SHOWN = 200

# One process expands at a time; the cursor moves in the same statement. The first call for a hand-over that nobody has seen goes
# to the people of its queue, every other one to the team's leads, or to all leads where it has none.
_EXPAND = """
with c as materialized (select at from page_cursor for update skip locked),
called as materialized (
  select distinct e.conversation_id, e.seq, e.data, e.data ->> 'rule_id' as rule_id, q.team_id, k.site_id,
    coalesce((e.data ->> 'times')::int, 1) = 1 as first
  from c
  join events e on e.type = 'lead.called' and e.at > c.at - $1::int * interval '1 second'
  join conversations k on k.id = e.conversation_id
  left join queues q on q.id = (k.snapshot ->> 'queue_id')::uuid
  where not exists (select 1 from pages p where p.conversation_id = e.conversation_id and p.seq = e.seq)
), mailed as (
  select * from called where data -> 'by' ? 'email'
), team as (
  select d.conversation_id, d.seq, a.id, m.lead or 'lead' = any (a.permissions) as leads
  from mailed d join team_members m on m.team_id = d.team_id join agents a on a.id = m.agent_id and a.archived_at is null
  where 'converse' = any (a.permissions)
), leads as (
  select conversation_id, seq, id from team where leads
  union
  select d.conversation_id, d.seq, a.id from mailed d join agents a on a.archived_at is null and 'lead' = any (a.permissions)
  where not exists (select 1 from team t where t.conversation_id = d.conversation_id and t.seq = d.seq and t.leads)
), told as (
  select d.conversation_id, d.seq, d.rule_id, 'desk' as target, '' as address, 'shown' as state from called d
  union all
  select d.conversation_id, d.seq, d.rule_id, 'agent', p.id::text, 'queued' from mailed d
  join lateral (
    select id from team t where t.conversation_id = d.conversation_id and t.seq = d.seq and d.rule_id = $2 and d.first
    union
    select id from leads l where l.conversation_id = d.conversation_id and l.seq = d.seq
      and not (d.rule_id = $2 and d.first and exists (
        select 1 from team t where t.conversation_id = d.conversation_id and t.seq = d.seq))
  ) p on true
  union all
  select d.conversation_id, d.seq, d.rule_id, 'on_call', s.on_call, 'queued' from mailed d
  join sites s on s.id = d.site_id and position('@' in s.on_call) > 1 where d.rule_id = any ($3::text[])
), fresh as (
  insert into pages (conversation_id, seq, rule_id, target, address, state)
  select conversation_id, seq, rule_id, target, address, state from told on conflict do nothing returning target
), moved as (
  update page_cursor set at = now() where exists (select 1 from c)
)
select count(*) from fresh where target <> 'desk'
"""
_CLAIM = """
with due as (
  select id from pages where state = 'queued' and due_at <= now() and (lease_until is null or lease_until < now())
  order by due_at limit $1 for update skip locked
), held as (
  update pages p set lease_until = now() + $2::float8 * interval '1 second', fence = p.fence + 1, attempts = p.attempts + 1
  from due where p.id = due.id
  returning p.*
)
select p.id, p.conversation_id, p.rule_id, p.attempts, p.fence, p.created_at < now() - $3::int * interval '1 minute' as late,
  coalesce(a.email, case when p.target = 'on_call' then p.address end) as email, s.locales[1] as locale, s.name as site,
  exists (select 1 from jsonb_array_elements(k.snapshot -> 'calls') c where c ->> 'rule_id' = p.rule_id)
    or coalesce((e.data ->> 'last')::boolean, false) as open
from held p
join conversations k on k.id = p.conversation_id
join sites s on s.id = k.site_id
join events e on e.conversation_id = p.conversation_id and e.seq = p.seq
left join agents a on a.id = case when p.target = 'agent' then p.address::uuid end and a.archived_at is null
"""
_SETTLE = """
update pages set state = $3, due_at = now() + $4::float8 * interval '1 second', lease_until = null, error = $5,
  settled_at = case when $3 = 'queued' then null else now() end
where id = $1 and fence = $2 and state = 'queued' returning id
"""
_FORGET = "delete from pages where state <> 'queued' and created_at < now() - $1::int * interval '1 day'"
_OPEN = """
select k.id as conversation_id, k.snapshot ->> 'queue_id' as queue_id, c ->> 'rule_id' as rule_id,
  (c ->> 'at')::timestamptz as called_at, coalesce((c ->> 'times')::int, 1) as times, (c ->> 'every_minutes')::int as every_minutes,
  coalesce(c ->> 'until', 'seen') as until
from (select distinct conversation_id from pages where target = 'desk' and created_at > now() - $1::int * interval '1 day') p
join conversations k on k.id = p.conversation_id and k.snapshot ? 'calls'
cross join lateral jsonb_array_elements(k.snapshot -> 'calls') c
where $2 or (k.snapshot ->> 'queue_id') = any ($3::text[])
order by called_at, conversation_id, rule_id limit $4
"""


class DuePage(Struct, frozen=True, kw_only=True):
    """A claimed page: whom to tell, in which language. `open` is false where somebody has answered the call since, `late` where it
    is too old to be worth sending; `email` is None where the person is gone."""

    id: str
    conversation_id: str
    rule_id: str
    attempts: int
    fence: int
    late: bool
    email: str | None
    locale: str
    site: str
    open: bool


class OpenCall(Struct, frozen=True, kw_only=True):
    """A call that nobody has answered yet, as the desk shows it."""

    conversation_id: str
    queue_id: str
    rule_id: str
    called_at: datetime
    times: int
    every_minutes: int
    until: str


class Pages:
    """Every method is one statement and commits by itself."""

    def __init__(self, pool: asyncpg.Pool, unseen: str, on_call: Collection[str]) -> None:
        """`unseen` is the call for hand-overs nobody has seen, `on_call` are those that reach the site's on-call address."""
        self._pool = pool
        self._unseen = unseen
        self._on_call = sorted(on_call)

    async def expand(self) -> int:
        """Makes pages of the calls since the last time; how many are to be mailed. Nothing where another process is at it."""
        return int(await self._pool.fetchval(_EXPAND, OVERLAP_SECONDS, self._unseen, self._on_call))

    async def claim(self, most: int, lease_seconds: float) -> list[DuePage]:
        """Pages that are due, under a lease with a new fencing token."""
        records = await self._pool.fetch(_CLAIM, most, lease_seconds, LASTS_MINUTES)
        return [DuePage(**plain(record)) for record in records]  # type: ignore[arg-type]

    async def settle(self, due: DuePage, state: str, delay: float = 0.0, error: str | None = None) -> bool:
        """Writes the outcome; False where the lease was lost."""
        return await self._pool.fetchval(_SETTLE, due.id, due.fence, state, delay, error) is not None

    async def tend(self) -> None:
        """Forgets what is older than thirty days."""
        await self._pool.execute(_FORGET, KEPT_DAYS)

    async def open_calls(self, queue_ids: Collection[str], *, everywhere: bool) -> list[OpenCall]:
        """Calls without an answer in these queues, or in all, the oldest first."""
        records = await self._pool.fetch(_OPEN, SHOWN_DAYS, everywhere, sorted(queue_ids), MOST_SHOWN)
        return [OpenCall(**plain(record)) for record in records]  # type: ignore[arg-type]
