"""Tokens that a platform lends: asked for by one caller for all, anew when refused or when the secrets change."""

import asyncio

from bots.connectors.registry import CONNECTORS
from bots.egress import Egress
from bots.tokens import Tokens
from funnel.channels.port import Account
from funnel.channels.request import Secret
from funnel.core.settings import EgressSettings
from tests.simulators.http_double import Answer, HttpDouble, Taken, http_double

WECHAT = CONNECTORS["wechat"]
CALLERS = 8


def account(double: HttpDouble, app_secret: str = "s") -> Account:  # noqa: S107 - of a double
    secret = Secret.of(app_id="wx1", app_secret=app_secret, api_base=double.url)
    return Account("inbox", "site", "wechat", "WeChat", "queue", secret)


async def lent(tokens: Tokens, to: Account) -> list[Account]:
    """What so many callers at once are lent."""
    found = await asyncio.gather(*(tokens.with_token(WECHAT, to) for _ in range(CALLERS)))
    return [one for one in found if one is not None]


async def test_one_asks_for_all_and_again_only_where_the_newest_was_refused() -> None:
    numbers = iter(range(100))

    def platform(taken: Taken) -> Answer:
        return Answer(200, {"access_token": f"t{next(numbers)}", "expires_in": 7200})

    egress = Egress(EgressSettings(allow_private=True))
    async with http_double(platform) as double:
        tokens, ours = Tokens(egress), account(double)
        first = await lent(tokens, ours)
        assert [one.secret.one("access_token") for one in first] == ["t0"] * CALLERS
        for one in first:
            tokens.refuse(one)
        second = await lent(tokens, ours)
        tokens.refuse(first[0])  # somebody who was slow: it is not the newest that was refused
        assert [one.secret.one("access_token") for one in (*second, *await lent(tokens, ours))] == ["t1"] * (
            2 * CALLERS
        )
        changed = await lent(tokens, account(double, "another"))
        assert [one.secret.one("access_token") for one in changed] == ["t2"] * CALLERS
        assert len(double.taken) == 3
    await egress.close()


async def test_a_platform_that_lends_none_is_asked_again_by_the_next() -> None:
    egress = Egress(EgressSettings(allow_private=True))
    async with http_double() as double:
        double.script.extend([Answer(200, {"errcode": 40001}), Answer(breaks=True)])
        double.rule = lambda taken: Answer(200, {"access_token": "t", "expires_in": 1})
        tokens, ours = Tokens(egress), account(double)
        assert await tokens.with_token(WECHAT, ours) is None
        assert await tokens.with_token(WECHAT, ours) is None
        assert len(await lent(tokens, ours)) == CALLERS
        assert len(double.taken) == 3
    await egress.close()
