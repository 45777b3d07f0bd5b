"""One person on several channels: contacts joined by an agent, each join with its end, and the addresses that suggest it."""

from alembic import op

revision = "0021"
down_revision = "0020"

UP = r"""
create table contact_joins (
  id uuid primary key,
  contact_id uuid not null references contacts on delete cascade,
  other_id uuid not null references contacts on delete cascade,
  agent_id uuid not null references agents,
  at timestamptz not null default now(),
  undone_by uuid references agents,
  undone_at timestamptz,
  check (contact_id < other_id),
  check ((undone_by is null) = (undone_at is null))
);
create unique index contact_joins_live on contact_joins (contact_id, other_id) where undone_at is null;
create index contact_joins_other on contact_joins (other_id) where undone_at is null;
create index identities_mail on identities (lower(address)) where channel = 'email';
create index identities_number on identities (regexp_replace(address, '\D', '', 'g')) where channel in ('phone', 'whatsapp', 'twilio');
"""
DOWN = """
drop index identities_number;
drop index identities_mail;
drop table contact_joins;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DOWN)
