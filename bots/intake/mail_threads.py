"""Which conversation a mail belongs to: by our token or by message ids, and only for the contact whose it is. Never by subject."""

import hashlib
import re
from typing import Final

import msgspec

from funnel.channels.inbound import InboundEvent
from funnel.channels.outbound import MailThread
from funnel.channels.port import Account
from funnel.turns.arrivals import Arrivals
from funnel.turns.reply_places import ReplyPlaces

MOST_IDS: Final = 50
MOST_REFERENCES: Final = 20
_TOKEN: Final = re.compile(r"\+([0-9a-f]{32})@", re.ASCII)


async def mail_thread(
    arrivals: Arrivals, places: ReplyPlaces, account: Account, event: InboundEvent, contact_id: str
) -> str:
    """The thread of the contact's conversation this mail answers; its own name where it answers none.

    A conversation of somebody else is never joined, whatever ids, token or copies a mail carries: a sender's address proves
    nothing, and neither does knowing an id.
    """
    for conversation_id in await _candidates(arrivals, account, event):
        found = await places.belongs(conversation_id, account.inbox_id)
        if found is not None and found.contact_id == contact_id:
            return found.thread
    return hashlib.sha256(event.dedup_key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


async def _candidates(arrivals: Arrivals, account: Account, event: InboundEvent) -> list[str]:
    """Conversations in the order in which they count: by token, by In-Reply-To, by the newest reference."""
    mail = event.mail
    if mail is None:
        return []
    found = [
        _as_id(token)
        for address in mail.recipients
        if (match := _TOKEN.search(address)) and (token := match.group(1))
    ]
    ids = [*mail.in_reply_to, *reversed(mail.references)][:MOST_IDS]
    named = await arrivals.named(account.inbox_id, ids)
    found += [named[one].conversation_id for one in ids if one in named]
    return list(dict.fromkeys(found))


def _as_id(token: str) -> str:
    return f"{token[:8]}-{token[8:12]}-{token[12:16]}-{token[16:20]}-{token[20:]}"


def mail_place(event: InboundEvent) -> str:
    """What an answer needs to land in the reader's thread, as JSON; `{}` for what is no mail."""
    mail, said = event.mail, event.message
    if mail is None or said is None:
        return "{}"
    references = tuple(dict.fromkeys((*mail.references, *mail.in_reply_to, event.dedup_key)))[
        -MOST_REFERENCES:
    ]
    thread = MailThread(
        subject=(said.subject or "")[:300], in_reply_to=event.dedup_key, references=references
    )
    return msgspec.json.encode(thread).decode()
