"""What an agent can do besides: the skills that rules ask for when they hand a conversation over."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table agents add column skills text[] not null default '{}'")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table agents drop column skills")
