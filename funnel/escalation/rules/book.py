"""A published rule set as a process holds it: its version, and a bench for each site and locale that has numbers of its own."""

from typing import Final

from funnel.escalation.rules.deciding import Decider
from funnel.escalation.rules.judging import Bench
from funnel.escalation.rules.model import RuleSet

_MOST_BENCHES: Final = 256


class RuleBook:
    """One version. Immutable but for the benches it keeps; safe from any thread.

    `activation` counts publications and rollbacks, so that of two books the later one is known.
    """

    __slots__ = ("_benches", "_deciders", "_locales", "_sites", "activation", "rule_set", "version")

    def __init__(self, rule_set: RuleSet, version: str, activation: int = 0) -> None:
        """Raises UnknownParameterError where the document cannot be compiled."""
        self.rule_set = rule_set
        self.version = version
        self.activation = activation
        parameters = rule_set.parameters.values()
        self._sites = frozenset(site for one in parameters for site in one.sites)
        self._locales = frozenset(tag for one in parameters for tag in one.locales)
        self._benches: dict[tuple[str, str], Bench] = {("", ""): Bench(rule_set)}
        self._deciders: dict[tuple[str, str], Decider] = {}

    def bench(self, site: str, locale: str) -> Bench:
        """The rules with the numbers of this site and locale."""
        key = self._key(site, locale)
        found = self._benches.get(key)
        if found is None:
            if len(self._benches) >= _MOST_BENCHES:
                self._benches = {}
            found = self._benches[key] = Bench(self.rule_set, *key)
        return found

    def decider(self, site: str, locale: str) -> Decider:
        """The same rules without their reasons; for one thread at a time."""
        key = self._key(site, locale)
        found = self._deciders.get(key)
        if found is None:
            if len(self._deciders) >= _MOST_BENCHES:
                self._deciders = {}
            found = self._deciders[key] = Decider(self.rule_set, *key)
        return found

    def _key(self, site: str, locale: str) -> tuple[str, str]:
        return site if site in self._sites else "", self._known(locale)

    def _known(self, locale: str) -> str:
        if not self._locales:
            return ""
        parts = locale.split("-")
        tags = ("-".join(parts[:size]) for size in range(len(parts), 0, -1))
        return next((tag for tag in tags if tag in self._locales), "")
