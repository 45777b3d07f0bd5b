"""Playbooks: those there are, their versions, lint, publishing and going back. Writing needs `kb.write`, what changes for
visitors `kb.publish`."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path

from api.credentials import ServicesNow, requires
from api.routers.strict import Responses, StrictRoute
from api.schemas.playbooks import (
    PlaybookChangeIn,
    PlaybookDraftIn,
    PlaybookLintIn,
    PlaybookLintOut,
    PlaybookOut,
    PlaybookPublishIn,
    PlaybookRollbackIn,
    PlaybookVersionOut,
    lint_out,
    version_out,
)
from api.schemas.setup import ListOut
from bots.dialogue.playbooks import PLAYBOOK
from bots.dialogue.playbooks.linting import lint
from bots.playbooks.store import PlaybookStore
from funnel.people.principals import AgentPrincipal, KeyPrincipal

router = APIRouter(prefix="/v1/playbooks", tags=["Knowledge base"], route_class=StrictRoute)
Writer = Annotated[AgentPrincipal | KeyPrincipal, requires("kb.write")]
Publisher = Annotated[AgentPrincipal | KeyPrincipal, requires("kb.publish")]
Key = Annotated[str, Path(max_length=100)]
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]
REFUSED: Responses = {
    409: {
        "description": "The version is published, or its draft has changed meanwhile; `code` says which.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
}


def _author(writer: AgentPrincipal | KeyPrincipal) -> str | None:
    return writer.agent_id if isinstance(writer, AgentPrincipal) else None


@router.get("", response_model=ListOut[PlaybookOut])
async def list_playbooks(_: Writer, services: ServicesNow) -> ListOut[PlaybookOut]:
    """Every playbook that is live; a message with its `payload` begins it, and an article's next step names it by `key`."""
    now = services.playbooks.now()
    books = [now.books[key, version] for key, version in sorted(now.live.items())]
    return ListOut(
        items=[
            PlaybookOut(
                key=book.key,
                version=book.version,
                title=book.title,
                payload=PLAYBOOK + book.key,
                steps=len(book.steps),
            )
            for book in books
        ]
    )


@router.post("", status_code=201, response_model=PlaybookVersionOut)
async def create_draft(body: PlaybookDraftIn, writer: Writer, services: ServicesNow) -> PlaybookVersionOut:
    """A new draft under the document's key; faults may stay until it is published."""
    return version_out(await PlaybookStore(services.db).draft(body.document, body.note, _author(writer)))


@router.post("/lint", response_model=PlaybookLintOut)
async def lint_document(body: PlaybookLintIn, _: Writer) -> PlaybookLintOut:
    """What is wrong with a document, line by line, and which of its tests do not hold."""
    return lint_out(await asyncio.to_thread(lint, body.document))


@router.get("/{key}/versions", response_model=ListOut[PlaybookVersionOut])
async def list_versions(key: Key, _: Writer, services: ServicesNow) -> ListOut[PlaybookVersionOut]:
    """Every version of a playbook, newest first."""
    return ListOut(items=[version_out(one) for one in await PlaybookStore(services.db).versions(key)])


@router.get("/{key}/versions/{number}", response_model=PlaybookVersionOut)
async def read_version(key: Key, number: Version, _: Writer, services: ServicesNow) -> PlaybookVersionOut:
    """One version."""
    return version_out(await PlaybookStore(services.db).get(key, number))


@router.put("/{key}/versions/{number}", response_model=PlaybookVersionOut, responses=REFUSED)
async def change_draft(
    key: Key, number: Version, body: PlaybookChangeIn, writer: Writer, services: ServicesNow
) -> PlaybookVersionOut:
    """Replaces a draft."""
    store = PlaybookStore(services.db)
    return version_out(
        await store.change(key, number, body.document, body.note, body.revision, _author(writer))
    )


@router.delete("/{key}/versions/{number}", status_code=204, responses=REFUSED)
async def delete_draft(key: Key, number: Version, _: Writer, services: ServicesNow) -> None:
    """Deletes a draft."""
    await PlaybookStore(services.db).delete(key, number)


@router.post("/{key}/versions/{number}/publish", response_model=PlaybookVersionOut, responses=REFUSED)
async def publish_version(
    key: Key, number: Version, body: PlaybookPublishIn, writer: Publisher, services: ServicesNow
) -> PlaybookVersionOut:
    """Publishes a draft without faults whose tests hold: live at once here and within two seconds everywhere."""
    published = await PlaybookStore(services.db).publish(key, number, body.revision, _author(writer))
    await services.playbooks.refresh()
    return version_out(published)


@router.post("/{key}/rollback", response_model=PlaybookVersionOut, responses=REFUSED)
async def roll_back(
    key: Key, body: PlaybookRollbackIn, writer: Publisher, services: ServicesNow
) -> PlaybookVersionOut:
    """Makes a published version live again; conversations under way end in the version they began with."""
    found = await PlaybookStore(services.db).rollback(key, body.to, _author(writer))
    await services.playbooks.refresh()
    return version_out(found)
