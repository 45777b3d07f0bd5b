"""An album: ten pictures of one sender, each a webhook of its own, received, read, fetched, made safe and kept in one process."""

import asyncio
import json
import time
from typing import Any, Final

from api.files.images import reencode
from api.files.sniff import sniff
from api.services import Services
from funnel.channels.port import Account

PICTURES: Final = 10
_COUNTS: Final = """
select count(distinct c.id), count(distinct e.data -> 'attachment' ->> 'id')
from conversations c left join events e on e.conversation_id = c.id and e.type = 'attachment.updated' and e.data ->> 'state' = 'stored'
where c.inbox_id = $1::uuid and c.contact_id in (select contact_id from identities where inbox_id = $1::uuid and address = $2)
"""


async def album(services: Services, account: Account, sender: str, url: str) -> dict[str, Any]:
    """Whether it made one conversation with every picture in it, what it took, and what making the pictures safe takes alone."""
    parts, egress = services.channels, services.channels.egress
    replies = [await egress.call("GET", f"{url}/{number}.jpg") for number in range(PICTURES)]
    data = [reply.body for reply in replies]
    alone = time.process_time()
    for one in data:
        reencode(one, sniff(one))
    alone = time.process_time() - alone
    await parts.receiver.start()
    try:
        began, cpu = time.perf_counter(), time.process_time()
        taken = await asyncio.gather(
            *(parts.receiver.take(account, _picture(sender, number, url)) for number in range(PICTURES))
        )
        while await parts.intake.read_due():
            pass
        while await parts.media.run_due():
            pass
        took, spent = time.perf_counter() - began, time.process_time() - cpu
    finally:
        await parts.receiver.stop()
    conversations, kept = await services.db.pool.fetchrow(_COUNTS, account.inbox_id, sender)
    return {
        "done": 1,
        "whole": int((sum(taken), conversations, kept) == (PICTURES, 1, PICTURES)),
        "bytes": sum(map(len, data)),
        "ms": 1e3 * took,
        "cpu_us": 1e6 * spent,
        "alone_us": 1e6 * alone,
    }


def _picture(sender: str, number: int, url: str) -> bytes:
    part = {"type": "image", "url": f"{url}/{number}.jpg", "mime": "image/jpeg", "filename": f"{number}.jpg"}
    data = {"sender": {"id": sender}, "message": {"id": f"{sender}-{number}", "text": "", "parts": [part]}}
    return json.dumps({"type": "message.created", "timestamp": int(time.time()), "data": data}).encode()
