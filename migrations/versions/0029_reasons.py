"""Why a finding was made, as a code with values: clients say it in their reader's language."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """What was found before has its sentence alone."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(
        "alter table kb_findings add column reason_code text not null default '', "
        "add column reason_values jsonb not null default '{}'"
    )


def downgrade() -> None:
    """Drops them."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table kb_findings drop column reason_code, drop column reason_values")
