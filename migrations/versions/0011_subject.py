"""What a conversation is called: a line beside the snapshot, so that erasing its message erases it too."""

from alembic import op

revision = "0011"
down_revision = "0010"

UP = """
alter table conversations add column subject text not null default '', add column subject_message_id uuid,
  add constraint conversations_subject_of_a_message check ((subject = '') = (subject_message_id is null))
"""


def upgrade() -> None:
    """Adds the columns. Conversations of before are called by nothing until their contact writes again."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    """Drops them."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table conversations drop column subject, drop column subject_message_id")
