"""What a platform lets us say beyond free words: its templates as last told, and how many messages an inbox may still push."""

from alembic import op

revision = "0020"
down_revision = "0019"

UP = """
create table inbox_templates (
  inbox_id uuid primary key references inboxes,
  items jsonb not null,
  fetched_at timestamptz not null default now()
);
alter table inbox_health
  add column pushes_left integer check (pushes_left >= 0),
  add column pushes_asked_at timestamptz;
"""
DOWN = """
alter table inbox_health drop column pushes_left, drop column pushes_asked_at;
drop table inbox_templates;
"""


def upgrade() -> None:
    """Both."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    """Drops them."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(DOWN)
