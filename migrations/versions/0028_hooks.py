"""Hooks of integrators that playbooks may call, and each call until it is answered or nobody waits for it any more."""

from alembic import op

revision = "0028"
down_revision = "0027"

UP = """
create table hooks (
  id uuid primary key,
  name text not null check (name ~ '^[a-z0-9_-]{1,60}$'),
  url text not null check (url <> ''),
  secrets bytea not null,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);
create unique index hooks_name on hooks (name) where archived_at is null;

create table hook_calls (
  id uuid primary key,
  conversation_id uuid not null references conversations,
  seq bigint not null,
  hook text not null,
  state text not null default 'waiting' check (state in ('waiting', 'answered', 'failed', 'late', 'dropped')),
  attempts integer not null default 0 check (attempts >= 0),
  due_at timestamptz not null default now(),
  until timestamptz not null,
  lease_until timestamptz,
  fence bigint not null default 0,
  status integer,
  error text,
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index hook_calls_due on hook_calls (due_at) where state = 'waiting';
create index hook_calls_settled on hook_calls (settled_at) where state <> 'waiting';
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop table hook_calls")
    op.execute("drop table hooks")
