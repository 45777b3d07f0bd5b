"""Calls of leads are found by their time: whoever tells them looks every second, and must not read all that was said meanwhile."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """An index of the few events that are calls."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("create index events_calls on events (at) where type = 'lead.called'")


def downgrade() -> None:
    """Drops it."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop index events_calls")
