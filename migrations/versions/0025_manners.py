"""What an inbox has otherwise than its channel: how much is said on it without being asked."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Every inbox does as its channel."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table inboxes add column manners jsonb not null default '{}'")


def downgrade() -> None:
    """Drops it."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table inboxes drop column manners")
