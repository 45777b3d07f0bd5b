"""Opening a kept request: unsealed, unwrapped and parsed into its events, each under the key it is known by."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from funnel.channels.inbound import InboundEvent
from funnel.channels.port import Account, Connector
from funnel.channels.request import Headers
from funnel.people.sealing import Unsealer

AT_ONCE: Final = 20_000  # bytes that are parsed on the loop; more of them would hold it up


class RawRequest(Struct, frozen=True, array_like=True):
    """A request as it came, for whoever reads it later."""

    headers: tuple[tuple[str, str], ...]
    url: str
    body: bytes


async def events_of(
    sealer: Unsealer, connector: Connector, account: Account, request_id: str, sealed: bytes
) -> Sequence[InboundEvent]:
    """The events of a request. Raises what opening and parsing raise."""
    raw = msgspec.msgpack.decode(sealer.open(request_id, sealed), type=RawRequest)
    body = connector.unwrap(raw.body, account.secret) if connector.unwrap else raw.body
    if len(body) > AT_ONCE:
        events = await asyncio.to_thread(connector.parse, body)
    else:
        events = connector.parse(body)
    return _keyed(connector, raw, events)


def _keyed(connector: Connector, raw: RawRequest, events: Sequence[InboundEvent]) -> Sequence[InboundEvent]:
    """Where the request itself is named, its events are known by that name."""
    name = Headers(raw.headers).get(connector.key_header) if connector.key_header else None
    if not name:
        return events
    return [
        replace(event, dedup_key=name if number == 0 else f"{name}:{number}")
        for number, event in enumerate(events)
    ]
