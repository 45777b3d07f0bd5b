"""By which way an agent answers a delivery that failed: the first one counts."""

from alembic import op

revision = "0030"
down_revision = "0029"

UP = "alter table deliveries add column answered text, add column answered_at timestamptz"
DOWN = "alter table deliveries drop column answered, drop column answered_at"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DOWN)
