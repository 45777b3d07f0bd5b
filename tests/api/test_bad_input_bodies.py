"""What is no request is refused at every operation alike, from the published document: malformed JSON, fields nobody knows,
keys no database can hold, a body beyond a megabyte. Nothing of it is repeated, nothing is stored.

Where the rest of the list of bad input is tested: texts, unknown fields, ids and credentials on the hot routes in
test_bad_input; unreadable, unknown and large frames, no hello in test_socket; forged identity tokens in unit/test_identity;
broken front matter file by file in service/test_kb_import and over HTTP in test_knowledge; what setting up refuses in
test_setup_places and test_setup_accounts; foreign ids in test_authorization_rest and _socket; stories of several steps,
files and clocks in test_bad_input_stories.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from funnel.core.embedded.server import EmbeddedServer
from tests.api.gateway import Caller, Gateway
from tests.api.operations import Operation, operations
from tests.api.standing import Household, make_household, standing_gateway

OPERATIONS = {label: one for label, one in operations().items() if one.takes_json}
MALFORMED = (b"{", b"nul", b"NaN", b'{"a": 1e999999', b"\xff\xfe", b"[" * 50_000, b'{"a": 1,}', b"\x00")
ODD_KEYS = ("unknown", "a\0b", "\ud800", "__class__", "id", "created_at", "verified", "permissions_")
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
async def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One service for all operations."""
    async with standing_gateway(server, tmp_path_factory.mktemp("bodies")) as found:
        yield found


@pytest.fixture(scope="module")
async def household(gateway: Gateway) -> Household:
    """Somebody with one of everything."""
    return await make_household(gateway, "own")


async def _caller(gateway: Gateway, household: Household, operation: Operation) -> Caller:
    if "visitor" in operation.schemes:
        return household.visitor
    if "apiKey" in operation.schemes:
        return await gateway.agent(preset="admin")
    return household.agent if operation.schemes else gateway.anonymous()


async def _send(operation: Operation, household: Household, caller: Caller, content: bytes) -> Any:
    call = operation.request(household.ids)
    headers = {"content-type": "application/json"}
    return await caller.call(call.method, call.path, params=call.query, content=content, headers=headers)


def _refuses(answer: Any, status: int, code: str, where: object) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), (where, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json", where
    assert answer.json()["detail"], where


MADE_OF_THE_LOG = {"shadow_differences", "webhook_deliveries"}


async def _rows(gateway: Gateway) -> dict[str, int]:
    """How much is stored in each table; what only notes that somebody was there is left out, and what loops of the service
    make of the household's own log in their own time."""
    tables = await gateway.db.pool.fetch(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    counted = {}
    for name in sorted({record["relname"] for record in tables} - MADE_OF_THE_LOG):
        counted[name] = await gateway.db.pool.fetchval(f'select count(*) from "{name}"')  # noqa: S608 - our tables
    return counted


@pytest.mark.parametrize("label", sorted(OPERATIONS))
async def test_what_is_no_request_is_refused_and_leaves_nothing(
    gateway: Gateway, household: Household, label: str
) -> None:
    operation = OPERATIONS[label]
    caller = await _caller(gateway, household, operation)
    before = await _rows(gateway)
    for content in MALFORMED:
        _refuses(await _send(operation, household, caller, content), 422, "malformed", content[:20])
    good = operation.request(household.ids).body
    properties = next(operation.variants(operation.body_schema()))["properties"]
    for key in (key for key in ODD_KEYS if key not in properties):
        content = json.dumps({**good, key: "canary"}).encode()
        answer = await _send(operation, household, caller, content)
        _refuses(answer, 422, "invalid", key)
        assert answer.json()["errors"][0]["code"] in ("unknown_field", "string_unicode"), (key, answer.text)
        assert "canary" not in answer.text
    for content in (b"[]", b'"text"', b"7", b"null", b""):
        answer = await _send(operation, household, caller, content)
        if operation.definition["requestBody"].get("required"):
            _refuses(answer, 422, "invalid", content)
    large = b'{"text": "' + b"x" * MEGABYTE + b'"}'
    _refuses(await _send(operation, household, caller, large), 413, "too_large", "a megabyte")
    if operation.definition["requestBody"].get("required"):
        assert await _rows(gateway) == before


# A browser's stale or odd credential, language or zone must not keep a visitor out: the contract says so.
NEVER_AN_ERROR = {("POST /v1/widget/session", name) for name in ("visitor_token", "locale", "timezone")}


@pytest.mark.parametrize("label", sorted(OPERATIONS))
async def test_no_text_breaks_the_database(gateway: Gateway, household: Household, label: str) -> None:
    """NUL and lone surrogates in every field that takes a text, at any depth of the body."""
    operation = OPERATIONS[label]
    caller = await _caller(gateway, household, operation)
    properties = next(operation.variants(operation.body_schema()))["properties"]
    for name in properties:
        for value in ("a\0b", "a\ud800b", ["a\0b"], {"a\0b": 1}, {"a": "\ud800"}):
            body = {**operation.request(household.ids).body, name: value}
            answer = await _send(operation, household, caller, json.dumps(body).encode())
            if (label, name) in NEVER_AN_ERROR and isinstance(value, str):
                assert answer.status_code == 201, (label, name, value, answer.text[:300])
                continue
            assert answer.status_code in (401, 404, 422), (label, name, value, answer.text[:300])
            assert answer.headers["content-type"] == "application/problem+json"


LISTS = sorted(
    label
    for label, one in operations().items()
    if any(parameter["name"] == "cursor" for parameter in one.definition.get("parameters", ()))
)


@pytest.mark.parametrize("label", LISTS)
async def test_a_cursor_that_no_page_ended_with_is_refused(
    gateway: Gateway, household: Household, label: str
) -> None:
    operation = operations()[label]
    caller = await _caller(gateway, household, operation)
    call = operation.request(household.ids)
    for cursor in ("%%bogus", "x" * 300, "a\0b", "\ud800".encode("utf-8", "surrogatepass")):
        answer = await caller.call(call.method, call.path, params={**call.query, "cursor": cursor})
        assert answer.status_code == 422, (label, cursor, answer.text[:300])
        assert answer.json()["code"] in ("cursor_invalid", "invalid"), (label, cursor)
