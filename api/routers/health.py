"""Whether the process lives, is ready, and how it does."""

import asyncio

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from api.credentials import ServicesNow
from api.errors import problem
from api.front import ALIVE
from api.routers.strict import raw_json
from api.schemas.objects import HealthOut
from funnel.core import metrics

router = APIRouter(tags=["Health"])
READY_SECONDS = 2.0


@router.get("/livez", response_model=HealthOut)
async def alive() -> Response:
    """The process runs."""
    return raw_json(ALIVE)


@router.get("/readyz", response_model=HealthOut)
async def ready(services: ServicesNow) -> Response:
    """The database answers, its schema is ours, and the process is not about to stop."""
    if services.lifetime.draining:
        return problem(503, "draining", "The service is about to stop.").response()
    try:
        async with asyncio.timeout(READY_SECONDS):
            await services.db.pool.fetchval("select 1 from deployment")
        services.directory.now()
        services.library.snapshot()
        if not services.pipeline.serving():
            return problem(503, "not_ready", "Turns are not served.", retry_after=1).response()
    except Exception:  # noqa: BLE001 - whatever is missing, the process is not ready
        return problem(503, "not_ready", "The database cannot be reached.", retry_after=1).response()
    return raw_json(b'{"status":"ready"}')


@router.get("/metrics", response_class=PlainTextResponse)
async def show_metrics(services: ServicesNow) -> Response:
    """Counters and histograms in Prometheus text format."""
    return Response(metrics.render(services.db.pool), media_type=metrics.CONTENT_TYPE)
