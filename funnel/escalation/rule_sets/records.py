"""Rule set versions and settings as values."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

VersionStatus = Literal["draft", "published", "live", "deleted"]


class VersionRow(Struct, frozen=True):
    """One version without its document. `revision` rises with each change of a draft; `based_on` is the version that was live
    when it was begun."""

    version: int
    status: VersionStatus
    base: str
    note: str | None
    based_on: int | None
    revision: int
    author_id: str | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None


class Stored(Struct, frozen=True):
    """A version with its document as plain data."""

    row: VersionRow
    document: dict[str, Any]


class Activation(Struct, frozen=True):
    """One change of what is live."""

    activation: int
    version: int
    kind: Literal["base", "publish", "rollback"]
    note: str | None
    by_id: str | None
    at: datetime


class RuleSettings(Struct, frozen=True):
    """How publishing is guarded, and which draft decides silently beside the live set."""

    second_person: bool = False
    frozen_from: datetime | None = None
    frozen_until: datetime | None = None
    shadow_version: int | None = None

    def frozen(self, at: datetime) -> bool:
        """Whether only switches and rollback work then."""
        return (
            self.frozen_from is not None
            and self.frozen_until is not None
            and self.frozen_from <= at < self.frozen_until
        )
