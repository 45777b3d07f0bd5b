"""Files of messages: every platform's way to them over real sockets, what is refused, what is tried again, what is taken back."""

import io
import json
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from PIL import Image

from bots.connectors.registry import CONNECTORS
from bots.egress import Egress
from bots.media.downloading import Downloader, NotNowError, RefusedFileError
from bots.tokens import Tokens
from funnel.channels.inbound import Media
from funnel.channels.port import Account
from funnel.channels.request import Secret
from funnel.core.settings import EgressSettings
from tests.api.channels_world import SECRETS, ChannelInbox, message, open_inbox, read_all
from tests.api.gateway import Gateway, Json
from tests.simulators.http_double import Answer, HttpDouble, Taken


def picture(size: int = 8, kind: str = "JPEG") -> bytes:
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", (size, size), (200, 30, 30)).save(target, format=kind)
    return target.getvalue()


PICTURE = picture()
TELEGRAM = {
    "update_id": 1,
    "message": {
        "message_id": 7, "date": 1_700_000_000, "chat": {"id": 5, "type": "private"},
        "from": {"id": 5, "first_name": "Cy"}, "photo": [{"file_id": "small"}, {"file_id": "F1", "file_size": 9}],
    },
}  # fmt: skip


def whatsapp(url: str) -> Json:
    said = {
        "id": "wamid.1", "from": "4917012345", "timestamp": "1700000000", "type": "image",
        "image": {"id": "M1", "mime_type": "image/jpeg"},
    }  # fmt: skip
    value = {"metadata": {"phone_number_id": "1"}, "messages": [said]}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"changes": [{"field": "messages", "value": value}]}],
    }


def page(url: str) -> Json:
    said = {"mid": "m1", "attachments": [{"type": "image", "payload": {"url": f"{url}/cdn/a.jpg"}}]}
    one = {"sender": {"id": "p"}, "recipient": {"id": "1"}, "timestamp": 1_700_000_000_000, "message": said}
    return {"object": "page", "entry": [{"id": "1", "messaging": [one]}]}


def line(url: str) -> Json:
    event = {
        "type": "message", "webhookEventId": "01H", "timestamp": 1_700_000_000_000, "mode": "active",
        "source": {"type": "user", "userId": "U1"},
        "message": {"id": "L1", "type": "image", "contentProvider": {"type": "line"}},
    }  # fmt: skip
    return {"destination": "U0", "events": [event]}


def slack(url: str) -> Json:
    file = {"id": "F1", "name": "a.jpg", "mimetype": "image/jpeg", "url_private": f"{url}/files/a.jpg"}
    event = {
        "type": "message", "subtype": "file_share", "channel": "D1", "channel_type": "im", "user": "U1",
        "ts": "1700000000.000100", "text": "look", "files": [file],
    }  # fmt: skip
    return {"type": "event_callback", "event_id": "Ev1", "event": event}


