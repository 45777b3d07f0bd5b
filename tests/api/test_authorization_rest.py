"""Every operation × everybody who has no right to an object × every field that takes an id.

Each operation of the published document is called with requests that would be good but for one id: that of an object the
caller may not know of, and one of nothing. Both are refused, with the very same answer. New operations are covered by
themselves; a new kind of id fails the first test until `make_household` owns one.
"""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from funnel.core.embedded.server import EmbeddedServer
from funnel.core.ids import new_id
from tests import builders
from tests.api.gateway import Caller, Gateway
from tests.api.operations import HIDDEN_IDS, IdField, Operation, operations
from tests.api.standing import Household, make_household, publish_answer, standing_gateway

OPERATIONS = operations()
SIGNS_OUT = "POST /v1/auth/logout"
REFUSED = (401, 403, 404, 422)
WORD = "canary"
# An agent may hand a conversation of their own to any colleague and any queue: those are known to all agents.
KNOWN_TO_AGENTS = {
    ("POST /v1/conversations/{conversation_id}/assign", "agent_id"),
    ("POST /v1/conversations/{conversation_id}/assign", "queue_id"),
    # The articles of the site they answer for; another site's are as unknown as none (tests/api/test_rules.py).
    ("POST /v1/decisions/{decision_id}/verdict", "article_id"),
}
# So their names are listed to all agents but outsourced ones.
NAMES_COLLEAGUES = "GET /v1/assignees"
# Whose site an agent alone may name.
OF_LEADS = "POST /v1/conversations/{conversation_id}/acknowledge"
OF_AGENTS = "GET /v1/kb/search"
# Nothing is proactive yet; nobody was offered a choice of theirs; nothing bad was found in a household's article;
# a switch is named with what it is, not by its id alone; nobody was erased.
CANNOT = frozenset(
    {
        "POST /v1/proactive/{proactive_id}",
        "POST /v1/conversations/{conversation_id}/offers/{offer_id}",
        "POST /v1/kb/articles/{article_id}/findings/accept",
        "PUT /v1/switches",
        "GET /v1/contacts/{contact_id}/erasure",
    }
)
# In one's own conversation an offer that never was is not told apart from one that is over.
ENDED = frozenset({"offer_id"})
# What everybody may look up or count, so that an id of theirs need not be hidden; the number of a playbook's version is a digit.
PUBLIC = frozenset({"site_key", "sig", "version", "number"})


@dataclass(frozen=True)
class Stranger:
    """Somebody who has no right to the household's objects, and the ids of what is their own."""

    name: str
    caller: Caller
    kind: str
    ids: dict[str, str]


@dataclass
class Place:
    """A household, one to read only, and those who are no part of either."""

    gateway: Gateway
    household: Household
    keeper: Household
    strangers: list[Stranger]


@pytest.fixture(scope="module")
async def place(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """One service for all operations."""
    async with standing_gateway(server, tmp_path_factory.mktemp("authorization")) as gateway:
        await publish_answer(gateway)
        household = await make_household(gateway, WORD, gateway.site)
        neighbour = await make_household(gateway, "neighbour", gateway.site)
        other = await make_household(gateway, "other")
        team_id = str(
            await gateway.db.pool.fetchval(
                "select team_id from queues where id = $1::uuid", other.ids["queue_id"]
            )
        )
        lead = await gateway.agent(team_id=team_id, preset="lead", lead=True)
        outsourced = await gateway.agent(team_id=team_id, preset="outsourced")
        writer = await gateway.agent(team_id=team_id, preset="writer")
        key = Caller(gateway.http, await builders.make_key(gateway.db, "contacts"))
        yield Place(
            gateway,
            household,
            await make_household(gateway, "keeper", gateway.site),
            [
                Stranger("visitor of the site", neighbour.visitor, "visitor", neighbour.ids),
                Stranger("visitor of another site", other.visitor, "visitor", other.ids),
                Stranger("agent of another team", other.agent, "agent", other.ids),
                Stranger("lead of another team", lead, "agent", other.ids),
                Stranger("outsourced agent", outsourced, "agent", other.ids),
                Stranger("writer", writer, "agent", other.ids),
                Stranger("key", key, "apiKey", other.ids),
                Stranger("anonymous", gateway.anonymous(), "nobody", other.ids),
            ],
        )


async def test_there_is_a_foreign_object_for_every_id(place: Place) -> None:
    """What the other tests stand on: an id field whose name the household has nothing for would be tested with nothing."""
    names = {field.name for operation in OPERATIONS.values() for field in operation.id_fields()}
    assert names - HIDDEN_IDS <= place.household.ids.keys()
    assert {"conversation_id", "offer_id", "answer_id", "attachments", "article_id", "queue"} <= names
    assert len(OPERATIONS) > 80


@pytest.mark.parametrize("label", sorted(label for label, one in OPERATIONS.items() if one.id_fields()))
async def test_who_has_the_right_is_let_in(place: Place, label: str) -> None:
    """The same requests with all ids right get past every gate, so that a refusal is one for the id."""
    operation, gateway = OPERATIONS[label], place.gateway
    if label in CANNOT:
        return
    owner = place.keeper
    if operation.method != "GET":
        owner = await make_household(gateway, "owner", gateway.site, operation.path)
    caller = owner.visitor if "visitor" in operation.schemes and label != OF_AGENTS else owner.agent
    if "apiKey" in operation.schemes or label == OF_LEADS:
        caller = await gateway.agent(preset="admin")
    fields = {field: owner.ids[field.name] for field in operation.id_fields() if field.name not in HIDDEN_IDS}
    for field in list(fields):
        # Which of several targets is taken, or what is not the caller's to choose, is left out; so is the visitor's upload,
        # which no agent may attach.
        target = (label, field.name) in KNOWN_TO_AGENTS and field.name != "queue_id"
        if target or (field.name == "attachments" and caller is owner.agent):
            del fields[field]
    answer = await operation.request(owner.ids, fields).send(caller)
    assert answer.status_code not in (401, 403, 404, 422), (label, answer.status_code, answer.text)


@pytest.mark.parametrize("label", sorted(OPERATIONS))
async def test_foreign_ids_are_refused_as_if_there_were_nothing(place: Place, label: str) -> None:
    operation = OPERATIONS[label]
    for stranger in place.strangers:
        for field in operation.id_fields():
            await _compare(place, operation, stranger, field, f"{label} as {stranger.name}, {field}")


@pytest.mark.parametrize("label", sorted(set(OPERATIONS) - {SIGNS_OUT}))
async def test_nothing_of_others_is_in_any_answer(place: Place, label: str) -> None:
    """A good request of everybody's own; it may succeed, but what it shows is nobody else's."""
    operation = OPERATIONS[label]
    for stranger in place.strangers:
        answer = await operation.request(stranger.ids).send(stranger.caller)
        where = f"{label} as {stranger.name}"
        assert answer.status_code < 500, where
        knows = label == NAMES_COLLEAGUES and stranger.kind == "agent" and stranger.name != "outsourced agent"
        if not (knows or _is_writing(operation, stranger) or _keeps(operation, stranger)):
            _leaks_nothing(place, answer, where)
        if stranger.kind not in operation.schemes and operation.schemes:
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), where


