"""Doubles of platforms by their documented rules: limits and the shape of refusals, windows, quotas, tokens, repeated calls.

Each is the `rule` of an `HttpDouble`; the real connector calls it over a real socket. `shown` is what recipients have read, `marks`
who saw somebody type and which message was marked as read.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.simulators.http_double import Answer, Json, Taken

PROBES = frozenset({
    "/bot1:abc/getMe", "/1", "/1/subscribed_apps", "/v2/bot/info", "/auth.test", "/2010-04-01/Accounts/AC1.json",
})  # fmt: skip


@dataclass
class Platform:
    """What all have in common: who may be written to, who has gone, how many calls are taken before the rate is over."""

    shown: list[tuple[str, str]] = field(default_factory=list)
    marks: list[tuple[str, str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    calls_left: int | None = None
    calls: Counter[str] = field(default_factory=Counter)
    locked: bool = False
    harmless: int = 0

    def __call__(self, taken: Taken) -> Answer:
        """Answers a call."""
        path = urlsplit(taken.path).path
        self.calls[path] += 1
        self.harmless += path in PROBES
        if self.locked:
            return self.refused()
        if path in PROBES:
            return Answer(200, {"ok": True, "id": "1"})
        if self.calls_left is not None:
            if self.calls_left == 0:
                self.calls_left = None
                return self.too_many()
            self.calls_left -= 1
        return self.take(taken)

    def take(self, taken: Taken) -> Answer:
        """A call within the rate."""
        raise NotImplementedError

    def too_many(self) -> Answer:
        """One over it."""
        raise NotImplementedError

    def refused(self) -> Answer:
        """While `locked`: the platform takes this account's token no more."""
        return Answer(401, {})

    def mark(self, kind: str, target: str, answer: Json) -> Answer:
        """A typing mark for a recipient, or a read mark for a message."""
        self.marks.append((kind, target))
        return Answer(200, answer)

    def show(self, recipient: str, text: str) -> str:
        """The recipient reads it; what it is called from now on."""
        self.shown.append((recipient, text))
        return f"out-{len(self.shown)}"


class Telegram(Platform):
    """Bot API: 4096 characters, 64 bytes of callback data, 403 for who blocked the bot, `retry_after` in the body."""

    def take(self, taken: Taken) -> Answer:
        if not taken.path.startswith("/bot1:abc/"):
            return self._error(401, "Unauthorized")
        fields = taken.json
        chat, text = str(fields["chat_id"]), fields.get("text", "")
        if chat in self.gone:
            return self._error(403, "Forbidden: bot was blocked by the user")
        if chat in self.closed:
            return self._error(403, "Forbidden: bot can't initiate conversation with a user")
        if taken.path.endswith("/sendChatAction"):
            if fields["action"] != "typing":
                return self._error(400, "Bad Request: wrong parameter action in request")
            return self.mark("typing", chat, {"ok": True, "result": True})
        if taken.path.endswith("/readBusinessMessage"):
            if not fields.get("business_connection_id") or not isinstance(fields["message_id"], int):
                return self._error(400, "Bad Request: BUSINESS_CONNECTION_INVALID")
            return self.mark("read", str(fields["message_id"]), {"ok": True, "result": True})
        if not text:
            return self._error(400, "Bad Request: message text is empty")
        if len(text) > 4096:
            return self._error(400, "Bad Request: message is too long")
        buttons = [one for row in fields.get("reply_markup", {}).get("inline_keyboard", ()) for one in row]
        if any(not 1 <= len(one["callback_data"].encode()) <= 64 for one in buttons):
            return self._error(400, "Bad Request: BUTTON_DATA_INVALID")
        return Answer(200, {"ok": True, "result": {"message_id": self.show(chat, text)}})

    def too_many(self) -> Answer:
        return self._error(429, "Too Many Requests: retry after 7", {"retry_after": 7})

    def _error(self, code: int, words: str, parameters: Json | None = None) -> Answer:
        body = {
            "ok": False,
            "error_code": code,
            "description": words,
            **({"parameters": parameters} if parameters else {}),
        }
        return Answer(code, body)


