"""Slack: events, interactivity and slash commands of a workspace app; a message is named by channel and time stamp."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from bots.connectors import slack_calls
from funnel.channels.inbound import (
    Action,
    InboundEvent,
    Media,
    Part,
    PartType,
    Place,
    PlaceKind,
    ReplyContext,
    Said,
    Sender,
)
from funnel.channels.outbound import Capabilities
from funnel.channels.port import Connector, Quality, SecretField, Signed
from funnel.channels.reading import MalformedError, Node, clean, digest, malformed, moment, read_json
from funnel.channels.request import Headers, Secret, Verdict, headers_of
from funnel.channels.signatures import same, timely

CAPABILITIES = Capabilities(
    text_max=4000, text_with_buttons_max=3000, buttons=25, button_title=75, quick_replies=25, quick_reply_title=75,
    payload_bytes=2000, media_bytes=1_000_000_000, edits=True, deletes=True, rate_per_second=1.0, recipient_seconds=1.0,
    markup="mrkdwn",
)  # fmt: skip
_V0: Final = re.compile("v0=[0-9a-f]{64}", re.ASCII)
_SPOKEN: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})
_PLACES: Final[dict[str, PlaceKind]] = {
    "im": "private",
    "mpim": "group",
    "channel": "channel",
    "group": "group",
}


def verify(
    headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
) -> Verdict:
    """`X-Slack-Signature` over `v0:time:body`, at most five minutes old; nothing in the body gets around it."""
    keys = secret.all("signing")
    if not keys:
        return Verdict.CONFIG_ERROR
    fields = headers_of(headers)
    given, stamp = fields.get("x-slack-signature"), fields.get("x-slack-request-timestamp")
    if not given or not stamp:
        return Verdict.MISSING
    if not _V0.fullmatch(given):
        return Verdict.MALFORMED
    time = timely(stamp, now)
    if not time.ok:
        return time
    signed = b"v0:" + stamp.encode() + b":" + body
    hits = [same(given, f"v0={hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()}") for key in keys]
    return Verdict.VALID if any(hits) else Verdict.WRONG


def parse(raw: bytes) -> list[InboundEvent]:
    """One event a request; interactivity comes as a form field `payload`, a slash command as a form."""
    try:
        body = _body(raw)
    except (MalformedError, ValueError):
        return [malformed(raw)]
    if not isinstance(body.value, dict):
        return [malformed(raw)]
    word = body["type"].text() or ""
    if word == "url_verification":
        challenge = body["challenge"].text()
        return [
            InboundEvent(kind="channel.verify", dedup_key=digest(raw), challenge=challenge, raw_type=word)
        ]
    if word in ("block_actions", "interactive_message"):
        return [_tapped(body, word, raw)]
    if "command" in body and "trigger_id" in body:
        return [_command(body, raw)]
    return [_event(body["event"] or body, body, raw)]


def challenge(raw: bytes) -> str | None:
    """What the check of the address must be answered with, None for every other request."""
    if b"url_verification" not in raw:
        return None
    return parse(raw)[0].challenge


def _body(raw: bytes) -> Node:
    if raw.lstrip()[:1] in (b"{", b"["):
        return read_json(raw)
    fields = dict(
        parse_qsl(raw.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=200)
    )
    if "payload" in fields:
        return read_json(fields["payload"].encode())
    return Node({name: clean(value) for name, value in fields.items()})


def _event(node: Node, envelope: Node, raw: bytes) -> InboundEvent:
    word, subtype = node["type"].text() or "", node["subtype"].text() or ""
    event_id = envelope["event_id"].id()
    at, given, unit = moment(node["event_ts"] or node["ts"])
    fields: dict[str, Any] = {
        "dedup_key": event_id or digest(raw), "provider_event_id": event_id or "",
        "account_id": envelope["team_id"].id() or "", "occurred_at": at, "occurred_as_given": given,
        "occurred_unit": unit, "raw_type": subtype or word, "place": _place(node), "sender": _sender(node["user"]),
    }  # fmt: skip
    if word in ("reaction_added", "reaction_removed"):
        item = node["item"]
        fields["place"] = _place(item)
        emoji = (node["reaction"].text() or "") if word == "reaction_added" else ""
        return InboundEvent(kind="reaction", target_id=item["ts"].id(), emoji=emoji, **fields)
    if word != "message":
        return InboundEvent(kind="ignored", reason="not a message", **fields)
    if subtype == "message_changed":
        return _changed(node, fields)
    if subtype == "message_deleted":
        target = node["deleted_ts"].id() or node["previous_message"]["ts"].id()
        return _if_known(InboundEvent(kind="message.deleted", target_id=target, **fields), target)
    said = _said(node)
    if node["bot_id"].id() or subtype == "bot_message":
        return InboundEvent(kind="ignored", reason="bot author: loop guard", message=said, **fields)
    if subtype not in _SPOKEN:
        return InboundEvent(kind="ignored", reason="not spoken", message=said, **fields)
    return _if_known(InboundEvent(kind="message.created", message=said, **fields), said.external_id)


def _if_known(event: InboundEvent, message_id: str | None) -> InboundEvent:
    """The event, unless what it must name is missing: then it is kept as ignored."""
    if (
        message_id
        and event.place is not None
        and (event.sender is not None or event.kind != "message.created")
    ):
        return event
    return InboundEvent(
        kind="ignored",
        dedup_key=event.dedup_key,
        raw_type=event.raw_type,
        reason="an id is missing",
        place=event.place,
    )


def _changed(node: Node, fields: dict[str, Any]) -> InboundEvent:
    inner = node["message"]
    target = inner["ts"].id() or node["previous_message"]["ts"].id()
    fields["sender"] = _sender(inner["user"])
    if inner["bot_id"].id() or inner["subtype"].text() == "bot_message":
        return InboundEvent(kind="ignored", reason="bot author: loop guard", target_id=target, **fields)
    said = _said(inner)
    return _if_known(InboundEvent(kind="message.edited", message=said, target_id=target, **fields), target)


def _said(node: Node) -> Said:
    files = [_file(one) for one in node["files"]]
    return Said(
        external_id=node["ts"].id() or "",
        text=node["text"].text() or None,
        parts=tuple(files),
        reply_to=node["thread_ts"].id(),
    )


def _file(node: Node) -> Part:
    mime = node["mimetype"].text() or ""
    family = mime.partition("/")[0]
    kind: PartType = family if family in ("image", "audio", "video") else "file"  # type: ignore[assignment]
    media = Media(
        provider_id=node["id"].id(),
        url=node["url_private"].text() or None,
        needs_token=True,
        mime=mime or None,
        size=node["size"].whole(),
        filename=node["name"].text(),
    )
    return Part(type=kind, raw_type=mime, media=media)


def _tapped(body: Node, word: str, raw: bytes) -> InboundEvent:
    tap = body["actions"].first()
    channel, message_ts = (
        body["channel"]["id"].id(),
        body["container"]["message_ts"].id() or body["message"]["ts"].id(),
    )
    thread = body["message"]["thread_ts"].id()
    payload = tap["value"].text() or tap["selected_option"]["value"].text() or tap["action_id"].text() or ""
    title = tap["text"]["text"].text() or tap["selected_option"]["text"]["text"].text()
    trigger = body["trigger_id"].id() or tap["action_ts"].id()
    return InboundEvent(
        kind="postback",
        dedup_key=trigger or digest(raw),
        account_id=body["team"]["id"].id() or "",
        place=Place(channel, "channel", thread) if channel else None,
        sender=_sender(body["user"]["id"], body["user"]["name"].text()),
        action=Action(payload, title, message_ts, action_id=tap["action_id"].text()),
        reply_context=_answers(body),
        raw_type=word,
    )


def _command(body: Node, raw: bytes) -> InboundEvent:
    channel, command = body["channel_id"].id(), body["command"].text() or ""
    return InboundEvent(
        kind="postback",
        dedup_key=body["trigger_id"].id() or digest(raw),
        account_id=body["team_id"].id() or "",
        place=Place(channel, "channel") if channel else None,
        sender=_sender(body["user_id"], body["user_name"].text()),
        action=Action(command, body["text"].text()),
        reply_context=_answers(body),
        raw_type="command",
    )


def _answers(body: Node) -> ReplyContext | None:
    url = body["response_url"].text()
    return ReplyContext(response_url=url) if url else None


def _place(node: Node) -> Place | None:
    channel = node["channel"].id()
    if not channel:
        return None
    word = node["channel_type"].text() or {"D": "im", "G": "group"}.get(channel[:1], "channel")
    return Place(channel, _PLACES.get(word, "channel"), node["thread_ts"].id())


def _sender(node: Node, name: str | None = None) -> Sender | None:
    found = node.id()
    return Sender(external_id=found, id_kind="slack", display_name=name, verified=True) if found else None


def sign(secret: Secret, body: bytes, message_id: str, now: int, url: str) -> Signed:
    """As the platform does."""
    mac = hmac.new(secret.one("signing").encode(), f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
    return Signed({"x-slack-signature": f"v0={mac}", "x-slack-request-timestamp": str(now)})


CONNECTOR = Connector(
    channel="slack",
    name="Slack",
    verify=verify,
    parse=parse,
    capabilities=CAPABILITIES,
    build=slack_calls.build,
    probes=slack_calls.probes,
    sign=sign,
    judge=slack_calls.judge,
    locate=slack_calls.locate,
    challenge=challenge,
    groups=True,
    secrets=(
        SecretField("signing", "Signing secret", rotates=True),
        SecretField("access_token", "Bot token (xoxb-…)"),
        SecretField("api_base", "Another address of the platform's interface", required=False, public=True),
    ),
    quality=Quality(
        done=frozenset(
            {
                "check",
                "verify",
                "parse",
                "handshake",
                "render",
                "send",
                "error_classes",
                "simulator",
                "media_in",
            }
        ),
        exempt={
            "receipts": "the platform sends none",
            "typing": "bots have no typing mark",
            "read_marks": "bots have no read mark",
            "windows": "a workspace has none",
            "reconcile": "there is no key to look a call up by",
            "polling": "there is no such way in",
        },
    ),
)
