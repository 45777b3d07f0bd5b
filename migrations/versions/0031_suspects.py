"""Inbound requests that were begun and not done are found by an index of their own; who had one read again, and when."""

from alembic import op

revision = "0031"
down_revision = "0030"

UP = """
create index inbound_requests_suspect on inbound_requests (due_at) where state = 'waiting' and attempts > 0;
create index inbound_requests_poisoned on inbound_requests (id) where state = 'poisoned';
alter table inbound_requests add column replayed_at timestamptz, add column replayed_by text;
"""
DOWN = """
alter table inbound_requests drop column replayed_at, drop column replayed_by;
drop index inbound_requests_poisoned;
drop index inbound_requests_suspect;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DOWN)
