"""Inboxes that fetch for themselves: how far they have come, and which process does it."""

from alembic import op

revision = "0015"
down_revision = "0014"

UP = """
create table channel_polls (
  inbox_id uuid primary key references inboxes,
  position text not null default '',
  moved_at timestamptz,
  lease_until timestamptz not null default now(),
  fence bigint not null default 0,
  problem text,
  problem_at timestamptz
);
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop table channel_polls")
