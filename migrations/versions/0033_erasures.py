"""Erasures of contacts as work: asked for, done step by step, proven at the end."""

from alembic import op

revision = "0033"
down_revision = "0032"

UP = """
create table contact_erasures (
  id uuid primary key,
  contact_id uuid not null unique references contacts,
  asked_at timestamptz not null default now(),
  status text not null default 'queued' check (status in ('queued', 'running', 'done')),
  attempts integer not null default 0,
  lease_until timestamptz,
  conversations integer not null default 0,
  remaining text[] not null default '{}',
  done_at timestamptz,
  check ((status = 'done') = (done_at is not null))
);
create index contact_erasures_waiting on contact_erasures (asked_at) where status <> 'done';
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop table contact_erasures")
