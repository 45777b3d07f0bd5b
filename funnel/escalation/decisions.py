"""Decisions as they are read: with evidence by event, what the contact was told, verdicts and how sure their figures are."""

import json
import math
from collections.abc import Collection, Sequence
from typing import Any, Final, Literal

import asyncpg
from msgspec import Struct

from funnel.core.database import Database
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id

VerdictKind = Literal["right", "too_late", "needless", "wrong_queue", "answerable"]
FEWEST_VERDICTS: Final = 50
"""Fewer are counted, never turned into a percentage."""
ONE_IN: Final = 5
"""A verdict is asked for on at most one in five conversations."""
MOST_OBSERVED: Final = 5_000
FEWEST_OBSERVED: Final = 200
Z: Final = 1.96

_OF_CONVERSATION = """
select d.*, v.verdict, v.from_message_id, v.article_id, v.note, v.agent_id, v.at as judged_at
from decisions d left join decision_verdicts v on v.decision_id = d.id
where d.conversation_id = $1 and d.id > $2 order by d.id limit $3
"""
_TOLD = """
select turn_id, id, data ->> 'purpose' as purpose from events
where conversation_id = $1 and turn_id = any ($2::uuid[]) and type = 'message.created' and actor_kind in ('bot', 'system') and visible
order by seq
"""
_VERDICT = """
insert into decision_verdicts (decision_id, verdict, from_message_id, article_id, note, agent_id)
values ($1, $2, $3::uuid, $4::uuid, $5, $6::uuid)
on conflict (decision_id) do update set verdict = excluded.verdict, from_message_id = excluded.from_message_id,
  article_id = excluded.article_id, note = excluded.note, agent_id = excluded.agent_id, at = now()
"""
_OBSERVED = """
with latest as (select facts from decisions order by at desc, id desc limit $1)
select s.key as name, min((s.value ->> 'score')::float8) as low, max((s.value ->> 'score')::float8) as high
from latest, jsonb_each(coalesce(latest.facts -> 'signals', '{}')) s group by 1
"""


class Verdict(Struct, frozen=True):
    """What an agent says of a decision."""

    verdict: VerdictKind
    from_message_id: str | None = None
    article_id: str | None = None
    note: str | None = None


class Share(Struct, frozen=True):
    """A count among `n`; `share` with its 95 % interval only where there are enough."""

    count: int
    n: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


def share_of(count: int, n: int) -> Share:
    """Wilson's interval; no percentage under 50."""
    if n < FEWEST_VERDICTS:
        return Share(count, n)
    p, square = count / n, Z * Z
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
    return Share(count, n, round(p, 4), round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4))


def asked_for(conversation_id: str) -> bool:
    """Whether agents are asked for a verdict on this conversation: one in five, always the same ones."""
    return int(conversation_id.replace("-", "")[-8:], 16) % ONE_IN == 0


