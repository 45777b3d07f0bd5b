"""The page behind the link that ends mails about a conversation: one button, for scanners of mails follow every link."""

from html import escape
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.credentials import ServicesNow
from api.services import Services
from bots.dialogue.wording import site_words
from bots.outgoing.footing import STOP_PATH
from funnel.channels.reply_tokens import ReplyTokens
from funnel.core.errors import not_found
from funnel.core.ids import is_id
from funnel.people.sealing import secret_keys
from funnel.turns.left import Addressee

router = APIRouter(include_in_schema=False)
_RTL: Final = ("ar",)


@router.get(f"{STOP_PATH}/{{inbox_id}}/{{token}}")
async def ask(inbox_id: str, token: str, services: ServicesNow) -> Response:
    """Asks; nothing has happened yet."""
    _, found = await _addressee(services, inbox_id, token)
    words = site_words(services.directory.now().sites.get(found.site_id))
    question, button = words.say(found.locale, "mail_stop_ask"), words.say(found.locale, "mail_stop_do")
    return _page(found.locale, question, f'<form method="post"><button>{escape(button)}</button></form>')


@router.post(f"{STOP_PATH}/{{inbox_id}}/{{token}}")
async def stop(inbox_id: str, token: str, services: ServicesNow) -> Response:
    """No more mails about this conversation; also by a mail program's own button. Idempotent."""
    conversation_id, found = await _addressee(services, inbox_id, token)
    await services.channels.left.stop_mails(conversation_id, inbox_id)
    words = site_words(services.directory.now().sites.get(found.site_id))
    return _page(found.locale, words.say(found.locale, "mail_stopped"), "")


async def _addressee(services: Services, inbox_id: str, token: str) -> tuple[str, Addressee]:
    """Who is behind the link. Raises 404 for any that we did not make."""
    tokens = ReplyTokens(secret_keys(services.settings))
    conversation_id = tokens.conversation(inbox_id, token) if is_id(inbox_id) else None
    found = await services.channels.left.addressee(conversation_id, inbox_id) if conversation_id else None
    if conversation_id is None or found is None:
        raise not_found()
    return conversation_id, found


def _page(locale: str, text: str, more: str) -> HTMLResponse:
    direction = "rtl" if locale.split("-")[0] in _RTL else "ltr"
    html = (
        f'<!doctype html><html lang="{escape(locale)}" dir="{direction}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(text)}</title><p>{escape(text)}</p>{more}</html>'
    )
    return HTMLResponse(html, headers={"referrer-policy": "no-referrer", "cache-control": "no-store"})
