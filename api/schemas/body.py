"""The base of request bodies and the field types they share. Unknown fields are refused."""

import datetime as dt
import json
import re
from typing import Annotated, Any, NoReturn

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

MOST_TEXT = 10_000
MOST_CLIENT_ID = 64
MOST_ATTACHMENTS = 10

KNOWN_NAMES: set[object] = {"body", "query", "path", "header", "cookie"}
"""Names of ours that an error may repeat; anything else in a location was sent by the caller."""


class Body(BaseModel):
    """A JSON object with known fields only, of strict types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: Any) -> None:
        KNOWN_NAMES.update(cls.model_fields)


def is_sound(text: str) -> bool:
    """No NUL and no lone surrogate: what the database and every reader can hold."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_text(value: object) -> object:
    if isinstance(value, str) and (len(value) > MOST_TEXT or not value.strip() or not is_sound(value)):
        raise PydanticCustomError("text_invalid", "text_invalid")
    return value


def _check_sound(value: str) -> str:
    if not is_sound(value):
        raise PydanticCustomError("string_unicode", "string_unicode")
    return value


def _refuse_unsound(value: object) -> object:
    """Before pydantic looks at it: its own error would quote nothing, but NUL passes its check."""
    return _check_sound(value) if isinstance(value, str) else value


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _refuse_numbers(value: object) -> object:
    """The parser of dates takes seconds since 1970 as well, which the published schema does not allow."""
    if isinstance(value, int | float) or (isinstance(value, str) and not _DAY.match(value)):
        raise PydanticKnownError("date_type")
    return value


_ISO = BeforeValidator(_refuse_numbers)
Day = Annotated[dt.date, Field(strict=False), _ISO]
Moment = Annotated[AwareDatetime, Field(strict=False), _ISO]
"""A moment with its offset."""

Text = Annotated[
    str,
    BeforeValidator(_check_text),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MOST_TEXT, "pattern": r"\S"}),
]
Sound = Annotated[str, BeforeValidator(_refuse_unsound)]
Short = Annotated[Sound, Field(min_length=1, max_length=200)]
ClientMessageId = Annotated[
    Sound,
    Field(min_length=1, max_length=MOST_CLIENT_ID, description="Unique per author for ever; UUIDv7 advised."),
]
Id = Annotated[
    str,
    Field(min_length=36, max_length=36, pattern=r"^[0-9a-fA-F-]{36}$", json_schema_extra={"format": "uuid"}),
    AfterValidator(str.lower),
]
Attachments = Annotated[list[Id], Field(max_length=MOST_ATTACHMENTS, description="Own unused upload ids.")]


def decode_json(raw: bytes | str) -> Any:
    """The value of a JSON text. Lone surrogates pass (a field says which text is wrong); NaN, other encodings, and what is
    nested too deep or too long for a number do not: json.JSONDecodeError, without the text.
    """
    try:
        return _decoder.decode(raw.decode("utf-8") if isinstance(raw, bytes) else raw)
    except (ValueError, RecursionError):
        raise json.JSONDecodeError("not JSON", "", 0) from None


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
