"""What an HTTP answer means where the channel's own table says nothing: the classes every platform shares. Pure."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Final

from funnel.channels.outbound import DeliveryResult, ErrorClass

_BY_STATUS: Final = {
    408: ErrorClass.RETRY, 409: ErrorClass.CONTENT_INVALID, 413: ErrorClass.CONTENT_INVALID, 425: ErrorClass.RETRY,
    429: ErrorClass.RETRY_AFTER, 500: ErrorClass.RETRY, 502: ErrorClass.RETRY, 503: ErrorClass.RETRY_AFTER,
    504: ErrorClass.AMBIGUOUS, 400: ErrorClass.CONTENT_INVALID, 401: ErrorClass.CONFIG, 403: ErrorClass.CONFIG,
    404: ErrorClass.CONTENT_INVALID, 410: ErrorClass.CONFIG,
}  # fmt: skip
MOST_DELAY: Final = 86_400.0


def by_status(status: int, headers: Mapping[str, str], code: str = "") -> DeliveryResult:
    """The result of a bare status."""
    if 200 <= status < 300:
        return DeliveryResult()
    if status >= 500:
        failed = _BY_STATUS.get(status, ErrorClass.RETRY)
    elif status >= 400:
        failed = _BY_STATUS.get(status, ErrorClass.CONTENT_INVALID)
    else:
        failed = ErrorClass.RETRY  # a redirect, which is not followed
    return DeliveryResult(failed=failed, code=code or str(status), delay=retry_after(headers))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header, given as a number or (beside a Date) as a date; None where there is none that makes
    sense."""
    fields = {name.lower(): value.strip() for name, value in headers.items()}
    text = fields.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        try:
            until, at = parsedate_to_datetime(text), parsedate_to_datetime(fields.get("date", ""))
            seconds = (until - at).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), MOST_DELAY) if isfinite(seconds) else None
