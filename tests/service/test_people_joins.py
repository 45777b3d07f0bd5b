"""Joins of contacts against a model: who is one person is what the live joins and merges connect, and undoing leaves no trace."""

import random

import pytest

from funnel.core.database import Database
from funnel.core.errors import FunnelError
from funnel.people.contacts import IdentityRecord
from funnel.people.joins import Joins
from funnel.turns.kin import kin_of
from tests import builders

CONTACTS = 6
STEPS = 40


def connected(edges: set[tuple[str, str]], start: str) -> set[str]:
    """Whom these edges connect with the first."""
    found = {start}
    while more := {b for a, b in edges if a in found} | {a for a, b in edges if b in found}:
        if more <= found:
            break
        found |= more
    return found


@pytest.mark.parametrize("seed", [1, 2])
async def test_any_order_of_joins_and_undoings_is_the_sum_of_those_that_live(db: Database, seed: int) -> None:
    choose = random.Random(seed)
    site = await builders.make_site(db)
    ids = [(await builders.make_visitor(db, site))[0].id for _ in range(CONTACTS)]
    agent = await builders.make_agent(db)
    await db.pool.execute("update contacts set merged_into = $1::uuid where id = $2::uuid", ids[0], ids[1])
    untouched = await db.pool.fetch("select * from contacts order by id")
    merged, joins, live = (ids[1], ids[0]), Joins(db), dict[tuple[str, str], str]()
    for _ in range(STEPS):
        if live and choose.random() < 0.45:
            pair = choose.choice(sorted(live))
            await joins.undo(live.pop(pair), agent.id)
        else:
            a, b = choose.sample(ids, 2)
            pair = (min(a, b), max(a, b))
            made = await joins.join(a, b, agent.id)
            assert live.setdefault(pair, made) == made
        start = choose.choice(ids)
        assert set(await kin_of(db.pool, start)) == connected({*live, merged}, start)
    assert {(one.contact_id, one.other_id): one.id for one in await joins.live(ids)} == live
    for join_id in live.values():
        await joins.undo(join_id, agent.id)
    for one in ids:
        assert set(await kin_of(db.pool, one)) == connected({merged}, one)
    assert await db.pool.fetch("select * from contacts order by id") == untouched


async def test_numbers_are_alike_in_every_spelling_and_sites_are_strangers(db: Database) -> None:
    site, other = await builders.make_site(db), await builders.make_site(db)
    here, there, far = [(await builders.make_visitor(db, one))[0].id for one in (site, site, other)]
    for contact_id, channel, address in (
        (there, "phone", "+55 11 98765-4321"), (far, "phone", "+5511987654321"),
    ):  # fmt: skip
        await db.pool.execute(
            "insert into identities (id, contact_id, channel, address) values (gen_random_uuid(), $1::uuid, $2, $3)",
            *(contact_id, channel, address),
        )
    joins, known = Joins(db), [IdentityRecord("whatsapp", "551187654321", True)]
    (found,) = await joins.alike([here], site.id, known)
    assert (found.id, found.kind, found.proven) == (there, "phone", False)
    assert await joins.alike([here, there], site.id, known) == []
    assert await joins.alike([here], site.id, [IdentityRecord("telegram", "551187654321", True)]) == []
    agent = await builders.make_agent(db)
    for one in (far, here):
        with pytest.raises(FunnelError):
            await joins.join(here, one, agent.id)
