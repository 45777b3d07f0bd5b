"""A delivery may be delayed: its mail server still tries."""

from alembic import op

revision = "0022"
down_revision = "0021"

STATES = "'queued', 'accepted', 'sent', 'delivered', 'read', 'failed'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(
        "alter table deliveries drop constraint deliveries_state_check,"
        f" add constraint deliveries_state_check check (state in ({STATES}, 'delayed')) not valid"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("update deliveries set state = 'sent' where state = 'delayed'")
    op.execute(
        "alter table deliveries drop constraint deliveries_state_check,"
        f" add constraint deliveries_state_check check (state in ({STATES})) not valid"
    )
