"""Files of channels' messages: what is still to be fetched or erased, durable and retried."""

from alembic import op

revision = "0014"
down_revision = "0013"

UP = """
create table media_jobs (
  inbox_id uuid not null references inboxes,
  dedup_key text not null check (dedup_key <> ''),
  request_id uuid not null,
  kind text not null check (kind in ('fetch', 'erase')),
  state text not null default 'waiting' check (state in ('waiting', 'done', 'lost')),
  settled smallint[] not null default '{}',
  attempts integer not null default 0 check (attempts >= 0),
  due_at timestamptz not null default now(),
  lease_until timestamptz,
  fence bigint not null default 0,
  created_at timestamptz not null default now(),
  primary key (inbox_id, dedup_key)
);
create index media_jobs_waiting on media_jobs (due_at) where state = 'waiting';
create index uploads_message on uploads (message_id) where message_id is not null;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop index uploads_message")
    op.execute("drop table media_jobs")
