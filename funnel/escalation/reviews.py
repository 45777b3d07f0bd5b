"""The weekly review: 30 bot-only conversations a site and language, half at random, half by risk; was a person missing?"""

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import asyncpg
from msgspec import Struct

from funnel.core.database import Database
from funnel.core.errors import invalid, not_found
from funnel.core.ids import is_id
from funnel.escalation.decisions import Share, share_of

SAMPLE: Final = 30
MOST_CANDIDATES: Final = 5_000
_RISKY: Final = (
    "anger",
    "distress",
    "fraud",
    "legal",
    "privacy",
    "safety",
    "self_harm",
    "churn",
    "dissatisfied",
    "abuse_to_staff",
)
_CANDIDATES = """
select c.id, c.site_id, c.snapshot ->> 'locale' as locale, d.facts
from (select id, site_id, snapshot from conversations where not reached_people and status = 'resolved'
      and updated_at >= $1 and updated_at < $2 order by id limit $3) c
join decisions d on d.conversation_id = c.id
"""
_INSERT = """
insert into review_samples (week, conversation_id, site_id, locale, risk, stratum)
values ($1, $2::uuid, $3::uuid, $4, $5, $6) on conflict do nothing
"""


_LAID = """
select exists (select 1 from review_samples where conversation_id = $1::text::uuid)
    or exists (select 1 from shadow_differences where conversation_id = $1::text::uuid)
    or exists (select 1 from backtests where finished_at > now() - make_interval(days => $2) and strpos(result::text, $1::text) > 0)
"""
SHOWN_DAYS: Final = 90
"""So long after its end the samples of a back-test may be read."""


async def is_laid_before_ops(pool: asyncpg.Pool, conversation_id: str) -> bool:
    """Whether those who edit rules are asked about it: it is in a review sample, differs in the shadow, or a back-test of the
    last 90 days shows it."""
    found: bool = is_id(conversation_id) and await pool.fetchval(_LAID, conversation_id, SHOWN_DAYS)
    return found


class Candidate(Struct, frozen=True):
    """A bot-only conversation and how risky it looks, 0..1."""

    conversation_id: str
    site_id: str
    locale: str
    risk: float


class Review(Struct, frozen=True):
    """One conversation of a sample, and the answer if there is one."""

    week: date
    conversation_id: str
    site_id: str
    locale: str
    risk: float
    stratum: str
    should_have: str | None = None
    from_message_id: str | None = None


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def sampled(week: date, candidates: Iterable[Candidate]) -> list[tuple[Candidate, str]]:
    """At most 30 of each site and language: half at random (the same ones each time), the rest those of the highest risk."""
    groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for one in candidates:
        groups[one.site_id, one.locale].append(one)
    chosen: list[tuple[Candidate, str]] = []
    for _, group in sorted(groups.items()):
        shuffled = sorted(group, key=lambda one: _chance(week, one.conversation_id))
        half = shuffled[: SAMPLE // 2]
        rest = sorted(shuffled[SAMPLE // 2 :], key=lambda one: (-one.risk, one.conversation_id))
        chosen += [(one, "random") for one in half] + [(one, "risk") for one in rest[: SAMPLE - len(half)]]
    return chosen


def _chance(week: date, conversation_id: str) -> bytes:
    return hashlib.blake2b(f"{week}:{conversation_id}".encode(), digest_size=8).digest()


def risk_of(decisions: Sequence[dict[str, Any]]) -> float:
    """The highest score of a sensitive signal, raised by each rule that nearly fired and by misses."""
    highest = max(
        (
            signal["score"]
            for one in decisions
            for name, signal in one.get("signals", {}).items()
            if name in _RISKY
        ),
        default=0.0,
    )
    near = sum(rule["result"] == "near" for one in decisions for rule in one.get("rules", ()))
    misses = sum(bool(one.get("facts", {}).get("progress.missed")) for one in decisions)
    return float(round(min(1.0, highest + 0.05 * near + 0.1 * misses), 4))


def _candidates(rows: Sequence[tuple[str, str, str, str]]) -> list[Candidate]:
    decisions: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for conversation_id, site_id, locale, facts in rows:
        decisions[conversation_id, site_id, locale].append(json.loads(facts))
    return [Candidate(*place, risk_of(found)) for place, found in decisions.items()]


class Reviews:
    """Draws the samples and keeps the answers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def draw(self, week: date) -> int:
        """Draws the sample of a week that is over; idempotent. Returns how many conversations it holds."""
        monday = datetime.combine(week_of(week), time(), UTC)
        records = await self._db.pool.fetch(_CANDIDATES, monday, monday + timedelta(days=7), MOST_CANDIDATES)
        rows = [
            (str(one["id"]), str(one["site_id"]), one["locale"] or "und", one["facts"]) for one in records
        ]
        candidates = await asyncio.to_thread(_candidates, rows)
        for one, stratum in sampled(monday.date(), candidates):
            await self._db.pool.execute(
                _INSERT, monday.date(), one.conversation_id, one.site_id, one.locale, one.risk, stratum
            )
        return len(await self.of_week(week))

    async def of_week(self, week: date) -> list[Review]:
        """The sample of a week, unanswered ones first."""
        records = await self._db.pool.fetch(
            "select week, conversation_id, site_id, locale, risk, stratum, should_have, from_message_id from review_samples"
            " where week = $1 order by should_have is not null, site_id, locale, conversation_id",
            week_of(week),
        )
        return [
            Review(
                record["week"], str(record["conversation_id"]), str(record["site_id"]), record["locale"],
                round(record["risk"], 4), record["stratum"], record["should_have"],
                str(record["from_message_id"]) if record["from_message_id"] is not None else None,
            )
            for record in records
        ]  # fmt: skip

    async def answer(
        self, conversation_id: str, should_have: str, from_message_id: str | None, agent_id: str | None
    ) -> None:
        """Raises 404 for a conversation of no sample, 422 for a message without a person missing or of another conversation."""
        if from_message_id is not None and not (
            should_have == "yes" and await self._holds(conversation_id, from_message_id)
        ):
            raise invalid(
                "reference_unknown",
                "Name a message of this conversation, and only where a person was missing.",
            )
        known = is_id(conversation_id) and await self._db.pool.fetchval(
            "update review_samples set should_have = $2, from_message_id = $3::uuid, agent_id = $4::uuid, answered_at = now()"
            " where conversation_id = $1::uuid returning true",
            conversation_id, should_have, from_message_id, agent_id,
        )  # fmt: skip
        if not known:
            raise not_found("review")

    async def _holds(self, conversation_id: str, message_id: str) -> bool:
        found: bool = is_id(conversation_id) and await self._db.pool.fetchval(
            "select exists (select 1 from events where conversation_id = $1::uuid and data ->> 'message_id' = $2)",
            conversation_id, message_id,
        )  # fmt: skip
        return found

    async def tally(self) -> dict[str, Share]:
        """How often a person was missing, in the random half and in the risky one."""
        records = await self._db.pool.fetch(
            "select stratum, count(*) filter (where should_have = 'yes') as missing, count(*) as n from review_samples"
            " where should_have is not null group by 1"
        )
        found = {record["stratum"]: share_of(record["missing"], record["n"]) for record in records}
        return {stratum: found.get(stratum, Share(0, 0)) for stratum in ("random", "risk")}
