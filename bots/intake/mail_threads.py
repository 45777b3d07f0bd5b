"""Which conversation a mail belongs to: by our token or by message ids, and only for the contact whose it is. Never by subject."""

import hashlib
from typing import Final

import msgspec

from funnel.channels.inbound import InboundEvent
from funnel.channels.outbound import MailThread
from funnel.channels.port import Account
from funnel.channels.reply_tokens import ReplyTokens, tokens_in
from funnel.turns.arrivals import Arrivals
from funnel.turns.reply_places import ReplyPlaces

MOST_IDS: Final = 50
MOST_REFERENCES: Final = 20


async def mail_thread(
    arrivals: Arrivals,
    places: ReplyPlaces,
    tokens: ReplyTokens,
    account: Account,
    event: InboundEvent,
    contact_id: str,
) -> str:
    """The thread of the contact's conversation this mail answers; its own name where it answers none.

    A conversation of somebody else is never joined, whatever ids, token or copies a mail carries: a sender's address proves
    nothing, and neither does knowing an id. A mail with a token that is not ours joins none at all.
    """
    for conversation_id in await _candidates(arrivals, tokens, account, event):
        found = await places.belongs(conversation_id, account.inbox_id)
        if found is not None and found.contact_id == contact_id:
            return found.thread
    return hashlib.sha256(event.dedup_key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


async def _candidates(
    arrivals: Arrivals, tokens: ReplyTokens, account: Account, event: InboundEvent
) -> list[str]:
    """Conversations in the order in which they count: by token, by In-Reply-To, by the newest reference."""
    mail = event.mail
    if mail is None:
        return []
    by_token = [tokens.conversation(account.inbox_id, token) for token in tokens_in(mail.recipients)]
    found = [one for one in by_token if one is not None]
    if len(found) < len(by_token):
        return []
    ids = [*mail.in_reply_to, *reversed(mail.references)][:MOST_IDS]
    named = await arrivals.named(account.inbox_id, ids)
    found += [named[one].conversation_id for one in ids if one in named]
    return list(dict.fromkeys(found))


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
