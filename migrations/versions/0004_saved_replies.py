"""Saved replies: shared ones belong to nobody, personal ones to their agent."""

from alembic import op

revision = "0004"
down_revision = "0003"

DDL = """
create table saved_replies (
  id uuid primary key,
  agent_id uuid references agents,
  title text not null check (title <> ''),
  text text not null check (text <> ''),
  shortcut text,
  locale text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  archived_at timestamptz
);
create unique index saved_replies_shortcut on saved_replies
  (coalesce(agent_id, '00000000-0000-0000-0000-000000000000'), shortcut, coalesce(locale, ''))
  where archived_at is null and shortcut is not null;
create index saved_replies_live on saved_replies (id) where archived_at is null;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DDL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop table saved_replies")
