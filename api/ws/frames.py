"""The frames a client sends, and the ones it gets. Known types with bad fields are refused; unknown types end the socket."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from pydantic import Field, TypeAdapter, ValidationError

from api.schemas.body import Attachments, Body, ClientMessageId, Id, Sound, Text, decode_json
from api.schemas.visitor import Address, Token
from funnel.core.errors import FunnelError, invalid

MOST_BYTES = 65_536
MOST_SUBSCRIPTIONS = 200
Cursor = str


class Subscription(Body):
    """A conversation to follow, from after a cursor."""

    conversation_id: Id
    after: Cursor | None = None


class Hello(Body):
    """The first frame. An agent on our own origin may leave `token` out and use the cookie."""

    type: Literal["hello"]
    token: Token | None = None
    subscribe: list[Subscription] = Field(default_factory=list, max_length=MOST_SUBSCRIPTIONS)
    inbox: bool = False


class Subscribe(Body):
    """Follow one more."""

    type: Literal["subscribe"]
    conversation_id: Id
    after: Cursor | None = None


class Unsubscribe(Body):
    """Follow it no longer."""

    type: Literal["unsubscribe"]
    conversation_id: Id


class MessageSend(Body):
    """A message; answered by `ack` after its commit, or `nack`."""

    type: Literal["message.send"]
    conversation_id: Id
    client_message_id: ClientMessageId
    text: Text
    attachments: Attachments = Field(default_factory=list)


class Typing(Body):
    """Somebody types."""

    type: Literal["typing"]
    conversation_id: Id


class Viewing(Body):
    """An agent has the conversation open before them; told to the other agents, repeated while it lasts."""

    type: Literal["viewing"]
    conversation_id: Id


class Read(Body):
    """Everything up to this seq was read."""

    type: Literal["read"]
    conversation_id: Id
    up_to_seq: int = Field(ge=0, le=2**53)


class PageFrame(Body):
    """The page the visitor is on now."""

    type: Literal["page"]
    url: Address
    title: Sound | None = Field(default=None, max_length=500)


class Ping(Body):
    """Is anybody there."""

    type: Literal["ping"]


Frame = Hello | Subscribe | Unsubscribe | MessageSend | Typing | Viewing | Read | PageFrame | Ping
TYPES: dict[str, type[Body]] = {
    "hello": Hello,
    "subscribe": Subscribe,
    "unsubscribe": Unsubscribe,
    "message.send": MessageSend,
    "typing": Typing,
    "viewing": Viewing,
    "read": Read,
    "page": PageFrame,
    "ping": Ping,
}


class UnreadableFrameError(Exception):
    """Not JSON, binary, too large, or of a type nobody knows: the socket is closed with 4400."""


class BadFrameError(Exception):
    """A known type with bad fields: refused with the ids the frame named, where those are sound."""

    def __init__(
        self, refusal: FunnelError, client_message_id: str | None, conversation_id: str | None
    ) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.client_message_id = client_message_id
        self.conversation_id = conversation_id


def parse(message: Mapping[str, Any]) -> Body:
    """The frame of an ASGI receive event. Raises UnreadableFrameError or BadFrameError."""
    text = message.get("text")
    if text is None or len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise UnreadableFrameError
    try:
        value = decode_json(text)
    except ValueError:
        raise UnreadableFrameError from None
    kind = value.get("type") if isinstance(value, dict) else None
    model = TYPES.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise UnreadableFrameError
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _bad_frame(value, error) from None


def _bad_frame(value: dict[str, Any], error: ValidationError) -> BadFrameError:
    if any(
        detail["type"] == "text_invalid" for detail in error.errors(include_url=False, include_input=False)
    ):
        refusal = invalid("text_invalid", "A text has 1 to 10,000 characters, not only white space, no NUL.")
    else:
        refusal = invalid("bad_frame", "The frame has a missing, unknown or bad field.")
    return BadFrameError(
        refusal,
        _sound(_client_ids, value.get("client_message_id")),
        _sound(_ids, value.get("conversation_id")),
    )


_client_ids: TypeAdapter[str] = TypeAdapter(ClientMessageId)
_ids: TypeAdapter[str] = TypeAdapter(Id)


def _sound(kind: TypeAdapter[str], value: object) -> str | None:
    """The value only where it is of its kind: what is unsound is not repeated."""
    try:
        return kind.validate_python(value, strict=True)
    except ValidationError:
        return None


def encode(frame: dict[str, Any]) -> str:
    """A server frame; absent values (None) are left out."""
    return msgspec.json.encode({key: value for key, value in frame.items() if value is not None}).decode()


def nack(
    error: FunnelError, client_message_id: str | None = None, conversation_id: str | None = None
) -> dict[str, Any]:
    """A refusal as a frame; the code is that of the REST problem."""
    return {
        "type": "nack",
        "code": error.code,
        "detail": error.detail,
        "client_message_id": client_message_id,
        "conversation_id": conversation_id,
        "retry_after": error.retry_after,
    }


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the client's frames, for the published document and for fuzzing."""
    adapter: TypeAdapter[Any] = TypeAdapter(Frame)
    return adapter.json_schema(ref_template="#/$defs/{model}")
