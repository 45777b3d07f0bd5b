"""The epoch: which history of which database cursors belong to. It changes with a restore, a failover or another server."""

import hashlib

from funnel.core.database import Database

_EPOCH = """
select (select system_identifier from pg_control_system()) as system,
       case when pg_is_in_recovery() then '' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end as timeline,
       epoch
from deployment
"""


async def current_epoch(db: Database) -> str:
    """A short string of `A-Za-z0-9` for (system identifier, timeline, deployment epoch)."""
    row = await db.pool.fetchrow(_EPOCH)
    words = f"{row['system']}/{row['timeline']}/{row['epoch']}".encode()
    return hashlib.blake2b(words, digest_size=6).hexdigest()