class Graph(Platform):
    """Errors of the Graph API: always an object with a code, with status 400 (401 for a token that ended)."""

    rate_code = 613

    def take(self, taken: Taken) -> Answer:
        if taken.headers.get("authorization") != "Bearer t":
            return self.error(190, status=401)
        return self.get(taken) if taken.method == "GET" else self.post(taken.json)

    def get(self, taken: Taken) -> Answer:
        """Something that is read."""
        return self.error(100, status=404)

    def post(self, fields: Json) -> Answer:
        """A message to send."""
        raise NotImplementedError

    def too_many(self) -> Answer:
        return self.error(self.rate_code)

    def refused(self) -> Answer:
        return self.error(190, status=401)

    @staticmethod
    def error(code: int, subcode: int | None = None, status: int = 400) -> Answer:
        """A refusal."""
        error = {"message": "x", "type": "OAuthException", "code": code, "error_subcode": subcode}
        return Answer(status, {"error": {name: one for name, one in error.items() if one is not None}})


@dataclass
class WhatsApp(Graph):
    """Cloud API: 4096 characters (1024 with buttons), three buttons of twenty, 24 hours, one pair of numbers at a time."""

    rate_code = 131056
    templates: list[Json] = field(default_factory=list)

    def post(self, fields: Json) -> Answer:
        if "status" in fields:
            return self._mark(fields)
        to = fields["to"]
        if to in self.gone:
            return self.error(131026)
        if fields["type"] == "template":
            return self._template(to, fields["template"])
        if to in self.closed:
            return self.error(131047)
        interactive = fields.get("interactive")
        text = interactive["body"]["text"] if interactive else fields["text"]["body"]
        buttons = interactive["action"].get("buttons", []) if interactive else []
        if len(text) > (1024 if interactive else 4096) or len(buttons) > 3:
            return self.error(131009)
        if any(len(one["reply"]["title"]) > 20 for one in buttons):
            return self.error(131009)
        return Answer(200, {"messaging_product": "whatsapp", "messages": [{"id": self.show(to, text)}]})

    def get(self, taken: Taken) -> Answer:
        """The templates, two a page."""
        query = parse_qs(urlsplit(taken.path).query)
        start = int(query.get("after", ["0"])[0])
        more = start + 2 < len(self.templates)
        paging = {
            "cursors": {"after": str(start + 2)},
            **({"next": "https://graph.example/next"} if more else {}),
        }
        return Answer(200, {"data": self.templates[start : start + 2], "paging": paging})

    def _pieces_fit(self, components: list[Json], given: Any) -> bool:
        """A header of a picture, film or document needs its link, a code to copy its code of up to fifteen characters."""
        form = next((one["format"] for one in components if one["type"] == "HEADER"), "TEXT").lower()
        buttons = [b["type"] for one in components if one["type"] == "BUTTONS" for b in one["buttons"]]
        links = [
            p[form]["link"]
            for one in given
            if one["type"] == "header"
            for p in one["parameters"]
            if form in p
        ]
        codes = [
            (one["index"], p["coupon_code"])
            for one in given
            if one.get("sub_type") == "copy_code"
            for p in one["parameters"]
        ]
        wanted = [str(place) for place, kind in enumerate(buttons) if kind == "COPY_CODE"]
        linked = all(link.startswith("https://") or "/v1/attachments/" in link for link in links)
        return (
            len(links) == (form in ("image", "video", "document"))
            and linked
            and [place for place, _ in codes] == wanted
            and all(len(code) <= 15 for _, code in codes)
        )

    def _mark(self, fields: Json) -> Answer:
        """Typing comes with reading, and reading names a message."""
        indicator = fields.get("typing_indicator")
        if (
            fields["status"] != "read"
            or not fields.get("message_id")
            or indicator not in (None, {"type": "text"})
        ):
            return self.error(131009)
        return self.mark("typing" if indicator else "read", fields["message_id"], {"success": True})

    def _template(self, to: str, used: Json) -> Answer:
        """Only what is approved, with as many values as it has gaps."""
        found = next(
            (
                o
                for o in self.templates
                if (o["name"], o["language"]) == (used["name"], used["language"]["code"])
            ),
            None,
        )
        if found is None:
            return self.error(132001)
        if found["status"] != "APPROVED":
            return self.error(132015)
        body = next(one["text"] for one in found["components"] if one["type"] == "BODY")
        given = [
            value["text"]
            for one in used.get("components", ())
            if one["type"] == "body"
            for value in one["parameters"]
        ]
        if len(given) != len(set(re.findall(r"\{\{\w+\}\}", body))):
            return self.error(132000)
        if not self._pieces_fit(found["components"], used.get("components", ())):
            return self.error(132012)
        shown = json.dumps(used, ensure_ascii=False)
        return Answer(200, {"messaging_product": "whatsapp", "messages": [{"id": self.show(to, shown)}]})


