"""Checking an inbox: is its token good, does the platform deliver to our address, does our clock agree with its."""

from bots.connectors.probes import PROBES
from bots.egress import Egress, NotSentError, RefusedAddressError, UnknownOutcomeError
from funnel.channels.checking import Finding, answer_of, clock
from funnel.channels.port import Account
from funnel.core.clock import Clock


async def check(egress: Egress, account: Account, webhook_url: str, now: Clock) -> list[Finding]:
    """What the platform says; harmless calls only. Empty for a channel without one."""
    probes = PROBES.get(account.channel)
    found: list[Finding] = []
    date = ""
    for probe in probes(account, webhook_url) if probes is not None else ():
        call = probe.call
        try:
            reply = await egress.call(call.method, call.url, headers=call.headers, content=call.body or None)
        except (RefusedAddressError, NotSentError, UnknownOutcomeError):
            found.append(Finding(probe.name, "unknown", "The platform could not be reached."))
            continue
        date = reply.headers.get("date", date)
        wrong = probe.reads(reply.status, answer_of(reply.body))
        found.append(Finding(probe.name, "failed" if wrong else "ok", wrong or ""))
    if found:
        found.append(clock(date, now.now().timestamp()))
    return found
