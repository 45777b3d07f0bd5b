"""Checks of an inbox against its platform: harmless calls, and what their answers say. Pure."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from msgspec import Struct

from funnel.channels.port import Account, Call
from funnel.channels.reading import NOTHING, MalformedError, Node, read_json

CLOCK_SECONDS: Final = 120.0  # signatures and tokens of platforms tolerate five minutes
Outcome = Literal["ok", "failed", "unknown"]


class Finding(Struct, frozen=True):
    """What a check found."""

    name: str
    outcome: Outcome
    detail: str = ""


def get(url: str, headers: Mapping[str, str] | None = None) -> Call:
    """A harmless call."""
    return Call("GET", url, headers or {}, b"")


def bearer(account: Account) -> dict[str, str]:
    """The header with the inbox's own token."""
    return {"authorization": f"Bearer {account.secret.one('access_token')}"}


def answer_of(body: bytes) -> Node:
    """The JSON of an answer, nothing where it is none."""
    try:
        return read_json(body)
    except MalformedError:
        return NOTHING


def accepted(status: int, answer: Node) -> str | None:
    """A token is good where its call is answered with success."""
    return (
        None
        if 200 <= status < 300
        else f"The platform answered {status}: the token or the account id is wrong."
    )


def clock(date: str, now: float) -> Finding:
    """Our clock beside the platform's, as the Date header of an answer tells it."""
    try:
        skew = now - parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError):
        return Finding("clock", "unknown", "The platform did not tell its time.")
    if abs(skew) <= CLOCK_SECONDS:
        return Finding("clock", "ok")
    return Finding(
        "clock", "failed", f"Our clock is {abs(round(skew))} s {'ahead' if skew > 0 else 'behind'}."
    )