class Messenger(Graph):
    """Send API: 2000 characters, three buttons under 640, thirteen quick replies, 24 hours."""

    def post(self, fields: Json) -> Answer:
        to, action = fields["recipient"]["id"], fields.get("sender_action")
        if to in self.gone:
            return self.error(551, 1545041)
        if to in self.closed:
            return self.window()
        if action is not None:
            if action not in ("typing_on", "mark_seen") or "message" in fields:
                return self.error(100)
            return self.mark("typing" if action == "typing_on" else "read", to, {"recipient_id": to})
        message = fields["message"]
        template = message.get("attachment", {}).get("payload", {})
        text = message.get("text") or template.get("text", "")
        long = len(text) > 640 if template else self.too_long(text)
        if long or len(template.get("buttons", ())) > 3 or len(message.get("quick_replies", ())) > 13:
            return self.error(100)
        return Answer(200, {"recipient_id": to, "message_id": self.show(to, text)})

    def window(self) -> Answer:
        """Nobody wrote for a day."""
        return self.error(10, 2018278)

    def too_long(self, text: str) -> bool:
        """Counted in characters."""
        return len(text) > 2000


class Instagram(Messenger):
    """The same with a thousand bytes."""

    def window(self) -> Answer:
        return self.error(10, 2534022)

    def too_long(self, text: str) -> bool:
        return len(text.encode()) > 1000


@dataclass
class Line(Platform):
    """Push: up to five messages of 5000 UTF-16 units; a retry key that was seen is 409 and shows nothing again; a monthly quota.
    Reply: once for each token of `tokens`, free of quota; a retry key is refused there."""

    keys: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)
    quota: int | None = None
    pushed: int = 0

    def take(self, taken: Taken) -> Answer:
        if "/quota" in taken.path:
            limit = {"type": "none"} if self.quota is None else {"type": "limited", "value": self.quota}
            return Answer(200, {"totalUsage": self.pushed} if taken.path.endswith("/consumption") else limit)
        if taken.path.endswith("/reply"):
            return self._reply(taken)
        if "/chat/" in taken.path:
            return self._mark(taken)
        if self.quota is not None and self.pushed >= self.quota:
            return Answer(429, {"message": "You have reached your monthly limit."})
        key, fields = taken.headers.get("x-line-retry-key", ""), taken.json
        if not key:
            return Answer(400, {"message": "no retry key"})
        if key in self.keys:
            return Answer(409, {"message": "The retry key is already accepted"})
        to, messages = fields["to"], fields["messages"]
        if to in self.gone or to in self.closed:
            return Answer(404, {"message": "Not found"})
        if not 1 <= len(messages) <= 5 or any(
            len(_text(one).encode("utf-16-le")) > 10_000 for one in messages
        ):
            return Answer(400, {"message": "The request body has 1 error(s)"})
        self.keys.add(key)
        self.pushed += 1
        return Answer(200, {"sentMessages": [{"id": self.show(to, _text(one))} for one in messages]})

    def _mark(self, taken: Taken) -> Answer:
        """The loading animation lasts for 5 to 60 seconds in steps of five; a read mark goes by a message's own token."""
        fields = taken.json
        if taken.path.endswith("/loading/start"):
            if fields["loadingSeconds"] not in range(5, 61, 5):
                return Answer(400, {"message": "loadingSeconds is invalid"})
            answer = self.mark("typing", fields["chatId"], {})
            return Answer(202, answer.body)
        return self.mark("read", fields["markAsReadToken"], {})

    def _reply(self, taken: Taken) -> Answer:
        to = self.tokens.pop(taken.json["replyToken"], None)
        if to is None:
            return Answer(400, {"message": "Invalid reply token"})
        if "x-line-retry-key" in taken.headers:
            return Answer(400, {"message": "The request header has 1 error(s)"})
        return Answer(
            200, {"sentMessages": [{"id": self.show(to, _text(one))} for one in taken.json["messages"]]}
        )

    def too_many(self) -> Answer:
        return Answer(429, {"message": "The API rate limit has been exceeded. Try again later."})


