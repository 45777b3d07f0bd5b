"""Who and where: deployment, sites, hours, teams, agents, queues, inboxes, contacts, tokens, uploads."""

from alembic import op

revision = "0001"
down_revision = None

DDL = """
create table deployment (
  id smallint primary key default 1 check (id = 1),
  epoch integer not null default 1,
  key bytea not null,
  created_at timestamptz not null default now()
);
insert into deployment (key)
  values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

create table business_hours (
  id uuid primary key,
  name text not null check (name <> ''),
  zone text not null,
  weekly jsonb not null,
  holidays jsonb not null default '[]',
  created_at timestamptz not null default now(),
  archived_at timestamptz
);

create table sites (
  id uuid primary key,
  key text not null unique,
  name text not null check (name <> ''),
  origins text[] not null,
  locales text[] not null check (cardinality(locales) > 0),
  zone text not null default 'UTC',
  business_hours_id uuid references business_hours,
  identity_required boolean not null default false,
  identity_secret bytea not null check (length(identity_secret) > 0),
  identity_secret_previous bytea check (length(identity_secret_previous) > 0),
  identity_secret_previous_until timestamptz,
  reply_seconds jsonb not null default '{}',
  on_call text check (on_call <> ''),
  helplines jsonb not null default '{}',
  texts jsonb not null default '{}',
  safety_confirmed_at timestamptz,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);

create table teams (
  id uuid primary key,
  name text not null check (name <> ''),
  created_at timestamptz not null default now(),
  archived_at timestamptz
);
create unique index teams_name on teams (name) where archived_at is null;

create table agents (
  id uuid primary key,
  email text not null check (email = lower(email) and email <> ''),
  name text not null check (name <> ''),
  password_hash text check (password_hash <> ''),
  preset text not null,
  permissions text[] not null,
  status text not null default 'offline' check (status in ('online', 'away', 'offline')),
  heartbeat_at timestamptz,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);
create unique index agents_email on agents (email) where archived_at is null;

create table team_members (
  team_id uuid not null references teams,
  agent_id uuid not null references agents,
  lead boolean not null default false,
  primary key (team_id, agent_id)
);
create index team_members_agent on team_members (agent_id);

create table agent_sessions (
  token_hash bytea primary key check (length(token_hash) = 32),
  agent_id uuid not null references agents,
  created_at timestamptz not null default now(),
  used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index agent_sessions_agent on agent_sessions (agent_id) where revoked_at is null;

create table password_links (
  token_hash bytea primary key check (length(token_hash) = 32),
  agent_id uuid not null references agents,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table login_failures (
  subject text not null,
  at timestamptz not null default now()
);
create index login_failures_subject on login_failures (subject, at);

create table api_keys (
  id uuid primary key,
  name text not null check (name <> ''),
  key_hash bytea not null unique check (length(key_hash) = 32),
  scopes text[] not null,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);

create table queues (
  id uuid primary key,
  name text not null check (name <> ''),
  team_id uuid not null references teams,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);

create table inboxes (
  id uuid primary key,
  site_id uuid not null references sites,
  channel text not null,
  name text not null check (name <> ''),
  queue_id uuid not null references queues,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);
create unique index inboxes_web on inboxes (site_id) where channel = 'web' and archived_at is null;

create table contacts (
  id uuid primary key,
  site_id uuid not null references sites,
  verified boolean not null default false,
  external_id text,
  name text,
  email text,
  phone text,
  reply_email text,
  reply_phone text,
  locale text,
  zone text,
  reply_by text not null default 'here' check (reply_by in ('here', 'email', 'phone')),
  attributes jsonb not null default '{}',
  claimed jsonb not null default '{}',
  page jsonb,
  merged_into uuid references contacts,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (merged_into is distinct from id),
  check (not verified or external_id is not null)
);
create unique index contacts_external on contacts (site_id, external_id) where verified and merged_into is null;
create index contacts_merged on contacts (merged_into) where merged_into is not null;

create table identities (
  id uuid primary key,
  contact_id uuid not null references contacts,
  channel text not null,
  address text not null check (address <> ''),
  verified boolean not null default false,
  created_at timestamptz not null default now(),
  unique (contact_id, channel, address)
);

create table visitor_tokens (
  token_hash bytea primary key check (length(token_hash) = 32),
  contact_id uuid not null references contacts,
  site_id uuid not null references sites,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index visitor_tokens_contact on visitor_tokens (contact_id);

create table resume_links (
  token_hash bytea primary key check (length(token_hash) = 32),
  contact_id uuid not null references contacts,
  conversation_id uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table uploads (
  id uuid primary key,
  owner_kind text not null check (owner_kind in ('contact', 'agent')),
  owner_id uuid not null,
  name text not null,
  content_type text not null,
  size integer not null check (size > 0),
  sha256 bytea not null check (length(sha256) = 32),
  conversation_id uuid,
  message_id uuid,
  created_at timestamptz not null default now(),
  check ((conversation_id is null) = (message_id is null))
);
create index uploads_unused on uploads (created_at) where message_id is null;
"""

TABLES = [
    "uploads",
    "resume_links",
    "visitor_tokens",
    "identities",
    "contacts",
    "inboxes",
    "queues",
    "api_keys",
    "login_failures",
    "password_links",
    "agent_sessions",
    "team_members",
    "agents",
    "teams",
    "sites",
    "business_hours",
    "deployment",
]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DDL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"drop table {table}")
