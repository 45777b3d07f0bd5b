"""Files in a bucket: put, read by our own links, deleted with their message; a store that refuses or is away loses nothing quietly."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr

from api.files.s3 import S3Blobs
from funnel.core.database import open_database
from funnel.core.errors import FunnelError
from funnel.core.ids import new_id
from funnel.core.settings import UploadSettings, load_settings
from funnel.core.start_errors import SettingsError
from tests.api.gateway import Gateway, Json, open_gateway
from tests.configuration import make_settings
from tests.simulators.http_double import http_double
from tests.simulators.s3 import Bucket

KEYS = {"s3_access_key": "AKIDEXAMPLE", "s3_secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}


@pytest.fixture
async def kept(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Gateway, Bucket, Path]]:
    """A service whose files go to a bucket, and the folder they do not go to."""
    bucket = Bucket("files", *KEYS.values())
    async with http_double(bucket) as double:
        store = {
            "dir": tmp_path,
            "s3_bucket": "files",
            "s3_endpoint": double.url,
            "s3_prefix": "shop",
            **KEYS,
        }
        settings = make_settings(database_url, uploads=store)
        async with open_database(settings) as db, open_gateway(settings, db) as gateway:
            yield gateway, bucket, tmp_path


def picture() -> bytes:
    target = io.BytesIO()
    Image.effect_noise((600, 500), 90).save(target, format="PNG")
    return target.getvalue()


async def said_with_file(gateway: Gateway) -> tuple[Json, Json]:
    """A visitor's file and the message that carries it."""
    visitor = await gateway.visitor()
    stored = await visitor.call("POST", "/v1/uploads", files={"file": ("a.png", picture(), "image/png")})
    assert stored.status_code == 201, stored.text
    said = await visitor.say("see", attachments=[stored.json()["upload_id"]])
    return stored.json(), said["message"]


async def test_a_file_goes_to_the_bucket_and_comes_back_by_our_own_link(
    kept: tuple[Gateway, Bucket, Path],
) -> None:
    gateway, bucket, folder = kept
    stored, message = await said_with_file(gateway)
    upload_id = stored["upload_id"]
    assert list(bucket.objects) == [f"shop/{upload_id[-2:]}/{upload_id}"]
    assert list(folder.rglob("*")) == []
    link = message["attachments"][0]["url"]
    got = await gateway.anonymous().call("GET", link)
    assert (got.status_code, got.content) == (200, *bucket.objects.values())
    assert got.headers["content-type"] == "image/png"
    assert got.headers["content-length"] == str(stored["size"])
    assert "sandbox" in got.headers["content-security-policy"]
    assert (await gateway.anonymous().call("GET", f"{link}x")).status_code == 404
    assert bucket.refused == 0
    await gateway.services.files.erase_of(message["id"])
    await gateway.services.files.erase_of(message["id"])
    assert bucket.objects == {}
    assert (await gateway.anonymous().call("GET", link)).status_code == 404


async def test_a_store_that_refuses_or_is_away_is_said_so(kept: tuple[Gateway, Bucket, Path]) -> None:
    gateway, bucket, _ = kept
    _, message = await said_with_file(gateway)
    bucket.secret_key = "another"
    visitor = await gateway.visitor()
    refused = await visitor.call("POST", "/v1/uploads", files={"file": ("a.png", picture(), "image/png")})
    assert (refused.status_code, refused.json()["code"]) == (503, "files_unavailable")
    assert "AKIDEXAMPLE" not in refused.text
    assert await gateway.db.pool.fetchval("select count(*) from uploads") == 1
    got = await gateway.anonymous().call("GET", message["attachments"][0]["url"])
    assert (got.status_code, got.json()["code"]) == (503, "files_unavailable")
    with pytest.raises(FunnelError):
        await gateway.services.files.erase_of(message["id"])
    assert await gateway.db.pool.fetchval("select count(*) from uploads") == 1  # so that it is tried again
    bucket.secret_key = KEYS["s3_secret_key"]
    bucket.objects.clear()
    assert (await gateway.anonymous().call("GET", message["attachments"][0]["url"])).status_code == 404


async def test_a_bucket_needs_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_UPLOADS__S3_BUCKET", "files")
    with pytest.raises(SettingsError, match="FUNNEL_UPLOADS__S3_ACCESS_KEY"):
        load_settings()
    monkeypatch.setenv("FUNNEL_UPLOADS__S3_ACCESS_KEY", "a")
    monkeypatch.setenv("FUNNEL_UPLOADS__S3_SECRET_KEY", "b")
    assert load_settings().uploads.s3_bucket == "files"


async def test_the_double_knows_a_forged_signature() -> None:
    """What the tests above stand on."""
    bucket = Bucket("files", *KEYS.values())
    async with http_double(bucket) as double:
        settings: dict[str, Any] = {"s3_bucket": "files", "s3_endpoint": double.url}
        good = S3Blobs(UploadSettings(**settings, **{name: SecretStr(key) for name, key in KEYS.items()}))
        blob_id = new_id()
        await good.put(blob_id, b"bytes")
        first = double.taken[0]
        assert bucket(first).status == 200
        first.body = b"other bytes"
        assert bucket(first).status == 403
        first.body, first.path = b"bytes", first.path + "x"
        assert bucket(first).status == 403
        assert await good.read(new_id()) is None
