"""Files: bytes decide, what is two things is refused, pictures lose all but their pixels, links end, ids are used once."""

import io
import zipfile
from typing import Any

import httpx
import pytest
from PIL import Image

from api.files.names import clean_name, disposition
from api.files.sniff import sniff
from funnel.core.errors import FunnelError
from funnel.core.ids import new_id
from tests.api.gateway import Caller, Gateway


def _picture(kind: str = "PNG", **more: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(target, format=kind, **more)
    return target.getvalue()


def _archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("evil.html", "<script>")
    return target.getvalue()


async def _upload(
    caller: Caller, data: bytes, name: str = "a.png", kind: str = "image/png"
) -> httpx.Response:
    return await caller.call("POST", "/v1/uploads", files={"file": (name, data, kind)})


async def test_a_picture_goes_to_the_agent_and_back(gateway: Gateway) -> None:
    visitor, agent, stranger = await gateway.visitor(), await gateway.agent(), await gateway.visitor()
    exif = Image.Exif()
    exif[0x010E] = "canary-place"
    stored = await _upload(visitor, _picture("JPEG", exif=exif), "../../etc/pass\u202ewd.html", "text/html")
    assert stored.status_code == 201, stored.text
    upload = stored.json()
    assert upload["content_type"] == "image/jpeg"
    assert upload["name"] == "passwd.jpg"

    body = {"client_message_id": "m", "attachments": [upload["upload_id"]], "human": True, "text": "see"}
    theirs = await stranger.call("POST", "/v1/conversations", body)
    assert theirs.json()["code"] == "attachment_invalid"
    said = await visitor.call("POST", "/v1/conversations", body)
    assert said.status_code == 201, said.text
    again = await visitor.call("POST", "/v1/conversations", body)
    assert again.status_code == 200
    second = await visitor.call("POST", "/v1/conversations", {**body, "client_message_id": "n"})
    assert second.json()["code"] == "attachment_invalid"

    conversation_id = said.json()["conversation"]["id"]
    events = (await agent.call("GET", f"/v1/conversations/{conversation_id}/events")).json()["items"]
    link = next(e["data"]["attachments"][0]["url"] for e in events if e["data"].get("attachments"))
    got = await gateway.anonymous().call("GET", link)
    assert got.status_code == 200
    assert b"canary-place" not in got.content
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert got.headers["content-disposition"].startswith("attachment; ")
    for wrong in (
        link[:-2],
        link + "x",
        link.replace(upload["upload_id"], new_id()),
        link.split("?")[0] + "?sig=",
    ):
        assert (await gateway.anonymous().call("GET", wrong)).status_code == 404
    assert (await gateway.anonymous().call("GET", link.split("?")[0])).status_code == 422


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("xml and svg", b'<?xml version="1.0"?><svg/>'),
        ("page", b"<!DOCTYPE html><script>1</script>"),
        ("page with a bow", b"\xef\xbb\xbf \n<html>"),
        ("gif and script", b"GIF89a/*<script>*/=1;"),
        ("picture and archive", _picture() + _archive()),
        ("jpeg and archive", _picture("JPEG") + _archive()),
        ("picture and page", _picture() + b"<script>alert(1)</script>"),
        ("picture and document", _picture("JPEG") + b"%PDF-1.7"),
        ("document and archive", b"%PDF-1.7 ..." + _archive()),
        ("archive", _archive()),
        ("program", b"MZ\x90\x00" + bytes(100)),
        ("elf", b"\x7fELF" + bytes(100)),
        ("php", b"hello <?php system('x');"),
        ("binary", bytes(range(256))),
        ("rich text", b"{\\rtf1 x}"),
    ],
)
def test_types_that_are_not_taken(name: str, data: bytes) -> None:
    with pytest.raises(FunnelError) as refused:
        sniff(data)
    assert refused.value.code == "type_not_allowed", name


def test_types_that_are() -> None:
    taken = {
        "image/png": _picture(),
        "image/jpeg": _picture("JPEG"),
        "image/gif": _picture("GIF"),
        "image/webp": _picture("WEBP"),
        "application/pdf": b"%PDF-1.7\n...",
        "text/plain": "tracking 4711, شكرا 谢谢".encode(),
        "video/mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(40),
    }
    for kind, data in taken.items():
        assert sniff(data).content_type == kind


async def test_sizes(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    most = 10 * 1024 * 1024
    assert (await _upload(visitor, b"a" * most, "a.txt")).status_code == 201
    too_large = await _upload(visitor, b"a" * (most + 1), "a.txt")
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")
    assert (await _upload(visitor, b"a" * (most + 200_000), "a.txt")).status_code == 413
    assert (await _upload(visitor, b"", "a.txt")).json()["code"] == "file_empty"
    assert (await visitor.call("POST", "/v1/uploads", {"file": "x"})).status_code == 422
    assert (await visitor.call("POST", "/v1/uploads", data={"file": "x"})).status_code == 422


async def test_pictures_that_cannot_be_opened(gateway: Gateway) -> None:
    visitor = await gateway.visitor()
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, format="PNG")
    for data in (target.getvalue(), _picture()[:60] + b"IEND\xaeB`\x82", b"GIF89a" + bytes(30)):
        refused = await _upload(visitor, data)
        assert (refused.status_code, refused.json()["code"]) == (422, "image_invalid")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("photo.jpeg", "photo.png"),
        ("..", "file.png"),
        ("", "file.png"),
        (None, "file.png"),
        ("a/b\\c.svg", "c.png"),
        (".htac\u200bcess", "htaccess.png"),
        ("a\r\nb.png", "ab.png"),
        ("x" * 500, "x" * 120 + ".png"),
        ("订单.png", "订单.png"),
    ],
)
def test_names(given: str | None, kept: str) -> None:
    assert clean_name(given, "png") == kept
    assert "\n" not in disposition(kept)
    assert disposition(kept).isascii()
