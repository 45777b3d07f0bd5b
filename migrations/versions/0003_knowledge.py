"""The knowledge base: articles, their history, and the counter that moves with every change."""

from alembic import op

revision = "0003"
down_revision = "0002"

DDL = """
create table kb_state (
  id smallint primary key default 1 check (id = 1),
  revision bigint not null default 0
);
insert into kb_state default values;

create table kb_articles (
  id uuid primary key,
  group_id uuid not null,
  slug text not null check (slug <> ''),
  locale text not null check (locale <> ''),
  title text not null check (title <> ''),
  body text not null check (body <> ''),
  short_answer text,
  status text not null check (status in ('draft', 'published', 'archived', 'quarantined')),
  audience text not null check (audience in ('public', 'agents')),
  sites uuid[] not null default '{}',
  tags text[] not null default '{}',
  url_patterns text[] not null default '{}',
  product text,
  example_questions text[] not null default '{}',
  review_by date,
  publish_at timestamptz,
  source_id text unique,
  revision integer not null check (revision > 0),
  kb_revision bigint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index kb_articles_slug on kb_articles (locale, slug) where status <> 'archived';
create unique index kb_articles_group on kb_articles (group_id, locale) where status <> 'archived';
create index kb_articles_changed on kb_articles (kb_revision);
create index kb_articles_due on kb_articles (publish_at) where publish_at is not null;

create table kb_revisions (
  article_id uuid not null references kb_articles,
  revision integer not null check (revision > 0),
  at timestamptz not null default now(),
  author_id uuid references agents,
  content jsonb not null,
  primary key (article_id, revision)
);
"""

TABLES = ["kb_revisions", "kb_articles", "kb_state"]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DDL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"drop table {table}")
