"""Every operation of the published document, called with generated good and bad data by those it is meant for.

No answer is a failure of the server, has a status, type, header or body the document does not name, or takes what the
document forbids. Requests go to this process's own listener only; data are the same in every run.
"""

import asyncio
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from tests.api.gateway import Caller, Gateway
from tests.api.operations import FORM, IdField, documented, operations
from tests.api.standing import (
    Household,
    converse,
    failed_delivery,
    failed_webhook,
    make_contacts,
    make_household,
    make_places,
    make_playbook,
    make_rules,
    publish_answer,
    request_put_aside,
    standing_gateway,
)

EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 5}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
GOOD = operations()
SCHEMA = schemathesis.openapi.from_dict(deepcopy(documented()))
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)}
# What ends or changes things runs with things made for it alone.
ENDING = ("DELETE", "PUT")
# What is said and done in a conversation happens in one made for it alone: others may be taken, ended or handed on meanwhile.
OF_AGENTS = (
    "claim",
    "release",
    "hand_back",
    "seen",
    "reopen",
    "assign",
    "notes",
    "tags",
    "priority",
    "snooze",
    "resolve",
    "messages",
)
A_FILE = "GET /v1/attachments/{attachment_id}"
IN_CONVERSATION = {A_FILE} | {
    label for label in OPERATIONS if "/v1/conversations/" in label and label.rpartition("/")[2] in OF_AGENTS
}
# What the server checks beyond any schema, so that generated data alone would only ever be refused. `wait` holds an answer
# back; the wait itself is tested with the feed.
VALUES: dict[str, Any] = {
    "channel": "web",
    "how": "agent",
    "locale": "en",
    "locales": ["en"],
    "origins": ["https://shop.example"],
    "permissions": ["converse"],
    "preset": "agent",
    "publish_at": "2030-01-01T00:00:00Z",
    "reply_seconds": {"web": 60},
    "revision": 1,
    "scopes": ["kb.write"],
    "slug": "a-slug",
    "teams": [],
    "terms": {"en": ["refund"], "de": ["Erstattung"]},
    "texts": {},
    "helplines": {},
    "timezone": "UTC",
    "until": "2090-01-01T00:00:00Z",
    "wait": 0,
    "words": ["parcel", "package"],
    "weekly": {},
    "holidays": [],
    "zone": "UTC",
}
PLAIN = {"wait": 0}
UNIQUE = frozenset({"email", "name"})
# Each needs something that is given once or named: a link, an address, a finding, a password, an offer, another way to the contact, the wish for a rating, an erasure; or a site has it already.
REFUSED_ALWAYS = {
    "GET /v1/contacts/{contact_id}/erasure",
    "POST /v1/auth/login",
    "POST /v1/auth/password",
    "POST /v1/conversations/{conversation_id}/deliveries/{delivery_id}/elsewhere",
    "POST /v1/conversations/{conversation_id}/offers/{offer_id}",
    "POST /v1/conversations/{conversation_id}/rating",
    "GET /v1/conversations/{conversation_id}/templates",
    "POST /v1/conversations/{conversation_id}/templates",
    "POST /v1/inboxes",
    "GET /v1/kb/page",
    "GET /v1/kb/preview",
    "POST /v1/kb/articles/{article_id}/findings/accept",
    "POST /v1/kb/import",
    "POST /v1/proactive/{proactive_id}",
    "POST /v1/widget/resume",
}


