"""How our routes read bodies and answer: JSON decoded as strictly as the front table does, answers rendered beforehand."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams

from api.errors import refusal_of
from api.routers.plain import plain_app
from api.schemas.body import decode_json
from api.schemas.objects import WriteOut

Responses = dict[int | str, dict[str, Any]]
WRITES: Responses = {
    200: {"model": WriteOut, "description": "Nothing changed: a repeat, or it was so already."},
    201: {"model": WriteOut, "description": "Appended."},
}
IN_USE: Responses = {
    409: {
        "description": "Something else still needs it.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
}
NOTHING: Responses = {204: {"description": "Done."}}


class OnceParams(QueryParams):
    """A query string in which a parameter that comes twice is no value but several, which no field of one value takes."""

    def get(self, key: str, default: Any = None) -> Any:
        """The value; all of them where there are several."""
        found = self.getlist(key)
        return found if len(found) > 1 else super().get(key, default)


class StrictRequest(Request):
    """Reads UTF-8 JSON only, a single file, few form fields, and each parameter once."""

    @property
    def query_params(self) -> QueryParams:
        """The query string's parameters."""
        if not hasattr(self, "_once"):
            self._once = OnceParams(self.scope["query_string"])
        return self._once

    async def json(self) -> Any:
        """The body's value; json.JSONDecodeError for everything that is no JSON text."""
        return decode_json(await self.body())


class StrictRoute(APIRoute):
    """A route whose bodies are read strictly; a body without a content type counts as JSON."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{**named, "strict_content_type": False})
        self.app = plain_app(self) or self.app

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler with our request."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


async def only_field(request: Request, name: str) -> None:
    """A form of exactly one field of this name. Raises 422 for any other, as for an unknown field of a JSON body."""
    if [key for key, _ in (await request.form()).multi_items()] != [name]:
        raise refusal_of([{"type": "extra_forbidden", "loc": ("body", "")}])


def raw_json(body: bytes, status: int = 200) -> Response:
    """An answer that is JSON already."""
    return Response(body, status_code=status, media_type="application/json")


def nothing() -> Response:
    """204."""
    return Response(status_code=204)
