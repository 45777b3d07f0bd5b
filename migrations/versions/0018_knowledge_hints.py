"""Every process hears at the commit that the knowledge base has moved."""

from alembic import op

revision = "0018"
down_revision = "0017"

UP = """
create function kb_moved() returns trigger language plpgsql as $$
begin
  perform pg_notify('funnel_kb', new.revision::text);
  return null;
end
$$;
create trigger kb_moved after update of revision on kb_state for each row execute function kb_moved();
"""


def upgrade() -> None:
    """The trigger; a notification leaves with the commit, so whoever hears it can read the change."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    """Polling alone again."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop trigger kb_moved on kb_state")
    op.execute("drop function kb_moved")
