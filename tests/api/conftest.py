"""The fixtures of tests that talk to a real listener."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from funnel.core.database import open_database
from tests.api.gateway import Gateway, open_gateway
from tests.configuration import make_settings


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A service on a database of its own, without limits."""
    settings = make_settings(database_url, uploads={"dir": tmp_path / "uploads"})
    async with open_database(settings) as db, open_gateway(settings, db) as found:
        yield found
