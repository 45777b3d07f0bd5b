"""Playbooks: versions that never change once they are published, and which of them is live."""

from alembic import op

revision = "0024"
down_revision = "0023"

DDL = """
create table playbooks (
  key text not null,
  version integer not null check (version > 0),
  status text not null default 'draft' check (status in ('draft', 'published')),
  origin text not null check (origin in ('shipped', 'own')),
  document text not null,
  revision integer not null default 1,
  note text,
  author_id uuid references agents,
  updated_at timestamptz not null default now(),
  published_at timestamptz,
  published_by uuid references agents,
  primary key (key, version)
);

create function playbook_stays() returns trigger language plpgsql as $$
begin
  if old.status = 'published' and (tg_op = 'DELETE' or new.document <> old.document or new.status <> old.status) then
    raise exception 'a published playbook never changes';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger playbook_stays before update or delete on playbooks for each row execute function playbook_stays();

create table playbook_live (
  key text primary key,
  version integer not null,
  foreign key (key, version) references playbooks
);

create table playbook_history (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  key text not null,
  version integer not null,
  by_id uuid references agents,
  foreign key (key, version) references playbooks
);
"""


def upgrade() -> None:
    """Three tables; a trigger keeps published versions as they are."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(DDL)


def downgrade() -> None:
    """Drops them."""
    op.execute("set local lock_timeout = '5s'")
    for table in ("playbook_history", "playbook_live", "playbooks"):
        op.execute(f"drop table {table}")
    op.execute("drop function playbook_stays")
