"""Problems (RFC 9457): the one place that maps domain errors and bad input to HTTP. What was sent is never echoed."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.schemas.body import KNOWN_NAMES
from funnel.core.errors import ErrorKind, FunnelError, not_found

MEDIA_TYPE = "application/problem+json"
STATUS: dict[ErrorKind, int] = {
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.INVALID: 422,
    ErrorKind.THROTTLED: 429,
    ErrorKind.UNAVAILABLE: 503,
}
_SHOWN_PARAMS = ("owner", "message", "conversation", "window", "template")
_MOST_ERRORS = 20
_CODES = {
    "extra_forbidden": "unknown_field",
    "model_type": "object_type",
    "model_attributes_type": "object_type",
    "dict_type": "object_type",
}
_SENTENCES = {
    "missing": "This field is required.",
    "unknown_field": "There is a field the server does not know.",
    "text_invalid": "A text has 1 to 10,000 characters, not only white space, no NUL and no lone surrogate.",
    "string_type": "This must be a string.",
    "string_too_long": "This is too long.",
    "string_too_short": "This is too short.",
    "string_unicode": "This holds a character that is no character (a lone surrogate).",
    "int_type": "This must be an integer.",
    "int_parsing": "This must be an integer.",
    "bool_type": "This must be true or false.",
    "literal_error": "This is none of the allowed values.",
    "object_type": "This must be a JSON object.",
    "list_type": "This must be a list.",
    "too_long": "This is too long.",
    "too_short": "This is too short.",
    "greater_than_equal": "This is too small.",
    "less_than_equal": "This is too large.",
    "greater_than": "This is too small.",
    "less_than": "This is too large.",
}


# What is wrong with a document, what lint found, what differs from the set that went live meanwhile.
_SHOWN_LISTS = ("errors", "findings", "diff")


class Problem(Struct, frozen=True):
    """An answer that refuses: its status and its JSON."""

    status: int
    body: bytes
    retry_after: int | None = None
    allow: str | None = None

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers that belong to it."""
        found = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(self.body)).encode()),
        ]
        if self.retry_after is not None:
            found.append((b"retry-after", str(self.retry_after).encode()))
        if self.allow is not None:
            found.append((b"allow", self.allow.encode("latin-1")))
        if self.status == HTTPStatus.UNAUTHORIZED:
            found.append((b"www-authenticate", b"Bearer"))
        return found

    def response(self) -> Response:
        """The same for FastAPI's routes."""
        answer = Response(self.body, status_code=self.status)
        answer.raw_headers = self.headers()
        return answer


def problem(
    status: int, code: str, detail: str, *, retry_after: float | None = None, **members: object
) -> Problem:
    """Any problem; `members` stand beside the fixed ones. Retry-After is given in whole seconds, at least 1."""
    body = {
        "type": f"urn:funnel:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **members,
    }
    wait = None
    if retry_after is not None or status in (429, 503):
        wait = max(1, ceil(retry_after or 1))
    return Problem(status, msgspec.json.encode(body), wait)


def problem_of(error: FunnelError) -> Problem:
    """A domain error as a problem. Of its parameters only objects rendered for this caller are shown."""
    members: dict[str, object] = {
        name: error.params[name] for name in _SHOWN_PARAMS if isinstance(error.params.get(name), Mapping)
    }
    members |= {name: error.params[name] for name in _SHOWN_LISTS if isinstance(error.params.get(name), list)}
    return problem(STATUS[error.kind], error.code, error.detail, retry_after=error.retry_after, **members)


def malformed() -> FunnelError:
    """The body is no JSON text in UTF-8."""
    return FunnelError("malformed", ErrorKind.INVALID, "The body must be JSON in UTF-8.")


def refusal_of(details: Iterable[Mapping[str, Any]]) -> FunnelError:
    """Validation errors of pydantic as one error: names of ours and codes, never a value or a key that was sent."""
    found = list(details)[:_MOST_ERRORS]
    if any(detail["type"] == "json_invalid" for detail in found):
        return malformed()
    if any(detail["loc"][:1] == ("path",) for detail in found):
        return not_found()
    errors = [_entry(str(detail["type"]), detail["loc"]) for detail in found]
    code = "text_invalid" if any(entry["code"] == "text_invalid" for entry in errors) else "invalid"
    return FunnelError(
        code, ErrorKind.INVALID, "The request is not as documented; see `errors`.", params={"errors": errors}
    )


def _entry(kind: str, location: Sequence[object]) -> dict[str, str]:
    code = _CODES.get(kind, kind)
    known = location[:-1] if code == "unknown_field" else location
    parts = [str(part) for part in known if isinstance(part, int) or part in KNOWN_NAMES]
    return {
        "field": ".".join(parts),
        "code": code,
        "detail": _SENTENCES.get(code, "This value cannot be used."),
    }


def install(app: FastAPI) -> None:
    """Every error of the FastAPI routes leaves as a problem."""

    async def on_refusal(_request: Request, error: Exception) -> Response:
        return problem_of(error).response() if isinstance(error, FunnelError) else internal().response()

    async def on_invalid(_request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        return problem_of(refusal_of(found)).response()

    async def on_http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return internal().response()
        return _of_http(error, _allowed(request) if error.status_code == 405 else None).response()

    async def on_failure(_request: Request, _error: Exception) -> Response:
        return internal().response()

    app.add_exception_handler(Exception, on_failure)
    app.add_exception_handler(FunnelError, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)


def _allowed(request: Request) -> str:
    """Every method of this address: the framework names those of the first route only that has the path."""
    matching = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(
        sorted({method for route in matching for method in getattr(route, "methods", None) or ()})
    )


def _of_http(error: HTTPException, allow: str | None) -> Problem:
    """What the framework itself refuses: no such route, wrong method, a body it cannot parse."""
    match error.status_code:
        case 404:
            return problem_of(not_found())
        case 405:
            refused = problem(405, "method_not_allowed", "This address does not know the method.")
            return Problem(405, refused.body, allow=allow)
        case 400:
            return problem_of(malformed())
        case 413:
            return too_large()
        case status:
            return problem(status, "refused", HTTPStatus(status).description or HTTPStatus(status).phrase)


def too_large() -> Problem:
    """413: more than this address takes."""
    return problem(413, "too_large", "The body is larger than this address takes.")


def internal() -> Problem:
    """500: our fault; what happened is in the log under the request's id."""
    return problem(500, "internal", "Something went wrong on our side; nothing half-done was kept.")
