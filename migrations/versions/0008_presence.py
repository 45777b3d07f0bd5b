"""Which contacts are there, and uploads that one message alone may use."""

from alembic import op

revision = "0008"
down_revision = "0007"

# Unlogged: after a crash nobody counts as there until the next heartbeat, 15 s later.
DDL = """
create unlogged table contact_presence (
  contact_id uuid primary key references contacts on delete cascade,
  seen_at timestamptz not null
) with (fillfactor = 50);

alter table uploads add column uses smallint not null default 0;
update uploads set uses = 1 where message_id is not null;
alter table uploads add constraint uploads_used_once check (uses <= 1);
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DDL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table uploads drop column uses")
    op.execute("drop table contact_presence")
