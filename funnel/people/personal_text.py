"""Every column outside the knowledge base that holds text, and whose words it holds: what an erasure of a contact must reach.

`contact`: theirs or about them, emptied by an erasure. `log`: emptied where the event is of a kind that holds words (`SAID`). `sealed`: raw
requests, encrypted, deleted by an erasure and after seven days anyway. `key`: an id or a mark that a client or platform chose, kept so that
nothing happens twice (of platforms eight days). `secret`: hashes and sealed secrets. `staff`: words of those who run the service. `names`:
names and states of ours.
"""

from typing import Final, Literal

Whose = Literal["contact", "log", "sealed", "key", "secret", "staff", "names"]

TEXT_COLUMNS: Final[dict[str, dict[str, Whose]]] = {
    "agent_sessions": {"token_hash": "secret"},
    "agents": {
        "email": "staff", "name": "staff", "password_hash": "secret", "preset": "names", "permissions": "names", "status": "names",
        "skills": "staff",
    },
    "api_keys": {"name": "staff", "key_hash": "secret", "scopes": "names"},
    "audit_entries": {
        "actor_kind": "names", "action": "names", "object_kind": "names", "details": "names", "previous": "secret", "hash": "secret",
    },
    "backtests": {
        "spec": "staff", "status": "names", "cursor": "key", "tally": "names", "result": "names", "error": "names",
    },
    "business_hours": {"name": "staff", "zone": "names", "weekly": "staff", "holidays": "staff"},
    "channel_messages": {"external_id": "contact"},
    "channel_polls": {"position": "key", "problem": "names"},
    "client_messages": {"author_kind": "names", "client_message_id": "key", "body_hash": "secret"},
    "contact_erasures": {"status": "names", "remaining": "names"},
    "contacts": {
        "external_id": "contact", "name": "contact", "email": "contact", "phone": "contact", "reply_email": "contact",
        "reply_phone": "contact", "locale": "contact", "zone": "contact", "reply_by": "names", "attributes": "contact",
        "claimed": "contact", "page": "contact",
    },
    "conversations": {
        "thread": "key", "channel": "names", "status": "names", "owner_kind": "names", "snapshot": "contact", "subject": "contact",
    },
    "decision_verdicts": {"verdict": "names", "note": "contact"},
    "decisions": {"outcome": "names", "reason": "names", "rule_set_version": "names", "facts": "contact"},
    "deliveries": {
        "address": "names", "state": "names", "error": "contact", "told": "names", "code": "names", "answered": "names",
    },
    "deployment": {"key": "secret"},
    "events": {"type": "names", "actor_kind": "names", "actor_name": "contact", "data": "log"},
    "hook_calls": {"hook": "names", "state": "names", "error": "contact"},
    "hooks": {"name": "staff", "url": "staff", "secrets": "secret"},
    "identities": {"channel": "names", "address": "contact"},
    "inbound_events": {"dedup_key": "key", "kind": "names"},
    "inbound_requests": {"body": "sealed", "state": "names", "problem": "names", "replayed_by": "names"},
    "inbox_health": {"last_error": "names"},
    "inbox_templates": {"items": "staff"},
    "inboxes": {"channel": "names", "name": "staff", "config": "staff", "secrets": "secret", "manners": "staff"},
    "login_failures": {"subject": "secret"},
    "media_jobs": {"dedup_key": "key", "kind": "names", "state": "names", "settled": "names"},
    "pages": {"rule_id": "names", "target": "names", "address": "staff", "state": "names", "error": "names"},
    "password_links": {"token_hash": "secret"},
    "playbook_history": {"key": "staff"},
    "playbook_live": {"key": "staff"},
    "playbooks": {"key": "staff", "status": "names", "origin": "names", "document": "staff", "note": "staff"},
    "queues": {"name": "staff"},
    "read_marks": {"actor_kind": "names"},
    "reply_addresses": dict.fromkeys(
        (
            "name", "address", "thread_id", "business_connection_id", "reply_token", "last_message_id", "numbers", "mail", "read_token",
            "read_message_id",
        ),
        "contact",
    ),
    "resume_links": {"token_hash": "secret"},
    "review_samples": {"locale": "names", "stratum": "names", "should_have": "names"},
    "rule_activations": {"kind": "names", "note": "staff"},
    "rule_versions": {"status": "names", "base": "names", "document": "staff", "note": "staff"},
    "saved_replies": {"title": "staff", "text": "staff", "shortcut": "staff", "locale": "names"},
    "shadow_differences": {"live": "names", "shadow": "names", "rules": "names"},
    "sites": {
        "key": "names", "name": "staff", "origins": "staff", "locales": "names", "zone": "names", "identity_secret": "secret",
        "identity_secret_previous": "secret", "reply_seconds": "names", "on_call": "staff", "helplines": "staff", "texts": "staff",
    },
    "switches": {"kind": "names", "reason": "staff", "channel": "names", "topic": "names", "texts": "staff"},
    "teams": {"name": "staff"},
    "turns": {"command_id": "key"},
    "uploads": {"owner_kind": "names", "name": "contact", "content_type": "names", "sha256": "contact"},
    "visitor_tokens": {"token_hash": "secret"},
    "webhook_deliveries": {"type": "names", "state": "names", "error": "contact"},
    "webhooks": {"name": "staff", "url": "staff", "secrets": "secret", "events": "names", "disabled_reason": "names"},
}  # fmt: skip
