"""Files in a bucket of any store that speaks S3. Needs the extra `s3` of the package (obstore)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from api.files.blobs import PIECE, place
from funnel.core.errors import ErrorKind, FunnelError
from funnel.core.settings import UploadSettings
from funnel.core.start_errors import SettingsError

try:
    from obstore.exceptions import BaseError, NotFoundError
    from obstore.store import S3Store
except ImportError as error:  # only who sets a bucket needs it
    raise SettingsError(
        "FUNNEL_UPLOADS__S3_BUCKET is set, but the library for it is missing: install the extra `s3`"
        " (pip install 'funnel-support[s3]')."
    ) from error

SECONDS: Final = 20
RETRIES: Final = 3
MISSING: Final = (FileNotFoundError, NotFoundError)  # the library raises either


class S3Blobs:
    """One object a file, under `prefix`. The bucket stays private: what it holds is given out by our own signed links.

    Raises 503 `files_unavailable` where the store does not answer or refuses.
    """

    def __init__(self, settings: UploadSettings) -> None:
        endpoint = settings.s3_endpoint
        keys = settings.s3_access_key, settings.s3_secret_key
        if settings.s3_bucket is None or keys[0] is None or keys[1] is None:
            raise SettingsError("FUNNEL_UPLOADS__S3_BUCKET needs its two keys.")
        self._store = S3Store(
            settings.s3_bucket,
            prefix=settings.s3_prefix or None,
            config={
                "region": settings.s3_region,
                "access_key_id": keys[0].get_secret_value(),
                "secret_access_key": keys[1].get_secret_value(),
                "virtual_hosted_style_request": not settings.s3_path_style,
                **({"endpoint": endpoint} if endpoint else {}),
            },
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "timeout": timedelta(seconds=SECONDS),
                "connect_timeout": timedelta(seconds=SECONDS),
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=SECONDS)},
        )

    async def put(self, blob_id: str, data: bytes) -> None:
        """Taken by the store when it returns."""
        try:
            await self._store.put_async(place(blob_id), data, use_multipart=False)
        except BaseError as error:
            raise _unavailable() from error

    async def read(self, blob_id: str) -> AsyncIterator[bytes] | None:
        """The bytes in pieces."""
        try:
            found = await self._store.get_async(place(blob_id))
        except MISSING:
            return None
        except BaseError as error:
            raise _unavailable() from error
        return _pieces(found.stream(min_chunk_size=PIECE))

    async def delete(self, blob_id: str) -> None:
        """Idempotent."""
        try:
            await self._store.delete_async(place(blob_id))
        except MISSING:
            return
        except BaseError as error:
            raise _unavailable() from error


async def _pieces(stream: AsyncIterator[object]) -> AsyncIterator[bytes]:
    async for piece in stream:
        yield bytes(piece)  # type: ignore[call-overload]


def _unavailable() -> FunnelError:
    """503, without the store's own words: they may name the bucket or a key."""
    return FunnelError("files_unavailable", ErrorKind.UNAVAILABLE, "Files cannot be stored or read now.")
