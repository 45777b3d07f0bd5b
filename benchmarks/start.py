"""How long the embedded PostgreSQL takes to start: a new data folder, and one that is there already."""

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.report import Row, at_most
from benchmarks.stage import Stage
from funnel.core.embedded.server import EmbeddedServer

COLD_STARTS = 3
WARM_STARTS = 5
COLD_LIMIT_MS = 1500
WARM_LIMIT_MS = 50


async def starts(stage: Stage) -> None:
    """Cold starts in fresh folders, warm ones in the last of them; once."""
    for _ in range(COLD_STARTS):
        folder = _open_folder()
        try:
            stage.samples.add("cold start", await asyncio.to_thread(_timed, folder / "data"))
            for _ in range(WARM_STARTS):
                stage.samples.add("warm start", await asyncio.to_thread(_timed, folder / "data"))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _open_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="funnel-bench-start-"))
    folder.chmod(0o755)
    return folder


def _timed(folder: Path) -> dict[str, float]:
    server = EmbeddedServer(folder)
    began = time.perf_counter()
    server.start()
    took = time.perf_counter() - began
    server.stop()
    return {"ms": took * 1000}


def start_rows(stage: Stage) -> list[Row]:
    """Medians."""
    median = stage.samples.median
    return [
        Row("embedded PostgreSQL", "cold start", median("cold start", "ms"), "ms", at_most(COLD_LIMIT_MS)),
        Row("embedded PostgreSQL", "warm start", median("warm start", "ms"), "ms", at_most(WARM_LIMIT_MS)),
    ]
