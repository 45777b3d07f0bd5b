"""Judgement: rule set versions and what is live, switches, verdicts, review samples, back-tests, shadow differences."""

from alembic import op

revision = "0007"
down_revision = "0006"

DDL = """
create table rule_versions (
  version integer primary key check (version > 0),
  status text not null check (status in ('draft', 'published')),
  base text not null,
  document jsonb not null,
  note text,
  based_on integer references rule_versions,
  revision integer not null default 1 check (revision > 0),
  author_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  published_at timestamptz,
  deleted_at timestamptz,
  check ((status = 'published') = (published_at is not null))
);
create function rule_versions_stay() returns trigger language plpgsql as $$
begin
  if old.status = 'published' and (new.document <> old.document or new.status <> old.status) then
    raise exception 'a published rule set never changes' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger rule_versions_stay before update on rule_versions for each row execute function rule_versions_stay();

create table rule_activations (
  activation bigint generated always as identity primary key,
  version integer not null references rule_versions,
  kind text not null check (kind in ('base', 'publish', 'rollback')),
  note text,
  by_id uuid,
  at timestamptz not null default now()
);

create table rule_settings (
  id smallint primary key default 1 check (id = 1),
  second_person boolean not null default false,
  frozen_from timestamptz,
  frozen_until timestamptz,
  shadow_version integer references rule_versions,
  check ((frozen_from is null) = (frozen_until is null))
);
insert into rule_settings default values;

create table switches (
  id uuid primary key,
  kind text not null check (kind in ('bot_off', 'topic_hold', 'everything_to_people', 'announce')),
  reason text not null check (reason <> ''),
  site_id uuid references sites,
  channel text,
  topic text,
  texts jsonb not null default '{}',
  by_id uuid,
  at timestamptz not null default now(),
  expires_at timestamptz,
  ended_at timestamptz,
  ended_by uuid
);
create index switches_on on switches (at) where ended_at is null;

create index decisions_at on decisions (at, id);

create table decision_verdicts (
  decision_id uuid primary key references decisions,
  verdict text not null check (verdict in ('right', 'too_late', 'needless', 'wrong_queue', 'answerable')),
  from_message_id uuid,
  article_id uuid,
  note text,
  agent_id uuid not null,
  at timestamptz not null default now()
);

create table review_samples (
  week date not null,
  conversation_id uuid not null references conversations,
  site_id uuid not null references sites,
  locale text not null,
  risk real not null check (risk between 0 and 1),
  stratum text not null check (stratum in ('random', 'risk')),
  should_have text check (should_have in ('no', 'yes')),
  from_message_id uuid,
  agent_id uuid,
  answered_at timestamptz,
  primary key (week, conversation_id)
);

create table backtests (
  id uuid primary key,
  spec jsonb not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'done', 'cancelled', 'failed')),
  total bigint,
  done bigint not null default 0,
  cursor text,
  tally jsonb,
  result jsonb,
  error text,
  by_id uuid,
  lease_until timestamptz,
  fence bigint not null default 0,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index backtests_open on backtests (created_at) where status in ('queued', 'running');

create table shadow_differences (
  decision_id uuid primary key references decisions,
  conversation_id uuid not null references conversations,
  version integer not null references rule_versions,
  at timestamptz not null,
  live text not null,
  shadow text not null,
  rules jsonb not null
);
create index shadow_differences_at on shadow_differences (version, at);
"""

TABLES = [
    "shadow_differences",
    "backtests",
    "review_samples",
    "decision_verdicts",
    "switches",
    "rule_settings",
    "rule_activations",
    "rule_versions",
]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DDL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop index decisions_at")
    for table in TABLES:
        op.execute(f"drop table {table}")
    op.execute("drop function rule_versions_stay")
