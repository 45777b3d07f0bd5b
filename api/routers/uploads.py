"""Files: taken from visitors and agents, made harmless, given out by signed links that end."""

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, File, Path, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse, StreamingResponse

from api.credentials import Participant, Public, ServicesNow
from api.files.names import disposition
from api.routers.strict import StrictRoute, only_field, raw_json
from api.schemas.objects import UploadOut
from api.schemas.queries import FileQuery
from funnel.conversations.render import encode_json
from funnel.core.errors import ErrorKind, FunnelError, invalid, not_found
from funnel.people.principals import Visitor

router = APIRouter(prefix="/v1", tags=["Files"], route_class=StrictRoute)
FILE_HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "private, max-age=300",
}


@router.post("/uploads", response_model=UploadOut, status_code=201)
async def upload(
    request: Request, file: Annotated[UploadFile, File()], caller: Participant, services: ServicesNow
) -> Response:
    """Stores one file of at most 10 MB; its bytes decide what it is, images are written anew."""
    await only_field(request, "file")
    most = services.settings.uploads.max_bytes
    data = await file.read(most + 1)
    if len(data) > most:
        raise FunnelError("too_large", ErrorKind.TOO_LARGE, "The file is larger than 10 MB.")
    if not data:
        raise invalid("file_empty", "The file is empty.")
    if isinstance(caller, Visitor):
        services.limits.upload(caller.contact_id)
        stored = await services.files.add("contact", caller.contact_id, file.filename, data)
    else:
        stored = await services.files.add("agent", caller.agent_id, file.filename, data)
    answer = {
        "upload_id": stored.id,
        "name": stored.name,
        "content_type": stored.content_type,
        "size": stored.size,
    }
    return raw_json(encode_json(answer), 201)


@router.get("/attachments/{attachment_id}", response_class=FileResponse)
async def download(
    attachment_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})],
    query: Annotated[FileQuery, Query()],
    services: ServicesNow,
    _: Public,
) -> Response:
    """The file of a signed link; forged, foreign and ended links are not told apart from files that do not exist."""
    stored = await services.files.open(attachment_id, query.sig)
    if stored is None:
        raise not_found("file")
    file = stored.attachment
    headers = {**FILE_HEADERS, "content-disposition": disposition(file.name)}
    if isinstance(stored.content, FilePath):
        return FileResponse(stored.content, media_type=file.content_type, headers=headers)
    headers["content-length"] = str(file.size)
    return StreamingResponse(stored.content, media_type=file.content_type, headers=headers)
