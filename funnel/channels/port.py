"""What a connector is to the funnel: two pure functions for the way in, and what its channel can do. Sending is a separate part."""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from msgspec import Struct

from funnel.channels.inbound import InboundEvent, Media
from funnel.channels.outbound import Capabilities, DeliveryResult, OutboundMessage, Rendered
from funnel.channels.reading import Node
from funnel.channels.request import Headers, Secret, Verdict
from funnel.channels.templates import TemplatePage

RULES = (
    "verify", "parse", "handshake", "render", "send", "error_classes", "receipts", "edits", "media_in", "media_out",
    "typing", "read_marks", "windows", "reconcile", "polling", "check", "simulator",
)  # fmt: skip


class Verify(Protocol):
    """Whether a request is the platform's. Constant time; never raises for what a stranger sent."""

    def __call__(
        self, headers: Mapping[str, str] | Headers, body: bytes, secret: Secret, now: float, url: str = ""
    ) -> Verdict:
        """`body` are the raw bytes, `url` our configured public address with the raw query, `now` in Unix seconds."""
        ...


Parse = Callable[[bytes], list[InboundEvent]]
Unwrap = Callable[[bytes, Secret], bytes]
Handshake = Callable[[Mapping[str, str], Secret], "str | None"]


class Call(Struct, frozen=True):
    """One HTTP request to a platform. `once`: a repeat of it is not known as one; `metered`: it counts against the inbox's allowance."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    once: bool = False
    metered: bool = False


class Fetch(Struct, frozen=True):
    """One GET on the way to a file that a platform holds. `is_file` False: its answer only says where the file is. `tells`: in place
    of the file there may come words, an error or another address."""

    url: str
    headers: Mapping[str, str] = {}
    is_file: bool = True
    tells: bool = False


class SecretField(Struct, frozen=True):
    """A secret or setting of an inbox: what it is, whether it may be left out, whether it may be shown again. `made`: we make
    one where none is given, and show it once. `rotates`: the value before stays valid beside a new one."""

    name: str
    label: str
    required: bool = True
    public: bool = False
    rotates: bool = False
    made: Literal["", "token", "whsec"] = ""


class Answer(Struct, frozen=True):
    """What a webhook request is answered with once it is stored."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain"


class Quality(Struct, frozen=True):
    """How finished a connector is, rule by rule: done, todo, or exempt with the reason why the channel has no such thing."""

    done: frozenset[str]
    exempt: Mapping[str, str] = {}

    @property
    def todo(self) -> frozenset[str]:
        """Every rule that is neither done nor exempt."""
        return frozenset(RULES) - self.done - self.exempt.keys()


class Account(Struct, frozen=True):
    """An inbox as its connector sees it: whose it is, and everything it was set up with."""

    inbox_id: str
    site_id: str
    channel: str
    name: str
    queue_id: str
    secret: Secret


class TokenSource(Struct, frozen=True):
    """How an inbox gets the token that its calls carry for a while: the call for one, and what its answer gives (the token and how
    many seconds it lasts), None where it gives none. It stands in `access_token` of the account that `build` and `locate` are given."""

    call: Callable[["Account"], Call]
    read: Callable[[bytes], "tuple[str, float] | None"]


class Probe(Struct, frozen=True):
    """One harmless call that tells whether an inbox is set up right. `reads` says what is wrong with the answer in a sentence, None
    where nothing is."""

    name: Literal["token", "webhook"]
    call: Call
    reads: Callable[[int, Node], "str | None"]


Probes = Callable[["Account", str], tuple[Probe, ...]]


class Signed(Struct, frozen=True):
    """What makes a recorded payload the platform's own: header fields, and what stands in the query of the address."""

    headers: Mapping[str, str] = {}
    query: str = ""


Sign = Callable[[Secret, bytes, str, int, str], Signed]
"""Secret, raw body, an id for the delivery, Unix seconds, and the address as the platform knows it."""


class AllowanceSource(Struct, frozen=True):
    """How many more messages an inbox may push this month: the calls that ask, and what their answers say. `read` gives None for
    answers that say nothing, and a number below zero where there is no limit."""

    calls: Callable[["Account"], tuple[Call, ...]]
    read: Callable[[tuple[bytes, ...]], int | None]


class TemplateSource(Struct, frozen=True):
    """How a channel tells the messages that it takes outside its window. `call` None: this inbox was not told where they are;
    `read` None: the answer is a refusal. `notice` is the platform's word for the event that they changed."""

    call: Callable[["Account", "str | None"], Call | None]
    read: Callable[[int, bytes], TemplatePage | None]
    notice: str = ""


Build = Callable[[Rendered, Account, float], tuple[Call, ...]]
Marks = Callable[[OutboundMessage, Account, float], tuple[Call, ...]]
Judge = Callable[[int, Mapping[str, str], bytes], DeliveryResult]
Locate = Callable[[Media, Account, "bytes | None"], "Fetch | None"]


class Connector(Struct, frozen=True, kw_only=True):
    """One channel. `unwrap` opens a sealed body before `parse`; `handshake` answers the check of the address (GET), None refuses;
    `challenge` answers one that comes by POST; `stamp` names the query field with the time of the request where the signature
    does not judge it; `key_header` the header that names the request; `groups`: what is said in groups is for us too. `build` makes the calls
    that show a message (pure, given the time), `judge` says what an answer to one means (pure). `marks` makes the calls of a message that is a
    typing or read mark, none where there is nothing to mark (pure). `locate` says where a file of
    a message is fetched: the first step for None, the next one for the answer to the step before; None where there is no way to it (pure). `probes` ask whether an inbox is set up right, given its
    webhook address; `sign` signs as the platform does, so that an inbox can be tried with recorded payloads.
    """

    channel: str
    name: str
    verify: Verify
    parse: Parse
    capabilities: Capabilities
    secrets: tuple[SecretField, ...]
    quality: Quality
    unwrap: Unwrap | None = None
    handshake: Handshake | None = None
    answer: Answer = Answer()
    account_field: str | None = None
    stamp: str | None = None
    challenge: Callable[[bytes], "str | None"] | None = None
    key_header: str | None = None
    most_bytes: int = 4_000_000
    groups: bool = False
    build: Build | None = None
    judge: Judge | None = None
    marks: Marks | None = None
    locate: Locate | None = None
    tokens: TokenSource | None = None
    templates: TemplateSource | None = None
    allowance: AllowanceSource | None = None
    probes: Probes | None = None
    sign: Sign | None = None
