"""The operations of the published document as data: which ids each one takes, and a request that would be good."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from api.openapi import document
from funnel.core.ids import new_id
from tests.api.gateway import Caller, Json
from tests.api.standing import PNG

METHODS = ("get", "post", "put", "patch", "delete")
FORM = "multipart/form-data"
# Chosen by the client, or what anybody may know.
NO_OBJECT = frozenset({"client_message_id", "site_key", "external_id"})
# Not declared as ids, yet made of them.
HIDDEN_IDS = frozenset({"cursor", "after"})
UNIQUE = frozenset({"email", "name"})
OFTEN = frozenset({"text", "rules"})
VALUES: dict[str, Any] = {
    "text": "hello",
    "note": "hello",
    "until": "2090-01-01T00:00:00Z",
    "origins": ["https://shop.example"],
    "locales": ["en"],
    "locale": "en",
    "zone": "UTC",
    "channel": "web",
    "scopes": ["kb.write"],
    "url": "https://shop.example/",
    "terms": {"en": ["refund"], "de": ["Erstattung"]},
    "words": ["parcel", "package"],
    "rules": [],
    "from": "2026-01-01T00:00:00Z",
    "to": "2090-01-01T00:00:00Z",
}


class IdField(NamedTuple):
    """Where an operation takes an id: `path`, `query` or `body`, and the keys that lead there ([] for a list)."""

    place: str
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """The field's own name."""
        return next(key for key in reversed(self.keys) if key != "[]")

    def __str__(self) -> str:
        return f"{self.place}.{'.'.join(self.keys)}"


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    definition: Json
    schemas: Json

    @property
    def label(self) -> str:
        """As people write it."""
        return f"{self.method} {self.path}"

    @property
    def schemes(self) -> frozenset[str]:
        """Who may call: names of security schemes, none where anybody may."""
        return frozenset(name for entry in self.definition.get("security", ()) for name in entry)

    @property
    def takes_json(self) -> bool:
        """Whether there is a JSON body."""
        return "application/json" in self._content()

    def id_fields(self) -> list[IdField]:
        """Every place for an id, in path, query and body."""
        found = [
            IdField(parameter["in"], (parameter["name"],))
            for parameter in self.definition.get("parameters", ())
            if parameter["in"] == "path"
            or parameter["name"] in HIDDEN_IDS
            or any(_is_id(parameter["name"], one) for one in self.variants(parameter["schema"]))
        ]
        return found + [IdField("body", keys) for keys in self._ids_in(self.body_schema(), ())]

    def request(self, ids: dict[str, str], replaced: dict[IdField, str] | None = None) -> "Call":
        """A good request of somebody with these ids; `replaced` puts others in their place."""
        replaced = replaced or {}
        path, query = self.path, {}
        for parameter in self.definition.get("parameters", ()):
            name, field = parameter["name"], IdField(parameter["in"], (parameter["name"],))
            value = replaced.get(field) or ids.get(name)
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", value or new_id())
            elif field in replaced or parameter.get("required"):
                query[name] = value or VALUES.get(name, "text")
        body = self._sample(self.body_schema(), ids) if self.takes_json else None
        for field, value in replaced.items():
            if field.place == "body":
                _put(body, field.keys, value)
        return Call(self.method, path, query, body, FORM in self._content())

    def _content(self) -> Json:
        found: Json = self.definition.get("requestBody", {}).get("content", {})
        return found

    def body_schema(self) -> Json:
        found: Json = self._content().get("application/json", {}).get("schema", {})
        return found

    def variants(self, schema: Json) -> Iterator[Json]:
        """The schema with references and alternatives resolved, null left out."""
        if "$ref" in schema:
            yield from self.variants(self.schemas[schema["$ref"].rpartition("/")[2]])
        elif "anyOf" in schema:
            for one in schema["anyOf"]:
                yield from self.variants(one)
        elif schema.get("type") != "null":
            yield schema

    def _ids_in(self, schema: Json, keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for one in self.variants(schema) if schema else ():
            if keys and _is_id(next(key for key in reversed(keys) if key != "[]"), one):
                yield keys
            if one.get("type") == "array":
                yield from self._ids_in(one.get("items", {}), (*keys, "[]"))
            for name, inner in one.get("properties", {}).items():
                yield from self._ids_in(inner, (*keys, name))

    def _sample(self, schema: Json, ids: dict[str, str], name: str = "") -> Any:
        """The smallest value that is good, with those fields of which one is required though the schema cannot say it."""
        one = next(self.variants(schema))
        if name in ids and one.get("type") == "string":
            return ids[name]
        if name == "name" and "examples" in one:
            return f"{one['examples'][0]}-{new_id()}"
        if name in UNIQUE:
            return f"{new_id()}@example.com"
        if name in VALUES and one.get("type") != "integer":
            return VALUES[name]
        if "enum" in one or "const" in one:
            return one.get("const", one.get("enum", [None])[0])
        match one.get("type"):
            case "object":
                wanted = [*one.get("required", ()), *(OFTEN & one.get("properties", {}).keys())]
                return {key: self._sample(one["properties"][key], ids, key) for key in wanted}
            case "array":
                return []
            case "integer":
                return int(one.get("minimum", 1))
            case "boolean":
                return True
            case _:
                return new_id() if name == "client_message_id" else "a text"


@dataclass
class Call:
    """A request to send."""

    method: str
    path: str
    query: dict[str, Any]
    body: Any
    is_form: bool

    async def send(self, caller: Caller, **more: Any) -> Any:
        """The answer to this caller."""
        if self.is_form:
            more["files"] = {"file": ("dot.png", PNG)}
        return await caller.call(self.method, self.path, self.body, params=self.query, **more)


@cache
def documented() -> dict[str, Any]:
    """The document, made once a process; not to be changed."""
    return document()


@cache
def operations() -> dict[str, Operation]:
    """Every operation of the document by its label; not to be changed."""
    found = documented()
    made = [
        Operation(method.upper(), path, definition, found["components"]["schemas"])
        for path, entry in found["paths"].items()
        for method, definition in entry.items()
        if method in METHODS
    ]
    return {operation.label: operation for operation in made}


def _is_id(name: str, schema: Json) -> bool:
    if name in NO_OBJECT or schema.get("type") != "string":
        return False
    return schema.get("format") == "uuid" or name.endswith(("_id", "_ids"))


def _put(body: Any, keys: tuple[str, ...], value: str) -> None:
    """Sets a value deep in a body, making what leads to it."""
    key, rest = keys[0], keys[1:]
    if not rest:
        body[key] = value
    elif rest == ("[]",):
        body[key] = [value]
    elif rest[0] == "[]":
        body[key] = [{}]
        _put(body[key][0], rest[1:], value)
    else:
        _put(body.setdefault(key, {}), rest, value)
