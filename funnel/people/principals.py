"""Who is asking: the three kinds of principals a credential resolves to. Frozen values, safe to keep for a second."""

from typing import Literal

from msgspec import Struct

Permission = Literal[
    "converse", "lead", "kb.write", "kb.publish", "rules.edit", "rules.publish", "privacy", "channels", "people",
]  # fmt: skip
Preset = Literal["agent", "lead", "writer", "ops", "privacy", "outsourced", "admin"]


class Visitor(Struct, frozen=True):
    """A contact in a browser. `contact_ids` holds the contact itself and all that were merged into it."""

    contact_id: str
    contact_ids: frozenset[str]
    site_id: str
    inbox_id: str
    queue_id: str
    name: str | None
    verified: bool
    locale: str | None
    zone: str | None
    token_hash: bytes


class AgentPrincipal(Struct, frozen=True):
    """A human agent. `queue_ids` are those of own teams, `lead_queue_ids` those whose conversations they see all of.

    `masked` agents see contacts' addresses masked. `session_hash` identifies the login.
    """

    agent_id: str
    name: str
    email: str
    permissions: frozenset[str]
    queue_ids: frozenset[str]
    lead_queue_ids: frozenset[str]
    admin: bool
    session_hash: bytes
    masked: bool = False
    preset: str = "agent"


class KeyPrincipal(Struct, frozen=True):
    """A program with an API key and the scopes listed on it."""

    key_id: str
    name: str
    scopes: frozenset[str]


Principal = Visitor | AgentPrincipal | KeyPrincipal
Staff = AgentPrincipal | KeyPrincipal
