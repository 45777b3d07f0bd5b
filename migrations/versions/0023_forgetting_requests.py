"""Deleting a raw request, or what belonged to a contact, finds what refers to it by an index instead of reading it all."""

from alembic import op

revision = "0023"
down_revision = "0022"

INDEXES = {
    "inbound_events_request": "inbound_events (request_id)",
    "inbound_events_turn": "inbound_events (turn_id)",
    "resume_links_contact": "resume_links (contact_id)",
    "contact_joins_contact": "contact_joins (contact_id)",
    "contact_joins_other_contact": "contact_joins (other_id)",
}


def upgrade() -> None:
    """An index for each reference that is followed backwards."""
    op.execute("set local lock_timeout = '5s'")
    for name, what in INDEXES.items():
        op.execute(f"create index {name} on {what}")


def downgrade() -> None:
    """Drops them."""
    op.execute("set local lock_timeout = '5s'")
    for name in INDEXES:
        op.execute(f"drop index {name}")