@pytest.fixture(scope="module")
async def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One service for all operations."""
    async with standing_gateway(server, tmp_path_factory.mktemp("contract")) as found:
        await publish_answer(found)
        yield found


@pytest.fixture(scope="module")
async def household(gateway: Gateway) -> Household:
    """Somebody with one of everything."""
    return await make_household(gateway, "own")


async def _callers(gateway: Gateway, household: Household, label: str) -> list[Caller]:
    """Whom the operation is meant for: both sides of a conversation, an administrator, or anybody."""
    schemes = {name for entry in _definition(label).get("security", ()) for name in entry}
    if not schemes:
        return [gateway.anonymous()]
    callers = [household.visitor] if "visitor" in schemes else []
    if "agent" in schemes:
        callers.append(household.agent if label in IN_CONVERSATION else await gateway.agent(preset="admin"))
    return callers


def _definition(label: str) -> dict[str, Any]:
    found: dict[str, Any] = OPERATIONS[label].definition.raw
    return found


def _fill(case: Any, known: dict[str, Any]) -> None:
    """Puts what exists and what can be where the data have it, so that more than refusals is reached."""
    for place in (case.path_parameters, case.query, case.body):
        if not isinstance(place, dict):
            continue
        for name in known.keys() & place.keys():
            value = known[name]
            place[name] = [value] if isinstance(place[name], list) and isinstance(value, str) else value
        for name in UNIQUE & place.keys() if known is not PLAIN else ():
            place[name] = f"{new_id()}@example.com"


def _exercise(
    label: str, mode: GenerationMode, base_url: str, token: str | None, known: dict[str, Any]
) -> None:
    """Sends the examples of one operation."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    # In a form every value is a text, so nothing sent there is of the wrong type.
    checks = CHECKS[:-1] if _is_form(label) else CHECKS

    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode), real=st.integers(0, 3))
    def send(case: Any, real: int) -> None:
        _fill(case, known if mode.is_positive and real else PLAIN)
        answer = case.call(base_url=base_url, session=session, headers=headers, timeout=60)
        case.validate_response(answer, checks=checks, headers=headers)

    with requests.Session() as session:
        session.trust_env = False
        send()


def _is_form(label: str) -> bool:
    return FORM in _definition(label).get("requestBody", {}).get("content", {})


def _takes_nothing(label: str) -> bool:
    definition = _definition(label)
    return not definition.get("parameters") and "requestBody" not in definition


@pytest.mark.parametrize("label", sorted(OPERATIONS))
async def test_answers_are_as_documented(gateway: Gateway, household: Household, label: str) -> None:
    known: dict[str, Any] = {**VALUES, **household.ids}
    if "/v1/contacts/{" in label:
        known |= await make_contacts(gateway, "own")
    elif label.startswith(ENDING):
        known |= await make_places(gateway, "own", label)
        known |= await failed_webhook(gateway, "own") if "{webhook_id}" in label else {}
    elif label in IN_CONVERSATION:
        visitor = await gateway.visitor()
        known |= await converse(gateway, visitor, household.agent, "own")
        household = replace(household, visitor=visitor)
    elif "/playbooks/{key}" in label:
        known |= await make_playbook(gateway, "own")
    elif "{version}" in label:
        known |= await make_rules(gateway)
    elif "{delivery_id}" in label:
        known["delivery_id"] = await failed_delivery(gateway, household.ids)
    elif "{request_id}" in label:
        known["request_id"] = await request_put_aside(gateway, household.ids)
    for caller in await _callers(gateway, household, label):
        await _good_request(label, caller, known)
        for mode in EXAMPLES:
            if mode.is_positive or not _takes_nothing(label):
                await asyncio.to_thread(_exercise, label, mode, gateway.base_url, caller.token, known)


async def _good_request(label: str, caller: Caller, known: dict[str, Any]) -> None:
    """Generated data may all be refused; this request is not, so that the documented answer is seen as well."""
    ids = {name: value for name, value in known.items() if isinstance(value, str) and name not in VALUES}
    chosen = {IdField("body", ("queue_id",)): ids["queue_id"]} if label.endswith("/assign") else {}
    answer = await GOOD[label].request(ids, chosen).send(caller)
    assert str(answer.status_code) in _definition(label)["responses"], answer.text
    if not _is_form(label):
        OPERATIONS[label].validate_response(answer)
    assert label in REFUSED_ALWAYS or answer.status_code < 300, answer.text