def mail(url: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "ada@home.example", "help@shop.example", "<x@home>"
    made.set_content("see the picture")
    made.add_related(PICTURE, "image", "jpeg", cid="<inline@home>", filename="in.jpg")
    return made.as_bytes()


def twilio(url: str) -> bytes:
    return (
        f"MessageSid=MM1&AccountSid=AC1&From=%2B4917012345&To=%2B1&Body=look&NumMedia=1&MediaUrl0={url}/mms/1"
        "&MediaContentType0=image%2Fjpeg"
    ).encode()


def wechat(url: str) -> bytes:
    return (
        b"<xml><ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><CreateTime>1700000000</CreateTime>"
        b"<MsgType>image</MsgType><MediaId>W1</MediaId><MsgId>9007199254740993</MsgId></xml>"
    )


def webhook(url: str) -> Json:
    part = {"type": "image", "url": f"{url}/own/a.jpg", "mime": "image/jpeg", "filename": "a.jpg"}
    return message("look", parts=[part])


def platform(taken: Taken) -> Answer:
    """What each platform answers on the way to the file, with the proof of who asks that it wants."""
    path, proof = taken.path, taken.headers.get("authorization", "")
    wanted = {
        "/M1": "Bearer t", "/lookaside/M1": "Bearer t", "/v2/bot/message/L1/content": "Bearer t",
        "/files/a.jpg": "Bearer t", "/mms/1": "Basic QUMxOmF1dGg=",
    }  # fmt: skip
    if path in wanted and proof != wanted[path]:
        return Answer(401)
    if path == "/bot1:abc/getFile?file_id=F1":
        return Answer(200, {"ok": True, "result": {"file_path": "photos/1.jpg"}})
    if path == "/M1":
        return Answer(200, {"url": f"http://{taken.headers['host']}/lookaside/M1"})
    if path == "/mms/1":
        return Answer(
            307, b"", {"location": f"http://{taken.headers['host'].replace('127.0.0.1', 'localhost')}/s3/1"}
        )
    if path == "/s3/1" and proof:
        return Answer(400)
    if path == "/cgi-bin/stable_token":
        return Answer(200, {"access_token": "lent", "expires_in": 7200})
    files = (
        "/file/bot1:abc/photos/1.jpg", "/lookaside/M1", "/cdn/a.jpg", "/v2/bot/message/L1/content", "/files/a.jpg",
        "/s3/1", "/own/a.jpg", "/cgi-bin/media/get?access_token=lent&media_id=W1",
    )  # fmt: skip
    return Answer(200, PICTURE, {"content-type": "image/jpeg"}) if path in files else Answer(404)


WAYS: dict[str, Callable[[str], Any]] = {
    "telegram": lambda url: TELEGRAM, "whatsapp": whatsapp, "messenger": page, "instagram": page, "line": line,
    "slack": slack, "email": mail, "twilio": twilio, "wechat": wechat, "webhook": webhook,
}  # fmt: skip


async def arrive(gateway: Gateway, inbox: ChannelInbox, body: Any) -> None:
    """A request that is the platform's is kept and read."""
    parts = gateway.services.channels
    account = await gateway.services.people.accounts.find(inbox.id)
    assert account is not None
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert await parts.receiver.take(account, raw)
    await read_all(parts.intake)


async def fetch(gateway: Gateway) -> None:
    """Fetches all that is due."""
    while await gateway.services.channels.media.run_due():
        pass


async def inbox_of(gateway: Gateway, channel: str, double: HttpDouble) -> ChannelInbox:
    """An inbox whose platform is the double."""
    double.rule = platform
    if channel not in ("email", "webhook"):
        SECRETS[channel] = {**SECRETS[channel], "api_base": double.url}
    return await open_inbox(gateway, channel)


async def test_every_platform_s_file_is_fetched_with_its_proof_and_kept_as_an_upload(
    outward: Gateway, double: HttpDouble
) -> None:
    for channel in CONNECTORS:
        inbox = await inbox_of(outward, channel, double)
        await arrive(outward, inbox, WAYS[channel](double.url))
        await fetch(outward)
        (said,) = [one for one in await inbox.events() if one["direction"] == "incoming"]
        (told,) = await inbox.events("attachment.updated")
        assert (channel, told["state"], told["message_id"]) == (channel, "stored", said["message_id"])
        assert told["attachment"]["id"] == said["attachments"][0]["id"]
        assert told["attachment"]["content_type"] == "image/jpeg"
        link = outward.services.files.link(told["attachment"]["id"])
        answer = await outward.http.get(link)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(answer.content)).size == (8, 8)
    assert await fetched_again(outward) == 0


async def fetched_again(gateway: Gateway) -> int:
    """Jobs that still wait, whenever they are due."""
    found: int = await gateway.db.pool.fetchval("select count(*) from media_jobs where state = 'waiting'")
    return found


