"""Lint with the tests run: what the API, the command line and every publication go by."""

from collections.abc import Collection

from bots.decider.rule_tests import run_tests
from funnel.escalation.rules.findings import Finding, blocks
from funnel.escalation.rules.lint import Observed, lint
from funnel.escalation.rules.model import RuleSet


def lint_and_test(
    rule_set: RuleSet, *, observed: Observed | None = None, queues: Collection[str] | None = None
) -> list[Finding]:
    """The findings of lint and, where the set can be judged with at all, its failing tests as errors. CPU-bound: a few
    milliseconds a test, so for a thread."""
    findings = lint(rule_set, observed=observed, queues=queues)
    if blocks(findings):
        return findings
    places = {rule.id: place for place, rule in enumerate(rule_set.rules)}
    for failure in run_tests(rule_set):
        detail = f"Test {failure.number} ({failure.locale}): {failure.what} is {failure.got}, not {failure.wanted}."
        at = f"rules.{places[failure.rule_id]}.tests.{failure.number - 1}"
        findings.append(Finding("test_failed", "error", detail, failure.rule_id, at))
    return findings
