"""Calls of leads as rows: who was told of each by mail, and what the desk shows until somebody answers."""

from alembic import op

revision = "0012"
down_revision = "0011"

UP = """
create table pages (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references conversations,
  seq bigint not null,
  rule_id text not null,
  target text not null check (target in ('desk', 'agent', 'on_call')),
  address text not null default '',
  state text not null default 'queued' check (state in ('shown', 'queued', 'sent', 'failed')),
  attempts integer not null default 0 check (attempts >= 0),
  due_at timestamptz not null default now(),
  lease_until timestamptz,
  fence bigint not null default 0,
  error text,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  unique (conversation_id, seq, target, address)
);
create index pages_due on pages (due_at) where state = 'queued';
create index pages_shown on pages (created_at) where target = 'desk';

create table page_cursor (
  id boolean primary key default true check (id),
  at timestamptz not null default now()
);
insert into page_cursor default values;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in ("page_cursor", "pages"):
        op.execute(f"drop table {table}")
