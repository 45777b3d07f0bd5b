"""What feedback moves the confidence of each language by, and since when."""

from alembic import op

revision = "0026"
down_revision = "0025"

UP = r"""
create table kb_shifts (
  language text not null check (length(language) between 2 and 8),
  at timestamptz not null,
  logits double precision not null check (logits between -1 and 1),
  primary key (language, at)
);
"""
DOWN = "drop table kb_shifts"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DOWN)
