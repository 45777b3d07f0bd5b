"""How PostgreSQL looks things up for a batch of turns where it knows nothing of the tables: plans are made once, while they
are empty, and must still be right when they are full."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from funnel.core.database import Database
from funnel.turns.pipeline import SESSION
from funnel.turns.store import load, write

STATEMENTS = {
    "addressed": load._LOAD_ADDRESSED,
    "resolved": load._LOAD_RESOLVED,
    "burst": load._BURST,
    "write": write._WRITE,
    "timers": write._MOVE_TIMERS,
}
WHOLE_KEYS = {
    "client_messages_pkey": {"author_kind", "author_id", "scope_id", "client_message_id"},
    "turns_pkey": {"conversation_id", "command_id"},
    "inbound_events_pkey": {"inbox_id", "dedup_key"},
}
Node = dict[str, Any]


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


@pytest.mark.parametrize("name", STATEMENTS)
async def test_everything_is_looked_up_by_its_key(db: Database, name: str) -> None:
    connection = await db.connect()
    try:
        await connection.execute(SESSION)
        prepared = await connection.prepare(STATEMENTS[name])
        nulls = ", ".join("null" for _ in prepared.get_parameters())
        await connection.execute(f"prepare looked_up as {STATEMENTS[name]}")
        plan = json.loads(await connection.fetchval(f"explain (format json) execute looked_up({nulls})"))
    finally:
        await connection.close()
    nodes = list(_nodes(plan[0]["Plan"]))
    indexed = [node for node in nodes if node["Node Type"].endswith("Index Scan")]
    assert indexed
    assert not [node for node in nodes if node["Node Type"] in ("Seq Scan", "Materialize")]
    assert [node["Index Name"] for node in indexed if "Index Cond" not in node] == []
    for node in indexed:
        if node["Node Type"] == "Index Scan":
            missing = {
                column
                for column in WHOLE_KEYS.get(node["Index Name"], ())
                if column not in node["Index Cond"]
            }
            assert missing == set(), node["Index Name"]
