"""Checking an inbox: is its token good, does the platform deliver to our address, does our clock agree with its."""

from bots.connectors.registry import CONNECTORS
from bots.egress import Egress, NotSentError, RefusedAddressError, UnknownOutcomeError
from funnel.channels.checking import Finding, answer_of, clock
from funnel.channels.port import Account, Probe, Probes
from funnel.core.clock import Clock


async def check(egress: Egress, account: Account, webhook_url: str, now: Clock) -> list[Finding]:
    """What the platform says; harmless calls only. Empty for a channel without one."""
    probes = _probes(account)
    found: list[Finding] = []
    date = ""
    for probe in probes(account, webhook_url) if probes is not None else ():
        finding, told = await _ask(egress, probe)
        found.append(finding)
        date = told or date
    if found:
        found.append(clock(date, now.now().timestamp()))
    return found


async def token_works(egress: Egress, account: Account) -> bool | None:
    """Whether the platform takes the inbox's token; None for a channel that cannot be asked."""
    probes = _probes(account)
    if probes is None:
        return None
    findings = [await _ask(egress, probe) for probe in probes(account, "") if probe.name == "token"]
    return all(finding.outcome == "ok" for finding, _ in findings)


def _probes(account: Account) -> Probes | None:
    connector = CONNECTORS.get(account.channel)
    return connector.probes if connector is not None else None


async def _ask(egress: Egress, probe: Probe) -> tuple[Finding, str]:
    """What a probe found, and the platform's date."""
    call = probe.call
    try:
        reply = await egress.call(call.method, call.url, headers=call.headers, content=call.body or None)
    except (RefusedAddressError, NotSentError, UnknownOutcomeError):
        return Finding(probe.name, "unknown", "The platform could not be reached."), ""
    wrong = probe.reads(reply.status, answer_of(reply.body))
    return Finding(probe.name, "failed" if wrong else "ok", wrong or ""), reply.headers.get("date", "")
