"""Whether this process takes work: ready, or about to stop."""

import asyncio


class Lifetime:
    """`stopping` is set once, when the process begins to drain; long-polls end early, readiness turns red."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()

    @property
    def draining(self) -> bool:
        """Whether new work should go elsewhere."""
        return self.stopping.is_set()
