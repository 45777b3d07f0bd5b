"""The bundle as it is described, and *why you* in four languages."""

import pytest

from api.schemas.context import ContextOut
from tests.api.gateway import Gateway
from tests.api.test_rules import ok

SAYS = "I am furious, you charged me twice for order 48213 on 2026-11-03, card 4111 1111 1111 1111"
TOLD = {
    "en": "fraud or money taken at least 0.5",
    "zh-Hans": "欺诈或被扣款 ≥ 0.5",
    "zh-Hant": "詐騙或被扣款 ≥ 0.5",
    "ar": "احتيال أو خصم أموال ‏0.5 على الأقل",
}


@pytest.mark.parametrize("language", TOLD)
async def test_why_you_is_told_in_the_agents_language_and_as_described(
    gateway: Gateway, language: str
) -> None:
    visitor, agent = await gateway.visitor(), await gateway.agent()
    conversation_id = (await visitor.say(SAYS))["conversation"]["id"]
    await agent.act(conversation_id, "claim")
    path = f"/v1/conversations/{conversation_id}/context"
    bundle = await ok(agent.call("GET", path, headers={"accept-language": language}))
    told = ContextOut.model_validate(bundle)
    assert told.reason.code == "sensitive_topic"
    assert told.reason.rule == "money_taken"
    assert TOLD[language] in [one.text for one in told.reason.conditions if one.rule == "money_taken"]
    assert all(one.holds for one in told.reason.conditions)
    assert [SAYS[start:end] for _, start, end in told.entities.orders] == ["48213"], (
        "not what is left of the card"
    )
    assert told.entities.dates
    described = set(ContextOut.model_fields)
    assert set(bundle) <= described, "nothing is given that is not described"
    assert set(bundle["reason"]) <= set(type(told.reason).model_fields)
    assert set(bundle["contact"]) <= set(type(told.contact).model_fields)
