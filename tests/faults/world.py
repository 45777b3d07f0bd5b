"""One run's world: a PostgreSQL, two gateways, a site with agents, and the judgement at the end of it."""

import asyncio
import atexit
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from funnel.core.database import open_database
from funnel.core.ids import new_id
from funnel.core.logging import ALLOWED
from funnel.core.schema import upgrade
from funnel.core.settings import Settings, load_settings
from tests.builders import SiteRow, make_agent, make_agent_token, make_hours, make_site
from tests.configuration import SECRET_KEY
from tests.faults.bots import CANARY, LETTERS, Observer, SocketTalker, Talker, canary
from tests.faults.checker import Checker, Verdict
from tests.faults.journal import Journal
from tests.faults.postgres import Postgres
from tests.faults.processes import ROOT, Gateway

STEP_SECONDS = 60.0
_made: list[Postgres] = []


@dataclass
class World:
    """What a scenario works with."""

    folder: Path
    postgres: Postgres
    gateways: list[Gateway]
    site: SiteRow
    agent_tokens: list[str]
    agent_ids: list[str]
    seed: int
    seconds: float
    journal: Journal = field(default_factory=Journal)
    verdict: Verdict = field(default_factory=Verdict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def any_url(self) -> str:
        """The base URL of a random gateway, dead ones included, as a client sees them."""
        return self.random.choice(self.gateways).url

    async def visitor(self, *, human: bool = True) -> tuple[str, str, str]:
        """A new visitor with an open conversation: token, conversation id, the word only it says."""
        word = canary(self.random)
        async with httpx.AsyncClient(base_url=self.gateways[0].url, timeout=STEP_SECONDS) as client:
            session = await client.post("/v1/widget/session", json={"site_key": self.site.key})
            session.raise_for_status()
            token: str = session.json()["visitor_token"]
            started = await client.post(
                "/v1/conversations",
                headers={"authorization": f"Bearer {token}"},
                json={"client_message_id": new_id(), "text": f"{word} begins", "human": human},
            )
            started.raise_for_status()
            conversation_id: str = started.json()["conversation"]["id"]
        return token, conversation_id, word

    async def talkers(self, count: int, urls: Sequence[str] | None = None) -> list[Talker]:
        """Visitors ready to talk; every second one over the socket, every fourth still with the bot."""
        made: list[Talker] = []

        def choose() -> str:
            return self.random.choice(urls) if urls else self.any_url()

        for number in range(count):
            token, conversation_id, word = await self.visitor(human=number % 4 != 3)
            kind = SocketTalker if number % 2 else Talker
            made.append(kind(f"visitor-{number}", token, conversation_id, word, choose, self.journal))
        return made

    async def quiet(self, observers: list[Observer], seconds: float = STEP_SECONDS) -> None:
        """Waits until every observer has everything, then stops them."""
        last = await self.last_seqs(visible=True)
        results = await asyncio.gather(*(observer.caught_up(last, seconds) for observer in observers))
        if not all(results):
            self.verdict.findings.append(f"I5 {results.count(False)} observers never caught up")
        for observer in observers:
            try:
                await observer.stop()
            except Exception as broken:  # noqa: BLE001 - whatever broke a stream is a finding
                self.verdict.findings.append(f"I5 {broken}")

    async def last_seqs(self, *, visible: bool) -> dict[str, int]:
        """The last (visible) seq of every conversation."""
        column = "last_visible_seq" if visible else "last_seq"
        connection = await asyncpg.connect(self.postgres.dsn)
        try:
            rows = await connection.fetch(f"select id::text, {column} as seq from conversations")  # noqa: S608 - two literals
        finally:
            await connection.close()
        return {row["id"]: row["seq"] for row in rows}

    async def judge(self, talkers: Sequence[Talker], observers: Sequence[Observer]) -> Verdict:
        """All invariants of the log, plus `funnel fsck`, once everything is quiet."""
        checker = await Checker.read(self.postgres.dsn)
        checker.gapless(self.verdict)
        checker.journal(self.journal, self.verdict)
        streams = {c: stream for o in observers for c, stream in o.socket.streams.items()}
        for stream in streams.values():
            checker.stream(stream, self.verdict, visible_only=True)
        checker.canaries(streams, {t.conversation_id: t.word for t in talkers}, self.verdict)
        self.logs()
        await self.fsck()
        self.verdict.counts["reconnects"] = sum(max(0, o.socket.connects - 1) for o in observers)
        return self.verdict

    def logs(self) -> None:
        """What the gateways logged is structured, and holds nothing that anybody said."""
        for gateway in self.gateways:
            for line in gateway.log.read_text().splitlines():
                try:
                    strange = set(json.loads(line)) - ALLOWED
                except ValueError:
                    strange = {"no JSON"}
                if strange or CANARY in line:
                    self.verdict.findings.append(f"T30 a log entry that must not be: {line[:300]}")
                    return

    async def fsck(self) -> None:
        """Runs the product's own checker as an operator would."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "api.cli.main", "fsck", "--json"),
            cwd=ROOT, env=self.gateways[0].environment | {"PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        output, errors = await asyncio.wait_for(process.communicate(), 60)
        if process.returncode != 0:
            self.verdict.findings.append(f"fsck: {output.decode()[:2000]} {errors.decode()[-500:]}")


@asynccontextmanager
async def world(
    seed: int, seconds: float, *, gateways: int = 2, source: Path = ROOT, failpoints: str = "",
    folder: Path | None = None, settings: Mapping[str, str] | None = None,
) -> AsyncIterator[World]:  # fmt: skip
    """Sets a world up and takes it down again, whatever happened in it."""
    folder = folder or _new_folder()
    postgres = Postgres(folder / "postgres")
    processes: list[Gateway] = []
    try:
        await asyncio.to_thread(postgres.copy, await _made_cluster())
        await postgres.start()
        site, ids, tokens = await _provision(postgres.dsn)
        processes = [
            Gateway(postgres.dsn, folder, source=source, failpoints=failpoints, settings=settings)
            for _ in range(gateways)
        ]
        for process in processes:
            process.spawn()
        await asyncio.gather(*(process.ready() for process in processes))
        yield World(folder, postgres, processes, site, tokens, ids, seed, seconds)
    finally:
        for process in processes:
            process.kill()
        postgres.crash()
        shutil.rmtree(folder, ignore_errors=True)


def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="funnel-faults-"))
    folder.chmod(0o755)
    return folder


async def _made_cluster() -> Postgres:
    """A migrated cluster at rest, made once a process: each world starts from a copy of it."""
    if not _made:
        folder = _new_folder()
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        postgres = Postgres(folder / "postgres")
        await asyncio.to_thread(postgres.init)
        await postgres.start()
        await postgres.create_database()
        async with open_database(_settings(postgres.dsn)) as db:
            await upgrade(db)
        postgres.stop()
        _made.append(postgres)
    return _made[0]


def _settings(dsn: str) -> Settings:
    return load_settings(database={"url": dsn}, security={"secret_key": SECRET_KEY})


async def _provision(dsn: str) -> tuple[SiteRow, list[str], list[str]]:
    async with open_database(_settings(dsn)) as db:
        site = await make_site(db, hours_id=await make_hours(db))
        ids, tokens = [], []
        for number in range(4):
            agent = await make_agent(
                db, site.team_id, name=f"Agent {LETTERS[number].upper()}", preset="admin"
            )
            ids.append(agent.id)
            tokens.append(await make_agent_token(db, agent.id))
    return site, ids, tokens


async def killing(world: World, until: float, least: float, most: float) -> int:
    """SIGKILLs a random gateway every `least`..`most` seconds and starts it again; returns how often."""
    kills = 0
    while True:
        pause = world.random.uniform(least, most)
        if time.monotonic() + pause >= until:
            return kills
        await asyncio.sleep(pause)
        victim = world.random.choice(world.gateways)
        victim.kill()
        kills += 1
        world.journal.mark(f"SIGKILL {victim.port}")
        victim.spawn()
        await victim.ready()
