"""Synonyms of a locale, and the glossary of terms in several locales."""

from alembic import op

revision = "0006"
down_revision = "0005"

DDL = """
create table kb_synonyms (
  id uuid primary key,
  locale text not null check (locale <> ''),
  terms text[] not null check (cardinality(terms) >= 2),
  updated_at timestamptz not null default now()
);
create table kb_glossary (
  id uuid primary key,
  terms jsonb not null,
  updated_at timestamptz not null default now()
);
"""

TABLES = ["kb_glossary", "kb_synonyms"]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DDL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"drop table {table}")
