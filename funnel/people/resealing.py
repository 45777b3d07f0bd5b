"""Changing the service's secret key: everything sealed at rest is sealed anew with today's, so that the one before can be forgotten."""

from typing import Final

from funnel.core.database import Database
from funnel.people.sealing import Unsealer

# Table and column of each secret; the row's id is what it is sealed for.
SEALED: Final[tuple[tuple[str, str], ...]] = (
    ("inboxes", "secrets"),
    ("webhooks", "secrets"),
    ("hooks", "secrets"),
    ("sites", "identity_secret"),
    ("sites", "identity_secret_previous"),
)


async def reseal(db: Database, sealer: Unsealer) -> int:
    """Seals every secret with today's key; returns how many there were. Safe to repeat, also while the service runs: a row that
    changes meanwhile is left as it is, for it was sealed with today's key then. Raises DecryptionError where no key fits."""
    count = 0
    for table, column in SEALED:
        records = await db.pool.fetch(
            f"select id::text, {column} as sealed from {table} where {column} is not null"  # noqa: S608 - names of ours
        )
        for record in records:
            plain = sealer.open(record["id"], record["sealed"])
            await db.pool.execute(
                f"update {table} set {column} = $2 where id = $1::uuid and {column} = $3",  # noqa: S608 - names of ours
                record["id"],
                sealer.seal(record["id"], plain),
                record["sealed"],
            )
            count += 1
    return count
