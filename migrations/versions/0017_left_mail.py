"""Replies to visitors who left, by mail: which words a delivery holds, and how far they were mailed."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table deliveries add column from_seq bigint")
    op.execute("alter table reply_addresses add column up_to_seq bigint not null default 0")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table deliveries drop column from_seq")
    op.execute("alter table reply_addresses drop column up_to_seq")
