"""Which tokens were an agent's lately; saves a look-up per request on the routes that both sides use."""

from collections import OrderedDict


class AgentsSeen:
    """Tokens that were an agent's lately, so that each request of theirs is not looked up as a visitor's first. A hint
    only: what a token is worth is asked every time, and a visitor's never becomes an agent's.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._seen: OrderedDict[int, None] = OrderedDict()

    def holds(self, token: str) -> bool:
        """Whether it was an agent's."""
        return hash(token) in self._seen

    def add(self, token: str) -> None:
        """It is an agent's; the one seen first is forgotten when there are too many."""
        self._seen[hash(token)] = None
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