@pytest.mark.parametrize(
    "label", sorted(label for label in OPERATIONS if "/v1/conversations/{conversation_id}" in label)
)
async def test_a_conversation_with_the_bot_is_not_yet_the_teams(place: Place, label: str) -> None:
    """An agent of the very team learns of a conversation when it reaches people; its lead may look before."""
    operation, gateway = OPERATIONS[label], place.gateway
    if "agent" not in operation.schemes:
        return
    visitor, agent = await gateway.visitor(), await gateway.agent(name="Near")
    conversation_id = (await visitor.say(f"hello {WORD}"))["conversation"]["id"]
    near = Stranger("agent of the team", agent, "agent", place.strangers[0].ids)
    field = IdField("path", ("conversation_id",))
    queue = {one: near.ids["queue_id"] for one in operation.id_fields() if one.name == "queue_id"}
    answers = [
        await operation.request(near.ids, {field: target, **queue}).send(agent)
        for target in (conversation_id, new_id())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert _same(answers[0]) == _same(answers[1])


async def _compare(
    place: Place, operation: Operation, stranger: Stranger, field: IdField, where: str
) -> None:
    ids = place.household.ids
    target = ids["conversation_id"] if field.name in HIDDEN_IDS else ids[field.name]
    if _may_know(operation, stranger, field):
        return
    foreign = await operation.request(stranger.ids, {field: target}).send(stranger.caller)
    missing = await operation.request(stranger.ids, {field: new_id()}).send(stranger.caller)
    _leaks_nothing(place, foreign, where)
    if field.place == "query" and foreign.status_code == 200:
        assert _same(foreign) == _same(missing), where
        return
    refused = (*REFUSED, 409) if field.name in ENDED else REFUSED
    assert foreign.status_code in refused, (where, foreign.status_code, foreign.text)
    assert (foreign.status_code, _same(foreign)) == (missing.status_code, _same(missing)), where
    if stranger.kind not in operation.schemes and operation.schemes:
        assert (foreign.status_code, foreign.json()["code"]) == (401, "unauthenticated"), where


def _may_know(operation: Operation, stranger: Stranger, field: IdField) -> bool:
    """Agents know their colleagues, writers all articles, programs with the scope all contacts."""
    known = (operation.label, field.name) in KNOWN_TO_AGENTS and field.place == "body"
    return (
        (known and stranger.kind == "agent")
        or _is_writing(operation, stranger)
        or _keeps(operation, stranger)
    )


def _keeps(operation: Operation, stranger: Stranger) -> bool:
    """Contacts are one book for all who keep it: the key of these tests has the scope `contacts`."""
    return stranger.kind == "apiKey" and operation.path.startswith("/v1/contacts")


def _is_writing(operation: Operation, stranger: Stranger) -> bool:
    """The knowledge base and its playbooks are one for all writers."""
    return (
        stranger.name == "writer"
        and operation.path.startswith(("/v1/kb/", "/v1/playbooks"))
        and "apiKey" in operation.schemes
    )


_SIGNED = re.compile(r"\?sig=[^\"]+")


def _same(answer: Any) -> Any:
    """What an answer says: all of it, but the cursors, which are made for the asker's own place, and the ends of links,
    which are those of the second."""
    if not answer.content:
        return None
    body = json.loads(_SIGNED.sub("", answer.text))
    return {key: value for key, value in body.items() if key != "cursor"}


def _leaks_nothing(place: Place, answer: Any, where: str) -> None:
    assert WORD not in answer.text, where
    for name, value in place.household.ids.items():
        assert name in PUBLIC or value not in answer.text, (where, name)
