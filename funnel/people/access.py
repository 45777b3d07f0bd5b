"""The gates: which conversation a principal may see and which permission it holds. What no rule allows is refused."""

from collections.abc import Collection
from typing import Final, get_args

from funnel.conversations.state import State
from funnel.core.errors import ErrorKind, FunnelError, forbidden
from funnel.people.principals import AgentPrincipal, KeyPrincipal, Permission, Preset, Principal, Visitor

PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)
PRESETS: Final[dict[Preset, frozenset[Permission]]] = {
    "agent": frozenset({"converse"}),
    "lead": frozenset({"converse", "lead"}),
    "writer": frozenset({"kb.write", "kb.publish"}),
    "ops": frozenset({"rules.edit", "rules.publish", "channels"}),
    "privacy": frozenset({"privacy"}),
    "outsourced": frozenset({"converse"}),
    "admin": frozenset(PERMISSIONS),
}
SCOPES: Final[tuple[str, ...]] = (*PERMISSIONS, "contacts")


def may_see(principal: Principal, state: State) -> bool:
    """The one gate for conversations.

    A visitor: own ones, those of merged contacts included. An agent: all as admin, those owned now or last, those of own
    teams' queues once they reached people, as lead also those still with the bot. A key: none.
    """
    match principal:
        case Visitor():
            return state.contact_id in principal.contact_ids
        case AgentPrincipal():
            return _agent_may_see(principal, state)
        case _:
            return False


def _agent_may_see(agent: AgentPrincipal, state: State) -> bool:
    if agent.admin:
        return True
    if "converse" not in agent.permissions:
        return False
    if agent.agent_id in (state.owner.agent_id, state.last_agent_id):
        return True
    if state.queue_id in agent.lead_queue_ids:
        return True
    return state.queue_id in agent.queue_ids and state.reached_people


def may_work_queue(principal: Principal, queue_id: str) -> bool:
    """Whether the principal may list and claim from a queue: an admin or a member of its team who converses."""
    if not isinstance(principal, AgentPrincipal):
        return False
    return principal.admin or ("converse" in principal.permissions and queue_id in principal.queue_ids)


def may_keep_contacts(principal: Principal | None) -> bool:
    """Whether the principal writes the contacts of every site: a program with the scope `contacts`, whoever sets up `people`."""
    return bool(held(principal) & {"contacts", "people"})


def may_look_up_contacts(principal: Principal | None) -> bool:
    """Whether the principal may search all contacts: who keeps them, and who answers for privacy."""
    return may_keep_contacts(principal) or "privacy" in held(principal)


def may_disclose_contacts(principal: Principal | None) -> bool:
    """Whether the principal may take all that is known of a contact out, or have it erased: `privacy`, or a program that keeps contacts."""
    return bool(held(principal) & {"contacts", "privacy"})


def held(principal: Principal | None) -> frozenset[str]:
    """The permissions (of an agent) or scopes (of a key); none for a visitor and for nobody."""
    match principal:
        case AgentPrincipal():
            return principal.permissions
        case KeyPrincipal():
            return principal.scopes
        case _:
            return frozenset()


def require_permission(principal: Principal | None, name: str) -> None:
    """Raises 401 for nobody, 403 for a principal without the permission; returns for one that holds it."""
    if principal is None:
        raise FunnelError("unauthenticated", ErrorKind.UNAUTHENTICATED, "A credential is needed.")
    if name not in SCOPES or name not in held(principal):
        raise forbidden()


def require_grantable(principal: Principal | None, names: Collection[str]) -> None:
    """Raises 403 when the principal would hand out something it does not hold itself.

    `None` is the command line on the server itself, which may grant everything. Whoever manages `people` may also
    make ordinary agents (`converse`) and keys for `contacts`.
    """
    if principal is None:
        return
    own = held(principal)
    if "people" in own:
        own |= {"contacts", "converse"}
    if not set(names) <= own:
        raise forbidden("You can only grant permissions that you hold yourself.")
