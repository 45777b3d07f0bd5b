"""Lint with the tests run: what the API, the command line and every publication go by."""

from msgspec.structs import replace

from bots.decider.rule_tests import run_tests
from bots.dialogue.playbooks import guides, shipped_playbooks
from funnel.escalation.rules.findings import Finding, blocks
from funnel.escalation.rules.lint import NOTHING_KNOWN, Known, lint
from funnel.escalation.rules.model import RuleSet


def lint_and_test(rule_set: RuleSet, known: Known = NOTHING_KNOWN) -> list[Finding]:
    """The findings of lint and, where the set can be judged with at all, its failing tests as errors. CPU-bound: a few
    milliseconds a test, so for a thread. Where `known` names no playbooks those that are shipped count."""
    there = known.guides or guides(shipped_playbooks())
    findings = lint(rule_set, replace(known, guides=there))
    if blocks(findings):
        return findings
    places = {rule.id: place for place, rule in enumerate(rule_set.rules)}
    for failure in run_tests(rule_set):
        detail = f"Test {failure.number} ({failure.locale}): {failure.what} is {failure.got}, not {failure.wanted}."
        at = f"rules.{places[failure.rule_id]}.tests.{failure.number - 1}"
        findings.append(Finding("test_failed", "error", detail, failure.rule_id, at))
    return findings
