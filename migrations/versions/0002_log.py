"""The log: conversations, events, turns, client messages, timers, deliveries, changes, decisions, inbound events."""

from alembic import op

revision = "0002"
down_revision = "0001"

DDL = """
create table conversations (
  id uuid primary key,
  site_id uuid not null references sites,
  inbox_id uuid not null references inboxes,
  contact_id uuid not null references contacts,
  thread text not null default '',
  channel text not null,
  status text not null check (status in ('open', 'snoozed', 'resolved')),
  owner_kind text not null check (owner_kind in ('bot', 'queue', 'agent')),
  agent_id uuid references agents,
  last_agent_id uuid,
  queue_id uuid not null references queues,
  reached_people boolean not null default false,
  priority smallint not null default 1 check (priority between 0 and 3),
  waiting_since timestamptz,
  last_seq bigint not null default 0 check (last_seq >= 0),
  last_visible_seq bigint not null default 0 check (last_visible_seq between 0 and last_seq),
  version bigint not null default 0,
  snapshot jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((owner_kind = 'agent') = (agent_id is not null)),
  check (owner_kind <> 'queue' or status <> 'resolved'),
  check (owner_kind <> 'queue' or waiting_since is not null)
) with (fillfactor = 70);
create unique index conversations_one_open on conversations (inbox_id, contact_id, thread)
  where status <> 'resolved';
create index conversations_contact on conversations (contact_id);
create index conversations_queued on conversations (queue_id, priority) where owner_kind = 'queue';
create index conversations_agent on conversations (agent_id) where agent_id is not null;
create index conversations_team on conversations (queue_id) where status <> 'resolved';

create table events (
  conversation_id uuid not null references conversations,
  seq bigint not null check (seq > 0),
  id uuid not null,
  turn_id uuid not null,
  prev_visible bigint not null check (prev_visible >= 0 and prev_visible < seq),
  at timestamptz not null,
  type text not null,
  actor_kind text not null check (actor_kind in ('contact', 'bot', 'agent', 'system')),
  actor_id uuid,
  actor_name text,
  visible boolean not null,
  data jsonb not null,
  primary key (conversation_id, seq)
);

create table turns (
  conversation_id uuid not null references conversations,
  command_id text not null,
  turn_id uuid not null,
  first_seq bigint not null,
  last_seq bigint not null check (last_seq >= first_seq),
  at timestamptz not null,
  primary key (conversation_id, command_id)
);

create table client_messages (
  author_kind text not null check (author_kind in ('contact', 'agent')),
  author_id uuid not null,
  scope_id uuid not null,
  client_message_id text not null,
  body_hash bytea not null check (length(body_hash) = 16),
  conversation_id uuid not null references conversations,
  turn_id uuid not null,
  primary key (author_kind, author_id, scope_id, client_message_id)
);

create table timers (
  conversation_id uuid primary key references conversations,
  due_at timestamptz not null,
  generation bigint not null,
  lease_until timestamptz,
  fence bigint not null default 0
);
create index timers_due on timers (due_at);

create table deliveries (
  id uuid primary key,
  conversation_id uuid not null references conversations,
  message_id uuid not null,
  inbox_id uuid not null references inboxes,
  address text not null check (address <> ''),
  state text not null default 'queued' check (state in ('queued', 'sent', 'delivered', 'read', 'failed')),
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  lease_until timestamptz,
  fence bigint not null default 0,
  error text,
  created_at timestamptz not null default now(),
  unique (message_id, address)
);
create index deliveries_due on deliveries (due_at) where state = 'queued';

create table changes (
  conversation_id uuid not null,
  seq bigint not null,
  at timestamptz not null default now(),
  visible boolean not null
);
create index changes_at on changes (at);

create table decisions (
  id uuid primary key,
  conversation_id uuid not null references conversations,
  turn_id uuid not null,
  at timestamptz not null,
  outcome text not null,
  reason text,
  rule_set_version text not null,
  facts jsonb not null
);
create index decisions_conversation on decisions (conversation_id, at);

create table read_marks (
  conversation_id uuid not null references conversations,
  actor_kind text not null check (actor_kind in ('contact', 'agent')),
  actor_id uuid not null,
  up_to_seq bigint not null check (up_to_seq >= 0),
  at timestamptz not null default now(),
  primary key (conversation_id, actor_kind, actor_id)
);

create table inbound_requests (
  id uuid primary key,
  inbox_id uuid not null references inboxes,
  at timestamptz not null default now(),
  body bytea not null
);
create index inbound_requests_at on inbound_requests (at);

create table inbound_events (
  inbox_id uuid not null references inboxes,
  dedup_key text not null check (dedup_key <> ''),
  request_id uuid not null references inbound_requests on delete cascade,
  conversation_id uuid,
  turn_id uuid,
  primary key (inbox_id, dedup_key)
);
"""

TABLES = [
    "inbound_events",
    "inbound_requests",
    "read_marks",
    "decisions",
    "changes",
    "deliveries",
    "timers",
    "client_messages",
    "turns",
    "events",
    "conversations",
]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DDL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"drop table {table}")
