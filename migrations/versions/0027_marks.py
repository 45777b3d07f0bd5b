"""What a platform gave for marking a message as read, and when a conversation was last marked there."""

from alembic import op

revision = "0027"
down_revision = "0026"

UP = """
alter table reply_addresses
  add column read_token text, add column typed_at timestamptz, add column read_message_id text;
"""
DOWN = "alter table reply_addresses drop column read_token, drop column typed_at, drop column read_message_id"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DOWN)
