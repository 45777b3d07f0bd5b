"""Named parameters: the value that counts for a site and a locale."""

from collections.abc import Mapping

from funnel.escalation.rules.conditions import Param
from funnel.escalation.rules.model import Parameter


class UnknownParameterError(Exception):
    """A rule names a parameter that the rule set does not have."""


class Values:
    """Resolves parameters for one site and locale: the locale's own value, else the site's, else the deployment's.

    `zh-Hant-HK` looks for `zh-Hant-HK`, `zh-Hant`, `zh`.
    """

    def __init__(self, parameters: Mapping[str, Parameter], site: str = "", locale: str = "") -> None:
        self._parameters = parameters
        self._site = site
        parts = locale.split("-") if locale else []
        self._locales = ["-".join(parts[:size]) for size in range(len(parts), 0, -1)]

    def at(self, name: str, value: float) -> "Values":
        """The same with another default of one parameter; a site's or locale's own number still comes first."""
        changed = Values(
            {**self._parameters, name: self._parameters[name].model_copy(update={"default": value})}
        )
        changed._site, changed._locales = self._site, self._locales
        return changed

    def of(self, value: object) -> object:
        """A plain value as it is, a parameter's value by name. Raises UnknownParameterError."""
        if not isinstance(value, Param):
            return value
        found = self._parameters.get(value.param)
        if found is None:
            raise UnknownParameterError(value.param)
        own = next((found.locales[tag] for tag in self._locales if tag in found.locales), None)
        if own is None:
            own = found.sites.get(self._site)
        return found.default if own is None else own
