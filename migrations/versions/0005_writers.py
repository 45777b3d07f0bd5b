"""Articles complete: ends, owners, next steps, what is kept back; findings, acceptances, old slugs and imports."""

from alembic import op

revision = "0005"
down_revision = "0004"

DDL = """
alter table kb_articles
  add column unpublish_at timestamptz,
  add column owner_id uuid references agents,
  add column next_steps jsonb not null default '[]',
  add column safety boolean not null default false,
  add column held integer[] not null default '{}',
  add column bands integer[] not null default '{}';
create index kb_articles_ending on kb_articles (unpublish_at) where unpublish_at is not null;
create index kb_articles_bands on kb_articles using gin (bands);

create table kb_slugs (
  locale text not null,
  slug text not null,
  article_id uuid not null references kb_articles on delete cascade,
  at timestamptz not null default now(),
  primary key (locale, slug)
);

create table kb_findings (
  article_id uuid not null references kb_articles on delete cascade,
  number integer not null check (number >= 0),
  kind text not null,
  field text not null check (field in ('title', 'short_answer', 'body')),
  starts integer not null check (starts >= 0),
  ends integer not null check (ends >= starts),
  reason text not null,
  mark text not null default '',
  other_id uuid references kb_articles on delete cascade,
  primary key (article_id, number)
);
create index kb_findings_other on kb_findings (other_id) where other_id is not null;

create table kb_accepted (
  article_id uuid not null references kb_articles on delete cascade,
  kind text not null,
  mark text not null,
  reason text not null check (reason <> ''),
  author_id uuid references agents,
  at timestamptz not null default now(),
  primary key (article_id, kind, mark)
);

create table kb_imports (
  id uuid primary key,
  created_at timestamptz not null default now(),
  author_id uuid references agents,
  name text not null,
  options jsonb not null,
  data bytea,
  status text not null default 'queued' check (status in ('queued', 'running', 'done', 'failed')),
  done integer not null default 0,
  total integer not null default 0,
  attempts integer not null default 0,
  lease_until timestamptz,
  finished_at timestamptz,
  error text,
  report jsonb not null default '[]'
);
create index kb_imports_waiting on kb_imports (created_at) where status in ('queued', 'running');
"""

TABLES = ["kb_imports", "kb_accepted", "kb_findings", "kb_slugs"]
COLUMNS = ["unpublish_at", "owner_id", "next_steps", "safety", "held", "bands"]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DDL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"drop table {table}")
    for column in COLUMNS:
        op.execute(f"alter table kb_articles drop column {column}")
