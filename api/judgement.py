"""Everything about judgement that routes need, wired: what is live, versions, switches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from bots.decider.linting import lint_and_test
from bots.dialogue.playbooks import Playbooks, guides, shipped_playbooks
from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.escalation.backtest.jobs import BackTests
from funnel.escalation.backtest.runner import BackTestRunner
from funnel.escalation.backtest.shadow import Shadow
from funnel.escalation.backtest.simulate import OpenFrom
from funnel.escalation.decisions import Decisions
from funnel.escalation.reviews import Reviews
from funnel.escalation.rule_sets.guards import RuleGuards
from funnel.escalation.rule_sets.live import LiveRules
from funnel.escalation.rule_sets.service import RuleSets
from funnel.escalation.rule_sets.switches import Switches
from funnel.escalation.rules.findings import Finding
from funnel.escalation.rules.lint import Known
from funnel.escalation.rules.model import RuleSet
from funnel.escalation.signals.measure import measure
from funnel.people.directory import Directory
from funnel.service_levels.hours import is_open, next_open


@dataclass(frozen=True)
class Judgement:
    """`live` is what this process judges with; whatever changes it is in it before the caller gets its answer."""

    live: LiveRules
    sets: RuleSets
    guards: RuleGuards
    switches: Switches
    decisions: Decisions
    reviews: Reviews
    backtests: BackTests
    runner: BackTestRunner
    shadow: Shadow


def judgement_of(
    db: Database, clock: Clock, directory: Directory, playbooks: Callable[[], Playbooks] = shipped_playbooks
) -> Judgement:
    """The parts, not started; `playbooks` are those that rules may lead into."""
    live = LiveRules(db)
    return Judgement(
        live=live,
        sets=RuleSets(db, clock, _linter(playbooks), live.refresh),
        guards=RuleGuards(db, live.refresh),
        switches=Switches(db, clock, live.refresh),
        decisions=Decisions(db),
        reviews=Reviews(db),
        backtests=BackTests(db),
        runner=BackTestRunner(db, _scores, _hours(directory)),
        shadow=Shadow(db, lambda: live.now().shadow),
    )


def _linter(playbooks: Callable[[], Playbooks]) -> Callable[[RuleSet, Known], list[Finding]]:
    def lint(rule_set: RuleSet, known: Known) -> list[Finding]:
        return lint_and_test(rule_set, replace(known, guides=guides(playbooks())))

    return lint


def _scores(text: str, prior: str) -> Mapping[str, float]:
    return {name: value.score for name, value in measure(text, prior or "en").signals.items()}


def _hours(directory: Directory) -> Callable[[str], OpenFrom]:
    """The hours of the site whose inbox hands over to the queue."""

    def hours_of(queue_id: str) -> OpenFrom:
        found = directory.now()
        inbox = next((one for one in found.inboxes.values() if one.queue_id == queue_id), None)
        site = found.sites.get(inbox.site_id) if inbox is not None else None

        def open_from(at: datetime) -> datetime:
            if site is None or is_open(site.calendar, at):
                return at
            return next_open(site.calendar, at) or at

        return open_from

    return hours_of