def _text(message: Json) -> str:
    found: str = message.get("text") or message.get("template", {}).get("text", "")
    return found


class Slack(Platform):
    """Web API: errors with status 200 and `ok` false, 429 with Retry-After, 3000 characters a section."""

    def take(self, taken: Taken) -> Answer:
        if taken.headers.get("authorization") != "Bearer t":
            return self._error("invalid_auth")
        fields = taken.json
        to, text = fields["channel"], fields["text"]
        if to in self.gone:
            return self._error("channel_not_found")
        if to in self.closed:
            return self._error("not_in_channel")
        sections = [one["text"]["text"] for one in fields.get("blocks", ()) if one["type"] == "section"]
        if len(text) > 40_000 or any(len(one) > 3000 for one in sections):
            return self._error("msg_too_long")
        return Answer(200, {"ok": True, "channel": to, "ts": self.show(to, text)})

    def too_many(self) -> Answer:
        return Answer(429, {"ok": False, "error": "ratelimited"}, {"retry-after": "7"})

    def refused(self) -> Answer:
        return self._error("invalid_auth")

    def _error(self, word: str) -> Answer:
        return Answer(200, {"ok": False, "error": word})


class Twilio(Platform):
    """Messages: a form, 1600 characters, 21610 for who said STOP, 20429 over the rate."""

    def take(self, taken: Taken) -> Answer:
        fields = {name: values[0] for name, values in parse_qs(taken.body.decode()).items()}
        if fields["To"] in self.gone:
            return self._error(400, 21610)
        if fields["To"] in self.closed:
            return self._error(400, 63016)
        if len(fields["Body"]) > 1600:
            return self._error(400, 21617)
        return Answer(201, {"sid": self.show(fields["To"], fields["Body"]), "status": "queued"})

    def too_many(self) -> Answer:
        return self._error(429, 20429)

    def _error(self, status: int, code: int) -> Answer:
        return Answer(status, {"code": code, "message": "x", "status": status})


@dataclass
class WeChat(Platform):
    """Customer-service messages: 2048 bytes under a token that is lent, 48 hours, five messages a window."""

    tokens: int = 0
    valid: str = ""
    typing: set[str] = field(default_factory=set)

    def take(self, taken: Taken) -> Answer:
        split = urlsplit(taken.path)
        if "token" in split.path.rpartition("/")[2]:
            self.tokens += 1
            self.valid = f"token-{self.tokens}"
            return Answer(200, {"access_token": self.valid, "expires_in": 7200})
        if parse_qs(split.query)["access_token"] != [self.valid]:
            return self._error(42001)
        fields: dict[str, Any] = json.loads(taken.body)
        to = fields["touser"]
        if split.path.endswith("/typing"):
            if to in self.typing:
                return self._error(45081)
            self.typing.add(to)
            return self.mark("typing", to, {"errcode": 0, "errmsg": "ok"})
        text = fields["text"]["content"]
        if to in self.gone:
            return self._error(43004)
        if to in self.closed:
            return self._error(45015)
        if len(text.encode()) > 2048:
            return self._error(45002)
        self.typing.discard(to)
        self.show(to, text)
        return Answer(200, {"errcode": 0, "errmsg": "ok"})

    def too_many(self) -> Answer:
        return self._error(45011)

    def refused(self) -> Answer:
        return self._error(40013)

    def _error(self, code: int) -> Answer:
        return Answer(200, {"errcode": code, "errmsg": "x"})
