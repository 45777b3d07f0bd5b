"""Checking an inbox: token, webhook address and clock, as the platform itself tells them."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from bots.connectors.registry import CONNECTORS
from bots.egress import Egress
from bots.outgoing.checking import check
from funnel.channels.port import Account
from funnel.channels.request import Secret
from funnel.core.clock import SystemClock
from funnel.core.security import DecryptionError
from funnel.core.settings import EgressSettings
from funnel.people.resealing import SEALED, reseal
from funnel.people.sealing import Unsealer
from tests.api.channels_world import SECRETS, open_inbox
from tests.api.gateway import Gateway
from tests.configuration import SECRET_KEY, make_settings
from tests.simulators.http_double import Answer, HttpDouble, Taken

OURS = "https://desk.example/hooks/x"
GOOD = {
    "/bot1:abc/getMe": {"ok": True}, "/bot1:abc/getWebhookInfo": {"ok": True, "result": {"url": OURS}},
    "/1": {"id": "1"}, "/1/subscribed_apps": {"data": [{"id": "app"}]}, "/v2/bot/info": {"userId": "U"},
    "/v2/bot/channel/webhook/endpoint": {"endpoint": OURS, "active": True}, "/auth.test": {"ok": True},
    "/2010-04-01/Accounts/AC1.json": {"sid": "AC1"}, "/cgi-bin/stable_token": {"access_token": "t", "expires_in": 7200},
}  # fmt: skip


async def found(double: HttpDouble, channel: str, **more: str) -> dict[str, str]:
    """Outcome by name."""
    egress = Egress(EgressSettings(allow_private=True))
    secret = Secret.of(**{**SECRETS[channel], "api_base": double.url, **more})
    account = Account("i", "s", channel, "n", "q", secret)
    try:
        return {one.name: one.outcome for one in await check(egress, account, OURS, SystemClock())}
    finally:
        await egress.close()


async def test_what_is_set_up_right_and_what_is_not(double: HttpDouble) -> None:
    now = {"date": format_datetime(datetime.fromtimestamp(SystemClock().now().timestamp(), UTC))}
    double.rule = lambda taken: Answer(200, GOOD[taken.path], now)
    for channel in (one for one, connector in CONNECTORS.items() if connector.probes is not None):
        assert set((await found(double, channel)).values()) == {"ok"}, channel
    assert (await found(double, "telegram", receive="polling"))["webhook"] == "failed"

    def wrong(taken: Taken) -> Answer:
        old = {"date": "Mon, 02 Nov 2026 10:00:00 GMT"}
        if taken.path.endswith(("getMe", "info")):
            return Answer(401, {"ok": False}, old)
        return Answer(200, {"ok": False, "endpoint": "https://old.example", "data": []}, old)

    double.rule = wrong
    for channel in ("telegram", "line"):
        assert await found(double, channel) == {"token": "failed", "webhook": "failed", "clock": "failed"}
    assert await found(double, "slack") == {"token": "failed", "clock": "failed"}
    double.rule = lambda taken: Answer(breaks=True)
    assert (await found(double, "whatsapp"))["token"] == "unknown"


def test_every_channel_is_asked_or_says_why_not() -> None:
    for channel, connector in CONNECTORS.items():
        assert (connector.probes is not None) == ("check" in connector.quality.done), channel
        assert (connector.probes is not None) != ("check" in connector.quality.exempt), channel


async def test_after_a_change_of_the_key_secrets_are_sealed_anew_and_the_old_key_is_needed_no_more(
    outward: Gateway, database_url: str
) -> None:
    inbox = await open_inbox(outward, "line")
    key = "k" * 40
    between = make_settings(database_url, security={"secret_key": key, "previous_secret_key": SECRET_KEY})
    after = make_settings(database_url, security={"secret_key": key})
    sealed = await outward.db.pool.fetchval("select secrets from inboxes where id = $1::uuid", inbox.id)
    with pytest.raises(DecryptionError):
        Unsealer(after).open(inbox.id, sealed)
    assert await reseal(outward.db, Unsealer(between)) >= 2  # the inbox's and the site's
    assert await reseal(outward.db, Unsealer(between)) >= 2
    for table, column in SEALED:
        rows = await outward.db.pool.fetch(
            f"select id::text, {column} as sealed from {table} where {column} is not null"  # noqa: S608 - names of ours
        )
        for row in rows:
            assert Unsealer(after).open(row["id"], row["sealed"])


async def test_the_api_asks_the_platform_about_an_inbox_and_its_own_address(
    outward: Gateway, double: HttpDouble
) -> None:
    SECRETS["telegram"] = {"token": "1:abc", "api_base": double.url}
    inbox = await open_inbox(outward, "telegram")
    admin, agent = await outward.agent(preset="admin"), await outward.agent()
    path = f"/v1/inboxes/{inbox.id}"
    url = (await admin.call("GET", path)).json()["webhook_url"]
    double.rule = lambda taken: Answer(200, {"ok": True, "result": {"url": url}})
    answer = await admin.call("POST", f"{path}/check")
    assert answer.status_code == 200, answer.text
    found = {one["name"]: one["outcome"] for one in answer.json()["findings"]}
    assert found == {"token": "ok", "webhook": "ok", "clock": "unknown"}
    assert "1:abc" not in answer.text
    double.rule = lambda taken: Answer(401, {"ok": False})
    found = {one["name"]: one for one in (await admin.call("POST", f"{path}/check")).json()["findings"]}
    assert found["token"]["outcome"] == "failed"
    assert "401" in found["token"]["detail"]
    assert (await agent.call("POST", f"{path}/check")).status_code == 403
    plain = await open_inbox(outward, "webhook")
    assert (await admin.call("POST", f"/v1/inboxes/{plain.id}/check")).json() == {
        "findings": [],
        "missing": [],
    }
