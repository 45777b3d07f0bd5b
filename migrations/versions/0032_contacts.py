"""Contacts by API: merges with their end, what was erased when, who did what; messages of the system under an id of their maker."""

from alembic import op

revision = "0032"
down_revision = "0031"

UP = """
alter table contacts add column erased_at timestamptz;
create index contacts_subject on contacts (site_id, external_id) where external_id is not null;
create index contacts_email on contacts (lower(email)) where email is not null;
create index contacts_phone on contacts (phone) where phone is not null;

create table contact_merges (
  id uuid primary key,
  contact_id uuid not null references contacts on delete cascade,
  into_id uuid not null references contacts on delete cascade,
  at timestamptz not null default now(),
  undone_at timestamptz,
  check (contact_id <> into_id)
);
create unique index contact_merges_live on contact_merges (contact_id) where undone_at is null;
create index contact_merges_contact on contact_merges (contact_id);
create index contact_merges_into on contact_merges (into_id);

alter table client_messages drop constraint client_messages_author_kind_check,
  add constraint client_messages_author_kind_check check (author_kind in ('contact', 'agent', 'system'));

create table audit_entries (
  seq bigint primary key,
  at timestamptz not null default clock_timestamp(),
  actor_kind text not null check (actor_kind in ('agent', 'key', 'system')),
  actor_id uuid,
  action text not null check (action <> ''),
  object_kind text not null check (object_kind <> ''),
  object_id uuid not null,
  details jsonb not null default '{}',
  previous bytea not null,
  hash bytea not null
);
create index audit_entries_object on audit_entries (object_id, seq);

create function audit_hash(e audit_entries) returns bytea language sql immutable as $$
  select sha256(convert_to(jsonb_build_array(encode(e.previous, 'hex'), e.seq, extract(epoch from e.at)::text, e.actor_kind, e.actor_id,
    e.action, e.object_kind, e.object_id, e.details)::text, 'UTF8'))
$$;
create function audit_chain() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7205759403792793601);
  select coalesce(max(seq), 0) + 1 into new.seq from audit_entries;
  select coalesce((select hash from audit_entries where seq = new.seq - 1), decode(repeat('00', 32), 'hex')) into new.previous;
  new.at := clock_timestamp();
  new.hash := audit_hash(new);
  return new;
end
$$;
create function audit_stays() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only ever appended to';
end
$$;
create trigger audit_entries_chain before insert on audit_entries for each row execute function audit_chain();
create trigger audit_entries_stay before update or delete or truncate on audit_entries for each statement execute function audit_stays();
"""
DOWN = """
drop function audit_hash(audit_entries);
drop table audit_entries;
drop function audit_chain();
drop function audit_stays();
alter table client_messages drop constraint client_messages_author_kind_check,
  add constraint client_messages_author_kind_check check (author_kind in ('contact', 'agent'));
drop table contact_merges;
drop index contacts_phone;
drop index contacts_email;
drop index contacts_subject;
alter table contacts drop column erased_at;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(UP)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(DOWN)
