"""The payload base and the closed registry of event types: one class a type, one place that says what a visitor may see."""

from typing import ClassVar, TypeVar

import msgspec
from msgspec import Struct


class Payload(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """The `data` of one event.

    `TYPE` is the name in the log and in the API. `PUBLIC` lists the fields a visitor may see (an allow-list: a new field
    is hidden until it is named); None means the event itself is for agents only.
    """

    TYPE: ClassVar[str] = ""
    PUBLIC: ClassVar[frozenset[str] | None] = None


P = TypeVar("P", bound=type[Payload])
REGISTRY: dict[str, type[Payload]] = {}
_DECODERS: dict[str, msgspec.json.Decoder[Payload]] = {}


def public(*fields: str) -> frozenset[str]:
    """The allow-list of a payload class."""
    return frozenset(fields)


def register(payload: P) -> P:
    """Class decorator: enters a payload type into the registry; two classes of one type are an error at import."""
    if not payload.TYPE or payload.TYPE in REGISTRY:
        raise TypeError(f"event type {payload.TYPE!r} is missing or taken")
    REGISTRY[payload.TYPE] = payload
    _DECODERS[payload.TYPE] = msgspec.json.Decoder(payload)
    return payload


def encode(payload: Payload) -> bytes:
    """The JSON the log stores."""
    return msgspec.json.encode(payload)


def decode(event_type: str, data: bytes | str) -> Payload | None:
    """Reads a stored payload tolerantly: an unknown type gives None, unknown fields are ignored (a newer release wrote them)."""
    payload = REGISTRY.get(event_type)
    if payload is None:
        return None
    try:
        return _DECODERS[event_type].decode(data)
    except msgspec.ValidationError:
        known = set(payload.__struct_fields__)
        raw = msgspec.json.decode(data)
        if "redacted" in raw:
            return None
        return msgspec.convert({key: value for key, value in raw.items() if key in known}, payload)


def json_schema() -> dict[str, object]:
    """The JSON Schema of every payload by type, for the published event schema and the web types."""
    types = list(REGISTRY.values())
    schemas, components = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Funnel events",
        "properties": {payload.TYPE: schema for payload, schema in zip(types, schemas, strict=True)},
        "$defs": components,
    }
