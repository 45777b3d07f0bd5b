"""Playbooks on the wire: what can be begun, versions with their documents, what lint says of one."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.body import Body, Sound
from api.schemas.setup import Answer
from bots.dialogue.playbooks.linting import Lint
from bots.dialogue.playbooks.model import LONGEST_DOCUMENT
from bots.playbooks.store import LONGEST_NOTE, StoredPlaybook

Document = Annotated[Sound, Field(min_length=1, max_length=LONGEST_DOCUMENT)]
Note = Annotated[Sound, Field(max_length=LONGEST_NOTE)]


class PlaybookOut(Answer):
    """A playbook: its title by locale, and the payload of a message that begins it."""

    key: str
    version: int
    title: dict[str, str]
    payload: str
    steps: int


class PlaybookVersionOut(Answer):
    """A version with its document (YAML). A draft changes by its `revision`; a published version never changes."""

    key: str
    version: int
    status: Literal["draft", "published"]
    live: bool
    origin: Literal["shipped", "own"]
    document: str
    revision: int
    note: str | None
    author_id: str | None
    updated_at: dt.datetime
    published_at: dt.datetime | None
    published_by: str | None


class PlaybookDraftIn(Body):
    """A document, faults and all; its key is the playbook's."""

    document: Document
    note: Note | None = None


class PlaybookChangeIn(PlaybookDraftIn):
    """A draft anew, based on a revision."""

    revision: Annotated[int, Field(ge=1)]


class PlaybookPublishIn(Body):
    """Publishes what was read at this revision, or whatever is there."""

    revision: Annotated[int, Field(ge=1)] | None = None


class PlaybookRollbackIn(Body):
    """A published version that is to be live."""

    to: Annotated[int, Field(ge=1, le=2**31 - 1)]


class PlaybookLintIn(Body):
    """A document to look at; nothing is stored."""

    document: Document


class PlaybookProblemOut(Answer):
    """A fault and the line it stands in, from 1."""

    line: int
    message: str


class PlaybookLintOut(Answer):
    """What is wrong; `failed` are the names of tests that do not hold. It may be published where `good`."""

    good: bool
    key: str | None
    problems: list[PlaybookProblemOut]
    failed: list[str]


def version_out(one: StoredPlaybook) -> PlaybookVersionOut:
    """As the API shows it."""
    return PlaybookVersionOut(
        key=one.key, version=one.version, status=one.status, live=one.live, origin=one.origin, document=one.document,
        revision=one.revision, note=one.note, author_id=one.author_id, updated_at=one.updated_at,
        published_at=one.published_at, published_by=one.published_by,
    )  # fmt: skip


def lint_out(found: Lint) -> PlaybookLintOut:
    """As the API shows it."""
    return PlaybookLintOut(
        good=found.good,
        key=found.playbook.key if found.playbook else None,
        problems=[PlaybookProblemOut(line=one.line, message=one.message) for one in found.problems],
        failed=list(found.failed),
    )