class Decisions:
    """Reads decisions and keeps verdicts. Who may see which conversation is the caller's business."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_conversation(
        self, conversation_id: str, *, limit: int, after: str | None
    ) -> list[dict[str, Any]]:
        """The decisions of a conversation in order, as plain data with evidence as (event id, start, end)."""
        first = "00000000-0000-0000-0000-000000000000"
        if after is not None and not await self._db.pool.fetchval(
            "select exists (select 1 from decisions where id = $1 and conversation_id = $2)",
            after,
            conversation_id,
        ):
            raise invalid("cursor_invalid", "This cursor was not made by this list.")
        records = await self._db.pool.fetch(_OF_CONVERSATION, conversation_id, after or first, limit)
        turns = [record["turn_id"] for record in records]
        told = await self._db.pool.fetch(_TOLD, conversation_id, turns) if turns else []
        ids = await self._event_ids(conversation_id, records)
        return [_shown(record, told, ids) for record in records]

    async def _event_ids(self, conversation_id: str, records: Sequence[asyncpg.Record]) -> dict[int, str]:
        """Event ids of the messages that hold evidence; none for one that was erased."""
        seqs = {place[0] for record in records for place in _places(json.loads(record["facts"]))}
        if not seqs:
            return {}
        found = await self._db.pool.fetch(
            "select seq, id from events where conversation_id = $1 and seq = any ($2::bigint[]) and not data ? 'redacted'",
            conversation_id, sorted(seqs),
        )  # fmt: skip
        return {record["seq"]: str(record["id"]) for record in found}

    async def conversation_of(self, decision_id: str) -> str:
        """Which conversation a decision belongs to. Raises 404."""
        found = (
            await self._db.pool.fetchval("select conversation_id from decisions where id = $1", decision_id)
            if is_id(decision_id)
            else None
        )
        if found is None:
            raise not_found("decision")
        return str(found)

    async def why(self, decision_id: str) -> dict[str, Any]:
        """The winner and the rules that fired or nearly did, with their conditions; nothing for a decision that is not there."""
        text = await self._db.pool.fetchval("select facts from decisions where id = $1", decision_id)
        facts = json.loads(text) if text is not None else {}
        return {"winner": facts.get("winner"), "rules": facts.get("rules", [])}

    async def judge(self, decision_id: str, verdict: Verdict, agent_id: str) -> None:
        """One verdict a decision; a later one replaces it. Raises 404, 422 for what does not belong to the conversation or to
        the verdict."""
        conversation_id = await self.conversation_of(decision_id)
        if verdict.from_message_id is not None and not await self._db.pool.fetchval(
            "select exists (select 1 from events where conversation_id = $1 and data ->> 'message_id' = $2)",
            conversation_id, verdict.from_message_id,
        ):  # fmt: skip
            raise invalid("reference_unknown", "There is no such message in this conversation.")
        if verdict.article_id is not None and not await self._db.pool.fetchval(
            """select exists (select 1 from kb_articles a, conversations c where a.id = $1 and c.id = $2
              and (a.sites = '{}' or c.site_id = any(a.sites)))""",
            verdict.article_id, conversation_id,
        ):  # fmt: skip
            raise invalid("reference_unknown", "There is no such article for this site.")
        await self._db.pool.execute(
            _VERDICT,
            decision_id,
            verdict.verdict,
            verdict.from_message_id,
            verdict.article_id,
            verdict.note,
            agent_id,
        )

    async def tally(self, version: str | None = None) -> dict[VerdictKind, Share]:
        """How often each verdict was given on hand-overs, of a version or of all."""
        records = await self._db.pool.fetch(
            "select v.verdict, count(*) as n from decision_verdicts v join decisions d on d.id = v.decision_id"
            " where $1::text is null or d.rule_set_version = $1 group by 1",
            version,
        )
        counts = {record["verdict"]: record["n"] for record in records}
        total = sum(counts.values())
        kinds: tuple[VerdictKind, ...] = ("right", "too_late", "needless", "wrong_queue", "answerable")
        return {kind: share_of(counts.get(kind, 0), total) for kind in kinds}

    async def observed(self) -> dict[str, tuple[float, float]]:
        """The range of each signal in the latest 5,000 decisions; empty under 200, which say too little."""
        if (
            await self._db.pool.fetchval(
                "select count(*) from (select 1 from decisions limit $1) d", FEWEST_OBSERVED
            )
            < FEWEST_OBSERVED
        ):
            return {}
        records = await self._db.pool.fetch(_OBSERVED, MOST_OBSERVED)
        return {record["name"]: (record["low"], record["high"]) for record in records}


def _places(facts: dict[str, Any]) -> Collection[list[int]]:
    return [place for signal in facts.get("signals", {}).values() for place in signal["evidence"]]


def _shown(record: asyncpg.Record, told: Sequence[asyncpg.Record], ids: dict[int, str]) -> dict[str, Any]:
    facts = json.loads(record["facts"])
    signals = {
        name: {
            "score": signal["score"],
            "evidence": [[ids[seq], start, end] for seq, start, end in signal["evidence"] if seq in ids],
        }
        for name, signal in facts.get("signals", {}).items()
    }
    return {
        "id": str(record["id"]),
        "conversation_id": str(record["conversation_id"]),
        "turn_id": str(record["turn_id"]),
        "at": record["at"],
        "outcome": record["outcome"],
        "reason": record["reason"],
        "rule_set_version": record["rule_set_version"],
        "winner": facts.get("winner"),
        "signals": signals,
        "language": facts.get("language"),
        "rules": [
            *facts.get("rules", ()),
            *({"id": rule_id, "result": "no", "conditions": []} for rule_id in facts.get("no", ())),
        ],
        "facts": facts.get("facts", {}),
        "knowledge": facts.get("knowledge", {}),
        "estimates": facts.get("estimates"),
        "told": [
            {"event_id": str(one["id"]), "purpose": one["purpose"]}
            for one in told
            if one["turn_id"] == record["turn_id"]
        ],
        "verdict": _verdict(record),
        "verdict_wanted": record["verdict"] is None and asked_for(str(record["conversation_id"])),
    }


def _verdict(record: asyncpg.Record) -> dict[str, Any] | None:
    if record["verdict"] is None:
        return None
    names = ("from_message_id", "article_id", "agent_id")
    ids = {name: str(record[name]) if record[name] is not None else None for name in names}
    return {"verdict": record["verdict"], "note": record["note"], "at": record["judged_at"], **ids}
