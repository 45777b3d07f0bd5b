"""The outbox finds the heads of lanes inbox by inbox, however much waits behind them; untold states in the order they were settled."""

from alembic import op

revision = "0013"
down_revision = "0012"

UP = """
create index deliveries_ready on deliveries (inbox_id, due_at, position) where state = 'queued';
create index webhook_deliveries_ready on webhook_deliveries (webhook_id, due_at, position) where state = 'queued';
create index deliveries_settled on deliveries (settled_at) where told <> state;
drop index deliveries_untold;
drop index webhook_deliveries_due;
"""

DOWN = """
create index webhook_deliveries_due on webhook_deliveries (due_at) where state = 'queued';
create index deliveries_untold on deliveries (due_at) where told <> state;
drop index deliveries_settled;
drop index webhook_deliveries_ready;
drop index deliveries_ready;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DOWN)
