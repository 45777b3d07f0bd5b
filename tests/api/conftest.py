"""The fixtures of tests that talk to a real listener."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from funnel.core.database import Database, open_database
from funnel.core.embedded.server import EmbeddedServer
from tests.api.channels_world import SECRETS
from tests.api.gateway import Gateway, open_gateway
from tests.api.standing import standing_gateway
from tests.configuration import make_settings
from tests.simulators.http_double import HttpDouble, http_double


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A service on a database of its own, without limits."""
    settings = make_settings(database_url, uploads={"dir": tmp_path / "uploads"})
    async with open_database(settings) as db, open_gateway(settings, db) as found:
        yield found


@pytest.fixture(scope="module")
async def standing(
    server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    """One service for the tests of a module that are refused, and so leave nothing to each other."""
    async with standing_gateway(server, tmp_path_factory.mktemp("standing")) as found:
        yield found


@pytest.fixture
async def outward(database_url: str, db: Database, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A service that may call the loopback; its own loops are stopped, so that each step is ours."""
    settings = make_settings(database_url, uploads={"dir": tmp_path}, egress={"allow_private": True})
    async with open_gateway(settings, db) as gateway:
        await gateway.services.channels.outbox.stop()
        await gateway.services.channels.intake.stop()
        await gateway.services.channels.media.stop()
        await gateway.services.channels.left.stop()
        await gateway.services.channels.allowances.stop()
        await gateway.services.channels.marker.stop()
        await gateway.services.channels.fetching.pollers.stop()
        yield gateway


@pytest.fixture
async def double() -> AsyncIterator[HttpDouble]:
    """A platform's HTTP side."""
    async with http_double() as found:
        yield found


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """What a test sets in the table of channel secrets is gone after it."""
    before = {channel: dict(values) for channel, values in SECRETS.items()}
    yield
    SECRETS.clear()
    SECRETS.update(before)
