"""Downloading a platform's file through the guarded client: every step and redirect checked anew, capped, tokens kept at home."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

from bots.egress import Egress, NotSentError, RefusedAddressError, Reply, UnknownOutcomeError
from bots.tokens import Tokens
from funnel.channels.inbound import Media
from funnel.channels.outbound import ErrorClass
from funnel.channels.port import Account, Connector, Fetch

MOST_STEPS: Final = 6
MOST_ANSWER: Final = 100_000
SECONDS: Final = 20.0
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_WORDS: Final = frozenset({"application/json", "text/plain"})
_LATER: Final = frozenset({202, 401, 403, 404, 408, 425, 429})


class RefusedFileError(Exception):
    """The file will never be had; the message says why in one word."""


class NotNowError(Exception):
    """The file could not be had now; the message says why in one word."""


class Downloader:
    """Safe for any number of callers."""

    def __init__(self, egress: Egress, tokens: Tokens, most_bytes: int) -> None:
        self._egress = egress
        self._tokens = tokens
        self._most = most_bytes

    async def get(self, connector: Connector, account: Account, media: Media) -> bytes:
        """The whole file. Raises RefusedFileError (too_large, no_address, not_public, gone, empty) and NotNowError."""
        if media.content is not None:
            return self._fitting(media.content)
        if connector.locate is None:
            raise RefusedFileError("no_address")
        known = await self._tokens.with_token(connector, account)
        if known is None:
            raise NotNowError("no_token")
        answer: bytes | None = None
        step = connector.locate(media, known, None)
        for _ in range(MOST_STEPS):
            if step is None:
                raise RefusedFileError("no_address")
            reply = await self._call(step, self._most if step.is_file else MOST_ANSWER)
            if reply.status in _REDIRECTS:
                step = _redirected(step, reply.headers)
                continue
            self._judge(reply, known, connector)
            if not step.is_file or (step.tells and self._tells(reply, known, connector)):
                answer = reply.body
                step = connector.locate(media, known, answer)
                continue
            return self._fitting(reply.body)
        raise RefusedFileError("too_many_redirects")

    async def _call(self, step: Fetch, most: int) -> Reply:
        headers = {**step.headers, "accept-encoding": "identity"}
        try:
            return await self._egress.call(
                "GET", step.url, headers=headers, most_bytes=most + 1, seconds=SECONDS
            )
        except RefusedAddressError:
            raise RefusedFileError("not_public") from None
        except (NotSentError, UnknownOutcomeError) as error:
            raise NotNowError(str(error)) from None

    def _judge(self, reply: Reply, account: Account, connector: Connector) -> None:
        if 200 <= reply.status < 300 and reply.status != 202:
            if reply.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
                raise RefusedFileError("encoded")
            return
        if reply.status == 401 and connector.tokens is not None:
            self._tokens.refuse(account)
        if reply.status in _LATER or reply.status >= 500:
            raise NotNowError(f"status_{reply.status}")
        raise RefusedFileError(f"status_{reply.status}")

    def _tells(self, reply: Reply, account: Account, connector: Connector) -> bool:
        """Whether there came words in place of the file: an error, or where the file is."""
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _WORDS or connector.judge is None:
            return False
        failed = connector.judge(reply.status, reply.headers, reply.body).failed
        if failed is ErrorClass.REAUTH:
            self._tokens.refuse(account)
        if failed in (ErrorClass.REAUTH, ErrorClass.RETRY, ErrorClass.RETRY_AFTER, ErrorClass.QUOTA):
            raise NotNowError(failed.value)
        return True

    def _fitting(self, data: bytes) -> bytes:
        if len(data) > self._most:
            raise RefusedFileError("too_large")
        if not data:
            raise RefusedFileError("empty")
        return data


def _redirected(step: Fetch, headers: Mapping[str, str]) -> Fetch:
    """Where it leads. What proves who we are stays with the host it was made for."""
    target = headers.get("location", "")
    try:
        url = urljoin(step.url, target)
        same = urlsplit(url)[:2] == urlsplit(step.url)[:2]
    except ValueError:
        raise RefusedFileError("no_address") from None
    if not target:
        raise RefusedFileError("no_address")
    return Fetch(url, step.headers if same else {}, step.is_file, step.tells)
