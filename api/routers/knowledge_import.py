"""Imports: an upload becomes a durable job, and the answer waits for it a while."""

from typing import Annotated

from fastapi import APIRouter, File, Path, Query, Response, UploadFile

from api.credentials import ServicesNow, requires
from api.routers.strict import Responses, StrictRoute
from api.schemas.knowledge_import import ImportOut, ImportQuery, import_json, import_out
from api.schemas.setup import ListOut
from funnel.core.errors import ErrorKind, FunnelError, invalid
from funnel.core.locales import canonical_locale
from funnel.people.principals import AgentPrincipal, KeyPrincipal
from kb.importers.importing import Options
from kb.importers.jobs import ImportJobs, Job

router = APIRouter(prefix="/v1/kb", tags=["Knowledge base"], route_class=StrictRoute)
Publisher = Annotated[AgentPrincipal | KeyPrincipal, requires("kb.publish")]
ImportId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
LARGEST_UPLOAD = 50_000_000
UNDER_WAY: Responses = {202: {"model": ImportOut, "description": "Still under way: ask again by its id."}}


@router.post("/import", response_model=ImportOut, responses=UNDER_WAY)
async def import_articles(
    file: Annotated[UploadFile, File()],
    writer: Publisher,
    services: ServicesNow,
    query: Annotated[ImportQuery, Query()],
) -> Response:
    """Markdown, HTML, text, CSV, our JSON, an export of Zendesk Guide or Intercom, or a zip of such files.

    Articles are known by path or id, so that the same import again changes nothing. All of it is served at once, when it is
    done.
    """
    locale = canonical_locale(query.locale) if query.locale else None
    if query.locale and locale is None:
        raise invalid("locale_invalid", "locale is not a BCP 47 tag of a known language.")
    data = await file.read(LARGEST_UPLOAD + 1)
    if len(data) > LARGEST_UPLOAD:
        raise invalid("archive_too_large", "An import takes at most 50 MB.")
    jobs = ImportJobs(services.db)
    options = Options(sites=tuple(query.site), locale=locale)
    author_id = writer.agent_id if isinstance(writer, AgentPrincipal) else None
    job = await jobs.submit(file.filename or "", data, options, author_id)
    services.imports.wake()
    job = await jobs.wait(job.id, query.wait)
    if job.failure is not None:
        raise FunnelError(job.failure.code, ErrorKind.INVALID, job.failure.detail)
    return _told(job, 200 if job.status == "done" else 202)


@router.get("/import", response_model=ListOut[ImportOut])
async def list_imports(_: Publisher, services: ServicesNow) -> ListOut[ImportOut]:
    """The newest imports, without their items."""
    return ListOut(items=[import_out(job) for job in await ImportJobs(services.db).list_jobs()])


@router.get("/import/{import_id}", response_model=ImportOut)
async def read_import(import_id: ImportId, _: Publisher, services: ServicesNow) -> Response:
    """How far an import is, and what became of every article."""
    return _told(await ImportJobs(services.db).get(import_id.lower()))


def _told(job: Job, status: int = 200) -> Response:
    return Response(import_json(job), status_code=status, media_type="application/json")
