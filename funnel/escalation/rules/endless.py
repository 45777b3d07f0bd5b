"""Proves that no conversation stays with the bot for ever: the worst contacts are played against the rules of every place."""

from collections.abc import Iterator
from typing import Final

from funnel.escalation.rules.facts import Facts, FactValue, with_defaults
from funnel.escalation.rules.judging import Bench
from funnel.escalation.rules.model import RuleSet

MOST_TURNS: Final = 12
Turn = dict[str, FactValue]


def stays_for_ever(rule_set: RuleSet) -> str | None:
    """Who could stay without ever getting a person, as a phrase; None where everybody gets one within twelve turns."""
    for site, locale in _places(rule_set):
        bench = Bench(rule_set, site, locale)
        for who, turn in _PLAYERS.items():
            if not any(
                bench.judge(_facts(turn, number, site, locale)).human for number in range(1, MOST_TURNS + 1)
            ):
                return who
    return None


def _places(rule_set: RuleSet) -> Iterator[tuple[str, str]]:
    sites = {site for one in rule_set.parameters.values() for site in one.sites}
    locales = {tag for one in rule_set.parameters.values() for tag in one.locales}
    for site in ("", *sorted(sites)):
        for locale in ("", *sorted(locales)):
            yield site, locale


_PLAYERS: Final[dict[str, Turn]] = {
    "one whose every question finds nothing": {"progress.miss": "none_found", "answer.outcome": "none"},
    "one who rejects every answer": {"progress.miss": "rejected", "answer.outcome": "answer"},
    "one who asks on about the same and never says whether it helped": {"answer.outcome": "suggestions"},
    "one who sends what the bot cannot read": {"progress.miss": "none_found", "turn.about": "unreadable"},
    "one whose language is never sure": {"progress.miss": "none_found", "turn.about": "unsure_language"},
}


def _facts(turn: Turn, number: int, site: str, locale: str) -> Facts:
    """The facts of the contact's turn with this number, after as many turns of the same kind."""
    missed = bool(turn.get("progress.miss"))
    about = turn.get("turn.about", "need")
    values: Turn = {
        "turn.about": "need",
        "turn.counts": True,
        "turn.proposal": "question" if missed else "answer",
        "message.text": "",
        "site": site,
        "locale": locale or "en",
        "channel": "web",
        "hours.open": True,
        "progress.missed": missed,
        "progress.misses": number * missed,
        "progress.misses_in_row": number * missed,
        "progress.rejected": number if turn.get("progress.miss") == "rejected" else 0,
        "progress.turns_on_need": number - 1,
        "progress.bot_turns": number - 1,
        "progress.turns_without_sign": number - 1,
        "progress.unreadable": number if about == "unreadable" else 0,
        "progress.unsure_language": number if about == "unsure_language" else 0,
        **turn,
    }
    return with_defaults(values)