async def test_an_album_is_one_conversation_one_burst_and_every_file(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await inbox_of(outward, "telegram", double)
    noise = Image.effect_noise((760, 460), 90).convert("RGB")
    target = io.BytesIO()
    noise.save(target, format="JPEG", quality=90)
    large = target.getvalue()
    assert 10 * len(large) > 2_000_000

    def rule(taken: Taken) -> Answer:
        if "getFile" in taken.path:
            name = taken.path.rpartition("=")[2]
            return Answer(200, {"ok": True, "result": {"file_path": f"photos/{name}.jpg"}})
        return Answer(200, large, {"content-type": "image/jpeg"})

    double.rule = rule
    account = await outward.services.people.accounts.find(inbox.id)
    assert account is not None
    for number in (3, 1, 9, 0, 2, 8, 4, 7, 6, 5, 3, 1):  # shuffled, two of them twice
        said = {**TELEGRAM["message"], "message_id": 100 + number, "media_group_id": "A"}  # type: ignore[dict-item]
        said["photo"] = [{"file_id": f"F{number}", "file_size": len(large)}]
        raw = json.dumps({"update_id": 50 + number, "message": said}).encode()
        assert await outward.services.channels.receiver.take(account, raw)
    await read_all(outward.services.channels.intake)
    await fetch(outward)
    assert await inbox.count("conversations") == 1
    assert len(await inbox.said()) == 10
    told = await inbox.events("attachment.updated")
    assert [one["state"] for one in told] == ["stored"] * 10
    assert not [
        one for one in await inbox.events() if one["direction"] == "outgoing"
    ]  # one burst, still quiet


async def test_a_file_that_cannot_be_had_now_is_announced_and_tried_again(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await inbox_of(outward, "telegram", double)
    double.script.extend([Answer(500), Answer(429)])
    await arrive(outward, inbox, TELEGRAM)
    await fetch(outward)
    (told,) = await inbox.events("attachment.updated")
    assert (told["state"], told["reason"]) == ("delayed", "status_500")
    link = outward.services.files.link(told["attachment"]["id"])
    assert (await outward.http.get(link)).status_code == 404
    for _ in range(2):
        await outward.db.pool.execute("update media_jobs set due_at = now() where state = 'waiting'")
        await fetch(outward)
    assert [one["state"] for one in await inbox.events("attachment.updated")] == ["delayed", "stored"]
    assert (await outward.http.get(link)).status_code == 200


async def test_what_never_comes_is_said_to_be_lost(outward: Gateway, double: HttpDouble) -> None:
    inbox = await inbox_of(outward, "telegram", double)
    double.rule = lambda taken: Answer(503)
    await arrive(outward, inbox, TELEGRAM)
    for _ in range(8):
        await outward.db.pool.execute("update media_jobs set due_at = now() where state = 'waiting'")
        await fetch(outward)
    assert [one["state"] for one in await inbox.events("attachment.updated")] == ["delayed", "lost"]
    assert await fetched_again(outward) == 0


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BOMB = picture(1, "PNG")[:16] + (60_000).to_bytes(4, "big") * 2 + picture(1, "PNG")[24:]


REFUSED: list[tuple[Answer, str]] = [
    (Answer(200, SVG, {"content-type": "image/jpeg"}), "type_not_allowed"),
    (Answer(200, PICTURE + b"<script>alert(1)</script>"), "type_not_allowed"),
    (Answer(200, b"PK\x03\x04" + b"\0" * 50 + b"PK\x05\x06" + b"\0" * 18), "type_not_allowed"),
    (Answer(200, BOMB), "image_invalid"),
    (Answer(200, b"\xff\xd8\xff" + b"\0" * 26_300_000), "too_large"),
    (Answer(200, PICTURE, {"content-encoding": "gzip"}), "encoded"),
    (Answer(200, b""), "empty"),
    (Answer(302, b"", {"location": "file:///etc/passwd"}), "not_public"),
    (Answer(302, b"", {}), "no_address"),
    (Answer(410), "status_410"),
]


async def test_a_file_that_may_not_be_kept_leaves_its_name_and_the_reason(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await inbox_of(outward, "webhook", double)
    for answer, _ in REFUSED:
        double.rule = lambda taken, found=answer: found
        await arrive(outward, inbox, webhook(double.url))
        await fetch(outward)
    told = await inbox.events("attachment.updated")
    assert [(one["state"], one["reason"], one["attachment"]["name"]) for one in told] == [
        ("refused", reason, "a.jpg") for _, reason in REFUSED
    ]
    assert await fetched_again(outward) == 0
    assert len(double.taken) == len(REFUSED)


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/a", "https://10.0.0.1/a", "https://169.254.169.254/latest", "https://[::1]/a", "http://8.8.8.8/a",
     "https://localhost/a", "https://0x7f000001/a", "https://[::ffff:127.0.0.1]/a", "https://u:p@8.8.8.8/", "ftp://x/", "https://"],
)  # fmt: skip
async def test_private_addresses_are_never_asked(url: str) -> None:
    egress = Egress(EgressSettings())
    with pytest.raises(RefusedFileError, match="not_public"):
        await _get(egress, url)
    await egress.close()


async def test_a_redirect_is_checked_like_the_first_address(double: HttpDouble) -> None:
    egress = Egress(EgressSettings(allow_private=True))
    seen: list[str] = []

    def rule(taken: Taken) -> Answer:
        seen.append(taken.path)
        egress._private = (
            False  # the first address was allowed; from here on the loopback is what it is: private
        )
        return Answer(302, b"", {"location": f"{double.url.replace('http:', 'https:')}/secret"})

    double.rule = rule
    with pytest.raises(RefusedFileError, match="not_public"):
        await _get(egress, f"{double.url}/a")
    assert seen == ["/a"]
    await egress.close()


async def test_redirects_end_and_an_answer_that_breaks_off_is_tried_again(double: HttpDouble) -> None:
    egress = Egress(EgressSettings(allow_private=True))
    double.rule = lambda taken: Answer(302, b"", {"location": f"{taken.path}x"})
    with pytest.raises(RefusedFileError, match="too_many_redirects"):
        await _get(egress, f"{double.url}/a")
    double.rule = lambda taken: Answer(breaks=True)
    with pytest.raises(NotNowError):
        await _get(egress, f"{double.url}/a")
    await egress.close()


async def _get(egress: Egress, url: str) -> bytes:
    account = Account("i", "s", "webhook", "n", "q", Secret())
    return await Downloader(egress, Tokens(egress), 1_000_000).get(
        CONNECTORS["webhook"], account, Media(url=url)
    )


async def test_a_token_is_not_given_to_a_host_that_the_message_names(double: HttpDouble) -> None:
    egress = Egress(EgressSettings(allow_private=True))
    account = Account("i", "s", "slack", "n", "q", Secret.of(access_token="t"))
    double.rule = lambda taken: Answer(200, PICTURE)
    data = await Downloader(egress, Tokens(egress), 1_000_000).get(
        CONNECTORS["slack"], account, Media(url=f"{double.url}/files/a.jpg")
    )
    assert data == PICTURE
    assert "authorization" not in double.taken[0].headers
    await egress.close()


async def test_a_lent_token_is_asked_for_once_and_anew_when_refused(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await inbox_of(outward, "wechat", double)
    given = iter(("first", "second"))

    def rule(taken: Taken) -> Answer:
        if "stable_token" in taken.path:
            return Answer(200, {"access_token": next(given), "expires_in": 7200})
        if "access_token=first" in taken.path:
            return Answer(200, {"errcode": 42001, "errmsg": "expired"})
        return Answer(200, PICTURE, {"content-type": "image/jpeg"})

    double.rule = rule
    await arrive(outward, inbox, wechat(""))
    await fetch(outward)
    await outward.db.pool.execute("update media_jobs set due_at = now() where state = 'waiting'")
    await fetch(outward)
    assert [one["state"] for one in await inbox.events("attachment.updated")] == ["delayed", "stored"]


async def test_what_is_taken_back_is_erased_with_its_edits_its_file_and_the_request_that_brought_it(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await inbox_of(outward, "line", double)
    body = line(double.url)
    await arrive(outward, inbox, body)
    await fetch(outward)
    (told,) = await inbox.events("attachment.updated")
    edited = {
        **body["events"][0], "type": "messageEdited", "webhookEventId": "02H",
        "message": {"id": "L1", "type": "text", "text": "secret edit"},
    }  # fmt: skip
    unsend = {**body["events"][0], "type": "unsend", "webhookEventId": "03H", "unsend": {"messageId": "L1"}}
    await arrive(outward, inbox, {"events": [edited]})
    await arrive(outward, inbox, {"events": [unsend]})
    await fetch(outward)
    link = outward.services.files.link(told["attachment"]["id"])
    assert (await outward.http.get(link)).status_code == 404
    assert not [path for path in outward.services.settings.uploads_dir.rglob("*") if path.is_file()]
    events = await outward.db.pool.fetch(
        "select e.type, e.data::text as data from events e join conversations c on c.id = e.conversation_id"
        " where c.inbox_id = $1::uuid order by e.seq",
        inbox.id,
    )
    kinds = [record["type"] for record in events]
    assert "message.deleted" in kinds
    assert "message.redacted" in kinds
    gone = [r["data"] for r in events if r["type"] in ("message.created", "message.edited", "attachment.updated")
            and "outgoing" not in r["data"]]  # fmt: skip
    assert {json.loads(one).get("redacted") for one in gone} == {True}
    assert (
        await outward.db.pool.fetchval(
            "select count(*) from uploads where name like '%L1%' or id = $1", told["attachment"]["id"]
        )
        == 0
    )
    assert await inbox.count("inbound_requests") == 2


async def test_what_was_taken_back_before_it_came_is_never_shown(
    outward: Gateway, double: HttpDouble
) -> None:
    inbox = await inbox_of(outward, "line", double)
    body = line(double.url)
    unsend = {**body["events"][0], "type": "unsend", "webhookEventId": "03H", "unsend": {"messageId": "L1"}}
    await arrive(outward, inbox, {"events": [unsend]})
    for _ in range(5):
        await outward.db.pool.execute("update inbound_requests set due_at = now() where state = 'waiting'")
        await read_all(outward.services.channels.intake)
    await arrive(outward, inbox, body)
    assert await inbox.count("conversations") == 0
    states = await outward.db.pool.fetch("select distinct state from inbound_requests")
    assert [record["state"] for record in states] == ["read"]
